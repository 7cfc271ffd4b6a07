import { raw } from 'hono/html';
import { type Place, renderInline } from './inline.ts';
import { escapeHtml, type Markup, showHidden } from './text.ts';

const deepest = 6;

/**
 * A safe part of GitHub's Markdown: paragraphs, headings, emphasis, lists, tasks, tables, quotes, code, links to this
 * forge and references. HTML is shown as text; HTML comments are left out, as on GitHub.
 */
export function renderMarkdown(text: string | null | undefined, place: Place): Markup {
  return raw(blocks((text ?? '').replace(/\r\n?/g, '\n').split('\n'), place, 0));
}

/** How many lines a block takes, and what it becomes. */
interface Block {
  readonly lines: number;
  readonly html: string;
}
type Reader = (lines: readonly string[], place: Place, depth: number) => Block | null;

function blocks(lines: readonly string[], place: Place, depth: number): string {
  if (depth > deepest) return `<p>${renderInline(lines.join('\n'), place)}</p>`;
  let out = '';
  for (let at = 0; at < lines.length; ) {
    const rest = lines.slice(at, at + longest);
    const block = readers.map((read) => read(rest, place, depth)).find((found) => found !== null)!;
    out += block.html;
    at += block.lines;
  }
  return out;
}

/** A block of more lines is split: reading stays linear for hostile text. */
const longest = 2000;

const blank: Reader = ([line]) => (line!.trim() === '' ? { lines: 1, html: '' } : null);

const fence: Reader = (lines) => {
  const open = /^ {0,3}(`{3,}|~{3,})([^`]*)$/.exec(lines[0]!);
  if (!open) return null;
  const close = new RegExp(`^ {0,3}${open[1]![0]}{${open[1]!.length},}\\s*$`);
  const end = lines.findIndex((line, index) => index > 0 && close.test(line));
  const inside = lines.slice(1, end === -1 ? lines.length : end);
  const language = open[2]!.trim();
  const caption = language ? `<span class="language">${showHidden(escapeHtml(language))}</span>` : '';
  const code = `${caption}<pre tabindex="0"><code>${showHidden(escapeHtml(inside.join('\n')))}</code></pre>`;
  return { lines: end === -1 ? lines.length : end + 1, html: `<div class="code">${code}</div>` };
};

const comment: Reader = (lines, place, depth) => {
  if (!/^ {0,3}<!--/.test(lines[0]!)) return null;
  const end = lines.findIndex((line) => line.includes('-->'));
  if (end === -1) return { lines: lines.length, html: '' };
  const after = lines[end]!.slice(lines[end]!.indexOf('-->') + 3);
  return { lines: end + 1, html: after.trim() === '' ? '' : blocks([after], place, depth + 1) };
};

const heading: Reader = ([line], place) => {
  const found = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line!);
  if (!found) return null;
  // The page has headings of its own above, so those of a text start below them.
  const level = Math.min(6, found[1]!.length + 2);
  return { lines: 1, html: `<h${level}>${renderInline(found[2]!, place)}</h${level}>` };
};

const rule: Reader = ([line]) =>
  /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/.test(line!) ? { lines: 1, html: '<hr>' } : null;

const quote: Reader = (lines, place, depth) => {
  const count = countWhile(lines, (line) => /^ {0,3}>/.test(line));
  if (count === 0) return null;
  const inside = lines.slice(0, count).map((line) => line.replace(/^ {0,3}> ?/, ''));
  return { lines: count, html: `<blockquote>${blocks(inside, place, depth + 1)}</blockquote>` };
};

const marker = /^( {0,3})([-*+]|\d{1,9}[.)])( +|$)/;

const list: Reader = (lines, place, depth) => {
  const first = marker.exec(lines[0]!);
  if (!first || rule(lines, place, depth)) return null;
  const ordered = /\d/.test(first[2]!);
  let out = '';
  let at = 0;
  while (at < lines.length) {
    const found = marker.exec(lines[at]!);
    if (!found || /\d/.test(found[2]!) !== ordered) break;
    const indent = found[0].length;
    const count = 1 + countWhile(lines.slice(at + 1), (line, index, all) => belongs(line, all[index + 1], indent));
    const inside = lines
      .slice(at, at + count)
      .map((line, index) => line.slice(index === 0 ? indent : spaces(line, indent)));
    out += item(inside, place, depth);
    at += count;
  }
  const start = ordered ? Number.parseInt(first[2]!, 10) : 1;
  return { lines: at, html: ordered ? `<ol start="${start}">${out}</ol>` : `<ul>${out}</ul>` };
};

/** A line belongs to a list's item when it is indented, blank before an indented one, or goes on with its words. */
function belongs(line: string, next: string | undefined, indent: number): boolean {
  if (line.trim() === '') return next !== undefined && spaces(next, 2) === 2 && next.trim() !== '';
  return spaces(line, Math.min(indent, 2)) >= Math.min(indent, 2) || startsNothing(line);
}

function spaces(line: string, most: number): number {
  return Math.min(most, /^ */.exec(line)![0].length);
}

function startsNothing(line: string): boolean {
  return !marker.test(line) && !/^ {0,3}(?:#{1,6} |>|`{3}|~{3}|<!--)/.test(line);
}

function item(lines: readonly string[], place: Place, depth: number): string {
  const task = /^\[([ xX])\] (.*)$/.exec(lines[0]!);
  const box = task ? `<span class="task" aria-hidden="true">${task[1] === ' ' ? '☐' : '☑'}</span> ` : '';
  const body = blocks(task ? [task[2]!, ...lines.slice(1)] : lines, place, depth + 1);
  // A single paragraph stands in the item without the distance of one.
  return `<li>${box}${body.replace(/^<p>([\s\S]*?)<\/p>/, '$1')}</li>`;
}

const table: Reader = (lines, place) => {
  const [head, line] = lines;
  if (!head!.includes('|') || !line || !/^ {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/.test(line))
    return null;
  const count = countWhile(lines.slice(2), (row) => row.includes('|'));
  const columns = cells(head!).length;
  if (columns !== cells(line).length) return null;
  const row = (text: string, tag: string) =>
    `<tr>${cells(text)
      .slice(0, columns)
      .map((cell) => `<${tag}>${renderInline(cell, place)}</${tag}>`)
      .join('')}</tr>`;
  const body = lines
    .slice(2, 2 + count)
    .map((text) => row(text, 'td'))
    .join('');
  const html = `<div class="scroll"><table><thead>${row(head!, 'th')}</thead><tbody>${body}</tbody></table></div>`;
  return { lines: 2 + count, html };
};

function cells(row: string): string[] {
  return row
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/\\\|/g, '|'));
}

const paragraph: Reader = (lines, place) => {
  const count =
    1 + countWhile(lines.slice(1), (line) => line.trim() !== '' && startsNothing(line) && !rule([line], place, 0));
  return {
    lines: count,
    html: `<p>${renderInline(
      lines
        .slice(0, count)
        .map((line) => line.trimStart())
        .join('\n'),
      place,
    )}</p>`,
  };
};

const readers: readonly Reader[] = [blank, fence, comment, heading, rule, quote, list, table, paragraph];

function countWhile<T>(items: readonly T[], holds: (item: T, index: number, all: readonly T[]) => boolean): number {
  const end = items.findIndex((one, index) => !holds(one, index, items));
  return end === -1 ? items.length : end;
}
