import { appendFileSync, closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Observer } from '../../../src/ports.ts';

export type Moment = 'before' | 'after';

/** `app`: this process dies. `postgres`: the database does. `all`: both, and the keeper. `freeze`: this process stops. */
export type Blow = 'app' | 'postgres' | 'all' | 'freeze';

/**
 * What happens, once, where a point is passed for the n-th time (from 1) by whichever process. The point is written as
 * in the journal, with what exactly was done there: `ledger.append merged`.
 */
export interface Strike {
  readonly point: string;
  readonly moment: Moment;
  readonly nth: number;
  readonly blow: Blow;
}

/** What the processes of one world share. */
export interface Scene {
  /** Every passing of a point is written here before anything else happens. */
  readonly journal: string;
  readonly stateDir: string;
}

export const nameOf = ({ point, moment, nth, blow }: Strike): string => `${blow} ${moment} ${point} (${nth})`;

/** Whether the strike has been carried out. */
export const wasStruck = (strike: Strike, { journal }: Scene): boolean => existsSync(flagOf(strike, journal));

const flagOf = (strike: Strike, journal: string): string => `${journal}-${nameOf(strike).replaceAll(/[^\w.-]/g, '_')}`;

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It died before.
  }
}

const firstNumber = (file: string): number[] => {
  const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : Number.NaN;
  return pid > 1 ? [pid] : [];
};

/** The postmaster of an embedded database, and the keeper beside it. */
function databaseProcesses(stateDir: string): { postmaster: number[]; keeper: number[] } {
  const base = join(stateDir, 'database');
  const data = join(base, 'run', 'data');
  const postmaster = existsSync(data) && readdirSync(data).length > 0 ? firstNumber(join(data, 'postmaster.pid')) : [];
  return { postmaster, keeper: firstNumber(join(base, 'keeper')) };
}

function carryOut(blow: Blow, stateDir: string): void {
  if (blow === 'freeze') return void process.kill(process.pid, 'SIGSTOP');
  const { postmaster, keeper } = databaseProcesses(stateDir);
  if (blow !== 'app') for (const pid of postmaster) kill(pid);
  if (blow === 'all') for (const pid of keeper) kill(pid);
  if (blow !== 'postgres') kill(process.pid);
}

/** Only the first process that comes by takes a strike. */
function takes(strike: Strike, journal: string): boolean {
  try {
    closeSync(openSync(flagOf(strike, journal), 'wx'));
    return true;
  } catch {
    return false;
  }
}

function readCounts(journal: string): Map<string, number> {
  const counts = new Map<string, number>();
  if (!existsSync(journal)) return counts;
  for (const line of readFileSync(journal, 'utf8').split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** An observer that writes each passing to the journal, and strikes where it is told to. */
export function strikingObserver({ journal, stateDir }: Scene, strikes: readonly Strike[]): Observer {
  const passed = readCounts(journal);
  const pass = (point: string, moment: Moment) => {
    const line = `${point}\t${moment}`;
    const nth = (passed.get(line) ?? 0) + 1;
    passed.set(line, nth);
    appendFileSync(journal, `${line}\n`);
    for (const strike of strikes) {
      if (strike.point !== point || strike.moment !== moment || nth < strike.nth || !takes(strike, journal)) continue;
      appendFileSync(journal, `struck\t${strike.blow}\t${process.pid}\n`);
      carryOut(strike.blow, stateDir);
    }
  };
  return {
    async around(name, { what }, work) {
      // Numbers and hashes differ from telling to telling.
      const point = what === undefined ? name : `${name} ${what.replaceAll(/[0-9a-f]{7,}|\d+/g, '#')}`;
      pass(point, 'before');
      const result = await work();
      pass(point, 'after');
      return result;
    },
  };
}
