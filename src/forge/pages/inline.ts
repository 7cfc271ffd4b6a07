import { raw } from 'hono/html';
import { escapeHtml, type Markup, showHidden } from './text.ts';

/** Where links may lead and what #12 means. */
export interface Place {
  /** The forge's own address: only links to its host are links. */
  readonly url: string;
  /** `owner/name`, for references to issues; null where there is none. */
  readonly repository: string | null;
  /** True for files, where a line's end is only a space; in issues and comments it is a new line, as on GitHub. */
  readonly joinLines?: boolean;
}

const pieces =
  /(?<escape>\\[!-/:-@[-`{-~])|(?<code>(?<!`)(?<ticks>`+)(?!`)(?<coded>[\s\S]*?[^`])\k<ticks>(?!`))|(?<comment><!--(?:(?!<!--)[\s\S])*?-->)|<(?<angle>https?:\/\/[^\s<>]+)>|<sub>(?<small>(?:(?!<sub>)[^\n])*?)<\/sub>|(?<image>!?)\[(?<label>(?:[^[\]\\\n]|\\.)*)\]\((?<target>[^\s()]*)\)|(?<address>\bhttps?:\/\/[^\s<>"'`)\]]*[^\s<>"'`)\].,:;!?])|(?<=^|[\s([,.])#(?<number>\d{1,9})\b|(?<=^|[\s([,.])@(?<person>[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)|\*\*(?<strong>(?=\S)(?:[^*\n]|\*(?!\*))*?[^\s*])\*\*|(?<![\w*])(?<mark>[*_])(?<em>(?=\S)[^*_\n]*?[^\s*_])\k<mark>(?![\w*])|~~(?<gone>[^~\n]+)~~/gi;

const deepest = 4;

/** One paragraph's worth of Markdown as HTML. The text is escaped piece by piece; HTML in it stays text. */
export function renderInline(text: string, place: Place, depth = 0): string {
  let out = '';
  let at = 0;
  for (const match of text.matchAll(pieces)) {
    out += plain(text.slice(at, match.index), place);
    out += renderPiece(match.groups!, match[0], place, depth);
    at = match.index + match[0].length;
  }
  return out + plain(text.slice(at), place);
}

function plain(text: string, { joinLines = false }: Partial<Place> = {}): string {
  return showHidden(escapeHtml(text)).replace(joinLines ? /( {2,}|\\)\n/g : /( {2,}|\\)?\n/g, '<br>\n');
}

function renderPiece(found: Record<string, string | undefined>, whole: string, place: Place, depth: number): string {
  const inner = (text: string) => (depth < deepest ? renderInline(text, place, depth + 1) : plain(text, place));
  if (found['escape']) return plain(whole.slice(1));
  if (found['coded'] !== undefined) return `<code>${showHidden(escapeHtml(trimCode(found['coded'])))}</code>`;
  if (found['comment']) return '';
  if (found['small'] !== undefined) return `<small>${inner(found['small'])}</small>`;
  if (found['angle']) return link(found['angle'], plain(found['angle']), place);
  if (found['label'] !== undefined) return link(found['target']!, inner(found['label']), place);
  if (found['address']) return link(found['address'], plain(found['address']), place);
  if (found['number']) return reference(found['number'], place);
  if (found['person']) return `<b class="mention">@${plain(found['person'])}</b>`;
  if (found['strong']) return `<strong>${inner(found['strong'])}</strong>`;
  if (found['em']) return `<em>${inner(found['em'])}</em>`;
  return `<del>${inner(found['gone']!)}</del>`;
}

/** An address that an app gave, as a link where it leads to this forge. */
export function renderLink(address: string, place: Place): Markup {
  return raw(link(address, plain(address), place));
}

function trimCode(text: string): string {
  const line = text.replace(/\n/g, ' ');
  return /^ .*[^ ].* $/.test(line) ? line.slice(1, -1) : line;
}

function reference(number: string, { repository }: Place): string {
  return repository ? `<a href="/${repository}/issues/${number}">#${number}</a>` : `#${number}`;
}

/** A link to the forge itself; for any other target, the words and where they wanted to lead. */
function link(target: string, words: string, { url }: Place): string {
  const parsed = URL.canParse(target) ? new URL(target) : null;
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.host === new URL(url).host) {
    return `<a href="${escapeHtml(parsed.href)}">${words}</a>`;
  }
  const shownTarget = plain(target);
  return words === shownTarget ? words : `${words} <span class="away">(${shownTarget})</span>`;
}
