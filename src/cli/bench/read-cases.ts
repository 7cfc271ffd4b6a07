import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { TranslationCase } from '../../domain/bench/translation-case.ts';
import { bench as say } from '../../domain/messages/bench.ts';

/** What says which repository the cases are about. */
const Setting = z.strictObject({ repository: z.string().min(1) });
const SETTING = 'bench.yml';

export interface CaseSet {
  /** Folder of the repository. */
  readonly repository: string;
  /** In the order of their ids, but each after the one that it repeats. */
  readonly cases: readonly TranslationCase[];
}

const problemsOf = (file: string, error: z.ZodError): readonly string[] =>
  error.issues.map(({ path, message }) => say.badCase(file, path.join('/'), message));

/** What is wrong with a case beside the others. */
function misfits(cases: readonly TranslationCase[]): readonly string[] {
  const ids = new Set(cases.map(({ id }) => id));
  return cases.flatMap(({ id, of }) => (of === undefined || ids.has(of) ? [] : [say.badCase(id, 'of', of)]));
}

async function readOne(folder: string, name: string): Promise<TranslationCase | readonly string[]> {
  const parsed = TranslationCase.safeParse(parse(await readFile(join(folder, name), 'utf8')));
  if (!parsed.success) return problemsOf(name, parsed.error);
  return `${parsed.data.id}.yml` === name ? parsed.data : [say.badCase(name, 'id', parsed.data.id)];
}

/** Reads a folder of cases. Throws every mistake in words. */
export async function readCases(folder: string): Promise<CaseSet> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yml')).sort();
  if (!names.includes(SETTING)) throw new Error(say.noSetting(folder));
  const setting = Setting.safeParse(parse(await readFile(join(folder, SETTING), 'utf8')));
  const read = await Promise.all(names.filter((name) => name !== SETTING).map((name) => readOne(folder, name)));
  const cases = read.flatMap((one) => ('id' in one ? [one] : []));
  const problems = [
    ...(setting.success ? [] : problemsOf(SETTING, setting.error)),
    ...read.flatMap((one) => ('id' in one ? [] : one)),
    ...misfits(cases),
  ];
  if (!setting.success || problems.length > 0) throw new Error(problems.join('\n'));
  if (cases.length === 0) throw new Error(say.noCases(folder));
  return { repository: resolve(folder, setting.data.repository), cases };
}
