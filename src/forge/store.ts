import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { emptyState, type State } from './state.ts';

export interface Store {
  readonly state: State;
  /** Asks for a snapshot soon; many changes in a row make one. */
  changed(): void;
  /** Writes what is not yet written. */
  flush(): Promise<void>;
}

const saveAfterMs = 50;

/** Reads the last snapshot, or starts an empty world. A snapshot is written whole and then renamed. */
export async function openStore(directory: string): Promise<Store> {
  const file = path.join(directory, 'state.json');
  const state = await readState(file);
  let timer: NodeJS.Timeout | null = null;
  let saving = Promise.resolve();
  const save = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    saving = saving.then(() => writeSnapshot(file, state));
    return saving;
  };
  return {
    state,
    changed() {
      timer ??= setTimeout(() => void save(), saveAfterMs);
    },
    flush: () => (timer ? save() : saving),
  };
}

async function readState(file: string): Promise<State> {
  try {
    return { ...emptyState(), ...JSON.parse(await readFile(file, 'utf8')) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyState();
    throw error;
  }
}

async function writeSnapshot(file: string, state: State): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
