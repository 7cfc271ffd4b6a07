import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bubblewrapSandbox } from '../../src/adapters/sandbox/bubblewrap-sandbox.ts';
import { sandboxedSuites } from '../../src/adapters/suites/sandboxed-suites.ts';
import type { ReportFormat } from '../../src/domain/reports/report.ts';
import type { Checkout } from '../../src/ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
chmodSync(folder, 0o711);
const sandbox = bubblewrapSandbox({ stateDir: join(folder, 'state'), firstUid: 64_000 });
const suites = sandboxedSuites(sandbox);
beforeAll(async () => expect(await sandbox.refusal()).toBeNull());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let trees = 0;
function checkoutOf(files: Readonly<Record<string, string>>): Checkout {
  const dir = join(folder, `tree-${trees++}`);
  mkdirSync(dir);
  chmodSync(dir, 0o755);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    chmodSync(dirname(join(dir, path)), 0o755);
    writeFileSync(join(dir, path), text);
    chmodSync(join(dir, path), 0o644);
  }
  return { dir, gitDir: '', tree: '', dispose: async () => {} };
}

const GREEN = '{"id":"a","pass":true}\n{"end":1}\n';

/** What is reported by a command on these files. */
const reported = (
  run: string,
  { format = 'jsonl' as ReportFormat, file = 'out/report', timeout = 20, files = {} as Record<string, string> } = {},
) =>
  suites.report(checkoutOf({ 'README.md': 'x', ...files }), {
    run,
    file,
    format,
    timeout,
    oracle: ['test/**'],
    deterministic: true,
  });

const green = `mkdir -p out && printf '%s' '${GREEN}' > out/report`;

test('what a suite writes is read, and what it prints is not', async () => {
  expect(await reported(`echo '{"id":"b","pass":false}'; ${green}`)).toEqual({
    cases: [{ id: 'a', outcome: 'pass', because: '' }],
  });
});

test('Node’s own test runner is read as TAP and as JUnit XML', async () => {
  const files = {
    'test/sum.test.mjs': `import test from 'node:test'; import assert from 'node:assert';
test('sums', () => assert.equal(1 + 1, 2)); test('lies', () => assert.equal(1 + 1, 3)); test.skip('later', () => {});`,
  };
  for (const format of ['tap', 'junit'] as const) {
    const run = `node --test --test-reporter=${format} --test-reporter-destination=report test/`;
    const read = await reported(run.replace('test/', 'test/*.mjs'), { format, file: 'report', files });
    const outcomes = 'cases' in read ? read.cases.map(({ id, outcome }) => [id.split(' > ').at(-1), outcome]) : read;
    expect(outcomes, format).toEqual(
      expect.arrayContaining([
        ['sums', 'pass'],
        ['lies', 'fail'],
        ['later', 'skip'],
      ]),
    );
  }
});

const junit = (suite: string, outcome = '') =>
  `<testsuite name="${suite}"><testcase name="t">${outcome}</testcase></testsuite>`;
const many = { format: 'junit', file: 'out/TEST-*.xml' } as const;

test('a report of many files is read as one, by what the suite wrote this time', async () => {
  const write = (name: string, text: string) => `printf %s '${text}' > 'out/${name}'`;
  const files = { 'out/TEST-old.xml': junit('old'), 'out/other.xml': 'kept' };
  const run = [
    'mkdir -p out',
    write('TEST-b c.xml', junit('b', '<failure message="why"/>')),
    write('TEST-a.xml', junit('a')),
    write('TEST-none.xml', '<testsuite name="none" tests="0"/>'),
    'ln -s other.xml out/TEST-link.xml',
    'grep -q kept out/other.xml',
  ].join(' && ');
  expect(await reported(run, { ...many, files })).toEqual({
    cases: [
      { id: 'a > t', outcome: 'pass', because: '' },
      { id: 'b > t', outcome: 'fail', because: 'why' },
    ],
  });
});

test.each([
  ['one of them is cut off', `printf '<testsuite><testcase name="x"/>' > out/TEST-c.xml`, /cut|closed|unclosed|end/i],
  ['a case stands in two', `cp out/TEST-a.xml out/TEST-c.xml`, /twice|more than once/i],
  ['there is none', 'rm out/TEST-a.xml', /no report|did not write|wrote no/i],
  ['one hides a mark of the end in itself', `printf '\\0' >> out/TEST-a.xml`, /./],
  ['their folder leads elsewhere', 'mv out real; ln -s real out; true', /no report|did not write|wrote no/i],
])('a report of many files is an error where %s', async (_, command, words) => {
  const run = `mkdir -p out && printf %s '${junit('a')}' > out/TEST-a.xml; ${command}`;
  expect(await reported(run, many)).toMatchObject({ problem: expect.stringMatching(words) });
});

const bad: readonly (readonly [name: string, run: string, words: RegExp, options?: Parameters<typeof reported>[1]])[] =
  [
    ['no report and exit code 0', 'true', /no report|did not write|wrote no/i],
    [
      'no report and a failing command',
      'echo "cannot find the module" >&2; exit 3',
      /exit code 3: cannot find the module/,
    ],
    ['a green report and a failing command', `${green}; exit 1`, /green|exit/i],
    ['a report that is cut off', 'mkdir out; printf \'{"id":"a","pass":true}\\n\' > out/report', /end|cut|whole/i],
    [
      'a report that stood in the repository',
      'true',
      /no report|did not write|wrote no/i,
      { files: { 'out/report': GREEN } },
    ],
    [
      'a link in its place',
      `mkdir out; printf '%s' '${GREEN}' > real; ln -s ../real out/report`,
      /no report|did not write|wrote no/i,
    ],
    ['a folder in its place', 'mkdir -p out/report', /no report|did not write|wrote no/i],
    ['bytes that are not UTF-8', "mkdir out; printf '\\377\\376' > out/report", /UTF-8/],
    ['a suite that hangs', `${green}; sleep 60`, /too long|time/i, { timeout: 1 }],
    ['a suite that prints without end', 'yes', /too much/],
    [
      'a report that names a case twice',
      `mkdir out; printf '{"id":"a","pass":true}\\n{"id":"a","pass":true}\\n{"end":2}\\n' > out/report`,
      /the case “a” twice/,
    ],
    [
      'a suite that forks without end',
      `${green}; i=0; while [ $i -lt 2000 ]; do sleep 30 & i=$((i+1)); done; wait`,
      /ended with exit code \d+, but no case/,
    ],
    [
      'a suite that fills the disk',
      `${green}; for i in 1 2 3 4 5 6 7 8 9 10; do fallocate -l 500M big$i; done; sleep 60`,
      /the disk filled up/,
    ],
    [
      'a suite that fills the memory',
      `${green}; for f in /tmp/a /tmp/b ~/a ~/b /dev/shm/a; do fallocate -l 500M $f; done; sleep 60`,
      /too much memory/,
    ],
    ['a report without end', 'mkdir out; head -c 40000000 /dev/zero > out/report', /larger than what is read/],
  ];
for (const [name, run, words, options] of bad)
  test(`${name} is never a pass`, async () => {
    expect(await reported(run, options)).toEqual({ problem: expect.stringMatching(words) });
  });

test('what one run writes is gone for the next, which has a tree of its own', async () => {
  expect(await reported(`${green}; echo leak > out/leak; test ! -e /tmp/leak && echo leak > /tmp/leak`)).toHaveProperty(
    'cases',
  );
  expect(await reported(`test ! -e out/leak && test ! -e /tmp/leak && ${green}`)).toHaveProperty('cases');
});
