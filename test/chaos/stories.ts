import { lateCall, limits } from './support/limits.ts';
import type { People } from './support/people.ts';
import { CONFIGURATION, shop, shopForAll, shopOfTwo, shopWithModel, shopWithSofa } from './support/shop.ts';
import type { Story } from './support/story.ts';
import { until } from './support/until.ts';

const costs9 = { text: 'The lamp costs 9.' };

/** From the draft to a pull request of which the status says who is next. */
async function cleared(people: People, issue: number) {
  await people.answerYes(issue);
  await people.clear(issue);
  const pull = await people.untilJudged(issue);
  await people.untilStatus(issue, 'reviews and approves');
  return pull;
}

/** A rejection up to its pull request, green and waiting for people. */
async function proposed(people: People) {
  const issue = await people.reject(costs9);
  return { issue, ...(await cleared(people, issue)) };
}

async function fixed(people: People): Promise<void> {
  const { issue, number } = await proposed(people);
  await people.approve(number);
  await people.untilMerged(number, issue);
}

/** A rejection that does not say what it takes, up to the question about it. */
async function asked(people: People): Promise<number> {
  const issue = await people.reject({ text: 'The price of the lamp is wrong.' });
  await people.untilSaid(issue, 'What does it cost?');
  await people.untilStatus(issue, 'Waiting for an answer from rita');
  return issue;
}

const answered = { body: '### Ticket\n\nT-1\n\n### What should have come out\n\nThe lamp costs 9.' };

async function askedThenFixed(people: People): Promise<void> {
  const issue = await asked(people);
  await people.setIssue(issue, answered, 'rita');
  const { number } = await cleared(people, issue);
  await people.approve(number);
  await people.untilMerged(number, issue);
}

/** The label comes first, as a wish; the approval of what was drafted then is a comment. */
async function wished(people: People): Promise<void> {
  const issue = await asked(people);
  await people.label(issue);
  await people.setIssue(issue, answered, 'rita');
  await people.answerYes(issue);
  const ready = await until('what to approve', async () => /`(\/approve \w+)`/.exec(await people.status(issue))?.[1]);
  await people.rest();
  await people.comment(issue, ready, 'bob');
  const { number } = await people.untilJudged(issue);
  await people.untilStatus(issue, 'reviews and approves');
  await people.approve(number, 'carol');
  await people.untilMerged(number, issue);
}

async function declined(people: People): Promise<void> {
  const first = await people.reject(costs9);
  await people.untilStatus(first, 'not answered yet');
  const second = await people.reject({ ...costs9, title: 'The same again' });
  await people.untilStatus(second, `the same fault as #${first}`);
  await people.untilStatus(first, `also in #${second}`);
  await people.rest();
  await people.editSpec(first, (spec) =>
    Object.assign(spec, {
      answers: { stable: 'yes', rule: 'rule', 'customer-right': 'no', 'reporter-right': 'yes', 'worth-it': 'yes' },
    }),
  );
  await people.untilStatus(first, 'Declined, because the customer was answered as not right');
  await people.comment(second, '/retry');
  await people.untilStatus(second, 'not answered yet');
}

async function secondRound(people: People): Promise<void> {
  const { issue, number } = await proposed(people);
  await people.approve(number);
  await people.untilMerged(number, issue);
}

async function redAndStopped(people: People): Promise<void> {
  const issue = await people.reject({ ticket: 'T-2', text: 'The vase costs 9.' });
  await people.answerYes(issue);
  await people.clear(issue);
  await people.untilStatus(issue, 'The last attempt ended');
}

const readyHash = (status: string): string | undefined => /\*\*Ready:\*\* `(\w+)`/.exec(status)?.[1];

async function refusedThenCleared(people: People): Promise<void> {
  const issue = await people.reject(costs9);
  await people.answerYes(issue);
  await people.label(issue, 'tom');
  await people.untilStatus(issue, 'tom has no write permission here');
  await people.unlabel(issue);
  const before = readyHash(await people.status(issue));
  await people.editSpec(issue, (spec) => Object.assign(spec, { title: 'The lamp costs nine' }), 'bob');
  await until('the edited spec to be ready', async () => {
    const now = readyHash(await people.status(issue));
    return now !== undefined && now !== before;
  });
  await people.clear(issue);
  await people.untilJudged(issue);
}

async function pushedAndReviewed(people: People): Promise<void> {
  const { issue, number, head, branch } = await proposed(people);
  await people.requestChanges(number, 'Please leave a shelf in, too.', 'carol');
  await people.untilStatus(issue, 'carol asked for changes');
  const price = '{\n  "lamp": 9,\n  "vase": 7,\n  "clock": 30,\n  "shelf": 12\n}\n';
  await people.push(branch, 'rules/price.json', price, 'bob');
  await people.untilStatus(issue, 'bob pushed to the branch');
  const moved = await until('the new head to be judged', async () => {
    const now = await people.untilJudged(issue);
    return now.head === head ? null : now;
  });
  await people.approve(number, 'carol', head);
  await people.untilSaid(number, 'This approval does not count');
  await people.approve(number, 'carol', moved.head);
  await people.untilMerged(number, issue);
}

async function revised(people: People): Promise<void> {
  const { issue, number, head } = await proposed(people);
  await people.requestChanges(number, '', 'bob', ['Leave a space before the colon.']);
  await until('the thread to be settled', async () => (await people.threads(number)).every(({ resolved }) => resolved));
  await people.untilStatus(issue, 'Next: bob looks at it and reviews again');
  await until('a commit of the app', async () => (await people.pull(number)).head.sha !== head);
  await people.approve(number);
  await people.untilMerged(number, issue);
}

async function stoppedAndReopened(people: People): Promise<void> {
  people.model.hang(/./);
  const issue = await people.reject(costs9);
  await people.answerYes(issue);
  await people.clear(issue);
  await until('the agent at work', async () => people.model.hangs());
  await people.unlabel(issue);
  await people.untilStatus(issue, 'the label was taken off');
  people.model.hang(null);
  await people.setIssue(issue, { state: 'closed' });
  await people.untilStatus(issue, 'alice closed the rejection');
  await people.setIssue(issue, { state: 'open' });
  await people.untilStatus(issue, 'the label was taken off');
  await people.clear(issue);
  const { number } = await people.untilJudged(issue);
  await people.untilStatus(issue, 'reviews and approves');
  await people.setPull(number, { state: 'closed' });
  await people.untilStatus(issue, 'closed the pull request');
  await people.setPull(number, { state: 'open' });
  await people.approve(number);
  await people.untilMerged(number, issue);
}

async function mistakeMended(people: People): Promise<void> {
  const issue = await people.reject(costs9);
  await people.untilSaid(issue, 'I cannot work on this yet');
  await people.untilStatus(issue, 'have mistakes');
  await people.push('main', CONFIGURATION, shop[CONFIGURATION] ?? '');
  await people.comment(issue, '/retry');
  await people.untilStatus(issue, 'not answered yet');
}

async function baseMoves(people: People): Promise<void> {
  await people.requireStatus('ci');
  const { issue, number, head } = await proposed(people);
  await people.succeed(head);
  await people.push('main', 'README.md', 'The base moves.\n', 'carol');
  await people.approve(number);
  await people.untilMerged(number, issue);
  await people.push('main', 'rules/price.json', shop['rules/price.json'] ?? '', 'carol');
  await people.untilStatus(issue, 'red again');
}

async function givenUp(people: People): Promise<void> {
  const { issue, number, branch } = await proposed(people);
  await people.call('carol', 'DELETE', `/git/refs/heads/${branch}`);
  await people.untilStatus(issue, 'set the label on the rejection again');
  await people.unlabel(issue);
  await people.clear(issue);
  const second = await until('a second pull request', async () => {
    const now = await people.untilJudged(issue);
    return now.number === number ? null : now;
  });
  await people.untilStatus(issue, `Proposed in #${second.number}`);
  await people.untilStatus(issue, 'reviews and approves');
  await people.push('main', 'rules/price.json', '{\n  "lamp": 6,\n  "vase": 7,\n  "clock": 30\n}\n', 'carol');
  await people.approve(second.number);
  await people.untilStatus(issue, 'it conflicts with the base branch');
}

const broken = { ...shop, [CONFIGURATION]: (shop[CONFIGURATION] ?? '').replace('replay:', 'replai:') };

async function agentCannot(people: People): Promise<void> {
  people.model.refuse();
  const issue = await people.reject(costs9);
  await people.answerYes(issue);
  await people.clear(issue);
  await people.untilStatus(issue, 'the agent says it cannot do this');
}

/** GitHub’s limits hold everything up, and a call that was held up makes the status a second time. */
async function limited(people: People): Promise<void> {
  const issue = await people.reject(costs9);
  await lateCall(people, issue);
  const { number } = await cleared(people, issue);
  await people.approve(number);
  await people.untilMerged(number, issue);
}

/** A person's pull request that changes what it is judged by. */
async function guarded(people: People): Promise<void> {
  const stricter = (shop['evals/price.yml'] ?? '').replace(
    'value: 7 }',
    'value: 7 }, { path: /price, op: lt, value: 8 }',
  );
  const number = await people.propose('evals/price.yml', stricter, 'carol');
  const first = await people.untilGate(number, 'action_required');
  // A check or a comment is seen before its receipt is written, and no receipt is written for what is over.
  await people.rest();
  await people.comment(number, `/accept-oracle ${first.head}`, 'carol');
  await people.untilSaid(number, 'carol opened this pull request');
  await people.rest();
  await people.comment(number, `/accept-oracle ${first.head}`, 'bob');
  await people.untilGate(number, 'success');
  await people.rest();
  await people.push('mine', 'README.md', 'A word.\n', 'carol');
  const second = await people.untilGate(number, 'action_required', first.head);
  await people.rest();
  await people.comment(number, `/accept-oracle ${second.head}`, 'bob');
  await people.untilGate(number, 'success');
}

async function rechecked(people: People): Promise<void> {
  const { issue, number } = await proposed(people);
  const first = await people.gateRun(number);
  await people.rest();
  await people.comment(number, '/recheck', 'bob');
  const second = await until('checks anew', async () => {
    const run = await people.gateRun(number);
    return run !== null && run !== first ? run : null;
  });
  await people.rest();
  await people.call('bob', 'POST', `/check-runs/${second}/rerequest`);
  await until('checks anew again', async () => (await people.gateRun(number)) !== second);
  await people.untilStatus(issue, 'reviews and approves');
  await people.approve(number);
  await people.untilMerged(number, issue);
}

/** A merged fix that is asked to be undone, by who may not and by who may; its revert is merged, and it is drafted anew. */
async function undone(people: People): Promise<void> {
  const { issue, number } = await proposed(people);
  await people.approve(number);
  await people.untilMerged(number, issue);
  await people.comment(issue, '/undo', 'rita');
  await people.untilSaid(issue, 'rita has no write permission here');
  // What is said is seen before its receipt is written, as with the checks below.
  await people.rest();
  await people.comment(number, '/undo The vase was meant.', 'bob');
  await people.untilSaid(issue, 'this rejection is open again');
  const revert = await until('a revert', async () =>
    (await people.pullsOf(issue)).find(({ head }: { head: { ref: string } }) => head.ref.endsWith('-undo-1')),
  );
  await people.untilGate(revert.number, 'success');
  await people.untilStatus(issue, `people merge #${revert.number}`);
  await people.rest();
  await people.call('carol', 'PUT', `/pulls/${revert.number}/merge`, { merge_method: 'squash' });
  await people.untilStatus(issue, 'takes the fix back');
  await people.comment(issue, '/retry');
  await people.untilStatus(issue, 'not answered yet');
}

/** A writer stops the agent, and lets it go on; it has to be told once to mind its way. */
async function halted(people: People): Promise<void> {
  people.model.dawdle();
  people.model.hang(/./);
  const issue = await people.reject(costs9);
  await people.answerYes(issue);
  await people.clear(issue);
  await until('the agent at work', async () => people.model.hangs());
  await people.comment(issue, '/stop', 'bob');
  await people.untilStatus(issue, 'by bob. What was made so far is kept');
  people.model.hang(null);
  await people.rest();
  await people.comment(issue, '/retry', 'bob');
  const { number } = await people.untilJudged(issue);
  await people.untilStatus(issue, 'reviews and approves');
  await people.approve(number);
  await people.untilMerged(number, issue);
}

/** Base moves in the round that will be green. */
async function carried(people: People): Promise<void> {
  people.model.hang(/Attempts that were refused/);
  const issue = await people.reject(costs9);
  await people.answerYes(issue);
  await people.clear(issue);
  await until('the agent at work', async () => people.model.hangs());
  await people.push('main', 'README.md', 'The base moves.\n', 'carol');
  people.model.hang(null);
  const { number } = await people.untilJudged(issue);
  await people.untilStatus(issue, 'reviews and approves');
  await people.approve(number);
  await people.untilMerged(number, issue);
}

const HOLD = 'corrigible-hold';

/** An approved head, held, is no longer up to date when nobody holds it any more. */
async function broughtUpToDate(people: People): Promise<void> {
  const { issue, number, head } = await proposed(people);
  await people.label(number, 'tom', HOLD);
  await people.approve(number);
  await people.untilStatus(issue, 'Not merged, because the label');
  await people.dismiss(number);
  await until('nothing to hold', async () => !(await people.status(issue)).includes('Not merged'));
  await people.approve(number, 'carol');
  await people.untilStatus(issue, 'Not merged, because the label');
  await people.ruleMain('up to date');
  await people.push('main', 'README.md', 'The base moves.\n', 'carol');
  await people.rest();
  await people.unlabel(number, 'tom', HOLD);
  const updated = await people.untilGate(number, 'success', head);
  await people.untilSaid(number, 'unchanged');
  await people.rest();
  await people.approve(number, 'bob', updated.head);
  await people.untilMerged(number, issue);
}

/** Merged by a queue, after it was held in there. */
async function queued(people: People): Promise<void> {
  const { issue, number, head } = await proposed(people);
  await people.ruleMain('queue');
  await people.succeed(head);
  await people.approve(number);
  const first = await people.untilGroup('success');
  await people.rest();
  await people.label(number, 'tom', HOLD);
  await people.untilStatus(issue, 'Not merged, because the label');
  await people.rest();
  await people.unlabel(number, 'tom', HOLD);
  const second = await people.untilGroup('success', [first]);
  await people.rest();
  await people.succeed(second);
  await people.untilMerged(number, issue);
}

/** Two faults of two tickets, of which the second waits for the first. */
async function splitInTwo(people: People): Promise<void> {
  const issue = await people.reject({ text: 'The lamp costs 9. Of T-3 the sofa costs 90.' });
  await people.untilSaid(issue, 'What does it cost?');
  await people.untilStatus(issue, 'Waiting for an answer from rita');
  await people.comment(issue, '/split\n1. The lamp costs 9.\n2. Of T-3 the sofa costs 90.', 'bob');
  const part = await people.untilOther(issue);
  await people.untilStatus(part, `**Waits** for #${issue}`);
  for (const one of [issue, part]) {
    const { number } = await cleared(people, one);
    await people.approve(number);
    await people.untilMerged(number, one);
  }
}

/** Together they come through every kind of fact and every write. */
export const stories: readonly Story[] = [
  { name: 'fixed', files: shop, tell: fixed },
  { name: 'asked-then-fixed', files: shop, tell: askedThenFixed },
  { name: 'wished', files: shop, tell: wished },
  { name: 'declined', files: shop, tell: declined },
  { name: 'second-round', files: shopWithModel, model: true, tell: secondRound },
  { name: 'two-at-once', files: shopOfTwo, model: true, tell: secondRound },
  { name: 'red-and-stopped', files: shop, tell: redAndStopped },
  { name: 'refused-then-cleared', files: shop, tell: refusedThenCleared },
  { name: 'pushed-and-reviewed', files: shop, tell: pushedAndReviewed },
  { name: 'revised', files: shopWithModel, model: true, tell: revised },
  { name: 'stopped-and-reopened', files: shopWithModel, model: true, tell: stoppedAndReopened },
  { name: 'mistake-mended', files: broken, tell: mistakeMended },
  { name: 'base-moves', files: shop, tell: baseMoves },
  { name: 'given-up', files: shop, tell: givenUp },
  { name: 'agent-cannot', files: shopWithModel, model: true, tell: agentCannot },
  { name: 'limited', files: shop, tell: limited, ...limits },
  { name: 'guarded', files: shopForAll, tell: guarded },
  { name: 'rechecked', files: shop, tell: rechecked },
  { name: 'undone', files: shop, tell: undone },
  { name: 'halted', files: shopWithModel, model: true, tell: halted },
  { name: 'carried', files: shopWithModel, model: true, tell: carried },
  { name: 'brought-up-to-date', files: shop, tell: broughtUpToDate },
  { name: 'queued', files: shop, tell: queued },
  { name: 'split', files: shopWithSofa, tell: splitInTwo },
];
