import { askModel, type Exchange } from './ask-model.ts';
import { globMatcher } from './domain/glob.ts';
import { type Disposition, parseDetect, renderDetect } from './domain/prompts/detect.ts';
import { type Draft, type DraftInput, parseDraft, renderDraft } from './domain/prompts/draft.ts';
import type { Rubric } from './domain/rubric.ts';
import { FileRefused, type Model, type Ports } from './ports.ts';
import type { Base } from './read-base.ts';
import type { Replayed } from './replay-ticket.ts';

/** Files shown to the drafter at most. */
const FILES = 40;

const changesOf = (base: Base) =>
  Object.entries(base.configuration.changes).map(([kind, { step, paths }]) => ({
    kind,
    step,
    when: base.rubrics.find((rubric) => rubric.change === kind)?.when ?? '',
    paths,
  }));

/** Whether to act, ask or decline, apart from any drafting. `null`: the model gave no usable answer. */
export const detectByModel = (
  model: Model,
  base: Base,
  replayed: Replayed,
  heard: Exchange[] = [],
): Promise<Disposition | null> =>
  askModel(
    model,
    renderDetect({ rejection: replayed.rejection, trace: replayed.shown, changes: changesOf(base) }),
    parseDetect,
    heard,
  );

/** A file that cannot be shown is left out; anything else that goes wrong is no fault of the file. */
function unshown(error: unknown): null {
  if (error instanceof FileRefused) return null;
  throw error;
}

async function filesFor(ports: Ports, base: Base): Promise<DraftInput['files']> {
  const { changes, private: hidden } = base.configuration;
  const allowed = globMatcher(Object.values(changes).flatMap((change) => change.paths));
  const isHidden = globMatcher(hidden);
  const paths = (await ports.repository.list(base.commit, '')).filter((path) => allowed(path) && !isHidden(path));
  const files = [];
  for (const path of paths.slice(0, FILES)) {
    const text = await ports.repository.read(base.commit, path).catch(unshown);
    if (text !== null) files.push({ path, text });
  }
  return files;
}

/** A draft by the rubrics that may apply, or by all where none shows. `null`: the model gave no usable answer. */
export async function draftByModel(
  ports: Ports,
  model: Model,
  base: Base,
  replayed: Replayed,
  rubrics: readonly Rubric[],
  heard: Exchange[] = [],
): Promise<Draft | null> {
  const input: DraftInput = {
    rejection: replayed.rejection,
    trace: replayed.shown,
    rubrics: rubrics.length > 0 ? rubrics : base.rubrics,
    changes: changesOf(base),
    files: await filesFor(ports, base),
  };
  return askModel(model, renderDraft(input), (text) => parseDraft(text, input), heard);
}
