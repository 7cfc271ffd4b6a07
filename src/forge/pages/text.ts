import { html, raw } from 'hono/html';

/** Markup that is safe to put into a page: everything in it was escaped where it came in. */
export type Markup = ReturnType<typeof raw>;
/** What a template may hold. */
export type Part = Markup | string | number | false | null | undefined | readonly Part[];

/** Escapes what is put into it. Only for parts that are there already, so that it never has to wait. */
export const markup = (strings: TemplateStringsArray, ...parts: Part[]): Markup => html(strings, ...parts) as Markup;

// Characters that change how text looks without being seen: directions, zero widths, tags, controls.
const hidden =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]|[\u{E0000}-\u{E0FFF}]/gu;

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character]!);
}

/** Somebody's words, escaped, with each hidden character shown by its code point. */
export function shown(text: string): Markup {
  return raw(showHidden(escapeHtml(text)));
}

/** The same for text that is escaped already. */
export function showHidden(escaped: string): string {
  return escaped.replace(hidden, (character) => {
    const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
    return `<span class="hidden-character" title="hidden character">${code}</span>`;
  });
}
