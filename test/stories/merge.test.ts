import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { inWorld, yes } from '../support/world.ts';

test('a rejection becomes a merged, proven fix, and its reporter is thanked', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    expect((await world.specComment(issue)).body).toContain('### Spec: ');
    expect(await world.status(issue)).toContain('not answered yet');

    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    expect(await world.status(issue)).toContain('**Ready:**');
    expect(await world.pulls()).toEqual([]);

    await world.label(issue);
    const pull = await world.onlyPull();
    expect(await world.checks(pull.head.sha)).toEqual({
      'corrigible/gate': 'success',
      'corrigible/integrity': 'success',
      'corrigible/spec': 'success',
      'corrigible/step/classify': 'success',
      'corrigible/step/extract': 'success',
      'corrigible/step/fetch': 'success',
      'corrigible/step/plan': 'success',
    });
    expect(pull.merged).toBe(false);

    await world.approve(pull.number);
    expect((await world.pull(pull.number)).merged).toBe(true);
    expect(await world.issue(issue)).toMatchObject({ state: 'closed', state_reason: 'completed' });
    expect((await world.said(issue)).at(-1)).toMatch(/^@rita, thank you: this is fixed and merged in #\d+\./);
    expect(await world.status(issue)).toContain('Merged in #');
    expect(await world.file('config/fetch.json')).toContain('"KB-107": 9');
  }));
