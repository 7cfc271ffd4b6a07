import { raw } from 'hono/html';
import { escapeHtml, type Markup, markup, type Part, shown } from './text.ts';
import type { Label, User } from './types.ts';
import type { Visit } from './visit.ts';

export function avatar(user: User): Markup {
  const kind = user.type === 'Bot' ? 'bot' : 'person';
  const tint = [...user.login].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % 6;
  return markup`<span class="avatar ${kind} tint-${tint}" aria-hidden="true">${user.login.slice(0, 1).toUpperCase()}</span>`;
}

export function byline(user: User): Markup {
  return markup`<b class="login">${shown(user.login)}</b>${user.type === 'Bot' && markup` <span class="chip">bot</span>`}`;
}

/** A label with its colour as a dot, so that its name is readable in any colour. */
export function chip(label: Pick<Label, 'name' | 'color'>): Markup {
  const color = /^[0-9a-f]{6}$/i.test(label.color) ? label.color : '888888';
  const dot = markup`<svg viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="5" fill="#${color}"/></svg>`;
  return markup`<span class="label">${dot}<bdi>${shown(label.name)}</bdi></span>`;
}

export function time(at: string | null | undefined, seconds = false): Markup | null {
  if (!at) return null;
  const told = at.replace('T', ' ').replace(seconds ? /(?:\.\d+)?Z$/ : /:\d\d(?:\.\d+)?Z$/, ' UTC');
  return markup`<time datetime="${at}">${told}</time>`;
}

export function sha(repository: string, commit: string): Markup {
  return markup`<a class="sha" href="/${repository}/commit/${commit}">${commit.slice(0, 7)}</a>`;
}

export type Tone = 'good' | 'bad' | 'busy' | 'done' | 'quiet';

/** A state in words, with a colour and a sign that do not stand alone. */
export function badge(tone: Tone, words: string): Markup {
  const signs: Record<Tone, string> = { good: '✓', bad: '✗', busy: '●', done: '◆', quiet: '○' };
  return markup`<span class="badge ${tone}"><span aria-hidden="true">${signs[tone]}</span> ${words}</span>`;
}

/** What went wrong with a form that was sent, with everything that was typed into it. */
export interface Failed {
  /** The form's name. */
  readonly form: string;
  readonly status: number;
  readonly words: string;
  readonly values: FormData;
}

export function failedIn(failed: Failed | undefined, form: string): Failed | undefined {
  return failed?.form === form ? failed : undefined;
}

/** What stands in a field: what was typed when the form failed, else what it starts with. */
export function kept(failed: Failed | undefined, name: string, otherwise = ''): string {
  const value = failed?.values.get(name);
  return typeof value === 'string' ? value : otherwise;
}

/** A form that only this session can send; for a reader without a session, a word on how to get one. */
export function form(visit: Visit, action: string, body: Part, failed?: Failed, kind = ''): Markup {
  if (!visit.session) return markup`<p class="quiet">Sign in to do this.</p>`;
  const id = `failed-${failed?.form}`;
  return markup`<form method="post" action="${action}" class="${kind}" ${failed && raw(`aria-describedby="${escapeHtml(id)}"`)}>
<input type="hidden" name="csrf" value="${visit.session.csrf}">
${failed && markup`<p class="failed" role="alert" id="${id}">${shown(failed.words)}</p>`}
${body}
</form>`;
}

export interface AreaOptions {
  readonly rows?: number;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly mono?: boolean;
  /** Sets fields of the same name on one page apart. */
  readonly key?: string;
}

const idOf = (name: string, { key }: AreaOptions) => (key ? `${key}-${name}` : name);

/** A labelled text area. A newline after the tag is dropped by browsers, so one is given. */
export function area(name: string, label: string, value: string, options: AreaOptions = {}): Markup {
  const id = idOf(name, options);
  const { rows = 5, required = false, placeholder = '', mono = false } = options;
  return markup`<label for="${id}">${label}</label>
<textarea id="${id}" name="${name}" rows="${rows}" placeholder="${placeholder}" class="${mono ? 'mono' : ''}" ${required && 'required'} dir="auto">
${value}</textarea>`;
}

export function input(name: string, label: string, value: string, options: AreaOptions = {}): Markup {
  const id = idOf(name, options);
  const { required = false, placeholder = '', mono = false } = options;
  return markup`<label for="${id}">${label}</label>
<input id="${id}" name="${name}" value="${value}" placeholder="${placeholder}" class="${mono ? 'mono' : ''}" ${required && 'required'} dir="auto" autocomplete="off">`;
}
