/** Markup and links, which no sentence of a spec may hold. `Spec` refuses what this finds. */
const MARKUP = /https?:|www\.|<[a-z!/]|\]\(|!\[/i;

/** Whether a value could end a line, a code span or a sentence where people read it. */
export const isPlain = (text: string): boolean => !/[\p{Cc}\p{Cf}`]/u.test(text) && !MARKUP.test(text);

/** One line without markup and links, at most `most` characters. */
export function plainWords(text: string, most: number): string {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replaceAll('`', "'")
    .replace(/https?:|www\./gi, '…')
    .replace(/<(?=[a-z!/])/gi, '‹')
    .replaceAll('](', '] (')
    .replaceAll('![', '! [')
    .trim();
  const letters = [...plain];
  return letters.length <= most
    ? plain
    : `${letters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}

/** The first words of a text. */
export function firstWords(text: string, most: number): string {
  const words = text.split(' ');
  return words.length <= most ? text : `${words.slice(0, most).join(' ')}…`;
}
