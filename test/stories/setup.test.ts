import { expect, test } from 'vitest';
import { clear } from '../support/rejections.ts';
import { exampleFiles, inWorld, yes } from '../support/world.ts';

const CONFIGURATION = '.github/corrigible.yml';
const files = await exampleFiles();
const configuration = files[CONFIGURATION] ?? '';

test('on installation the labels are made', () =>
  inWorld({}, async (world) => {
    const labels = await world.call('alice', 'GET', '/labels');
    expect(labels.map((label: { name: string }) => label.name)).toEqual(
      expect.arrayContaining(['rejection', 'fix-clear', 'corrigible-hold']),
    );
  }));

test('labels that may not be made at first are made once that is put right', () =>
  inWorld({}, async (world) => {
    const body = { message: 'Resource not accessible by integration' };
    world.forge.fault({ method: 'POST', path: /second\/labels$/, by: 'app' }, { status: 403, body }, 3);
    await world.forge.addRepository('acme/second', {
      files: { 'README.md': 'A shop.\n' },
      collaborators: { alice: 'admin' },
    });
    const { token } = world.forge.addUser('alice');
    const names = async (): Promise<readonly string[]> => {
      const { body: labels } = await world.forge.api(token, 'GET', '/repos/acme/second/labels');
      return labels.map(({ name }: { name: string }) => name);
    };
    await world.settled();
    expect(world.logs.join('')).toContain(
      'acme/second: I could not make the labels rejection, fix-clear, corrigible-hold.',
    );
    expect(await names()).not.toContain('fix-clear');
    await expect.poll(names, { timeout: 20_000 }).toEqual(expect.arrayContaining(['rejection', 'fix-clear']));
  }));

test('a missing configuration is told once, with what to do, and nothing else happens', () =>
  inWorld({ files: { [CONFIGURATION]: null } }, async (world) => {
    const issue = await world.reject(clear);
    await world.comment(issue, 'Anybody here?');
    expect((await world.said(issue)).filter((text) => !text.startsWith('**Corrigible**'))).toMatchInlineSnapshot(`
      [
        "I cannot work on this yet, because files that I am set up by have mistakes:

      - \`.github/corrigible.yml:1\`: The file is missing, so I do not know the steps of this pipeline. Add it to the default branch. docs/configuration.md shows a small one.

      Correct them on the default branch; then comment \`/retry\` here.",
      ]
    `);
    expect(await world.status(issue)).toContain('Waiting: files that I am set up by have mistakes');
    expect(await world.pulls()).toEqual([]);
    await world.push('main', CONFIGURATION, configuration);
    await world.comment(issue, '/retry');
    expect((await world.specComment(issue)).body).toContain('### Spec: ');
  }));

test('an invalid configuration is told with file, line, reason and fix', () =>
  inWorld({ files: { [CONFIGURATION]: configuration.replace('replay:', 'replai:') } }, async (world) => {
    const issue = await world.reject(clear);
    const line = configuration.split('\n').findIndex((text) => text.startsWith('replay:')) + 1;
    expect((await world.said(issue)).join('\n')).toContain(`\`${CONFIGURATION}:${line}\``);
    expect((await world.said(issue)).join('\n')).toContain('replay');
    await expect(world.specComment(issue)).rejects.toThrow('no spec');
  }));

test('a rubric with a mistake is told with file, line, reason and fix', () =>
  inWorld({ files: { '.github/rubrics/ours.md': '---\nid: ours\n---\nNothing here.\n' } }, async (world) => {
    const issue = await world.reject(clear);
    expect((await world.said(issue)).join('\n')).toMatch(/`\.github\/rubrics\/ours\.md:\d+`: /);
    await expect(world.specComment(issue)).rejects.toThrow('no spec');
  }));

test('a repository whose step has no cases never merges', () =>
  inWorld({ files: { 'evals/plan.yml': 'cases: []\n' } }, async (world) => {
    const issue = await world.reject(clear);
    expect((await world.said(issue)).join('\n')).toContain('`evals/plan.yml:1`');
    expect(await world.pulls()).toEqual([]);
  }));

test('while the configuration says paused nothing is written; taken off, the work goes on', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    const before = await world.said(issue);
    await world.push('main', CONFIGURATION, `${configuration}\npaused: true\n`);
    await world.label(issue);
    expect(await world.said(issue)).toEqual(before);
    expect(await world.pulls()).toEqual([]);
    await world.push('main', CONFIGURATION, configuration);
    expect(await world.pulls()).toHaveLength(1);
  }));

test('an issue without the label is left alone, and not even looked at', () =>
  inWorld({}, async (world) => {
    const { number } = await world.act(
      world.call('rita', 'POST', '/issues', { title: 'A question', body: 'How do I log in?' }),
    );
    await world.comment(number, 'Use the link in the mail.');
    const looked = world.forge.calls.filter(({ by, path }) => by === 'corrigible[bot]' && path.includes(`/${number}`));
    expect(looked).toEqual([]);
    expect(await world.said(number)).toEqual([]);
    await world.label(number, 'rejection');
    expect(await world.status(number)).toContain('Waiting for an answer from rita.');
  }));

test('a vague rejection gets at most two questions and no guess; answered, it is drafted', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject({ form: { Ticket: 'T-0001', 'What came out': 'This answer is not good.' } });
    expect((await world.said(issue)).filter((text) => text.includes('I need'))).toMatchInlineSnapshot(`
      [
        "@rita, thank you. I need two answers before I can turn this into a fix:

      1. Where did it go wrong?
         - classify
         - extract
         - fetch
         - plan
         - none of these, or I do not know
      2. What should have come out instead? Name it so that somebody could check it.

      Please answer in a comment here, or add it to the description above (edit it). Nothing happens until then.",
      ]
    `);
    await world.editIssue(issue, {
      body: Object.entries(clear.form)
        .map(([k, v]) => `### ${k}\n\n${v}`)
        .join('\n\n'),
    });
    expect((await world.specComment(issue)).body).toContain('### Spec: ');
  }));

test('the same fault in another ticket and language is told as a duplicate', () =>
  inWorld({}, async (world) => {
    const first = await world.reject(clear);
    const duplicate = JSON.parse(files['rejections/duplicate.json'] ?? '{}');
    const second = await world.reject({ title: duplicate.title, form: duplicate.form });
    expect(await world.status(second)).toContain(`Declined, because it is the same fault as #${first}.`);
  }));

test('a fix that breaks another step is blocked, with the case named', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject({
      title: 'Wrong answer: warranty question gets the spare parts',
      form: {
        Ticket: 'T-0031',
        Step: 'fetch',
        'What came out': 'KB-119 came first.',
        'What should have come out': 'KB-118 should come first.',
      },
    });
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue);
    expect(await world.pulls()).toEqual([]);
    expect(await world.status(issue)).toContain(
      'a warranty answer is read by a person before it goes out: green on base, red now',
    );
  }));

test('taking the label off ends the work in words', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    await world.label(issue, 'fix-clear', 'alice', false);
    await world.unlabel(issue);
    const pulls = await world.pulls();
    const status = await world.status(issue);
    // Either the work was still running, or its pull request stands and waits.
    if (pulls.length === 0) expect(status).toMatch(/the label was taken off|\*\*Ready:\*\*/);
    else {
      await world.approve(pulls[0].number);
      expect((await world.pull(pulls[0].number)).merged).toBe(false);
      expect(await world.status(issue)).toContain('the label `fix-clear` is no longer on the rejection');
    }
  }));

test('a rejection closed by hand ends in words, and goes on when it is opened again', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    await world.editIssue(issue, { state: 'closed' }, 'alice');
    expect(await world.status(issue)).toContain('alice closed the rejection, so the work ended. Reopen it to go on.');
    await world.editIssue(issue, { state: 'open' }, 'alice');
    expect(await world.status(issue)).toContain('not answered yet');
  }));

test('a status comment that somebody deleted is posted anew', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    const comments = await world.call('alice', 'GET', `/issues/${issue}/comments`);
    const status = comments.find((comment: { body: string }) => comment.body.startsWith('**Corrigible**'));
    await world.act(world.call('alice', 'DELETE', `/issues/comments/${status.id}`));
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    expect(await world.status(issue)).toContain('**Ready:**');
    await world.label(issue);
    expect(await world.pulls()).toHaveLength(1);
  }));

test('a spec comment that somebody deleted ends the draft in words; /retry drafts anew', () =>
  inWorld({}, async (world) => {
    const issue = await world.reject(clear);
    const { id } = await world.specComment(issue);
    await world.act(world.call('alice', 'DELETE', `/issues/comments/${id}`));
    expect(await world.status(issue)).toContain('Declined, because the comment with the spec was deleted.');
    await world.comment(issue, '/retry');
    await world.editSpec(issue, (spec) => Object.assign(spec, { answers: yes }));
    expect(await world.status(issue)).toContain('**Ready:**');
  }));
