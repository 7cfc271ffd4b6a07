import * as say from './messages/rubrics.ts';
import type { FileProblem, Rubric } from './rubric.ts';

/** Most characters of a reference that a model is shown. */
export const MOST_REFERENCE = 4000;

const FOLDER = 'references/';

/** Whether a file below the folder of rubrics is what they refer to, and none itself. */
export const isReference = (folder: string, file: string): boolean => file.startsWith(`${folder}/${FOLDER}`);

/** Files that a rubric needs beside its own text: in the folder `references` beside it. */
export const referencesOf = ({ file, references = [] }: Pick<Rubric, 'file' | 'references'>): readonly string[] =>
  references.map((name) => `${file.slice(0, file.lastIndexOf('/') + 1)}${FOLDER}${name}`);

/** References that are none of these files, as mistakes of the rubric. */
export function missingReferences(rubric: Rubric, files: readonly string[]): readonly FileProblem[] {
  const missing = referencesOf(rubric).filter((file) => !files.includes(file));
  return missing.map((file) => ({ file: rubric.file, line: 1, ...say.noReference(file) }));
}

/** A reference of which a model is not shown all. */
export const longReference = (file: string, text: string): readonly FileProblem[] =>
  text.length > MOST_REFERENCE ? [{ file, line: 1, ...say.longReference(text.length, MOST_REFERENCE) }] : [];
