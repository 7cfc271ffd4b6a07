import { replaceLinks } from './markdown.ts';
import type { HiddenText } from './rejection.ts';

const rules: readonly { what: HiddenText['what']; pattern: RegExp }[] = [
  { what: 'comment', pattern: /<!--[\s\S]*?(?:-->|$)/g },
  { what: 'collapsed', pattern: /<details\b[\s\S]*?(?:<\/details\s*>|$)/gi },
  { what: 'data-link', pattern: /\b(?:data|javascript|vbscript):[^\s)>"']+/gi },
  { what: 'alt-text', pattern: /<img\b[^>]*>?/gi },
  { what: 'tag-characters', pattern: /[\u{E0000}-\u{E007F}]+/gu },
  { what: 'bidi', pattern: /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]+/g },
  {
    what: 'zero-width',
    pattern: /(?:[\u200B-\u200D\u2060-\u2064\uFEFF\u00AD\u180E]|[\uFE00-\uFE0E]|[\u{E0100}-\u{E01EF}])+/gu,
  },
];

/** Passes after which the signs themselves are taken out: nobody nests what is hidden this deep by accident. */
const PASSES = 12;

/**
 * What a reader of the rendered page sees, and what he does not: comments, collapsed parts, image texts, invisible and
 * direction-changing characters, data links. Nothing hidden may reach a model; all of it is listed to the maintainer.
 * Stripping twice changes nothing more.
 */
export function stripHidden(text: string): { visible: string; hidden: readonly HiddenText[] } {
  const hidden: HiddenText[] = [];
  let visible = text.replace(/\r\n?/g, '\n').normalize('NFC');
  const hide = (what: HiddenText['what']) => (found: string) => {
    hidden.push({ what, text: found.slice(0, 500) });
    return '';
  };
  // Removing one kind can join the two halves of another, so strip until nothing changes.
  let before = '';
  for (let pass = 0; before !== visible; pass++) {
    before = visible;
    if (pass === PASSES) visible = visible.replace(/[<!:]+/g, '');
    visible = replaceLinks(visible, { imagesOnly: true, overLines: true }, hide('alt-text'));
    for (const { what, pattern } of rules) visible = visible.replace(pattern, hide(what));
  }
  return { visible, hidden };
}
