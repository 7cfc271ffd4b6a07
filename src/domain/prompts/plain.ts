import { stripHidden } from '../hidden-text.ts';
import { replaceLinks } from '../markdown.ts';

/** Links and markup out, words kept. Line breaks stay. */
function withoutMarkup(text: string): string {
  const { visible } = stripHidden(text);
  return replaceLinks(visible, { imagesOnly: false, overLines: false }, (_, label) => label)
    .replace(/\b(?:https?|ftp|file):\/\/\S+|\bwww\.\S+/gi, '[link]')
    .replace(/<\/?[a-z!][^>\n]*>?/gi, '')
    .replace(/```+|~~~+|[`*]+/g, '')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}

const cut = (text: string, most: number): string => {
  const letters = Array.from(text);
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
};

/** One line of plain words, at most `most` characters: for a sentence that a model or a stranger wrote. */
export const plainLine = (text: string, most: number): string =>
  cut(withoutMarkup(text).replace(/\s+/g, ' ').trim(), most);

/** Plain words over several lines, at most `most` characters, without the markup that somebody put around them. */
export const plainText = (text: string, most: number): string =>
  cut(
    withoutMarkup(text)
      .replace(/(?<! ) +$/gm, '')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    most,
  );

const marked = (mark: string, text: string): string =>
  text
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map((line) => (line === '' ? mark : `${mark} ${line}`))
    .join('\n');

/**
 * Text as data inside a prompt: each line begins with a bar. Nothing that stands in it can end it, whatever it says, and
 * no random mark is needed, so that equal inputs give equal prompts.
 */
export const quoted = (text: string): string => marked('|', text);

/** Text of people who may write to the repository, to be followed: each line begins with >. */
export const guidance = (text: string): string => marked('>', text);

/** A long text cut in the middle of nowhere, with a note that says so. */
export const capped = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)}\n[${text.length - most} more characters left out]`;
