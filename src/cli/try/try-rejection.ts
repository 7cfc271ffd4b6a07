import type { FactOf } from '../../domain/fact.ts';
import { short } from '../../domain/hash.ts';
import { tried as say } from '../../domain/messages/cli.ts';
import { keyOf } from '../../domain/rejection.ts';
import { type Answers, questions } from '../../domain/spec.ts';
import { parseSpecComment, specBlock } from '../../domain/spec-comment.ts';
import type { Standing } from '../../domain/stage.ts';
import { standingOf } from '../../domain/standing.ts';
import { advance, work } from '../../loop.ts';
import type { Ports } from '../../ports.ts';
import type { Print } from '../print.ts';
import type { Ask } from './ask.ts';
import type { LocalForge } from './local-forge.ts';
import { showSpec, showVerdict } from './show.ts';

/** What a try came to: a green fix; a person is needed or said no; something is broken. */
export type Tried = 'green' | 'person' | 'error';

export interface Trying {
  readonly ports: Omit<Ports, 'queue' | 'forge'>;
  readonly forge: LocalForge;
  readonly ask: Ask;
  readonly print: Print;
  readonly signal: AbortSignal;
}

/** Longest diff that is shown. */
const DIFF_BYTES = 200_000;

/** The stages of the loop on one local rejection; runs that they queue are done at once, here. */
class Attempt {
  readonly #trying: Trying;
  readonly #ports: Ports;
  readonly #queued: string[] = [];

  constructor(trying: Trying) {
    this.#trying = trying;
    const enqueueRun = async (_: unknown, run: string) => {
      this.#queued.push(run);
      return 'queued' as const;
    };
    const queue = { enqueueRun, cancelRun: async () => {}, wakeAfter: async () => {} };
    this.#ports = { ...trying.ports, forge: trying.forge, queue };
  }

  async #standing(): Promise<Standing> {
    return standingOf(await this.#ports.ledger.read(keyOf(this.#ports.ref)));
  }

  /** Does what is due until a person is next; or, after clearance, until the fix is judged. */
  async advance(): Promise<Standing> {
    await advance(this.#ports);
    for (let run = this.#queued.shift(); run !== undefined; run = this.#queued.shift())
      await work(this.#ports, run, this.#trying.signal);
    return this.#standing();
  }

  async lastOf<K extends 'judged' | 'round-ended'>(kind: K): Promise<FactOf<K> | undefined> {
    const recorded = await this.#ports.ledger.read(keyOf(this.#ports.ref));
    return recorded.map(({ fact }) => fact).findLast((fact): fact is FactOf<K> => fact.kind === kind);
  }

  /** What the app said last, without the status comment, which has its own words here. */
  lastWords(): string {
    return this.#trying.forge.said.findLast(({ body }) => !body.startsWith('**Corrigible**'))?.body ?? '';
  }

  /** The questions of the last words, with their choices; without what only makes sense on an issue. */
  lastQuestions(): readonly string[] {
    return this.lastWords()
      .split('\n')
      .filter((line) => /^(?:\d+\.| {3}-) /.test(line));
  }
}

async function answersOf(ask: Ask, print: Print): Promise<Answers | null> {
  print(say.decide);
  const given: Record<string, string> = {};
  for (const question of questions) {
    const answer = await ask(say.answer(say.questions[question]));
    if (answer === null) return null;
    given[question] = question === 'rule' ? (answer ? 'rule' : 'one-off') : answer ? 'yes' : 'no';
  }
  return given as Answers;
}

/** Shows the draft, and puts the person's answers into it. False when nobody answered. */
async function decide({ forge, ask, print }: Trying, comment: number): Promise<boolean> {
  const draft = await forge.comment(comment);
  const parsed = parseSpecComment(draft?.body ?? '');
  if (draft === null || 'problems' in parsed) throw new Error('the draft cannot be read back');
  showSpec(parsed.spec, print);
  const answers = await answersOf(ask, print);
  if (answers === null) return false;
  forge.edit(
    comment,
    draft.body.replace(specBlock(parsed.spec), () => specBlock({ ...parsed.spec, answers })),
  );
  return true;
}

/** Why there is no draft to decide on; null when there is one. */
function withoutDraft(attempt: Attempt, standing: Standing, print: Print): Tried | null {
  const { stage } = standing;
  if (standing.configurationRefused !== null) {
    print(attempt.lastWords());
    return 'error';
  }
  if (stage.name === 'asked') {
    print(say.asked);
    for (const line of attempt.lastQuestions()) print(`  ${line}`);
    print(say.answerThere);
    return 'person';
  }
  if (stage.name === 'declined') {
    print(say.declined(stage.declined.reason));
    return 'person';
  }
  if (stage.name === 'accepted') {
    print(say.paused);
    return 'error';
  }
  return null;
}

/** What became of a cleared spec. */
async function conclude(attempt: Attempt, standing: Standing, { ports, print }: Trying): Promise<Tried> {
  const { stage } = standing;
  const judged = await attempt.lastOf('judged');
  if (judged !== undefined) showVerdict(judged.verdict, print);
  if (stage.name !== 'proven') {
    print(stage.name === 'drafted' && stage.ended !== null ? say.ended(stage.ended) : say.stuck(stage.name));
    return 'error';
  }
  print(say.diff);
  print(await ports.repository.diff(stage.candidate.base, stage.judged.tree, DIFF_BYTES));
  print(say.green);
  return 'green';
}

/** Takes one rejection from its text to a judged fix, with the real stages and without GitHub. */
export async function tryRejection(trying: Trying): Promise<Tried> {
  const { forge, print } = trying;
  const attempt = new Attempt(trying);
  const drafted = await attempt.advance();
  const over = withoutDraft(attempt, drafted, print);
  if (over !== null) return over;
  if (drafted.stage.name !== 'drafted') throw new Error(say.stuck(drafted.stage.name));
  if (!(await decide(trying, drafted.stage.draft.comment))) {
    print(say.unanswered);
    return 'person';
  }
  const decided = await attempt.advance();
  const declined = withoutDraft(attempt, decided, print);
  if (declined !== null) return declined;
  if (decided.stage.name !== 'drafted') throw new Error(say.stuck(decided.stage.name));
  const { ready, checked } = decided.stage;
  if (ready === null) {
    print(say.notReady);
    for (const problem of checked?.problems ?? []) print(`  ${problem}`);
    return 'person';
  }
  print(say.ready(short(ready.approvalHash)));
  forge.clear();
  return conclude(attempt, await attempt.advance(), trying);
}
