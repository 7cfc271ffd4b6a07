import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, type World, yes } from '../support/world.ts';

const again = JSON.parse(await readFile('examples/support-pipeline/rejections/duplicate.json', 'utf8')) as {
  title: string;
  form: Record<string, string>;
};

const ready = (world: World, issue: number) => world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));

test('a duplicate in another language is counted, its case becomes a hold-out, and it ends with the other', () =>
  inWorld({}, async (world) => {
    const first = await world.reject(clear);
    await ready(world, first);
    const announced = await world.status(first);
    expect(announced).toContain('**Ready:**');
    const second = await world.reject(again);
    expect((await world.said(second)).join('\n')).toContain(`it is the same fault as #${first}. `);
    const counted = await world.status(first);
    expect(counted).toContain(`Rejected 2 times: also in #${second}. The case of #${second} is one of the hold-outs.`);
    // What is approved is another spec now, and says so.
    const hashIn = (text: string) => /\*\*Ready:\*\* `(\w+)`/.exec(text)?.[1];
    expect(hashIn(counted)).not.toBe(hashIn(announced));
    await world.label(first);
    const pull = await world.onlyPull();
    await world.approve(pull.number);
    expect((await world.pull(pull.number)).merged).toBe(true);
    expect(await world.file('evals/fetch.yml')).not.toContain('rejected again');
    // Looked at again, it is fixed, and closed with that as evidence.
    expect((await world.said(second)).join('\n')).toContain('the pipeline gives the expected output for ticket');
    expect((await world.issue(second)).state).toBe('closed');
  }));

test('`/detach` has a duplicate worked on by itself', () =>
  inWorld({}, async (world) => {
    const first = await world.reject(clear);
    const second = await world.reject({ ...again, by: 'rita' });
    await ready(world, first);
    expect(await world.status(first)).toContain('Rejected 2 times');
    await world.comment(second, '/detach', 'tom');
    expect((await world.said(second)).join('\n')).toContain('tom has no write permission here');
    await world.comment(second, '/detach It is about something else.', 'rita');
    expect((await world.specComment(second)).body).toContain('### Spec: ');
    expect(await world.status(first)).not.toContain('Rejected 2 times');
    expect(await world.status(first)).toContain('**Ready:**');
  }));

test('two of the same fault at once come to one draft', () =>
  inWorld({}, async (world) => {
    world.forge.webhooks.hold();
    const filing = [world.reject(clear), world.reject(again), world.reject({ ...clear, title: 'And again' })];
    await world.forge.webhooks.release('in-order' as never);
    const issues = await Promise.all(filing);
    await world.settled();
    const specs = await Promise.all(
      issues.map((issue) =>
        world.specComment(issue).then(
          () => issue,
          () => null,
        ),
      ),
    );
    const drafted = specs.filter((issue) => issue !== null);
    expect(drafted).toHaveLength(1);
    for (const issue of issues.filter((one) => !drafted.includes(one)))
      expect((await world.said(issue)).join('\n')).toContain(`it is the same fault as #${drafted[0]}. `);
    expect(await world.status(drafted[0]!)).toContain('Rejected 3 times');
  }));

test('a duplicate that is closed by hand counts no more', () =>
  inWorld({}, async (world) => {
    const first = await world.reject(clear);
    const second = await world.reject(again);
    await ready(world, first);
    expect(await world.status(first)).toContain('Rejected 2 times');
    await world.editIssue(second, { state: 'closed' }, 'alice');
    expect(await world.status(first)).not.toContain('Rejected 2 times');
    expect(await world.status(first)).toContain('**Ready:**');
  }));
