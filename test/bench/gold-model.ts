import type { Answers } from '../../src/cli/bench/answers.ts';
import type { DeclineReason, Fault, Slot, TranslationCase } from '../../src/domain/bench/translation-case.ts';

/** What a reason is called in the answers of the model that sorts. */
const reasons: Partial<Readonly<Record<DeclineReason, string>>> = {
  'one-off': 'one-off',
  operational: 'outside',
  'not-a-defect': 'not-a-defect',
  unsafe: 'unsafe',
};
const missing = (slots: readonly Slot[]): readonly string[] => {
  const known = slots.filter((slot) => slot === 'observed' || slot === 'expected' || slot === 'which');
  return known.length === 0 ? ['expected'] : known;
};

/** The answer of whoever sorts and knows what is right. */
function sorted({ disposition, reason, missing: slots = [] }: TranslationCase): object {
  if (disposition === 'ask') return { is: 'ask', missing: missing(slots) };
  return disposition === 'decline' ? { is: 'decline', reason: reasons[reason ?? 'unsafe'] ?? 'unsafe' } : { is: 'act' };
}

const pointersOf = (expect: Fault['acceptance'][number]['expect']): readonly string[] => expect.map(({ path }) => path);

/** The draft of whoever knows the right fix of a fault. */
const drafted = (fault: Fault): object => ({
  is: 'spec',
  step: fault.step,
  expect: fault.acceptance.flatMap(({ expect }) => expect),
  guards: fault.guards.slice(0, 2).map(({ name, change, expect }) => ({ name, change, freeze: pointersOf(expect) })),
  holdOuts: fault['hold-outs'].slice(0, 2).map(({ name, change, expect }) => ({ name, change, expect })),
  observed: 'The step gives something else than it should.',
  expected: `For every such input it holds that ${fault.acceptance.map(({ name }) => name).join(', and that ')}.`,
  quotes: [],
  change: fault.change,
  files: fault.files,
  title: fault.acceptance[0]?.name ?? 'The fault is gone',
});

interface Asked {
  readonly of: TranslationCase;
  /** Whether it is to be sorted; else a spec is wanted. */
  readonly sorts: boolean;
  readonly prompt: string;
}

/** What a request is about: the case by its title, which holds nothing personal. */
function readRequest(request: string, cases: readonly TranslationCase[]): Asked {
  const { messages } = JSON.parse(request) as { readonly messages: readonly { readonly content: string }[] };
  const prompt = messages.map(({ content }) => content).join('\n');
  const of = cases.find(({ rejection }) => prompt.includes(rejection.title));
  if (of === undefined) throw new Error(`asked about no case: ${prompt.slice(-500)}`);
  return { of, sorts: prompt.includes('Sort this rejection.'), prompt };
}

const said = (answer: object) => ({ text: JSON.stringify(answer), input: 100, output: 20 });

/** A model that knows what is right: what is measured then is what the product makes of it. */
export const goldModel =
  (cases: readonly TranslationCase[]): Answers =>
  async (request) => {
    const { of, sorts } = readRequest(request, cases);
    const [fault] = of.faults;
    if (sorts) return said(sorted(of));
    return said(fault === undefined ? { is: 'none-of-these', because: 'nothing is wrong' } : drafted(fault));
  };
