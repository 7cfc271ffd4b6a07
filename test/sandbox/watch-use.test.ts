import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { watchUse } from '../../src/adapters/sandbox/watch-use.ts';

/** Of util-linux, which every Debian has. */
const UNSHARE = 'unshare';
const MB = 1024 * 1024;

test('what lies in the host’s folders is no memory of a sandbox that is just being made', async () => {
  const limitBytes = 8 * MB;
  // Where sandboxes have their scratch folder; however little else is there.
  const folder = mkdtempSync('/tmp/corrigible-');
  writeFileSync(join(folder, 'large'), Buffer.alloc(2 * limitBytes));
  const shell = ['/bin/sh', '-c', 'echo up; read _'];
  const child = spawn(UNSHARE, ['--user', '--map-root-user', '--mount', '--pid', '--fork', '--', ...shell]);
  await once(child.stdout, 'data');
  vi.useFakeTimers();
  const exceeded = vi.fn();
  const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
  const stop = watchUse({ pid, namespace: statSync(`/proc/${pid}/ns/pid`).ino, limitBytes, cpuSeconds: 60, exceeded });
  try {
    vi.advanceTimersByTime(1000);
    expect(exceeded).not.toHaveBeenCalled();
  } finally {
    stop();
    vi.useRealTimers();
    child.stdin.end();
    await once(child, 'exit');
    rmSync(folder, { recursive: true });
  }
});
