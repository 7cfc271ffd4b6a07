import { LineCounter, parseDocument, stringify, visit } from 'yaml';
import { hashOf } from './hash.ts';
import { type Locator, locatorsIn, parseLocator } from './locator.ts';
import { answerProblem as say } from './messages/answers.ts';
import type { Json } from './rejection.ts';
import { Answers, asked, type Gatekeeping, noAnswers, type RubricStamp, Spec } from './spec.ts';

const OPEN = '```yaml corrigible-spec';

const BOX = /^\s{0,9}[-*] \[([ xX])\] `([a-z-]{1,20})`: \*\*([a-z-]{1,20})\*\*\s*$/;

/** The boxes that are ticked outside of the block, in order. */
function ticksIn(text: string): readonly (readonly [string, string])[] {
  return text.split('\n').flatMap((line) => {
    const [, mark = ' ', question = '', answer = ''] = BOX.exec(line) ?? [];
    return mark === ' ' ? [] : [[question, answer] as const];
  });
}

/** The answers of the block with those that were ticked; they may not be at odds. */
function withTicks(spec: Spec, text: string): { spec: Spec } | { problems: readonly string[] } {
  const answers: Record<string, string | null> = { ...spec.answers };
  const problems: string[] = [];
  const ticked = new Set<string>();
  for (const [question, answer] of ticksIn(text)) {
    if (!Object.hasOwn(answers, question)) continue;
    if (ticked.has(question)) problems.push(say.bothTicked(question));
    else if (answers[question] !== null && answers[question] !== answer) problems.push(say.differs(question));
    answers[question] = answer;
    ticked.add(question);
  }
  if (problems.length > 0) return { problems };
  const parsed = Answers.safeParse(answers);
  return parsed.success ? { spec: { ...spec, answers: parsed.data } } : { spec };
}

/** The lines between the first opening and the first fence after it; undefined when either is missing. */
function blockIn(text: string): string | undefined {
  const lines = text.split('\n').map((line) => (line.startsWith('```') ? line.trimEnd() : line));
  const open = lines.indexOf(OPEN);
  const close = open === -1 ? -1 : lines.indexOf('```', open + 2);
  return close === -1
    ? undefined
    : text
        .split('\n')
        .slice(open + 1, close)
        .join('\n');
}

/** The editable block of the spec comment: what a maintainer has to fill in stands first, blank. */
export const specBlock = ({ answers, ...rest }: Spec): string => blockOf({ answers, ...rest });

function blockOf(spec: object): string {
  const text = stringify(spec, { lineWidth: 100, aliasDuplicateObjects: false, nullStr: '' });
  // A fence inside a quoted value would end the block early, so backticks in runs are broken up.
  return `${OPEN}\n${text.replace(/```/g, "'''").trimEnd()}\n\`\`\``;
}

/**
 * The spec in a comment's body, or every problem in words with its line in the block. Exactly one block; no aliases,
 * no tags: what is approved must be what is read.
 */
export function parseSpecComment(body: string): { spec: Spec } | { problems: readonly string[] } {
  const text = body.replace(/\r\n?/g, '\n');
  const block = blockIn(text);
  if (block === undefined)
    return {
      problems: [
        'The block that starts with “```yaml corrigible-spec” is gone. Restore it from the comment’s history.',
      ],
    };
  if (text.split(OPEN).length > 2) return { problems: ['There are two spec blocks. Leave one.'] };
  const lines = new LineCounter();
  const document = parseDocument(block, { lineCounter: lines, uniqueKeys: true, merge: false });
  if (document.errors.length > 0)
    return {
      problems: document.errors.map((e) => `Line ${lines.linePos(e.pos[0]).line}: ${e.message.split('\n')[0]}`),
    };
  let forbidden: string | null = null;
  visit(document, {
    Alias: () => {
      forbidden = 'an alias (*)';
      return visit.BREAK;
    },
    Node: (_, node) => {
      if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) forbidden = 'a tag (!)';
    },
  });
  if (forbidden !== null) return { problems: [`The block holds ${forbidden}; write the value out.`] };
  const parsed = Spec.safeParse(document.toJS());
  if (parsed.success) return withTicks(parsed.data, text.slice(0, text.indexOf(OPEN)));
  return {
    problems: parsed.error.issues.map((issue) => {
      const node = document.getIn([...issue.path] as unknown[], true) as { range?: readonly number[] } | undefined;
      const line = node?.range?.[0] === undefined ? '' : `Line ${lines.linePos(node.range[0]).line}, `;
      return `${line}${issue.path.join(' → ') || 'the block'}: ${issue.message}`;
    }),
  };
}

/** A block for a person to fill in, of which only what is known stands there. */
export function blankBlock({ step, change, input }: { step: string; change: string; input: Json }): string {
  const expect = [{ path: null, op: 'eq', value: null }];
  const acceptance = [{ name: null, step, input, expect }];
  const blanks = {
    title: null,
    step,
    change,
    files: [null],
    locators: [],
    observed: null,
    expected: null,
    quotes: [],
    acceptance,
  };
  return blockOf({ answers: noAnswers, ...blanks, guards: [], 'hold-outs': [] });
}

/** What `fix-clear` approves: one hash over everything that decides the fix (invariant 2). */
export const approvalHashOf = (of: {
  readonly textHash: string;
  readonly spec: Spec;
  readonly paths: readonly string[];
  readonly rubric: RubricStamp;
}): string => hashOf(of);

/** Names of the questions that are asked and have no answer. */
export const unanswered = (answers: Answers, gatekeeping: Gatekeeping = 'five-answers'): readonly string[] =>
  asked[gatekeeping].filter((question) => answers[question] === null);

/** The answer that speaks against doing it, if one does. */
export function objection(answers: Answers): keyof Answers | null {
  for (const question of Answers.keyof().options) {
    const answer = answers[question];
    if (answer === 'no' || answer === 'one-off') return question;
  }
  return null;
}

/** Whether the spec has neither a hold-out nor a reason for having none. */
export const holdOutsMissing = (spec: Spec): boolean =>
  spec['hold-outs'].length === 0 && spec['no-hold-out'] === undefined;

/** Every place that the spec names, in a field of its own or in its words. What is none of a file’s is left out. */
export const placesIn = ({ files, locators = [], observed, expected }: Spec): readonly Locator[] => [
  ...locators.map(parseLocator).filter((locator) => locator !== null),
  ...locatorsIn(`${observed}\n${expected}`).filter(({ file }) => file.includes('/') || files.includes(file)),
];

/** No case says what else of the step has to stay as it is. */
export const guardsMissing = (spec: Spec): boolean => !spec.guards.some(({ step }) => step === spec.step);
