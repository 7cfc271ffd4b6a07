import { askModel, type Exchange } from './ask-model.ts';
import {
  type Agreement,
  agreementOf,
  type Cluster,
  choicesOf,
  clusterDrafts,
  type Fault,
  faultsIn,
} from './domain/cluster-drafts.ts';
import { raisesDoubt } from './domain/detect.ts';
import { globMatcher } from './domain/glob.ts';
import { hashOf } from './domain/hash.ts';
import { metInTrace } from './domain/met-in-trace.ts';
import type { ReaderRole } from './domain/named-model.ts';
import { type Disposition, parseDetect, renderDetect } from './domain/prompts/detect.ts';
import {
  type Draft,
  type DraftedSpec,
  type DraftInput,
  draftWays,
  parseDraft,
  renderDraft,
  type Solved,
} from './domain/prompts/draft.ts';
import type { Answer } from './domain/prompts/read-answer.ts';
import { parseRoute, renderRoute } from './domain/prompts/route.ts';
import { rejectionText } from './domain/prompts/show-rejection.ts';
import type { Redactor } from './domain/redact.ts';
import { keyOf } from './domain/rejection.ts';
import { type Routed, routeByCode } from './domain/route.ts';
import type { Rubric } from './domain/rubric.ts';
import { referencesOf } from './domain/rubric-references.ts';
import { FileRefused, type Model, type Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import { rememberingAnswers } from './remember-answers.ts';
import type { Replayed } from './replay-ticket.ts';

/** Files shown to the drafter at most. */
const FILES = 40;

/** Something that the reporter has to say, and what to choose from where that is known. */
export interface Lacking {
  readonly slot: 'observed' | 'expected' | 'which';
  readonly choices?: readonly string[];
}

/** What models made of a rejection. */
export type ByModel =
  | {
      readonly is: 'spec';
      readonly drafted: DraftedSpec;
      readonly rubric: Rubric;
      /** How many of how many drafts say the same. */
      readonly agreed: number;
      readonly of: number;
    }
  /** `faults`: what drafts see that do not agree, with the words that each rests on. */
  | { readonly is: 'ask'; readonly lacking: readonly Lacking[]; readonly faults?: readonly Fault[] }
  | { readonly is: 'decline'; readonly reason: string }
  /** What the drafts expect is what came out. */
  | { readonly is: 'met'; readonly drafted: DraftedSpec };

/** A rejection as its readers are asked about it. */
interface Reading {
  readonly ports: Ports;
  readonly base: Base;
  readonly replayed: Replayed;
  readonly routed: Routed;
  readonly solvedBy: (rubric: Rubric) => Promise<readonly Solved[]>;
  /** Of everything that is drawn. Another attempt draws anew. */
  readonly seed: string;
  readonly heard: Exchange[];
  /** Drafts that were refused because what they expect is what came out. */
  readonly met: DraftedSpec[];
}

const readerOf = ({ ports, seed }: Reading, role: ReaderRole, more = ''): Model | null => {
  const model = ports.readers[role];
  return model === null ? null : rememberingAnswers(ports, model, role, `${seed} ${more}`);
};

const choiceOf = ({ configuration }: Base, { change, when }: Rubric) => ({
  kind: change,
  step: configuration.changes[change]?.step ?? '',
  when,
});

/** Whether to act, ask or decline, apart from any drafting. `null`: the model gave no usable answer. */
async function detect(reading: Reading): Promise<Disposition | null> {
  const { base, replayed, routed, heard } = reading;
  const model = readerOf(reading, 'detect');
  if (model === null) return null;
  const changes = routed.choices.map((rubric) => choiceOf(base, rubric));
  const input = { rejection: replayed.rejection, trace: replayed.shown, changes };
  return askModel(model, renderDetect(input), parseDetect, heard);
}

/** The rubric by which it is drafted: by its signs, else as a model chooses from what stands above each. */
async function route(reading: Reading): Promise<Rubric | null> {
  const { base, replayed, routed, seed, heard } = reading;
  const { chosen, choices } = routed;
  const model = readerOf(reading, 'detect');
  if (chosen !== null || model === null) return chosen;
  const shown = choices.map((rubric) => choiceOf(base, rubric));
  const question = renderRoute({ rejection: replayed.rejection, trace: replayed.shown, choices: shown, seed });
  const kind = await askModel(model, question, (text) => parseRoute(text, shown), heard);
  return choices.find(({ change }) => change === kind) ?? null;
}

/** A file that cannot be shown is left out; anything else that goes wrong is no fault of the file. */
function unshown(error: unknown): null {
  if (error instanceof FileRefused) return null;
  throw error;
}

type Texts = DraftInput['files'];

async function textsOf({ repository }: Ports, base: Base, paths: readonly string[]): Promise<Texts> {
  const files = [];
  for (const path of paths) {
    const text = await repository.read(base.commit, path).catch(unshown);
    if (text !== null) files.push({ path, text });
  }
  return files;
}

async function filesFor(ports: Ports, base: Base, paths: readonly string[]): Promise<Texts> {
  const allowed = globMatcher(paths);
  const isHidden = globMatcher(base.configuration.private);
  const found = (await ports.repository.list(base.commit, '')).filter((path) => allowed(path) && !isHidden(path));
  return textsOf(ports, base, found.slice(0, FILES));
}

/**
 * Reads a draft. One whose expectation is what came out, also with the values of people themselves, wants nothing: it was
 * misread, or there is nothing to mend.
 */
function readDraft(text: string, input: DraftInput, by: Redactor, met: DraftedSpec[]): Answer<Draft> {
  const answer = parseDraft(text, input);
  if (!answer.ok || answer.value.is !== 'spec') return answer;
  const { step, expect } = answer.value;
  if (!metInTrace(input.trace, step, expect)) return answer;
  if (!metInTrace(by.restoreJson(input.trace), step, by.restoreJson(expect))) return answer;
  met.push(answer.value);
  return {
    ok: false,
    problems: [`expect: the output of ${step} in the trace meets all of it; one condition has to be false for it`],
  };
}

/** Drafts of the same by one rubric, side by side, each told another way to go about it. null: one came to nothing. */
async function draftsBy(reading: Reading, rubric: Rubric): Promise<readonly (Draft | null)[]> {
  const { ports, base, replayed, routed, solvedBy, seed, heard, met } = reading;
  const { paths = [] } = base.configuration.changes[rubric.change] ?? {};
  // Files of a repository may hold what is somebody's own, too.
  const redacted = (texts: Texts): Texts => texts.map(({ path, text }) => ({ path, text: replayed.by.redact(text) }));
  const input = {
    rejection: replayed.rejection,
    trace: replayed.shown,
    rubric,
    references: redacted(await textsOf(ports, base, referencesOf(rubric))),
    choices: routed.choices.map((choice) => choiceOf(base, choice)),
    paths,
    files: redacted(await filesFor(ports, base, paths)),
    solved: await solvedBy(rubric),
  };
  const said: Exchange[][] = [];
  const drafting = Array.from({ length: base.configuration.translation.drafts }, async (_, at) => {
    const own: DraftInput = {
      ...input,
      way: draftWays[at % draftWays.length] ?? 'plain',
      seed: hashOf({ seed, draft: at }),
    };
    const model = readerOf(reading, 'draft', String(at));
    if (model === null) return null;
    const mine: Exchange[] = [];
    said[at] = mine;
    return askModel(model, renderDraft(own), (text) => readDraft(text, own, replayed.by, met), mine);
  });
  // None goes on alone when another one fails: whoever comes next takes the answers that are there.
  const ended = await Promise.allSettled(drafting);
  heard.push(...said.flat());
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return ended.map((one) => (one.status === 'fulfilled' ? one.value : null));
}

interface Drafts {
  readonly rubric: Rubric;
  readonly clusters: readonly Cluster[];
  readonly of: number;
  readonly agreement: Agreement;
}

async function clustered(reading: Reading, rubric: Rubric): Promise<Drafts> {
  const drafts = await draftsBy(reading, rubric);
  const clusters = clusterDrafts(drafts);
  return { rubric, clusters, of: drafts.length, agreement: agreementOf(clusters[0]?.size ?? 0, drafts.length) };
}

/** Where the drafts say that another rubric is the right one, they are made again by that one, once. */
async function draftsOf(reading: Reading, rubric: Rubric): Promise<Drafts> {
  const first = await clustered(reading, rubric);
  const said = first.clusters[0]?.draft;
  if (said?.is !== 'other-kind' || first.agreement === 'split') return first;
  const other = reading.routed.choices.find(({ change }) => change === said.change);
  return other === undefined ? first : clustered(reading, other);
}

const lackingIn = (disposition: Extract<Disposition, { is: 'ask' }>): ByModel => ({
  is: 'ask',
  lacking: disposition.missing.map((slot) => ({ slot })),
});

/** What is asked where drafts see different things: which of these is meant. */
function askedBySplit(clusters: readonly Cluster[]): ByModel | null {
  const choices = choicesOf(clusters);
  const asking = clusters.flatMap(({ draft }) => (draft.is === 'ask' ? [draft] : []))[0];
  if (choices.length > 1)
    return { is: 'ask', lacking: [{ slot: 'expected', choices: choices.slice(0, 4) }], faults: faultsIn(clusters) };
  return asking === undefined ? null : { is: 'ask', lacking: [{ slot: asking.missing, choices: asking.choices }] };
}

/** What comes of the drafts; `tieBreak` is asked where they neither agree nor split. */
async function decide(
  { rubric, clusters, of, agreement }: Drafts,
  tieBreak: () => Promise<Disposition | null>,
): Promise<ByModel | null> {
  const [first] = clusters;
  if (first === undefined) return null;
  const { draft, size } = first;
  if (draft.is === 'ask' && agreement !== 'split')
    return { is: 'ask', lacking: [{ slot: draft.missing, choices: draft.choices }] };
  if (agreement === 'split') return askedBySplit(clusters);
  if (draft.is === 'spec' && agreement === 'agreed') return { is: 'spec', drafted: draft, rubric, agreed: size, of };
  const said = await tieBreak();
  if (said?.is === 'decline') return said;
  if (said?.is === 'ask') return askedBySplit(clusters) ?? lackingIn(said);
  return said?.is === 'act' && draft.is === 'spec' ? { is: 'spec', drafted: draft, rubric, agreed: size, of } : null;
}

/** How often it was taken up again: whoever asks for another draft gets no answer that was given before. */
async function attemptOf({ ledger, ref }: Ports): Promise<number> {
  const accepted = (await ledger.read(keyOf(ref))).filter(({ fact }) => fact.kind === 'rejection-accepted');
  return Math.max(0, accepted.length - 1);
}

/**
 * What models make of a rejection that no recipe drafts: k drafts by the one rubric that fits. Where they agree, that is
 * the spec; where they split, the reporter is asked which is meant. A model's own word on whether to act is heard only
 * where code has a doubt, where most drafts agree and some do not, or where one draft has nothing to be compared with.
 * Null: nothing usable, so that people go on. Adds what was said to `heard`.
 */
export async function readByModel(
  ports: Ports,
  base: Base,
  replayed: Replayed,
  solvedBy: (rubric: Rubric) => Promise<readonly Solved[]>,
  heard: Exchange[],
): Promise<ByModel | null> {
  if (ports.readers.draft === null) return null;
  const { rejection } = replayed;
  const routed = routeByCode(base.rubrics, rejection, ({ change }) => base.configuration.changes[change]?.step);
  const seed = hashOf({ text: rejectionText(rejection), attempt: await attemptOf(ports) });
  const reading: Reading = { ports, base, replayed, routed, solvedBy, seed, heard, met: [] };
  let sorted: Promise<Disposition | null> | undefined;
  const sort = () => {
    sorted ??= detect(reading);
    return sorted;
  };
  if (base.configuration.translation.drafts === 1 || raisesDoubt(rejection)) {
    const said = await sort();
    if (said === null || said.is === 'decline') return said;
    if (said.is === 'ask') return lackingIn(said);
  }
  const rubric = await route(reading);
  if (rubric !== null) {
    const drafts = await draftsOf(reading, rubric);
    const [drafted] = reading.met;
    if (drafts.clusters.length === 0 && drafted !== undefined) return { is: 'met', drafted };
    return decide(drafts, sort);
  }
  // What fits no rubric may be no defect at all.
  const said = await sort();
  return said?.is === 'decline' ? said : null;
}
