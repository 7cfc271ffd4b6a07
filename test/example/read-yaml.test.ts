import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readYaml } from '../../examples/support-pipeline/src/read-yaml.ts';
import { exampleFiles, fileOf, rulesOf } from './example.ts';

const files = exampleFiles();
const plan = fileOf(files, 'config/plan.yml');

test.for([
  plan,
  "a: 1\nb: [x, \"y, z\", 'it''s']\n",
  'list:\n- a: 1\n  b:\n    - c\n- d: { e: { f: [] }, g: -2.5 }\n',
  '# only words\nkey.with-dots: some words here # a remark\nflag: true\n',
  'text: "a # in quotes, a \\"quote\\" and a\\nline"\n',
  '- one\n- two\n',
])('what it takes, it reads as a full YAML reader does (%#)', (text) => {
  expect(readYaml(text)).toEqual(parse(text));
});

test.for([
  ['a: &x 1', 'line 1: “&x 1” is not a plain word, number or quoted text'],
  ['a: 1\nb: *x', 'line 2: “*x” is not a plain word, number or quoted text'],
  ['a: !!int 1', 'line 1: “!!int 1” is not a plain word, number or quoted text'],
  ['a: |\n  text', 'line 1: “|” is not a plain word, number or quoted text'],
  ['a: yes', 'line 1: “yes” is not a plain word, number or quoted text'],
  ['a: b: c', 'line 1: “b: c” is not a plain word, number or quoted text'],
  ['a: 1\na: 2', 'line 2: “a” stands here twice'],
  ['a: { b: 1, b: 2 }', 'line 1: “b” stands here twice'],
  ['a: [b', 'line 1: something is missing between brackets or commas'],
  ['a: [b] c', 'line 1: something stands after the closing bracket'],
  ['a:\n\tb: 1', 'line 2: a tab; indent with spaces'],
  ['a:\n  b: 1\n c: 2', 'line 3: this line is not indented as the lines around it'],
  ['a:\nb: 1', 'line 1: nothing stands under this key'],
  ['---\na: 1', 'line 1: “---” is not “key: value”'],
  ['__proto__: 1', 'line 1: “__proto__: 1” is not “key: value”'],
  ['', 'line 1: the file is empty'],
] as const)('everything else is refused with its line: %j', ([text, why]) => {
  expect(() => readYaml(text)).toThrow(new Error(why));
});

test('a rule that names what is not there is refused with its file', () => {
  const broken = { ...files, 'config/plan.yml': plan.replace('reply: charge-check', 'reply: charge-chek') };
  expect(() => rulesOf(broken)).toThrow(
    'config/plan.yml: billing.double-charge, branch 1 names the unknown reply charge-chek',
  );
});
