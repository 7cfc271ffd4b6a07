/**
 * Text as words are compared: lower case, no accents, one space between words and around the whole. Upper-casing a
 * text first gives the same, German sharp s included.
 */
export function fold(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '');
  return ` ${plain.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;
}

/** Whether a folded text has the phrase, at the start of a word: “return” is in “returned”, “rug” is not in “shrug”. */
export const mentions = (folded: string, phrase: string): boolean => folded.includes(fold(phrase).trimEnd());
