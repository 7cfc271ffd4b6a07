import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { AppIdentity } from './world.ts';

/** The app that was given, else the one kept in the state directory, else a new one with a key of its own. */
export async function openAppIdentity(directory: string, given: AppIdentity | undefined): Promise<AppIdentity> {
  if (given) return given;
  const file = path.join(directory, 'app.json');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const app = makeAppIdentity(4711, 'corrigible');
  await writeFile(file, JSON.stringify(app, null, 2), { mode: 0o600 });
  return app;
}

/** An app with a fresh 2048-bit key, in the form in which GitHub hands it out. */
export function makeAppIdentity(id: number, slug: string): AppIdentity {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { id, slug, privateKey, webhookSecret: randomBytes(20).toString('hex') };
}
