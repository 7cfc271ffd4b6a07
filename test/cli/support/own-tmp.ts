import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A temporary folder of this test file's own, so that whatever is left in it is seen, and is nobody else's. */
export async function ownTmp(name: string): Promise<string> {
  const own = await mkdtemp(join(tmpdir(), `corrigible-test-${name}-`));
  const before = process.env['TMPDIR'];
  beforeAll(async () => {
    await chmod(own, 0o711);
    process.env['TMPDIR'] = own;
  });
  afterAll(async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await rm(own, { recursive: true, force: true });
  });
  return own;
}
