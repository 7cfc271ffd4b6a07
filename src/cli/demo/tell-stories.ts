import * as say from '../../domain/messages/cli-demo.ts';
import type { Stories, Story } from './grammar.ts';
import type { Narrator } from './narrator.ts';
import { type Pull, type Scene, StoryFailed } from './people-acting.ts';

/** A status that nobody sets until the story has it set. */
const CI = 'ci';

interface Telling {
  readonly scene: Scene;
  readonly tell: Narrator;
  readonly stories: Stories;
}

const expectThat: (holds: boolean, what: string) => asserts holds = (holds, what) => {
  if (!holds) throw new StoryFailed(what);
};

/** Files the rejection as the issue form does, and reads it back. */
async function reject({ scene, tell }: Telling, story: Story): Promise<number> {
  const { number } = await scene.call<{ number: number }>(story.reporter, 'POST', '/issues', {
    title: story.title,
    body: story.body,
  });
  await scene.label('alice', number, 'rejection');
  const issue = await scene.issue('alice', number);
  expectThat(
    issue.labels.some(({ name }) => name === 'rejection'),
    `#${number} is labelled as a rejection`,
  );
  tell.event(say.rejected(story.reporter, number, story.title), issue.html_url);
  return number;
}

/** From the rejection to a spec that is announced as ready. */
async function clearable(telling: Telling, story: Story): Promise<number> {
  const { scene, tell, stories } = telling;
  const number = await reject(telling, story);
  const { html_url } = await scene.issue('alice', number);
  const spec = await scene.until(`a spec on #${number}`, () => scene.spec('alice', number));
  tell.event(say.drafted(/### Spec: (.*)/.exec(spec.body)?.[1] ?? ''), html_url);
  await scene.answer(stories.cast.maintainer, spec);
  const ready = await scene.until(
    `#${number} is ready`,
    async () => /\*\*Ready:\*\* `(\w+)`/.exec(await scene.status('alice', number))?.[1],
  );
  tell.event(say.ready(stories.cast.maintainer, ready), html_url);
  return number;
}

/** From a ready spec to a pull request whose checks are green. Returns both and how long it took. */
async function proposed(telling: Telling, number: number) {
  const { scene, tell, stories } = telling;
  const began = performance.now();
  await scene.label(stories.cast.maintainer, number, 'fix-clear');
  tell.event(say.labelled(stories.cast.maintainer), (await scene.issue('alice', number)).html_url);
  const pull = await scene.until(`a pull request for #${number}`, () => scene.pullOf('alice', number));
  const checks = await scene.until(`the gate of #${pull.number}`, async () => {
    const all = await scene.checks('alice', pull.head.sha);
    return all.some((check) => check.name === 'corrigible/gate') && all;
  });
  tell.event(say.opened(pull.number, pull.head.sha), pull.html_url);
  for (const check of checks)
    tell.event(say.checked(check.name, check.conclusion ?? '', check.output.title ?? ''), check.html_url);
  expectThat(
    checks.every((check) => check.conclusion === 'success'),
    `every check of #${pull.number} is green`,
  );
  return { pull, began };
}

/** (a) From a rejection to the merged fix and the thanked reporter. */
async function storyA(telling: Telling): Promise<void> {
  const { scene, tell, stories } = telling;
  const number = await clearable(telling, stories.a);
  const { pull, began } = await proposed(telling, number);
  await scene.approve(stories.cast.approver, pull.number, pull.head.sha);
  tell.event(say.approved(stories.cast.approver, pull.head.sha), pull.html_url);
  await scene.until(`#${pull.number} is merged`, async () => (await scene.pull('alice', pull.number)).merged);
  const seconds = (performance.now() - began) / 1000;
  tell.event(say.merged(pull.number), pull.html_url);
  tell.figure(say.figures.labelToMerged, `${seconds.toFixed(2)} s (goal: at most 3 s)`);
  const thanks = await scene.until('thanks', async () =>
    (await scene.said('alice', number)).find((c) => c.body.startsWith(`@${stories.a.reporter}, thank you`)),
  );
  const issue = await scene.until(`#${number} is closed`, async () => {
    const seen = await scene.issue('alice', number);
    return seen.state === 'closed' && seen;
  });
  tell.event(say.thanked(stories.a.reporter, thanks.body.split('\n')[0] ?? ''), issue.html_url);
}

/** (b) Right for its own case, wrong for another step: blocked, with the case named. */
async function storyB(telling: Telling): Promise<void> {
  const { scene, tell, stories } = telling;
  const number = await clearable(telling, stories.b);
  await scene.label(stories.cast.maintainer, number, 'fix-clear');
  const { html_url } = await scene.issue('alice', number);
  tell.event(say.labelled(stories.cast.maintainer), html_url);
  const status = await scene.until(`#${number} is blocked`, async () => {
    const text = await scene.status('alice', number);
    return text.includes('no attempt passed the checks') && text;
  });
  expectThat(status.includes(stories.b.brokenCase), `the broken case “${stories.b.brokenCase}” is named in: ${status}`);
  expectThat((await scene.pullOf('alice', number)) === undefined, `#${number} has no pull request`);
  tell.event(say.blocked(stories.b.brokenStep, stories.b.brokenCase), html_url);
}

/** The branch waits for a status that is not there yet, so what is approved in time is held. */
async function approvedAndHeld({ scene, tell, stories }: Telling, number: number, pull: Pull): Promise<void> {
  await scene.require('alice', 'main', CI);
  tell.event(say.required('alice', CI), pull.html_url);
  await scene.approve(stories.cast.approver, pull.number, pull.head.sha);
  tell.event(say.approved(stories.cast.approver, pull.head.sha), pull.html_url);
  const line = await scene.until(
    'the wait',
    async () => /required checks have not passed: [^\n]*/.exec(await scene.status('alice', number))?.[0],
  );
  tell.event(say.held(line), (await scene.issue('alice', number)).html_url);
}

/** (c) An approval of a commit does not merge what was pushed after it. */
async function storyC(telling: Telling): Promise<void> {
  const { scene, tell, stories } = telling;
  const number = await clearable(telling, stories.c);
  const { pull } = await proposed(telling, number);
  await approvedAndHeld(telling, number, pull);
  await scene.push(stories.cast.maintainer, pull.head.ref, stories.c.push);
  const pushed = await scene.until('the push', async () => {
    const seen = await scene.pull('alice', pull.number);
    return seen.head.sha !== pull.head.sha && seen;
  });
  tell.event(say.pushed(stories.cast.maintainer, pushed.head.sha), pull.html_url);
  await scene.setStatus('alice', pushed.head.sha, CI);
  tell.event(say.statusSet(CI, pushed.head.sha), pull.html_url);
  const gate = await scene.until('the gate of the new head', async () =>
    (await scene.checks('alice', pushed.head.sha)).find((check) => check.name === 'corrigible/gate'),
  );
  tell.event(say.checked(gate.name, gate.conclusion ?? '', gate.output.title ?? ''), gate.html_url);
  const refusal = await scene.until('the refusal', async () => {
    const said = await scene.said('alice', pull.number);
    return said.find((comment) => comment.body.startsWith('This approval does not count'));
  });
  tell.event(refusal.body.split('\n')[0] ?? '', pull.html_url);
  const after = await scene.pull('alice', pull.number);
  expectThat(!after.merged && after.state === 'open', `#${pull.number} is not merged`);
  tell.event(say.notMerged(pull.number), after.html_url);
  await scene.requireNothing('alice', 'main');
}

/** (d) The label of somebody who may not write starts nothing. */
async function storyD(telling: Telling): Promise<void> {
  const { scene, tell, stories } = telling;
  const number = await clearable(telling, stories.d);
  await scene.label(stories.cast.triager, number, 'fix-clear');
  const { html_url } = await scene.issue('alice', number);
  tell.event(say.labelled(stories.cast.triager), html_url);
  const line = await scene.until(
    'the refusal',
    async () => /^The label set by .*$/m.exec(await scene.status('alice', number))?.[0],
  );
  expectThat((await scene.pullOf('alice', number)) === undefined, `#${number} has no pull request`);
  tell.event(line, html_url);
}

/** (e) A vague rejection gets a question, not a guess. */
async function storyE(telling: Telling): Promise<void> {
  const { scene, tell, stories } = telling;
  const number = await reject(telling, stories.e);
  const question = await scene.until('a question', async () =>
    (await scene.said('alice', number)).find((c) => /I need (?:one answer|two answers)/.test(c.body)),
  );
  expectThat((await scene.spec('alice', number)) === undefined, `#${number} has no spec`);
  tell.event(say.asked(/^1\. (.*)$/m.exec(question.body)?.[1] ?? ''), (await scene.issue('alice', number)).html_url);
}

/** (f) Orders to the machine get nowhere. */
async function storyF(telling: Telling): Promise<void> {
  const { scene, tell, stories } = telling;
  const number = await reject(telling, stories.f);
  const refusal = await scene.until('the refusal', async () =>
    (await scene.said('alice', number)).find((c) => c.body.startsWith('I will not work on this')),
  );
  const issue = await scene.issue('alice', number);
  expectThat(!issue.labels.some(({ name }) => name === 'fix-clear'), `#${number} is not cleared`);
  expectThat(
    (await scene.pullOf('alice', number)) === undefined && (await scene.spec('alice', number)) === undefined,
    `#${number} started nothing`,
  );
  tell.event(refusal.body.split('\n')[0] ?? '', issue.html_url);
}

/** All six, in order. Throws `StoryFailed` at the first thing that is not as it should be. */
export async function tellStories(telling: Telling): Promise<void> {
  const chapters = [storyA, storyB, storyC, storyD, storyE, storyF] as const;
  for (const [i, story] of chapters.entries()) {
    const letter = 'abcdef'[i] ?? '';
    telling.tell.chapter(letter, say.chapters[letter] ?? '');
    await story(telling);
  }
}
