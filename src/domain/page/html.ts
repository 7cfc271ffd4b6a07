declare const safe: unique symbol;

/** Markup that was made by `html` alone. */
export interface Html {
  readonly [safe]: true;
  readonly markup: string;
}

type Part = string | number | Html | readonly Html[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => entities[found] ?? '');

const isHtml = (part: Part): part is Html => typeof part === 'object' && 'markup' in part;

function markupOf(part: Part): string {
  if (isHtml(part)) return part.markup;
  return typeof part === 'object' ? part.map(({ markup }) => markup).join('') : escaped(String(part));
}

/** Markup in which everything that is put in is shown as text, but for what `html` made. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = strings.map((text, at) => text + (at < parts.length ? markupOf(parts[at] ?? '') : '')).join('');
  return { markup } as Html;
}

/** Our own text that is no HTML, such as a style sheet. Nobody else's may come here. */
export const verbatim = (markup: string): Html => ({ markup }) as Html;
