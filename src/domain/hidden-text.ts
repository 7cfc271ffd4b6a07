import { replaceLinks } from './markdown.ts';
import type { HiddenText } from './rejection.ts';

type What = HiddenText['what'];

/** What a pattern matches is hidden, but for what its group `shown` holds. */
const rules: readonly { readonly what: What; readonly pattern: RegExp }[] = [
  { what: 'comment', pattern: /<!--[\s\S]*?(?:-->|$)/g },
  { what: 'comment', pattern: /<[!?][^<>]*>/g },
  { what: 'collapsed', pattern: /<details\b[\s\S]*?(?:<\/details\s*>|$)/gi },
  { what: 'data-link', pattern: /\b(?:data|javascript|vbscript):[^\s)>"']+/gi },
  { what: 'alt-text', pattern: /<img\b[^>]*>?/gi },
  { what: 'attribute', pattern: /(?<shown><\/?[a-z][a-z0-9-]{0,30})[\s/][^<>]*[^<>\s/][^<>]*(?=>)/gi },
  // [//]: # (nobody sees this), [a]: b "nor this"
  {
    what: 'reference',
    pattern: /^ {0,3}\[(?!\^)[^\]\n]{1,200}\]:[ \t]*\S+(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\([^)\n]*\)))?[ \t]*$/gm,
  },
  { what: 'tag-characters', pattern: /[\u{E0000}-\u{E007F}]+/gu },
  { what: 'bidi', pattern: /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]+/g },
  {
    what: 'zero-width',
    pattern:
      /(?:[\u200B-\u200D\u2060-\u2064\uFEFF\u00AD\u180E\u115F\u1160\u17B4\u17B5\u2800\u3164\uFFA0\uFFF9-\uFFFB]|\u034F|[\uFE00-\uFE0E]|[\u{E0100}-\u{E01EF}])+/gu,
  },
  { what: 'control', pattern: /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]+/g },
];

/** Formulas in which something is drawn invisibly, or in a colour that may be the page's. */
const FORMULA = /\$[^$\n]{1,2000}\$/g;
const UNSEEN = /\\(?:[hv]?phantom|(?:text|page)?color|fcolorbox|colorbox|hspace|kern)\b/;
const FOOTNOTE = /^ {0,3}\[\^([^\]\n]{1,100})\]:[^\n]*$/gm;

/** Passes after which the signs themselves are taken out: nobody nests what is hidden this deep by accident. */
const PASSES = 12;

/** Footnotes to which nothing leads are not on the page. */
function withoutLooseNotes(text: string, hide: (found: string) => string): string {
  if (!text.includes('[^')) return text;
  const led = new Set([...text.matchAll(/\[\^([^\]\n]{1,100})\](?!:)/g)].map(([, label]) => label));
  return text.replace(FOOTNOTE, (found, label) => (led.has(label) ? found : hide(found)));
}

/** What stands behind a code fence is on no page: it may be the name of a language, and nothing else. */
const withoutFenceWords = (text: string, hide: (found: string) => string): string =>
  text
    .split('\n')
    .map((line) => {
      const [, fence, info] = /^( {0,3}(?:`{3,}|~{3,})[ \t]*)(.*)$/.exec(line) ?? [];
      if (fence === undefined || info === undefined || info.includes('`')) return line;
      const language = /^[\w+#.-]{1,20}(?: corrigible-(?:rejection|spec))?(?!\S)/.exec(info)?.[0] ?? '';
      const more = info.slice(language.length).trim();
      return more === '' ? line : fence + language + hide(more);
    })
    .join('\n');

/**
 * What a reader of the rendered page sees, and what he does not: comments, collapsed parts, image texts, attributes,
 * definitions of links, what stands behind a code fence, formulas that draw nothing, invisible and direction-changing
 * characters, data links. Nothing hidden may reach a model; all of it is listed to the maintainer. Stripping twice
 * changes nothing more.
 */
export function stripHidden(text: string): { visible: string; hidden: readonly HiddenText[] } {
  const hidden: HiddenText[] = [];
  let visible = text.replace(/\r\n?/g, '\n').normalize('NFC');
  const hide = (what: What) => (found: string) => {
    hidden.push({ what, text: found.slice(0, 500) });
    return '';
  };
  // Removing one kind can join the two halves of another, so strip until nothing changes.
  let before = '';
  for (let pass = 0; before !== visible; pass++) {
    before = visible;
    if (pass === PASSES) visible = visible.replace(/[<!:]+/g, '');
    visible = replaceLinks(visible, { imagesOnly: true, overLines: true }, hide('alt-text'));
    for (const { what, pattern } of rules)
      visible = visible.replace(pattern, (found, ...more) => {
        const shown: string = more.at(-1)?.shown ?? '';
        hide(what)(found.slice(shown.length).trim());
        return shown;
      });
    visible = visible.replace(FORMULA, (found) => (UNSEEN.test(found) ? hide('formula')(found) : found));
    visible = withoutFenceWords(withoutLooseNotes(visible, hide('reference')), hide('code-fence'));
  }
  return { visible, hidden };
}

/** The same for each text of a JSON value. */
export function stripHiddenJson<T>(value: T): { readonly visible: T; readonly hidden: readonly HiddenText[] } {
  const hidden: HiddenText[] = [];
  const stripped = (one: unknown): unknown => {
    if (typeof one === 'string') {
      const found = stripHidden(one);
      hidden.push(...found.hidden);
      return found.visible;
    }
    if (Array.isArray(one)) return one.map(stripped);
    if (one === null || typeof one !== 'object') return one;
    return Object.fromEntries(Object.entries(one).map(([name, item]) => [name, stripped(item)]));
  };
  return { visible: stripped(value) as T, hidden };
}
