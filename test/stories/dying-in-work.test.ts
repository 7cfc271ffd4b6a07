import { expect, test } from 'vitest';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { sandboxedSuites } from '../../src/adapters/suites/sandboxed-suites.ts';
import type { Suites } from '../../src/ports.ts';
import { inWorld, REPO, type World } from '../support/world.ts';

/** Suites that answer nothing before the process ends. */
function hanging() {
  let asked = Promise.withResolvers<void>();
  // Called at each start.
  const tools = (stateDir: string) => {
    const mine = Promise.withResolvers<void>();
    asked = mine;
    const real = sandboxedSuites(bubblewrapSandbox({ stateDir, firstUid: 64_600 }));
    const suites: Suites = {
      ...real,
      // As the real ones do: what is cut off is an error of each case, and nothing is thrown.
      outputs: (_checkout, _step, inputs, signal) => {
        mine.resolve();
        const cut = inputs.map(() => ({ status: 'error' as const, because: 'the run was stopped' }));
        return new Promise((done) => signal?.addEventListener('abort', () => done(cut)));
      },
    };
    return { suites };
  };
  return { tools, /** Resolves once this process is asked something. */ begun: () => asked.promise };
}

/** From now on a process that ends leaves its runs as one that was killed does. */
const dieSilently = (world: World) =>
  world.app().store.pool.query(`
    create function dbos.silent() returns trigger language plpgsql as
      $$ begin new.recovery_attempts := old.recovery_attempts; return new; end $$;
    create trigger silent before update on dbos.workflow_status
      for each row when (new.recovery_attempts = 0) execute function dbos.silent()`);

/** Without the time that is given to work to end. */
async function die(world: World): Promise<void> {
  await world.app().store.engine.stop(0);
  await world.restart();
}

const restarts = async (world: World, pull: number): Promise<number> => {
  const facts = await world.app().store.ledger.read(`${REPO}#${pull}`);
  return facts.filter(({ fact }) => fact.kind === 'run-restarted').length;
};

async function openPull(world: World): Promise<number> {
  const { object } = await world.call('carol', 'GET', '/git/ref/heads/main');
  await world.call('carol', 'POST', '/git/refs', { ref: 'refs/heads/mine', sha: object.sha });
  await world.push('mine', 'README.md', 'Something else.\n', 'carol');
  const opening = { title: 'A change', head: 'mine', base: 'main', body: '' };
  return (await world.call('carol', 'POST', '/pulls', opening)).number;
}

test('work in which the process dies again and again is given up in words', () => {
  const { tools, begun } = hanging();
  return inWorld({ tools }, async (world) => {
    await dieSilently(world);
    const pull = await openPull(world);
    await begun();
    for (let deaths = 1; deaths < 6; deaths++) {
      await die(world);
      await begun();
      expect(await restarts(world, pull)).toBe(deaths);
    }
    await die(world);
    await world.settled();
    const { sha } = (await world.pull(pull)).head;
    const { check_runs } = await world.call('carol', 'GET', `/commits/${sha}/check-runs`);
    const gate = check_runs.find(({ name }: { name: string }) => name === 'corrigible/gate');
    expect(gate.conclusion).toBe('failure');
    expect(JSON.stringify(gate.output)).toContain('ended in the middle of it 6 times in a row');
  });
}, 180_000);
