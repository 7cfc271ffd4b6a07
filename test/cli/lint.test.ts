import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runLint, runLintRubrics } from '../../src/cli/lint.ts';

const EXAMPLE = resolve('examples/support-pipeline');

async function lintWith(
  change: Readonly<Record<string, string | null>>,
  run = runLint,
): Promise<{ ok: boolean; said: string[] }> {
  const path = await mkdtemp(join(tmpdir(), 'corrigible-lint-'));
  try {
    await cp(EXAMPLE, path, { recursive: true });
    for (const [file, text] of Object.entries(change)) {
      await mkdir(dirname(join(path, file)), { recursive: true });
      if (text === null) await rm(join(path, file));
      else await writeFile(join(path, file), text);
    }
    const said: string[] = [];
    return { ok: await run(path, (line) => said.push(line)), said };
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

const rubric = (front: string) =>
  `---\n${front}\n---\n# A rubric\n\n## Criteria\n- **A1** It is so.\n\n## Example 1\na\n\n## Example 2\nb\n`;

test('the example and every rubric that ships are without mistakes', async () => {
  expect(await lintWith({})).toEqual({ ok: true, said: ['11 files checked, no mistakes found.'] });
});

test('without a configuration that is all there is to say', async () => {
  expect(await lintWith({ '.github/corrigible.yml': null })).toMatchInlineSnapshot(`
    {
      "ok": false,
      "said": [
        ".github/corrigible.yml:1: The file is missing, so I do not know the steps of this pipeline. Add it to the default branch. docs/configuration.md shows a small one.",
        "One mistake found.",
      ],
    }
  `);
});

test('mistakes in the configuration and in rubrics are told together', async () => {
  const change = {
    '.github/corrigible.yml': 'version: 1\nsteps: []\nchanges: {}\n',
    '.github/rubrics/own.md': rubric(
      'id: other\ntitle: T\nwhen: The price is wrong although the currency is right.\nchange: generic',
    ),
  };
  expect(await lintWith(change)).toMatchInlineSnapshot(`
    {
      "ok": false,
      "said": [
        ".github/corrigible.yml:2: “steps” is empty. Fill it in.",
        ".github/rubrics/own.md:2: The id is “other”, but the file is called “own.md”. Give both the same name.",
        "2 mistakes found.",
      ],
    }
  `);
});

test('a rubric of a change that the configuration does not know would never be used', async () => {
  const change = {
    '.github/rubrics/own.md': rubric(
      'id: own\ntitle: T\nwhen: The price is wrong although the currency is right.\nchange: paint-it-blue',
    ),
  };
  expect(await lintWith(change)).toMatchInlineSnapshot(`
    {
      "ok": false,
      "said": [
        ".github/rubrics/own.md:1: The change “paint-it-blue” is not among the “changes” of the configuration, so this rubric is never used. Add it there, or correct the name.",
        "One mistake found.",
      ],
    }
  `);
});

test('a rubric of the repository replaces the shipped one of its name', async () => {
  const change = {
    '.github/rubrics/generic.md': rubric(
      'id: generic\ntitle: T\nwhen: The price is wrong although the currency is right.\nchange: generic',
    ),
  };
  expect(await lintWith(change)).toEqual({ ok: true, said: ['11 files checked, no mistakes found.'] });
});

test('case files are read, those beside a step’s file too, and a missing one is told', async () => {
  const change = {
    'evals/plan.yml': null,
    'evals/fetch/rejection-7.yml': 'cases:\n  - name: a\n    input: 1\n    expect: [{ path: x, op: eq, value: 1 }]\n',
    'evals/classify.yml': 'cases: []\n',
  };
  expect(await lintWith(change)).toMatchInlineSnapshot(`
    {
      "ok": false,
      "said": [
        "evals/classify.yml:1: There is no case in this file. Add one under “cases”, or remove the file.",
        "evals/fetch/rejection-7.yml:4: “path” is not right: must be a JSON Pointer such as /reply/id. Correct it.",
        "evals/plan.yml:1: The case file of step “plan” is missing. Add it, or correct the path under “cases”. A step without cases never merges.",
        "3 mistakes found.",
      ],
    }
  `);
});

test('the list of quarantined cases is read where there is one', async () => {
  const entry = (until: string) =>
    `quarantine:\n  - { step: plan, case: a, owner: carol, since: 2026-07-20, until: ${until}, reason: it wavers }\n`;
  const file = '.github/corrigible-quarantine.yml';
  expect(await lintWith({ [file]: entry('2026-07-25') })).toMatchObject({ ok: true });
  const { ok, said } = await lintWith({ [file]: entry('2026-09-01') });
  expect(ok).toBe(false);
  expect(said[0]).toBe(
    `${file}:2: This is a quarantine of 43 days; it may last 14 at most. Choose an earlier “until”, or repair or remove the case.`,
  );
});

test('files that the making of dependencies needs are told where they are missing', async () => {
  const configuration = await readFile(join(EXAMPLE, '.github/corrigible.yml'), 'utf8');
  const prepare =
    'prepare: { run: npm ci, inputs: [package.json, package-lock.json, "patches/**"], makes: [node_modules] }';
  expect(await lintWith({ '.github/corrigible.yml': `${configuration}\n${prepare}\n` })).toEqual({
    ok: false,
    said: [
      'package-lock.json:1: This file, which “prepare” says that it needs, is missing. Add it, or correct the paths under “inputs”.',
      'One mistake found.',
    ],
  });
});

const lintRubrics = (change: Readonly<Record<string, string>>) => lintWith(change, runLintRubrics);
const WHEN = 'when: The price is wrong although the currency is right.';
const mistakes = (said: readonly string[]) => said.filter((line) => line.startsWith('.github/'));

test('of each rubric it is told what it costs a model, and those that ship have no mistake', async () => {
  const { ok, said } = await lintRubrics({});
  expect(ok).toBe(true);
  expect(said).toHaveLength(7);
  expect(said[0]).toMatch(/^\(shipped\) add-plan-branch\.md: about \d+ tokens for choosing it, \d+ for using it$/);
});

test('what does not say when it fits, or says what another says, is told', async () => {
  const change = {
    '.github/rubrics/a.md': rubric('id: a\ntitle: T\nwhen: Sometimes.\nchange: generic'),
    '.github/rubrics/b.md': rubric(`id: b\ntitle: T\n${WHEN}\nchange: generic`),
    '.github/rubrics/c.md': rubric(`id: c\ntitle: T\n${WHEN}\nchange: generic`),
  };
  const { ok, said } = await lintRubrics(change);
  expect(ok).toBe(false);
  expect(mistakes(said).filter((line) => /:\d+: /.test(line))).toMatchInlineSnapshot(`
    [
      ".github/rubrics/a.md:1: “when” does not say when this rubric fits, and nothing else of it is read to choose one. Write a sentence of six words or more: in which situation it fits, and in which not.",
      ".github/rubrics/c.md:1: “when” says the same as that of the rubric “b”, so nothing decides between the two. Say what sets them apart.",
    ]
  `);
});

test('criteria that nobody can answer, and ids that are none, are told with their lines', async () => {
  const text = `---\nid: own\ntitle: T\n${WHEN}\nchange: generic\n---\n# R\n\n## Criteria\n- **A1** The output is wrong.\n- **A2** Be careful with prices.\n- **A3** Is it so?\n\n## Example 1\nA1 holds, A7 does not.\n\n## Example 2\nb\n`;
  const { said } = await lintRubrics({ '.github/rubrics/own.md': text });
  expect(mistakes(said).filter((line) => /:\d+: /.test(line))).toMatchInlineSnapshot(`
    [
      ".github/rubrics/own.md:1: The text speaks of A7, and there is no such criterion. Correct the id, or add the criterion.",
      ".github/rubrics/own.md:11: The criterion A2 says “Be careful”, so nobody can tell whether it holds. Say what can be seen in the draft when it holds.",
      ".github/rubrics/own.md:12: The criterion A3 is no statement that is true or false. Write a whole sentence that is true of a good draft.",
    ]
  `);
});

test('a recipe that edits what its change may not touch, or what it is judged by, is told', async () => {
  const recipe = (file: string) =>
    `recipe:\n  slots: {}\n  title: t\n  observed: o\n  expected: e\n  expect: [{ path: /a, op: eq, value: 1 }]\n  guards: []\n  hold-outs: []\n  edits: [{ file: ${file}, op: set, path: /a, value: 1 }]`;
  const own = (file: string) => rubric(`id: own\ntitle: T\n${WHEN}\nchange: add-plan-branch\n${recipe(file)}`);
  const outside = await lintRubrics({ '.github/rubrics/own.md': own('config/fetch.json') });
  expect(mistakes(outside.said).at(-1)).toBe(
    '.github/rubrics/own.md:1: The recipe edits config/fetch.json, which the change “add-plan-branch” may not touch. Its paths are config/plan.yml: correct either.',
  );
  const inside = await lintRubrics({ '.github/rubrics/own.md': own("'{with.plan}'") });
  expect(inside.ok).toBe(true);
});

test('what rubrics refer to is no rubric, has to be there, and is shown no longer than so', async () => {
  const text = (await readFile('rubrics/generic.md', 'utf8')).replace(
    'change: generic',
    'change: generic\nreferences: [tone.md]',
  );
  const file = '.github/rubrics/generic.md';
  const wrong = (said: readonly string[]) => mistakes(said).filter((line) => /:\d+: /.test(line));
  const missing = await lintRubrics({ [file]: text });
  expect(wrong(missing.said)).toEqual([
    `${file}:1: It refers to .github/rubrics/references/tone.md, which is not there. Add that file, or take its name out of “references”.`,
  ]);
  const tone = '.github/rubrics/references/tone.md';
  expect(wrong((await lintRubrics({ [file]: text, [tone]: 'Short.' })).said)).toEqual([]);
  expect(wrong((await lintRubrics({ [file]: text, [tone]: 'Short. '.repeat(600) })).said)).toEqual([
    `${tone}:1: It has 4200 characters, and a model is shown the first 4000. Shorten it, or make several of it.`,
  ]);
});
