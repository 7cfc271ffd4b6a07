import { expect, test } from 'vitest';
import { parseConfiguration } from '../../src/domain/parse-configuration.ts';
import { problemLines } from './support/problem-lines.ts';

const good = `version: 1
steps:
  - name: classify # first
    run: node src/step.ts classify
    lines: true
    inputs: [src/**, config/intents.json]
    cases: evals/classify.yml
  - name: fetch
    run: node src/step.ts fetch
    inputs: [config/fetch.json]
    cases: evals/fetch.yml
    timeout: 10
changes:
  adjust-fetch-weight:
    step: fetch
    paths: [config/fetch.json]
    with: { weights: config/fetch.json, bump: 4 }
`;
const read = (text: string) => problemLines(parseConfiguration('.github/corrigible.yml', text));

test('a configuration is read with its defaults', () => {
  const parsed = parseConfiguration('c.yml', good);
  expect(parsed).toMatchObject({
    configuration: {
      steps: [
        { name: 'classify', timeout: 60, lines: true },
        { name: 'fetch', timeout: 10, lines: false },
      ],
      changes: { 'adjust-fetch-weight': { with: { bump: 4 } } },
      budget: { rounds: 2 },
      paused: false,
    },
  });
});

test('every mistake is told at once, with its line', () => {
  const text = `version: 2
tikets: tickets
steps:
  - name: Classify
    runs: node x
    inputs: []
    cases: ../x
    timeout: "12"
changes:
  Bad Name: { step: a, paths: [x] }
  fine:
    step: a
    paths: x
    with: { deep: true }
agent: { kind: robot, hair: long }
budget: { rounds: 9, minute: 3 }
`;
  expect(read(text)).toMatchInlineSnapshot(`
    ".github/corrigible.yml:1: “version” has a value that is not allowed. Write 1.
    .github/corrigible.yml:2: The key “tikets” is not known here. Did you mean “tickets”?
    .github/corrigible.yml:4: “name” is not right: lower case letters, digits and hyphens. Correct it.
    .github/corrigible.yml:4: “run” is missing. Add it: Command that reads one input as JSON on stdin and prints the output as JSON.
    .github/corrigible.yml:5: The key “runs” is not known here. Did you mean “run”?
    .github/corrigible.yml:6: “inputs” is empty. Fill it in.
    .github/corrigible.yml:7: “cases” is not right: must stay inside the repository. Correct it.
    .github/corrigible.yml:8: “timeout” should be a number, but is a text. Write a number.
    .github/corrigible.yml:10: “Bad Name” is not right: lower case letters, digits and hyphens. Correct it.
    .github/corrigible.yml:13: “paths” should be a list, but is a text. Write a list.
    .github/corrigible.yml:14: “deep” should be a text or a number, but is true or false. Write a text or a number.
    .github/corrigible.yml:15: “kind” has a value that is not allowed. Choose one of auto, recipe, model, none.
    .github/corrigible.yml:15: The key “hair” is not known here. Remove it. Known here: “kind”, “use”, “model”, “candidates”.
    .github/corrigible.yml:16: “rounds” is too large. The largest is 3.
    .github/corrigible.yml:16: The key “minute” is not known here. Did you mean “minutes”?"
  `);
});

test('a change for a step that does not exist names the line of its step', () => {
  expect(read(good.replace('    step: fetch', '    step: fetsch'))).toMatchInlineSnapshot(
    `".github/corrigible.yml:15: “step” is not right: there is no step “fetsch”. Correct it."`,
  );
  expect(read(good.replace('name: fetch', 'name: classify'))).toMatchInlineSnapshot(`
    ".github/corrigible.yml:2: “steps” is not right: two steps have the same name. Correct it.
    .github/corrigible.yml:15: “step” is not right: there is no step “fetch”. Correct it."
  `);
});

test('what YAML can do and this file may not is refused', () => {
  expect(read('a: &x 1\nb: *x\nc: !!str 3\n<<: { a: 1 }\n__proto__: 3\n? [k]\n: 1\n')).toMatchInlineSnapshot(`
    ".github/corrigible.yml:1: The anchor “&x” is not allowed. Remove it, and write the value out where it is used.
    .github/corrigible.yml:2: The alias “*x” is not allowed. Write the value out.
    .github/corrigible.yml:3: The tag “tag:yaml.org,2002:str” is not allowed. Remove it.
    .github/corrigible.yml:4: The merge key “<<” is not allowed. Write the keys out.
    .github/corrigible.yml:5: The key “__proto__” is not allowed. Choose another name.
    .github/corrigible.yml:6: A key has to be a plain text. Rename it."
  `);
  expect(read('a: 1\na: 2\nb: [1,\n')).toMatchInlineSnapshot(`
    ".github/corrigible.yml:2: The same key stands here twice. Remove one of them.
    .github/corrigible.yml:4: This is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]. Correct it. A value that holds : # { [ or quotes needs quotes around it."
  `);
  expect(read('version: 1\n---\nversion: 1\n')).toMatchInlineSnapshot(
    `".github/corrigible.yml:2: A second YAML document starts here. Remove the line “---” and what does not belong to this file."`,
  );
  expect(read(`a: ${'['.repeat(40_000)}${']'.repeat(40_000)}`)).toMatchInlineSnapshot(
    `".github/corrigible.yml:1: The values are nested too deeply. Write it flatter."`,
  );
  expect(read('a: *nobody\n')).toMatchInlineSnapshot(
    `".github/corrigible.yml:1: The alias “*nobody” is not allowed. Write the value out."`,
  );
  expect(read('')).toMatchInlineSnapshot(
    `".github/corrigible.yml:1: The file should be a group of keys, but is empty. Write a group of keys."`,
  );
  expect(read(`# ${'x'.repeat(100_000)}`)).toMatchInlineSnapshot(
    `".github/corrigible.yml:1: The file is larger than 100 kB. Make it smaller, or split it."`,
  );
});

const preparing = (lines: string): string => `${good}prepare:\n${lines.replace(/^/gm, '  ')}`;

test('dependencies are made without the network, in ten minutes, unless it says otherwise', () => {
  const lines = 'run: npm ci\ninputs: [package.json, package-lock.json]\nmakes: [node_modules]\n';
  expect(parseConfiguration('c.yml', preparing(lines))).toMatchObject({
    configuration: { prepare: { run: 'npm ci', makes: ['node_modules'], timeout: 600, network: false } },
  });
});

test('what is made lies in folders of their own, and never where git or GitHub look', () => {
  const lines =
    'run: npm ci\ninputs: []\nmakes: [a/b, .github/x, sub/.git, a, ../x, a*]\ntimeout: 4000\nnetwork: some\n';
  expect(read(preparing(lines))).toMatchInlineSnapshot(`
    ".github/corrigible.yml:20: “inputs” is empty. Fill it in.
    .github/corrigible.yml:21: “makes” is not right: a folder that is made is an ordinary one, outside of .git and .github. Correct it.
    .github/corrigible.yml:21: “makes” is not right: a folder that is made is an ordinary one, outside of .git and .github. Correct it.
    .github/corrigible.yml:21: “makes” is not right: must stay inside the repository. Correct it.
    .github/corrigible.yml:21: “makes” is not right: this is one path, so it may not hold * or ?. Correct it.
    .github/corrigible.yml:21: “makes” is not right: no folder that is made may be another one, or lie in it. Correct it.
    .github/corrigible.yml:22: “timeout” is too large. The largest is 3600.
    .github/corrigible.yml:23: “network” should be true or false, but is a text. Write true or false."
  `);
});

test.each([
  ['junit', 'out/TEST-*.xml', null],
  ['junit', 'TEST-*.xml', null],
  ['junit', 'out/*/TEST.xml', 'may not hold'],
  ['junit', 'out/**', 'may not hold'],
  ['tap', 'out/*.tap', 'only a junit report may consist of many files'],
])('a %s report in %s', (format, file, problem) => {
  const report = `\n    report: { run: make test, file: "${file}", format: ${format}, oracle: [test/**] }`;
  const text = good.replace('\n    timeout: 10', report);
  if (problem === null) expect('configuration' in parseConfiguration('c.yml', text)).toBe(true);
  else expect(read(text)).toContain(problem);
});
