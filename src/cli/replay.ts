import { Command } from 'commander';
import { mirrorOf, openRecords, type Records, recordedEndpoint, toolsOf } from '../compose.ts';
import { BUILT_IN } from '../domain/installed-agent.ts';
import { replay as say } from '../domain/messages/replay.ts';
import { refusesToStart } from '../domain/messages/settings.ts';
import type { Operator } from '../domain/parse-operator.ts';
import { texts } from '../domain/prompts/texts.ts';
import { refOf } from '../domain/rejection.ts';
import { placeOfTranscript, readTranscript, type Transcript, type TranscriptHead } from '../domain/transcript/line.ts';
import { preparedFor } from '../lay-out.ts';
import type { AgentResult, Log, Repository } from '../ports.ts';
import { readBase } from '../read-base.ts';
import { readOperator, withModel } from '../read-operator.ts';
import { readStoreSettings, type StoreSettings } from '../read-settings.ts';
import { INTERRUPTED, interruption } from './demo/interruption.ts';
import { type Print, toTerminal } from './print.ts';
import { agentOf, approvalOf, makeAgain } from './replay/make-again.ts';
import { localForge } from './try/local-forge.ts';

/** No model is asked. */
const NO_KEY = 'none';
const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** What the command ends with: it came out the same, it did not or cannot be made again, the call was wrong. */
const EXIT = { same: 0, differs: 1, wrongCall: 2 } as const;

/** The options as they are given at the terminal. */
export interface Asked {
  readonly round?: string;
  readonly candidate?: string;
}

export interface Around {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: Print;
  readonly signal: AbortSignal;
}

/** Thrown where the call itself is wrong. */
class WrongCall extends Error {}
/** Thrown where the round cannot be made again, in words. */
class Unable extends Error {}

interface Wanted {
  readonly rejection: string;
  readonly run: string | null;
  readonly round: number | null;
  readonly candidate: number | null;
}

function numberOf(option: string, given: string | undefined): number | null {
  if (given === undefined) return null;
  if (!/^[1-9]\d{0,5}$/.test(given)) throw new WrongCall(say.badNumber(option));
  return Number(given);
}

function wantedOf(given: string, { round, candidate }: Asked): Wanted {
  const [, rejection, run = null] =
    /^([\w.-]+\/[\w.-]+#\d{1,9})(?:\/(\d{1,6}\.\d{1,6}-[0-9a-f]{8}))?$/.exec(given) ?? [];
  if (rejection === undefined) throw new WrongCall(say.badKey(given));
  return { rejection, run, round: numberOf('--round', round), candidate: numberOf('--candidate', candidate) };
}

/** The last transcript that is meant. */
async function transcriptOf({ transcripts }: Records, wanted: Wanted): Promise<Transcript> {
  const { rejection, run, round, candidate } = wanted;
  const found = (await transcripts.list(rejection, '')).findLast(({ name }) => {
    const place = placeOfTranscript(name);
    const named = run === null || name.endsWith(`/${run}`);
    return named && (round ?? place?.round) === place?.round && (candidate ?? place?.candidate) === place?.candidate;
  });
  const parts = found === undefined ? [] : await transcripts.get(rejection, found.name);
  const transcript = readTranscript(parts.map((part) => Buffer.from(part).toString('utf8')));
  if (transcript === null) throw new Unable(say.nothing(rejection));
  return transcript;
}

/** Whether it came out as it was recorded; says where it did not. */
async function compare(
  { end }: Transcript,
  result: AgentResult,
  repository: Repository,
  print: Print,
): Promise<boolean> {
  const code = result.is === 'candidate' ? 'candidate' : result.code;
  if (code !== end?.code) {
    print(say.otherEnd(end?.code ?? '', code, result.is === 'nothing' ? result.because : ''));
    return false;
  }
  if (result.is === 'nothing') {
    print(say.sameEnd(code));
    return true;
  }
  const { tree } = result.candidate;
  const recorded = end.tree ?? '';
  if (tree === recorded) {
    print(say.sameTree(tree));
    return true;
  }
  print(say.otherTree(recorded, tree));
  const changes = (await repository.has(recorded)) ? await repository.changes(recorded, tree) : [];
  const [first, ...more] = changes;
  if (first !== undefined) print(say.firstPath(first.path, more.length));
  return false;
}

/** The model as it was, without its key; agents that are installed beside the app as the operator has set them up now. */
function operatorOf({ uses }: TranscriptHead, env: Around['env']): Operator {
  if (uses === null) return withModel(null);
  const own = { baseUrl: uses.model.url, apiKey: NO_KEY, model: uses.model.model };
  const read = readOperator(env['OPERATOR_FILE'], env, own);
  if ('problems' in read && uses.agent !== BUILT_IN) throw new Unable(read.problems.join('\n'));
  const operator = 'problems' in read ? withModel(null) : read.operator;
  return { ...operator, models: { [uses.model.name]: { ...uses.model, key: NO_KEY } } };
}

/** Makes the round again and compares; true where it came out the same. Throws `Unable`. */
async function again(
  records: Records,
  transcript: Transcript,
  { stateDir, sandbox }: StoreSettings,
  { print, signal, env }: Around,
): Promise<boolean> {
  const { head, end, cut, answers } = transcript;
  if (cut) throw new Unable(say.cut(head));
  if (end === null) throw new Unable(say.unfinished(head));
  const ref = refOf(head.installation, head.rejection);
  const approved = approvalOf(await records.ledger.read(head.rejection), head.attempt);
  if (approved === null) throw new Unable(say.noApproval(head));
  const repository = await mirrorOf(stateDir, ref.repo);
  for (const commit of [head.base, head.start])
    if (!(await repository.has(commit))) throw new Unable(say.noBase(commit));
  const endpoint = await recordedEndpoint(answers);
  const tools = await toolsOf({ stateDir, operator: operatorOf(head, env), sandbox, fetch: endpoint.fetch }, silent);
  const refusal = head.uses === null ? null : await tools.sandbox.refusal();
  if (refusal !== null) throw new Unable(say.noSandbox(refusal));
  const forge = localForge(ref.repo, { url: '', token: null }, { title: '', body: '' }, tools.clock.now);
  const ports = { ...tools, ref, repository, forge };
  const read = await readBase(ports, head.base);
  const agent = 'base' in read ? agentOf(transcript, read.base, tools.agents, approved) : null;
  if (agent === null || 'problems' in read) throw new Unable(say.noFiles(head.base));
  print(say.start(head, answers.length));
  if (head.node !== process.version) print(say.otherNode(head.node, process.version));
  if (head.uses !== null && head.prompt !== texts.agent.hash) print(say.otherPrompt);
  const prepared = agent.kind === 'model' ? await preparedFor(ports, read.base, signal) : null;
  const task = { repository, signal, ...(prepared !== null && { prepared }) };
  const result = await makeAgain(transcript, approved, agent, task);
  signal.throwIfAborted();
  const otherwise = endpoint.otherwise();
  if (otherwise !== null) print(say.otherwise(otherwise.request, otherwise.how));
  if (endpoint.left() > 0) print(say.left(endpoint.left()));
  return compare(transcript, result, repository, print);
}

/** Makes a recorded round again on the recorded answers. Returns the exit code; whatever is in the way is told in words. */
export async function runReplay(given: string, asked: Asked, around: Around): Promise<number> {
  const { print, signal, env } = around;
  try {
    const wanted = wantedOf(given, asked);
    const settings = readStoreSettings(env);
    if ('problems' in settings) throw new WrongCall(refusesToStart(settings.problems));
    const records = await openRecords(settings.settings);
    try {
      const transcript = await transcriptOf(records, wanted);
      return (await again(records, transcript, settings.settings, around)) ? EXIT.same : EXIT.differs;
    } finally {
      await records.close();
    }
  } catch (error) {
    print(signal.aborted ? say.stopped : error instanceof Error ? error.message : String(error));
    if (signal.aborted) return INTERRUPTED;
    return error instanceof WrongCall ? EXIT.wrongCall : EXIT.differs;
  }
}

export const replay = new Command('replay')
  .argument('<run>', 'owner/name#7, or the run itself: owner/name#7/1.1-0a1b2c3d')
  .option('--round <number>', 'another round than the last')
  .option('--candidate <number>', 'another candidate of it than the last')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT.wrongCall))
  .action(async (run: string, asked: Asked) => {
    process.exitCode = await runReplay(run, asked, { env: process.env, print: toTerminal, signal: interruption() });
  });
