import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** The code that runs steps and reads what they print, and the versions of the libraries that it uses. */
const FOLDERS = ['./', '../sandbox/', '../../domain/reports/'];
const VERSIONS = '../../../package.json';

let known: string | undefined;

/** A hash over this code itself: whoever changes it has nothing else to raise. */
export function runnerVersion(): string {
  if (known !== undefined) return known;
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(new URL(folder, import.meta.url))
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => folder + name),
  );
  const hash = createHash('sha256');
  for (const file of [...files, VERSIONS])
    hash
      .update(`${file}\0`)
      .update(readFileSync(new URL(file, import.meta.url)))
      .update('\0');
  known = hash.digest('hex');
  return known;
}
