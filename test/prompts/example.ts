import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const EXAMPLE = resolve(import.meta.dirname, '../../examples/support-pipeline');

/** A rejection of the example, with what should become of it. */
export interface ExampleRejection {
  readonly id: string;
  readonly kind: string;
  readonly reporter: string;
  readonly title: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What a run with a model should come to. */
  readonly expected: 'act' | 'ask' | 'decline' | 'duplicate';
  /** What a run without a model should come to, where that differs. */
  readonly withoutModel?: string;
  /** The rejection that this one repeats. */
  readonly of?: string;
  readonly reason?: string;
  readonly change?: string;
}

/** Every file of the example by its path. */
export function exampleFiles(): Readonly<Record<string, string>> {
  const files = readdirSync(EXAMPLE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(EXAMPLE.length + 1)).sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(EXAMPLE, path), 'utf8')]));
}

/** The rejections of the example in the order of their ids. */
export const rejectionsIn = (files: Readonly<Record<string, string>>): readonly ExampleRejection[] =>
  Object.entries(files)
    .filter(([path]) => path.startsWith('rejections/'))
    .map(([, text]) => JSON.parse(text) as ExampleRejection)
    .sort((a, b) => (a.id < b.id ? -1 : 1));

/** The body of the issue that the form makes. */
export const bodyOf = ({ form, body }: ExampleRejection): string =>
  body ??
  Object.entries(form ?? {})
    .map(([heading, text]) => `### ${heading}\n\n${text}`)
    .join('\n\n');
