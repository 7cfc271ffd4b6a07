import { expect, test } from 'vitest';
import { openEndpoint } from '../../src/cli/bench/endpoint.ts';
import { translateCase } from '../../src/cli/bench/translate-case.ts';
import type { Fault, TranslationCase } from '../../src/domain/bench/translation-case.ts';
import { type ExampleRejection, exampleFiles, rejectionsIn } from '../prompts/example.ts';
import { goldModel } from './gold-model.ts';
import { inProcess } from './in-process.ts';

const rejections = rejectionsIn(exampleFiles());

/** What a good model drafts of the two that no recipe understands. */
const faults: Readonly<Record<string, Partial<Fault>>> = {
  'R-2': {
    step: 'classify',
    change: 'extend-other-into-sub-intent',
    files: ['config/intents.json'],
    acceptance: [{ name: 'it is a delivery', expect: [{ path: '/intent', op: 'eq', value: 'delivery' }] }],
  },
  'R-4': {
    step: 'extract',
    change: 'fix-extraction-normaliser',
    files: ['src/normalisers.ts'],
    acceptance: [
      {
        name: 'the day comes first',
        expect: [{ path: '/entities/dates/mentioned/0', op: 'eq', value: '2026-04-03' }],
      },
    ],
  },
};
const around = { 'hold-outs': [], guards: [], patch: '' };

function caseOf(of: ExampleRejection): TranslationCase {
  const duplicate = of.expected === 'duplicate';
  const fault = faults[of.id];
  return {
    id: of.id,
    language: 'en',
    ticket: of.form?.['Ticket'] ?? null,
    rejection: { reporter: of.reporter, title: of.title, form: of.form, body: of.body },
    disposition: duplicate ? 'decline' : (of.expected as 'act'),
    of: of.of,
    missing: ['observed', 'expected'],
    faults: fault === undefined ? [] : [{ ...around, ...fault } as Fault],
    personal: [],
    forbidden: [],
  };
}

/** Where each has to end before a person answers; the one where the customer is wrong is drafted, and declined by that answer. */
const ends = (of: ExampleRejection, withModel: boolean): string => {
  // What no recipe covers is asked about where there is no model.
  const end = withModel ? of.expected : (of.withoutModel ?? (of.id in faults ? 'ask' : of.expected));
  if (end === 'duplicate') return 'decline';
  return of.reason === 'answered-customer-right' ? 'act' : end;
};

test.each(rejections.map((one) => [`${one.id} (${one.kind})`, one] as const))(
  'the example’s rejection %s ends where it should, with a model and without',
  async (_, of) => {
    const cases = rejections.map(caseOf);
    const one = cases.find(({ id }) => id === of.id)!;
    await using endpoint = await openEndpoint(goldModel(cases));
    for (const baseUrl of [endpoint.baseUrl, null]) {
      await using bench = await inProcess({ repository: '', cases }, baseUrl);
      const { is, reason, trouble } = await translateCase(bench, one);
      expect([is, trouble]).toEqual([ends(of, baseUrl !== null), null]);
      if (of.expected === 'duplicate') expect(reason).toBe('duplicate');
      if (of.reason === 'injection') expect(reason).toBe('injection');
    }
  },
);
