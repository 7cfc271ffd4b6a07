import { type DetectInput, type Disposition, parseDetect, renderDetect } from '../../src/domain/prompts/detect.ts';
import { type Draft, type DraftInput, parseDraft, renderDraft } from '../../src/domain/prompts/draft.ts';
import { type Answer, repairPrompt } from '../../src/domain/prompts/read-answer.ts';
import type { Model } from '../../src/ports.ts';

/** What became of one rejection. A draft that could not be read even after its repair is its problems. */
export interface Translation {
  readonly disposition: Disposition | { readonly is: 'unreadable'; readonly problems: readonly string[] };
  readonly draft: Draft | null;
  readonly problems: readonly string[];
}

/** Detect, then draft when there is something to act upon: the two requests as the product makes them. */
export async function translate(model: Model, detect: DetectInput, draft: DraftInput | null): Promise<Translation> {
  const disposition = await asked(model, renderDetect(detect), parseDetect);
  if (!disposition.ok)
    return { disposition: { is: 'unreadable', problems: disposition.problems }, draft: null, problems: [] };
  if (disposition.value.is !== 'act' || draft === null)
    return { disposition: disposition.value, draft: null, problems: [] };
  const drafted = await asked(model, renderDraft(draft), (text) => parseDraft(text, draft));
  return {
    disposition: disposition.value,
    draft: drafted.ok ? drafted.value : null,
    problems: drafted.ok ? [] : drafted.problems,
  };
}

async function asked<T>(
  model: Model,
  request: { system: string; prompt: string },
  parse: (text: string) => Answer<T>,
): Promise<Answer<T>> {
  const { text } = await model.complete(request);
  const answer = parse(text);
  if (answer.ok) return answer;
  const again = await model.complete({
    ...request,
    prompt: `${request.prompt}\n\n${repairPrompt(answer.problems, text)}`,
  });
  return parse(again.text);
}
