import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../src/adapters/postgres/open.ts';
import { silent } from '../../support/silent-log.ts';
import { processesOf } from './processes.ts';
import { until } from './until.ts';

const fresh = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'corrigible-chaos-'));
  // Sandboxes and Postgres run as other users of this machine.
  chmodSync(folder, 0o711);
  return folder;
};

let prepared: Promise<string> | undefined;

/** A state folder whose database was made, migrated and ended once. */
async function prepare(): Promise<string> {
  const folder = fresh();
  const store = await openStore({ stateDir: folder, log: silent });
  await store.close();
  // The keeper clears up behind the database after that.
  await until('the end of the keeper', async () => processesOf(folder).length === 0);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A state folder of its own, with an embedded database in it that is not running, or empty. */
export async function takeEmbedded(filled: boolean) {
  const stateDir = fresh();
  if (filled) {
    prepared ??= prepare();
    fillEmbedded(await prepared, stateDir);
  }
  return {
    stateDir,
    databaseUrl: undefined,
    drop: async () => rmSync(stateDir, { recursive: true, force: true }),
  };
}

function fillEmbedded(from: string, to: string): void {
  const copied = spawnSync('cp', ['-a', `${from}/.`, to], { encoding: 'utf8' });
  if (copied.status !== 0) throw new Error(`the state could not be copied: ${copied.stderr}`);
}
