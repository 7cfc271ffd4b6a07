import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markOf } from '../../../src/adapters/postgres/process-mark.ts';
import { until } from './until.ts';

const SCRIPT = new URL('./engine-process.ts', import.meta.url);

interface EngineChild {
  deliver(guid: string, rejection: string): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface CrashWorld {
  readonly stateDir: string;
  /** What the processes told so far: `advance o/r#1`, `run o/r#1`, `done o/r#1`, `postgres 123`. */
  journal(): readonly string[];
  told(start: string): readonly string[];
  postgres(): number;
  start(workMs: number): Promise<EngineChild>;
}

/** A process that has ended and is not yet collected by its parent is not alive. */
export const alive = (pid: number): boolean => markOf(pid) !== null;

async function startChild(stateDir: string, journal: string, workMs: number): Promise<[ChildProcess, EngineChild]> {
  const child = fork(SCRIPT, [stateDir, journal, String(workMs)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  const told = (what: string) =>
    new Promise<void>((done, fail) => {
      child.once('exit', () => fail(new Error(`the process ended before it said ${what}`)));
      child.on('message', (message) => message === what && done());
    });
  await told('ready');
  return [
    child,
    {
      deliver: async (guid, rejection) => {
        const saved = told(guid);
        child.send({ deliver: { guid, rejection } });
        await saved;
      },
      kill: async () => {
        child.kill('SIGKILL');
        await gone;
      },
      stop: async () => {
        child.send({ stop: true });
        await gone;
      },
    },
  ];
}

/** A story of processes that are killed, on an embedded database of its own. Leaves no process and no file behind. */
export async function inCrashWorld(story: (world: CrashWorld) => Promise<void>): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), 'corrigible-crash-'));
  const file = join(stateDir, 'journal');
  const journal = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);
  const told = (start: string) => journal().filter((line) => line.startsWith(start));
  const postgres = () => Number(told('postgres').at(-1)?.split(' ')[1]);
  const children: ChildProcess[] = [];
  const start = async (workMs: number) => {
    const [child, handle] = await startChild(stateDir, file, workMs);
    children.push(child);
    return handle;
  };
  try {
    await story({ stateDir, journal, told, postgres, start });
  } finally {
    for (const child of children) child.kill('SIGKILL');
    const pid = postgres();
    if (alive(pid)) process.kill(pid, 'SIGINT');
    await until(() => !alive(pid));
    rmSync(stateDir, { recursive: true, force: true });
  }
}
