import { withCodeClosed } from '../../domain/markdown.ts';
import { cutHere } from '../../domain/messages/github.ts';

/** GitHub's limit of a comment and of a pull request's text, in characters. */
const BODY = 65_536;
/** GitHub's limit of a check's summary; whether it counts bytes or characters is not written, so bytes. */
const SUMMARY = 65_535;
/** Longest row of backticks that opens code within a line of ours. */
const CODE = 10;

/** A comment's text with its marker hidden at the end, within GitHub's limit. */
export function fitComment(body: string, marker: string): string {
  const end = `\n\n${hidden(marker)}`;
  return cut(defused(body), BODY - end.length, (text) => text.length, '65,536 characters') + end;
}

export const fitBody = (body: string): string => cut(body, BODY, (text) => text.length, '65,536 characters');

export const fitSummary = (summary: string): string => cut(summary, SUMMARY, Buffer.byteLength, '65,535 bytes');

/** The marker as it stands in a comment's source. Some characters would end an HTML comment early. */
export function hidden(marker: string): string {
  const safe = encodeURIComponent(marker)
    .replace(/%(?:2F|3A|23|40)/g, decodeURIComponent)
    .replaceAll('--', '-%2D');
  return `<!-- corrigible:${safe} -->`;
}

/** What somebody else wrote and the app quotes must not look like a marker of the app. */
const defused = (body: string): string => body.replaceAll('<!-- corrigible:', '<!-- quoted:');

function cut(text: string, most: number, size: (text: string) => number, limit: string): string {
  if (size(text) <= most) return text;
  const sentence = cutHere(limit);
  // Room for closing a code block, in which the sentence would be code and the marker visible, or code within the line.
  const room = most - size(`\n\`\`\`\n\n${sentence}`) - CODE;
  let kept = text.slice(0, room);
  while (size(kept) > room) kept = kept.slice(0, kept.length - Math.ceil((size(kept) - room) / 4));
  kept = kept.replace(/[\uD800-\uDBFF]$/, '');
  const open = (kept.match(/^\s{0,3}```/gm) ?? []).length % 2 === 1;
  return `${open ? `${kept}\n\`\`\`` : withCodeClosed(kept)}\n\n${sentence}`;
}
