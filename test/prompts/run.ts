/**
 * Proves the prompts without an endpoint: every request of the 8 rejections and of one coding task is answered by a
 * reader who sees nothing but its bytes (see serve.ts). Writes the transcripts and prints the scores.
 *
 *   node test/prompts/run.ts DIR
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openaiModel } from '../../src/adapters/models/openai.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import { learnNames } from '../../src/domain/learn-names.ts';
import { parseRejection } from '../../src/domain/parse-rejection.ts';
import { parseRubric } from '../../src/domain/parse-rubric.ts';
import type { DraftInput } from '../../src/domain/prompts/draft.ts';
import { redactor } from '../../src/domain/redact.ts';
import type { Json } from '../../src/domain/rejection.ts';
import type { Rubric } from '../../src/domain/rubric.ts';
import { makePlace } from '../agents/in-worktree.ts';
import {
  bodyOf,
  configurationOf,
  type ExampleRejection,
  exampleFiles,
  exampleRejections,
  outputsOf,
  traceOf,
} from './example.ts';
import { implement, specOf } from './implement.ts';
import { scoreOf } from './score.ts';
import { serveFromFiles } from './serve.ts';
import {
  type CodingTranscript,
  saveTranscript,
  type TranslatedRejection,
  type TranslationTranscript,
} from './transcript.ts';
import { type Translation, translate } from './translate.ts';

const RUBRICS = resolve(import.meta.dirname, '../../rubrics');
/** The one whose draft is implemented: its change is in code, not only in configuration. */
const CODED = 'two faults';

type Shared = TranslationTranscript['shared'];
type Endpoint = Awaited<ReturnType<typeof serveFromFiles>>;

function rubrics(): readonly Rubric[] {
  const names = readdirSync(RUBRICS).filter((name) => name.endsWith('.md') && name !== 'README.md');
  return names.sort().map((name) => {
    const parsed = parseRubric(name, readFileSync(join(RUBRICS, name), 'utf8'));
    if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
    return parsed;
  });
}

/** The kinds of change with their rubrics and files. The generic one is for what nothing else fits. */
function sharedOf(configuration: Configuration, files: Readonly<Record<string, string>>): Shared {
  const used = rubrics().filter((rubric) => rubric.id !== 'generic' && rubric.change in configuration.changes);
  const changes = used.map(({ change, when }) => ({ kind: change, when, ...configuration.changes[change]! }));
  const paths = [...new Set(changes.flatMap((change) => change.paths))].filter((path) => path in files);
  return {
    rubrics: used.map(({ id, title, body, criteria }) => ({ id, title, body, criteria })),
    changes: changes.map(({ kind, step, when, paths }) => ({ kind, step, when, paths })),
    files: paths.map((path) => ({ path, text: files[path]! })),
  };
}

interface Translated {
  readonly entry: TranslatedRejection;
  readonly translation: Translation;
  readonly input: Json | undefined;
}

async function translated(rejection: ExampleRejection, shared: Shared, endpoint: Endpoint): Promise<Translated> {
  const hide = redactor();
  const ref = { installation: 1, repo: 'acme/shop', issue: 1 };
  const issue = { title: rejection.title, body: bodyOf(rejection), author: rejection.reporter };
  const raw = traceOf(parseRejection(ref, issue, hide).ticket);
  if (raw !== null) learnNames(raw, hide);
  const { title, comment, fields } = parseRejection(ref, issue, hide);
  const shown = { title, comment, fields };
  const trace = hide.redactJson(raw);
  const before = endpoint.exchanges.length;
  const model = openaiModel({
    baseUrl: endpoint.baseUrl,
    apiKey: 'none',
    model: 'reader',
    timeoutMs: 3_600_000,
    retries: 0,
  });
  const draftInput: DraftInput | null = trace === null ? null : { ...shared, rejection: shown, trace };
  const translation = await translate(model, { rejection: shown, trace, changes: shared.changes }, draftInput);
  const steps = Object.fromEntries(shared.changes.map((change) => [change.kind, change.step]));
  const outputs: Json[] = [];
  const score = scoreOf(rejection, translation, raw, steps, (step, inputs) => {
    outputs.push(...outputsOf(step, inputs));
    return outputs;
  });
  const { id, kind, expected, reason, change } = rejection;
  const asked = {
    id,
    kind,
    expected,
    ...(reason !== undefined && { reason }),
    ...(change !== undefined && { change }),
  };
  const exchanges = endpoint.exchanges.slice(before);
  const spec = translation.draft?.is === 'spec' ? translation.draft : null;
  return {
    entry: { rejection: asked, shown, trace, exchanges, outputs, score },
    translation,
    input: raw?.steps.find((traced) => traced.step === spec?.step)?.input,
  };
}

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error('usage: node test/prompts/run.ts DIR');
const endpoint = await serveFromFiles(resolve(dir));
const all = exampleFiles();
const configuration = configurationOf(all);
const shared = sharedOf(configuration, all);

const done: Translated[] = [];
for (const rejection of exampleRejections()) {
  const one = await translated(rejection, shared, endpoint);
  done.push(one);
  console.log(rejection.id, rejection.kind, JSON.stringify(one.entry.score));
}
saveTranscript('translations', { shared, rejections: done.map(({ entry }) => entry) });

const coded = done.find(({ entry }) => entry.rejection.kind === CODED);
if (coded?.translation.draft?.is === 'spec' && coded.input !== undefined) {
  await using place = await makePlace(62_900);
  const before = endpoint.exchanges.length;
  const kind = shared.changes.find((change) => change.kind === (coded.translation.draft as { change: string }).change)!;
  const visible = Object.entries(all).filter(([path]) => !/^(?:tickets|rejections)\//.test(path));
  const task = {
    files: Object.fromEntries(visible),
    spec: specOf(coded.translation.draft, coded.input),
    paths: kind.paths,
  };
  const score = await implement(task, endpoint.baseUrl, place);
  console.log('coding task', JSON.stringify(score));
  saveTranscript('coding', { ...task, exchanges: endpoint.exchanges.slice(before), score } satisfies CodingTranscript);
}
await endpoint.close();
