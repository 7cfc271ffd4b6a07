import { expect, test } from 'vitest';
import { exampleFiles, inWorld } from '../support/world.ts';

const PLAN = 'config/plan.yml';
const WHEN = 'entity: order, is: present }\n';
const INVOICE = 'reply: invoice-sent';
const between = '        # one\n        # two\n        # three\n';
/** Lines enough between them that a change of the condition and one of the reply merge. */
const green = ((await exampleFiles())[PLAN] ?? '').replace(
  `${WHEN}        ${INVOICE}`,
  `${WHEN}${between}        ${INVOICE}`,
);
const red = green.replace(INVOICE, 'reply: refund-started');

test('nobody chooses an older root to be forgiven what base has mended since', () =>
  inWorld({ files: { [PLAN]: red } }, async (world) => {
    const { object } = await world.call('carol', 'GET', '/git/ref/heads/main');
    await world.call('carol', 'POST', '/git/refs', { ref: 'refs/heads/mine', sha: object.sha });
    await world.push('main', PLAN, green, 'alice');
    await world.push('mine', PLAN, red.replace(WHEN, WHEN.replace('order', 'nothing')), 'carol');
    const opening = { title: 'A change', head: 'mine', base: 'main', body: '' };
    const { number } = await world.act(world.call('carol', 'POST', '/pulls', opening));
    const { head, mergeable } = await world.pull(number);
    expect(mergeable).toBe(true);
    const { check_runs: runs } = await world.call('alice', 'GET', `/commits/${head.sha}/check-runs?per_page=100`);
    const told = new Map<string, string>(
      runs.map((run: { name: string; conclusion: string }) => [run.name, run.conclusion]),
    );
    expect(told.get('corrigible/step/plan')).toBe('failure');
    expect(told.get('corrigible/gate')).toBe('failure');
  }));
