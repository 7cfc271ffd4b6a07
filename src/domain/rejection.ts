import type { Annotations } from './annotations.ts';

/** Where a rejection lives. `repo` is `owner/name`. */
export interface RejectionRef {
  readonly installation: number;
  readonly repo: string;
  readonly issue: number;
}

/** The ledger's name of a rejection: `owner/name#7`. */
export type RejectionKey = string;

export const keyOf = (ref: RejectionRef): RejectionKey => `${ref.repo}#${ref.issue}`;

/** The inverse of `keyOf`. Issue 0 stands for the repository itself. Throws on a key that `keyOf` did not make. */
export function refOf(installation: number, key: RejectionKey): RejectionRef {
  const at = key.lastIndexOf('#');
  const issue = Number(key.slice(at + 1));
  if (at < 1 || !Number.isSafeInteger(issue) || issue < 0) throw new Error(`not a rejection key: ${key}`);
  return { installation, repo: key.slice(0, at), issue };
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What one step of the user's pipeline took and gave. */
export interface TracedStep {
  readonly step: string;
  readonly input: Json;
  readonly output: Json;
}

export interface Trace {
  readonly steps: readonly TracedStep[];
}

/** Text that a reader of the page does not see: stripped before any model, listed to the maintainer. */
export interface HiddenText {
  readonly what:
    | 'comment'
    | 'zero-width'
    | 'bidi'
    | 'control'
    | 'tag-characters'
    | 'data-link'
    | 'alt-text'
    | 'attribute'
    | 'reference'
    | 'code-fence'
    | 'formula'
    | 'collapsed';
  readonly text: string;
}

/** What somebody answered in a comment, and which questions it is about. */
export interface Answered {
  readonly words: string;
  /** Slots that were asked about. */
  readonly to: readonly string[];
}

/** A rejection as parsed: visible text only, personal data replaced by placeholders. */
export interface Rejection {
  readonly ref: RejectionRef;
  readonly reporter: string;
  readonly title: string;
  /** Identifier of the stored ticket, as the repository's replay command knows it. */
  readonly ticket: string | null;
  /** The free text: everything of the body that is not one of the form's fields, or the form's main field. */
  readonly comment: string;
  /** The form's fields by heading, lower-cased, trimmed: `what should have happened` → text. */
  readonly fields: Readonly<Record<string, string>>;
  /** What maintainers said behind `/hint`, oldest first. No text of an issue comes in here. */
  readonly hints: readonly string[];
  /** What was answered in comments, oldest first. */
  readonly answers: readonly Answered[];
  /** What the fields say as data; free text alone says none of it. */
  readonly annotations: Annotations;
  /** The trace pasted by the reporter, if any; the one replayed on base otherwise. */
  readonly pastedTrace: Trace | null;
  /** What is meant for programs and cannot be read. */
  readonly problems: readonly { readonly part: 'document' | 'trace'; readonly words: string }[];
  readonly hidden: readonly HiddenText[];
  /** Hash over the raw title and body: an edit of either changes it. */
  readonly textHash: string;
}
