import { spawn } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { complaints, type Defence, type Outcomes } from './defence.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LEFT_OUT = new Set(['node_modules', '.git', 'state']);

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** A copy of the working tree in which one defence after the other is switched off. */
export interface Workspace extends AsyncDisposable {
  /** What is wrong with the proof of this defence; empty when it stands. The copy is whole again afterwards. */
  prove(defence: Defence): Promise<readonly string[]>;
}

function outcomesOf(text: string): Outcomes {
  const { testResults } = JSON.parse(text) as Report;
  const tests = testResults.flatMap((file) => file.assertionResults);
  const named = (wanted: (status: string) => boolean) =>
    tests.filter(({ status }) => wanted(status)).map(({ fullName }) => fullName);
  const broken = testResults.find((file) => file.assertionResults.length === 0);
  return {
    passed: named((status) => status === 'passed'),
    failed: named((status) => status !== 'passed'),
    broken: broken === undefined ? null : broken.message.slice(0, 500),
  };
}

/** A runner of tests that was started by another would take itself for one of its workers. */
const withoutRunner = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:VITEST|TEST$|NODE_OPTIONS$)/.test(name)));

/** Runs one test file in the copy. */
async function runTests(folder: string, test: string): Promise<Outcomes> {
  const file = join(folder, 'defences-report.json');
  await rm(file, { force: true });
  const args = ['run', test, '--no-cache', '--maxWorkers=1', '--reporter=json', `--outputFile=${file}`];
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...args], {
    cwd: folder,
    env: withoutRunner(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2000);
  });
  await new Promise((done) => child.once('exit', done));
  const report = await readFile(file, 'utf8').catch(() => null);
  return report === null ? { passed: [], failed: [], broken: errors } : outcomesOf(report);
}

async function proveIn(folder: string, defence: Defence): Promise<readonly string[]> {
  const file = join(folder, defence.file);
  const source = await readFile(file, 'utf8').catch(() => '');
  const times = source.split(defence.find).length - 1;
  if (times !== 1) return [`its text occurs ${times} times in ${defence.file}, not once`];
  try {
    await writeFile(
      file,
      source.replace(defence.find, () => defence.replace),
    );
    return complaints(defence, await runTests(folder, defence.test));
  } finally {
    await writeFile(file, source);
  }
}

export async function openWorkspace(): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'corrigible-defences-'));
  // Sandboxes run as other users of this machine.
  await chmod(folder, 0o711);
  const isWanted = (source: string) => !LEFT_OUT.has(relative(ROOT, source).split('/')[0] ?? '');
  await cp(ROOT, folder, { recursive: true, filter: isWanted });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {
    prove: (defence) => proveIn(folder, defence),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
