import { withoutDefinitions, withoutLooseNotes } from './hidden-definitions.ts';
import { withoutHiddenTags } from './hidden-tags.ts';
import { replaceLinks, withoutTitles } from './markdown.ts';
import type { HiddenText } from './rejection.ts';

type What = HiddenText['what'];

/** What a pattern matches is hidden. Each takes time linear in the text: one class of characters, or a part with an end. */
const rules: readonly { readonly what: What; readonly pattern: RegExp }[] = [
  { what: 'data-link', pattern: /\b(?:data|javascript|vbscript):[^\s)>"']+/gi },
  { what: 'tag-characters', pattern: /[\u{E0000}-\u{E007F}]+/gu },
  { what: 'bidi', pattern: /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]+/g },
  {
    what: 'zero-width',
    // The one that chooses how an emoji is drawn is left behind it.
    pattern:
      /(?:(?!\uFE0F)[\p{Default_Ignorable_Code_Point}\u2800\uFFF9-\uFFFB\u070F\u{13430}-\u{1343F}])+|(?<!\p{Emoji})\uFE0F+/gu,
  },
  { what: 'control', pattern: /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]+/g },
];

/** Formulas in which something is drawn invisibly, or in a colour that may be the page's. */
const FORMULA = /\$\$[^$]{1,2000}\$\$|\$[^$\n]{1,2000}\$/g;
const UNSEEN = /\\(?:[hv]?phantom|(?:text|page)?color|fcolorbox|colorbox|hspace|kern)\b/;

/** Passes after which the signs themselves are taken out: nobody nests what is hidden this deep by accident. */
const PASSES = 12;

/** Comments, also one that does not end. */
function withoutComments(text: string, hide: (found: string) => string): string {
  let result = '';
  let from = 0;
  for (let at = text.indexOf('<!--'); at !== -1; at = text.indexOf('<!--', from)) {
    const end = text.indexOf('-->', at + 4);
    result += text.slice(from, at) + hide(text.slice(at, end === -1 ? text.length : end + 3));
    from = end === -1 ? text.length : end + 3;
  }
  return result + text.slice(from);
}

/** Also in a quote or a list. */
const FENCE = /^((?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*(?:`{3,}|~{3,})[ \t]*)(.*)$/;

/** What stands behind a code fence is on no page: it may be the name of a language, and nothing else. */
const withoutFenceWords = (text: string, hide: (found: string) => string): string =>
  text
    .split('\n')
    .map((line) => {
      const [, fence, info] = FENCE.exec(line) ?? [];
      if (fence === undefined || info === undefined || info.includes('`')) return line;
      const language = /^[\w+#.-]{1,20}(?: corrigible-(?:rejection|spec))?(?!\S)/.exec(info)?.[0] ?? '';
      const more = info.slice(language.length).trim();
      return more === '' ? line : fence + language + hide(more);
    })
    .join('\n');

/** Signs of everything that hides: without them a text hides nothing more. */
const SIGNS = /[<>!:$[\]`~]+/g;

/** One pass over a text. `labels`: of links that were defined so far. */
function stripOnce(text: string, labels: Set<string>, hide: (what: What) => (found: string) => string): string {
  let visible = withoutDefinitions(text, labels, hide('reference'));
  visible = replaceLinks(visible, { imagesOnly: true, overLines: true, defined: labels }, hide('alt-text'));
  visible = withoutTitles(visible, hide('attribute'));
  visible = withoutComments(visible, hide('comment'));
  visible = withoutHiddenTags(visible, (what, found) => hide(what)(found));
  for (const { what, pattern } of rules) visible = visible.replace(pattern, hide(what));
  visible = visible.replace(FORMULA, (found) => (UNSEEN.test(found) ? hide('formula')(found) : found));
  return withoutFenceWords(withoutLooseNotes(visible, hide('reference')), hide('code-fence'));
}

/**
 * What a reader of the rendered page sees, and what he does not: comments, collapsed parts, image texts, attributes,
 * definitions of links and their titles, notes to which nothing leads, what stands behind a code fence, formulas that draw
 * nothing, invisible and direction-changing characters, data links. Nothing hidden may reach a model; all of it is listed
 * to the maintainer. Stripping twice changes nothing more. Takes time linear in the text, whatever it is.
 */
export function stripHidden(text: string): { visible: string; hidden: readonly HiddenText[] } {
  const hidden: HiddenText[] = [];
  const labels = new Set<string>();
  let visible = text.replace(/\r\n?/g, '\n').normalize('NFC');
  const hide = (what: What) => (found: string) => {
    hidden.push({ what, text: found.slice(0, 500) });
    return '';
  };
  // Removing one kind can join the two halves of another, so strip until nothing changes.
  let before = '';
  for (let pass = 0; before !== visible; pass++) {
    before = visible;
    if (pass === PASSES) visible = visible.replace(SIGNS, '');
    visible = stripOnce(visible, labels, hide);
  }
  return { visible, hidden };
}

/** Of one text as much as an issue may hold. What is left out is counted, so that no two texts look alike for it. */
const LONGEST = 65_536;
const cut = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}\n[${text.length - LONGEST} more characters left out]`;

/** The same for each text of a JSON value, as far as anybody is shown it. */
export function stripHiddenJson<T>(value: T): { readonly visible: T; readonly hidden: readonly HiddenText[] } {
  const hidden: HiddenText[] = [];
  const stripped = (one: unknown): unknown => {
    if (typeof one === 'string') {
      const found = stripHidden(cut(one));
      hidden.push(...found.hidden);
      return found.visible;
    }
    if (Array.isArray(one)) return one.map(stripped);
    if (one === null || typeof one !== 'object') return one;
    return Object.fromEntries(Object.entries(one).map(([name, item]) => [name, stripped(item)]));
  };
  return { visible: stripped(value) as T, hidden };
}
