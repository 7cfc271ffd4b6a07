import { expect, test } from 'vitest';
import { parseCaseFile } from '../../src/domain/parse-case-file.ts';
import { problemLines } from './support/problem-lines.ts';

const read = (file: string, text: string) => problemLines(parseCaseFile(file, text, 'plan'));

test('cases come with their step, from YAML and from JSON', () => {
  const yaml = 'cases:\n  - name: one\n    input: { text: hi }\n    expect:\n      - { path: /a, op: present }\n';
  const json = '{"cases":[{"name":"one","input":{"text":"hi"},"expect":[{"path":"/a","op":"present"}]}]}';
  const one = { name: 'one', step: 'plan', input: { text: 'hi' }, expect: [{ path: '/a', op: 'present' }] };
  const at = (path: string, line: number) => ({ cases: [{ ...one, at: { path, line } }] });
  expect(parseCaseFile('evals/plan.yml', yaml, 'plan')).toEqual(at('evals/plan.yml', 2));
  expect(parseCaseFile('evals/plan.json', json, 'plan')).toEqual(at('evals/plan.json', 1));
});

test('mistakes of the cases have the line of the case', () => {
  const text = `cases:
  - name: same
    input: 1
    expect:
      - { path: /a, op: eq }
      - { path: /a, op: matches, value: '(' }
  - name: same
    input: 2
    expect:
      - { path: /a, op: eq, value: 1 }
`;
  expect(read('evals/plan.yml', text)).toMatchInlineSnapshot(`
    "evals/plan.yml:5: This expectation can never hold: “eq” needs a value. Correct it.
    evals/plan.yml:6: This expectation can never hold: the pattern is not one that RE2 takes: missing closing ): \`(\`. Correct it.
    evals/plan.yml:7: Two cases have the name “same”. Rename one of them."
  `);
  expect(
    read('evals/plan.yml', 'cases:\n  - name: x\n    input: .nan\n    expects: []\n    expect: []\n'),
  ).toMatchInlineSnapshot(`
    "evals/plan.yml:3: “input” is not right: it holds a value that JSON does not have. Correct it.
    evals/plan.yml:4: The key “expects” is not known here. Remove it. Known here: “name”, “input”, “expect”.
    evals/plan.yml:5: “expect” is empty. Fill it in."
  `);
});

test('a file that is no suite says why', () => {
  expect(read('evals/plan.yml', 'cases: []\n')).toMatchInlineSnapshot(
    `"evals/plan.yml:1: There is no case in this file. Add one under “cases”, or remove the file."`,
  );
  expect(read('evals/plan.json', '{"cases": [\n],}')).toMatchInlineSnapshot(
    `"evals/plan.json:2: This is not valid JSON: Expected double-quoted property name. Correct it."`,
  );
  expect(read('evals/plan.json', '{"cases": [')).toMatchInlineSnapshot(
    `"evals/plan.json:1: This is not valid JSON: Unexpected end of JSON input. Correct it."`,
  );
  expect(read('evals/plan.json', '{"cases": [],\n"cases": []}')).toMatchInlineSnapshot(
    `"evals/plan.json:2: The same key stands here twice. Remove one of them."`,
  );
  expect(read('evals/plan.txt', 'cases: []')).toMatchInlineSnapshot(
    `"evals/plan.txt:1: The file is neither YAML nor JSON. Name it .yml, .yaml or .json."`,
  );
});

const texts = (): readonly string[] => {
  const one = (name: unknown, input: unknown) => ({ name, input, expect: [{ path: '/a', op: 'eq', value: input }] });
  const odd = ['', 'a: b', '# no', '"quoted"', '\\', '\u2028 😀 \u0007', '- x', '{', '<<', 'null', 'yes', '1e3'];
  const whole = {
    cases: odd.map((text, n) => one(`${n} ${text}`, { text, cases: [[{ cases: [text] }], n, -0, 1e21, null] })),
  };
  const nested = Array.from({ length: 150 }).reduce<unknown>((inner) => [inner], 'deep');
  return [
    JSON.stringify(whole),
    JSON.stringify(whole, null, 2),
    JSON.stringify(whole, null, 1).replaceAll('\n', '\r\n'),
    `\n\n{\n"cases"\n:\n[\n${JSON.stringify(one('a', 1))}\n,\n\n${JSON.stringify(one('b', 1))}]}\n`,
    JSON.stringify({ cases: [one('a', nested)] }),
    JSON.stringify({ cases: [one('a', 1), one('a', 1)] }),
    JSON.stringify({ cases: [one('a', 1), one(2, 1)] }, null, 2),
    JSON.stringify({ cases: [], else: 1 }),
    '{"cases":[{"name":"a","input":{"__proto__":1},"expect":[{"path":"/a","op":"present"}]}]}',
    '{"cases":[{"name":"a","input":{"<<":{"b":1}},"expect":[{"path":"/a","op":"present"}]}]}',
    '{"cases":[{"name":"a","input":{"b":1,"\\u0062":1},"expect":[{"path":"/a","op":"present"}]}]}',
    '[]',
    '"cases"',
  ];
};

test.each(texts())('JSON comes to the same, mistakes and lines too, as the same text read as YAML: %#', (text) => {
  const [json, yaml] = ['json', 'yml'].map((kind) => parseCaseFile(`a.${kind}`, text, 'plan'));
  expect(JSON.stringify(json).replaceAll('a.json', 'a.yml')).toBe(JSON.stringify(yaml));
});

test('what is nested without end is told, in JSON as well', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const text = `{"cases":[{"name":"a","input":${deep},"expect":[{"path":"/a","op":"present"}]}]}`;
  expect(parseCaseFile('a.json', text, 'plan')).toHaveProperty('problems');
});
