import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Gone when the code runs. */
  readonly typeOnly: boolean;
  /** The imported file by its path from the root, or null for a package or a module of Node's. */
  readonly file: string | null;
}

const STATIC = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;

/** Paths of the TypeScript files below a folder, from the root. */
export async function sourcesBelow(root: string, folder: string): Promise<readonly string[]> {
  const names = await readdir(join(root, folder), { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
    .sort();
}

/** What a source file imports, dynamic imports too. */
export function importsOf(root: string, file: string, text: string): readonly Import[] {
  const found = [
    ...[...text.matchAll(STATIC)].map(([, type, specifier]) => ({ specifier, typeOnly: type !== undefined })),
    ...[...text.matchAll(DYNAMIC)].map(([, specifier]) => ({ specifier, typeOnly: false })),
  ];
  return found.map(({ specifier = '', typeOnly }) => ({
    specifier,
    typeOnly,
    file: specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : null,
  }));
}

/** Every file that runs when `entry` is started, and every package it needs then. */
export async function reachableFrom(root: string, entry: string) {
  const files = new Set<string>();
  const packages = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file) || !file.endsWith('.ts') || !existsSync(join(root, file))) continue;
    files.add(file);
    for (const one of importsOf(root, file, await readFile(join(root, file), 'utf8'))) {
      if (one.typeOnly) continue;
      if (one.file !== null) open.push(one.file);
      else if (!one.specifier.startsWith('node:')) packages.add(packageOf(one.specifier));
    }
  }
  return { files, packages };
}

/** The package's name of a specifier such as `@scope/name/part`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
