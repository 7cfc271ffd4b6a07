// An app in a process of its own, started with canaries in its environment, its files and its open descriptors: it runs
// every way out and a search for the canary in its sandbox, and prints what came of it as one line of JSON.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { containerSandbox } from '../../src/adapters/sandbox/container-sandbox.ts';
import { escapesFrom } from './escapes.ts';
import { SEARCH } from './search-canary.ts';

/** What the app found out. */
export interface Found {
  readonly uid: number;
  readonly refusal: string | null;
  /** Names of the rows that came out, and of those that could not even try. */
  readonly out: readonly string[];
  readonly untried: readonly string[];
  /** Where the canary was seen inside. */
  readonly seen: unknown;
}

const [folder = '', kind = ''] = process.argv.slice(2);
const canary = process.env['CANARY'] ?? '';
const limits = { wallMs: 60_000, outputBytes: 1_000_000 };

async function findOut(): Promise<Found> {
  const file = path.join(folder, 'key');
  const socketFile = path.join(folder, 'host.sock');
  writeFileSync(file, canary);
  const servers = [createServer().listen(0, '127.0.0.1'), createServer().listen('\0of-the-app'), createServer()];
  servers[2]!.listen(socketFile);
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const { port } = servers[0]!.address() as AddressInfo;
  const stateDir = path.join(folder, 'state');
  const sandbox =
    kind === 'container' ? containerSandbox({ stateDir, runtime: 'runc' }) : bubblewrapSandbox({ stateDir });
  const rows = escapesFrom({ file, socketFile, abstractName: 'of-the-app', port, canary, pid: process.pid });
  const refusal = await sandbox.refusal();
  const [out, untried]: [string[], string[]] = [[], []];
  const tree = (name: string): string => {
    const made = path.join(folder, name);
    mkdirSync(path.join(made, '.git', 'hooks'), { recursive: true });
    writeFileSync(path.join(made, '.git', 'config'), '');
    return made;
  };
  const layers = [{ host: tree('layer'), inside: '/opt/layer' }];
  for (const [i, { name, command }] of rows.entries()) {
    const place = { tree: tree(`tree-${i}`), gitDir: tree('layer'), layers, writable: true };
    const run = await sandbox.run({ ...place, command, limits });
    if (run.exit === 0) out.push(name);
    else if (run.ended !== 'exited' || run.exit === 126 || run.exit === 127) untried.push(name);
  }
  const looked = await sandbox.run({
    ...{ tree: tree('looked'), writable: true, layers, limits, stdin: canary },
    command: ['node', '--input-type=module', '-e', SEARCH, '/'],
  });
  for (const server of servers) server.close();
  const seen = looked.exit === 0 ? JSON.parse(Buffer.from(looked.stdout).toString()) : looked.stderr;
  return { uid: process.getuid?.() ?? 0, refusal, out, untried, seen };
}

process.stdout.write(`${JSON.stringify(await findOut())}\n`);
