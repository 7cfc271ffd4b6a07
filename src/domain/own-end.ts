/** How an agent of which nothing is known but its words ended, by its own account. */
export type OwnEnd =
  | { readonly is: 'done'; readonly summary: string }
  | { readonly is: 'cannot'; readonly reason: string };

const CANNOT = /^[\s*_`]*CANNOT[*_`]*:[*_`]*\s*/;

/** From the last that it said: its last paragraph, where that begins a line with the word it was told for this. */
export function ownEnd(said: string): OwnEnd {
  const last =
    said
      .trimEnd()
      .split(/\n\s*\n/)
      .at(-1) ?? '';
  const lines = last.split('\n');
  const at = lines.findLastIndex((line) => CANNOT.test(line));
  if (at < 0) return { is: 'done', summary: last.trim() };
  return { is: 'cannot', reason: lines.slice(at).join(' ').replace(CANNOT, '').trim() };
}
