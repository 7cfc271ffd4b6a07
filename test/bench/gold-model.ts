import type { Answers } from '../../src/cli/bench/answers.ts';
import type { DeclineReason, Fault, Slot, TranslationCase } from '../../src/domain/bench/translation-case.ts';
import { NONE } from '../../src/domain/prompts/choices.ts';

/** What a reason is called in the answers of the model that sorts. */
const reasons: Partial<Readonly<Record<DeclineReason, string>>> = {
  'one-off': 'one-off',
  operational: 'operational',
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

/** What is asked where it stays open what should come out: two things that may be meant. */
const asking = ({ missing: slots = [] }: TranslationCase): object => ({
  is: 'ask',
  missing: missing(slots)[0],
  choices: ['the one', 'the other'],
});

/** The answer of whoever drafts: the fault that belongs to this kind of change, or that another kind is the right one. */
function draftOf(of: TranslationCase, kind: string): object {
  if (of.disposition === 'ask') return asking(of);
  const [first] = of.faults;
  if (of.disposition === 'decline' || first === undefined) return { is: 'none-of-these', because: 'nothing is wrong' };
  return first.change === kind ? drafted(first) : { is: 'other-kind', change: first.change };
}

/** Where the rejection begins in a prompt: what stands above it is the same for many. */
const rejectionIn = (prompt: string): string => prompt.slice(prompt.indexOf('# The rejection'));

/** The case that a request is about, by its title, which holds nothing personal. */
function caseOf(prompt: string, cases: readonly TranslationCase[]): TranslationCase {
  const said = rejectionIn(prompt);
  const of = cases.find(({ rejection }) => said.includes(rejection.title));
  if (of === undefined) throw new Error(`asked about no case: ${said.slice(0, 500)}`);
  return of;
}

/** A model that knows what is right: what is measured then is what the product makes of it. */
export const goldModel =
  (cases: readonly TranslationCase[]): Answers =>
  async (request) => {
    const { messages } = JSON.parse(request) as { readonly messages: readonly { readonly content: string }[] };
    const prompt = messages.at(-1)?.content ?? '';
    const of = caseOf(prompt, cases);
    const kind = /^# How a rejection of the kind (\S+) is turned/m.exec(prompt)?.[1];
    const answer = prompt.includes('Sort this rejection.')
      ? sorted(of)
      : kind === undefined
        ? { change: of.faults[0]?.change ?? NONE }
        : draftOf(of, kind);
    return { text: JSON.stringify(answer), input: 100, output: 20 };
  };
