import { type Markup, markup, shown } from './text.ts';
import type { ChangedFile } from './types.ts';

const mostLines = 3000;

/** Files with their added and removed lines, each with its numbers before and after. */
export function diff(files: readonly ChangedFile[]): Markup {
  if (files.length === 0) return markup`<p class="empty">No file differs.</p>`;
  return markup`<div class="files">${files.map(fileDiff)}</div>`;
}

function fileDiff(file: ChangedFile): Markup {
  const was = file.previous_filename ? markup`${shown(file.previous_filename)} → ` : null;
  const counts = markup`<span class="counts"><span class="plus">+${file.additions}</span> <span class="minus">−${file.deletions}</span></span>`;
  return markup`<details class="file" open><summary><span class="mono">${was}${shown(file.filename)}</span> <span class="quiet">${file.status}</span> ${counts}</summary>
${file.patch === undefined ? markup`<p class="empty">Nothing to show: the file is binary, empty or only moved.</p>` : patch(file.filename, file.patch)}</details>`;
}

function patch(name: string, text: string): Markup {
  const lines = text.split('\n');
  const cut =
    lines.length > mostLines && markup`<p class="empty">${lines.length - mostLines} more lines are not shown.</p>`;
  const rows = numbered(lines.slice(0, mostLines)).map(row);
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Changes of ${name}"><table class="diff"><tbody>${rows}</tbody></table></div>${cut}`;
}

type Kind = 'add' | 'del' | 'same' | 'hunk';

interface Line {
  readonly kind: Kind;
  readonly before: number | null;
  readonly after: number | null;
  readonly sign: string;
  readonly text: string;
}

function numbered(lines: readonly string[]): Line[] {
  let before = 0;
  let after = 0;
  return lines.map((line): Line => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
    }
    if (hunk || line.startsWith('\\')) return { kind: 'hunk', before: null, after: null, sign: '', text: line };
    const text = line.slice(1);
    if (line.startsWith('+')) return { kind: 'add', before: null, after: after++, sign: '+', text };
    if (line.startsWith('-')) return { kind: 'del', before: before++, after: null, sign: '−', text };
    return { kind: 'same', before: before++, after: after++, sign: '', text };
  });
}

function row({ kind, before, after, sign, text }: Line): Markup {
  if (kind === 'hunk') return markup`<tr class="hunk"><td colspan="4">${shown(text)}</td></tr>`;
  return markup`<tr class="${kind}"><td class="line">${before}</td><td class="line">${after}</td><td class="sign">${sign}</td><td class="text">${shown(text)}</td></tr>`;
}
