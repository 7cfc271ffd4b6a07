import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shipped } from '../../ports.ts';

/** The rubrics that came with the product, read once. */
export function shippedFiles(folder: string): Shipped {
  let read: Promise<Readonly<Record<string, string>>> | undefined;
  const readAll = async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.md') && name !== 'README.md');
    const texts = await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
    );
    return Object.fromEntries(texts);
  };
  return {
    rubrics: () => {
      read ??= readAll();
      return read;
    },
  };
}
