import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAppIdentity } from '../../src/forge/app-identity.ts';

interface Ending {
  stop(): Promise<unknown>;
}

/** What is begun in a place ends with it, latest first. */
export interface Place {
  readonly folder: string;
  /** Notes what has to end. */
  ending<T extends Ending>(one: T): T;
}

/** Runs `work` with a folder of its own, which other users of this machine may pass through, as sandboxes do. */
export async function inPlace<T>(work: (place: Place) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'corrigible-bench-'));
  await chmod(folder, 0o711);
  const endings: Ending[] = [];
  const ending: Place['ending'] = (one) => {
    endings.push(one);
    return one;
  };
  try {
    return await work({ folder, ending });
  } finally {
    for (const one of endings.reverse()) await one.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const identity = makeAppIdentity(1, 'corrigible');

/** The environment of a `corrigible` command that speaks to the GitHub at `githubUrl`. */
export const appEnvironment = (githubUrl: string, stateDir: string): Readonly<Record<string, string>> => ({
  APP_ID: String(identity.id),
  PRIVATE_KEY: identity.privateKey,
  WEBHOOK_SECRET: identity.webhookSecret,
  GITHUB_API_URL: githubUrl,
  GITHUB_URL: githubUrl,
  PORT: '0',
  STATE_DIR: stateDir,
  LOG_LEVEL: 'error',
});
