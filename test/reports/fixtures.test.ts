import { describe, expect, test } from 'vitest';
import type { ReportFormat } from '../../src/domain/reports/report.ts';
import { fixture, fixtures, readText, told } from './support/fixtures.ts';

const reads = (format: ReportFormat, name: string) => told(readText(format, fixture(format, name)));

describe('JUnit XML', () => {
  test('node-green.xml', () => {
    expect(reads('junit', 'node-green.xml')).toMatchInlineSnapshot(`
      "pass green.test.mjs > test > adds
      pass green.test.mjs > test > takes away
      pass green.test.mjs > outer > holds
      pass green.test.mjs > outer > inner > odd &quot;<&>' #1 \\ ünï 日本 🙂
      pass green.test.mjs > outer > inner > holds as well"
    `);
  });

  test('node-hook.xml', () => {
    expect(reads('junit', 'node-hook.xml')).toMatchInlineSnapshot(`"pass hook.test.mjs > outer > holds"`);
  });

  test('node-mixed.xml', () => {
    expect(reads('junit', 'node-mixed.xml')).toMatchInlineSnapshot(`
      "pass mixed.test.mjs > test > adds
      fail mixed.test.mjs > test > adds wrongly
      fail mixed.test.mjs > test > cannot run
      skip mixed.test.mjs > test > left out
      skip mixed.test.mjs > test > still to do
      pass mixed.test.mjs > outer > holds
      pass mixed.test.mjs > outer > inner > odd &quot;<&>' #1 \\ ünï 日本 🙂
      fail mixed.test.mjs > outer > inner > breaks"
    `);
  });

  test('pytest-broken.xml', () => {
    expect(reads('junit', 'pytest-broken.xml')).toMatchInlineSnapshot(`"error pytest > test_broken"`);
  });

  test('pytest-green.xml', () => {
    expect(reads('junit', 'pytest-green.xml')).toMatchInlineSnapshot(`
      "pass pytest > test_green > test_adds
      pass pytest > test_green.TestOuter > test_holds
      pass pytest > test_green.TestOuter.TestInner > test_odd[odd "<&>' #1 \\\\ \\xfcn\\xef \\u65e5\\u672c \\U0001f642]
      pass pytest > test_green.TestOuter.TestInner > test_odd[plain]"
    `);
  });

  test('pytest-mixed.xml', () => {
    expect(reads('junit', 'pytest-mixed.xml')).toMatchInlineSnapshot(`
      "pass pytest > test_mixed > test_adds
      fail pytest > test_mixed > test_adds_wrongly
      error pytest > test_mixed > test_cannot_run
      skip pytest > test_mixed > test_left_out
      skip pytest > test_mixed > test_still_to_do
      pass pytest > test_mixed.TestOuter > test_holds
      pass pytest > test_mixed.TestOuter.TestInner > test_odd[odd "<&>' #1 \\\\ \\xfcn\\xef \\u65e5\\u672c \\U0001f642]
      pass pytest > test_mixed.TestOuter.TestInner > test_odd[\\x01]
      fail pytest > test_mixed.TestOuter.TestInner > test_breaks"
    `);
  });

  test('pytest-teardown.xml', () => {
    expect(reads('junit', 'pytest-teardown.xml')).toMatchInlineSnapshot(
      `"The totals of the suite “pytest” do not agree with its cases. The report is not whole: run the suite again."`,
    );
  });

  test('surefire-empty.xml', () => {
    expect(reads('junit', 'surefire-empty.xml')).toMatchInlineSnapshot(
      `"The report holds no case. Check that the suite’s command finds its cases."`,
    );
  });

  test('surefire-green.xml', () => {
    expect(reads('junit', 'surefire-green.xml')).toMatchInlineSnapshot(`
      "pass shop.GreenTest > odd(String)[1]
      pass shop.GreenTest > odd(String)[2]
      pass shop.GreenTest > adds
      pass shop.GreenTest > takesAway"
    `);
  });

  test('surefire-mixed.xml', () => {
    expect(reads('junit', 'surefire-mixed.xml')).toMatchInlineSnapshot(`
      "fail shop.MixedTest > sometimes
      pass shop.MixedTest > odd(String)[1]
      pass shop.MixedTest > odd(String)[2]
      pass shop.MixedTest > adds
      skip shop.MixedTest > leftOut
      fail shop.MixedTest > addsWrongly
      error shop.MixedTest > cannotRun"
    `);
  });

  test('surefire-nested.xml', () => {
    expect(reads('junit', 'surefire-nested.xml')).toMatchInlineSnapshot(`
      "pass shop.NestedTest$Inner > shop.NestedTest > adds
      fail shop.NestedTest$Inner > breaks
      pass shop.NestedTest$Inner > holds"
    `);
  });

  test('surefire-rerun.xml', () => {
    expect(reads('junit', 'surefire-rerun.xml')).toMatchInlineSnapshot(
      `"The totals of the suite “shop.MixedTest” do not agree with its cases. The report is not whole: run the suite again."`,
    );
  });

  test('vitest-broken.xml', () => {
    expect(reads('junit', 'vitest-broken.xml')).toMatchInlineSnapshot(`"fail broken.test.ts > broken.test.ts"`);
  });

  test('vitest-green.xml', () => {
    expect(reads('junit', 'vitest-green.xml')).toMatchInlineSnapshot(`
      "pass green.test.ts > adds
      pass green.test.ts > takes away
      pass green.test.ts > outer > holds
      pass green.test.ts > outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      pass green.test.ts > outer > inner > holds as well"
    `);
  });

  test('vitest-hook.xml', () => {
    expect(reads('junit', 'vitest-hook.xml')).toMatchInlineSnapshot(`
      "pass hook.test.ts > holds
      fail hook.test.ts > hook.test.ts"
    `);
  });

  test('vitest-mixed.xml', () => {
    expect(reads('junit', 'vitest-mixed.xml')).toMatchInlineSnapshot(`
      "pass mixed.test.ts > adds
      fail mixed.test.ts > adds wrongly
      fail mixed.test.ts > cannot run
      skip mixed.test.ts > left out
      skip mixed.test.ts > still to do
      pass mixed.test.ts > outer > holds
      pass mixed.test.ts > outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      fail mixed.test.ts > outer > inner > breaks"
    `);
  });
});

describe('Vitest JSON', () => {
  test('broken.report', () => {
    expect(reads('vitest', 'broken.report')).toMatchInlineSnapshot(
      `"The suite “broken.test.ts” of the report failed as a whole: Cannot find module './nowhere.ts' imported from /work/broken.test.ts. Correct it, so that its cases can tell."`,
    );
  });

  test('green.report', () => {
    expect(reads('vitest', 'green.report')).toMatchInlineSnapshot(`
      "pass green.test.ts > adds
      pass green.test.ts > takes away
      pass green.test.ts > outer > holds
      pass green.test.ts > outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      pass green.test.ts > outer > inner > holds as well"
    `);
  });

  test('hook.report', () => {
    expect(reads('vitest', 'hook.report')).toMatchInlineSnapshot(
      `"The suite “hook.test.ts” of the report failed as a whole: cannot tidy up. Correct it, so that its cases can tell."`,
    );
  });

  test('hook-beside-red.report', () => {
    expect(reads('vitest', 'hook-beside-red.report')).toMatchInlineSnapshot(
      `"The suite “after.test.js” of the report failed as a whole: the pool leaked: 3 orders were lost. Correct it, so that its cases can tell."`,
    );
  });

  test('retry.report', () => {
    expect(reads('vitest', 'retry.report')).toMatchInlineSnapshot(`"fail retry.test.js > flaky"`);
  });

  test('mixed.report', () => {
    expect(reads('vitest', 'mixed.report')).toMatchInlineSnapshot(`
      "pass mixed.test.ts > adds
      fail mixed.test.ts > adds wrongly
      fail mixed.test.ts > cannot run
      skip mixed.test.ts > left out
      skip mixed.test.ts > still to do
      pass mixed.test.ts > outer > holds
      pass mixed.test.ts > outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      fail mixed.test.ts > outer > inner > breaks"
    `);
  });
});

describe('Jest JSON', () => {
  test('broken.report', () => {
    expect(reads('jest', 'broken.report')).toMatchInlineSnapshot(
      `"The suite “broken.test.js” of the report failed as a whole: ● Test suite failed to run Cannot find module './nowhere.js' from 'broken.test.js' > 1 | require('./nowhere.js'); test('never runs', () => {}); | ^ 2 | at Resolver._throwModNotFoundError (node_module. Correct it, so that its cases can tell."`,
    );
  });

  test('green.report', () => {
    expect(reads('jest', 'green.report')).toMatchInlineSnapshot(`
      "pass green.test.js > adds
      pass green.test.js > takes away
      pass green.test.js > outer > holds
      pass green.test.js > outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      pass green.test.js > outer > inner > holds as well"
    `);
  });

  test('hook.report', () => {
    expect(reads('jest', 'hook.report')).toMatchInlineSnapshot(
      `"The suite “hook.test.js” of the report failed as a whole: ● Test suite failed to run cannot tidy up 1 | 2 | test('holds', () => {}); > 3 | afterAll(() => { throw new Error('cannot tidy up'); }); | ^ 4 | at Object. (hook.test.js:3:24). Correct it, so that its cases can tell."`,
    );
  });

  test('mixed.report', () => {
    expect(reads('jest', 'mixed.report')).toMatchInlineSnapshot(`
      "pass mixed.test.js > adds
      fail mixed.test.js > adds wrongly
      fail mixed.test.js > cannot run
      skip mixed.test.js > left out
      skip mixed.test.js > still to do
      pass mixed.test.js > outer > holds
      pass mixed.test.js > outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      fail mixed.test.js > outer > inner > breaks"
    `);
  });
});

describe('TAP', () => {
  test('node-green.tap', () => {
    expect(reads('tap', 'node-green.tap')).toMatchInlineSnapshot(`
      "pass adds
      pass takes away
      pass outer > holds
      pass outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      pass outer > inner > holds as well"
    `);
  });

  test('node-hook.tap', () => {
    expect(reads('tap', 'node-hook.tap')).toMatchInlineSnapshot(
      `"The suite “outer” of the report failed as a whole: cannot tidy up. Correct it, so that its cases can tell."`,
    );
  });

  test('node-mixed.tap', () => {
    expect(reads('tap', 'node-mixed.tap')).toMatchInlineSnapshot(`
      "pass adds
      fail adds wrongly
      fail cannot run
      skip left out
      skip still to do
      pass outer > holds
      pass outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      fail outer > inner > breaks"
    `);
  });

  test('tap-green.tap', () => {
    expect(reads('tap', 'tap-green.tap')).toMatchInlineSnapshot(`
      "pass adds
      pass takes away
      pass outer > holds
      pass outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      pass outer > inner > holds as well"
    `);
  });

  test('tap-mixed.tap', () => {
    expect(reads('tap', 'tap-mixed.tap')).toMatchInlineSnapshot(`
      "pass adds
      fail adds wrongly
      skip left out
      skip still to do
      fail cannot run > no such thing
      pass outer > holds
      pass outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      fail outer > inner > breaks
      skip left out as a whole"
    `);
  });

  test('node-hook-beside-red.tap', () => {
    expect(reads('tap', 'node-hook-beside-red.tap')).toMatchInlineSnapshot(
      `"The suite “outer” of the report failed as a whole: three orders were lost. Correct it, so that its cases can tell."`,
    );
  });

  test('vitest-green.tap', () => {
    expect(reads('tap', 'vitest-green.tap')).toMatchInlineSnapshot(`
      "pass green.test.ts > adds
      pass green.test.ts > takes away
      pass green.test.ts > outer > holds
      pass green.test.ts > outer > inner > odd "<&>' #1 \\ ünï 日本 🙂
      pass green.test.ts > outer > inner > holds as well"
    `);
  });

  test('vitest-mixed.tap', () => {
    expect(reads('tap', 'vitest-mixed.tap')).toMatchInlineSnapshot(
      `"The report holds a line that is not TAP: --- error: name: "AssertionError" message: "expected { a: [ 1, 2 ] } to deeply equal { a: [ 1, 3 ] }" at: "/work/mixed.test.ts:12:46" actual: "{ expected: "{ . Let nothing else print where the report goes."`,
    );
  });
});

describe('promptfoo JSON', () => {
  test('green.report', () => {
    expect(reads('promptfoo', 'green.report')).toMatchInlineSnapshot(`
      "pass holds > shouter > prompt 1 #79b4c8c1eb = 1
      pass odd "<&>' #1 \\ ünï 日本 🙂 > shouter > prompt 1 #904b945f4e = 1
      pass {"word":"plain"} > shouter > prompt 1 #49bd951779 = 1"
    `);
  });

  test('mixed.report', () => {
    expect(reads('promptfoo', 'mixed.report')).toMatchInlineSnapshot(`
      "pass holds > shouter > prompt 1 #79b4c8c1eb = 1
      pass holds > shouter > prompt 2 #79b4c8c1eb = 1
      pass odd "<&>' #1 \\ ünï 日本 🙂 > shouter > prompt 1 #c40439b50a = 1
      pass odd "<&>' #1 \\ ünï 日本 🙂 > shouter > prompt 2 #c40439b50a = 1
      fail {"word":"quiet"} > shouter > prompt 1 #413a28bdad = 0.5
      fail {"word":"quiet"} > shouter > prompt 2 #413a28bdad = 0.5
      error cannot run > shouter > prompt 1 #a269d9b401
      error cannot run > shouter > prompt 2 #a269d9b401"
    `);
  });

  test('repeat.report', () => {
    expect(reads('promptfoo', 'repeat.report')).toMatchInlineSnapshot(`
      "pass holds > shouter > prompt 1 #79b4c8c1eb (1) = 1
      pass holds > shouter > prompt 1 #79b4c8c1eb (2) = 1
      pass odd "<&>' #1 \\ ünï 日本 🙂 > shouter > prompt 1 #904b945f4e (1) = 1
      pass odd "<&>' #1 \\ ünï 日本 🙂 > shouter > prompt 1 #904b945f4e (2) = 1
      pass {"word":"plain"} > shouter > prompt 1 #49bd951779 (1) = 1
      pass {"word":"plain"} > shouter > prompt 1 #49bd951779 (2) = 1"
    `);
  });

  test('table-green.report', () => {
    expect(reads('promptfoo', 'table-green.report')).toMatchInlineSnapshot(`
      "pass holds > shouter > prompt 1 #79b4c8c1eb = 1
      pass odd "<&>' #1 \\ ünï 日本 🙂 > shouter > prompt 1 #904b945f4e = 1
      pass {"word":"plain"} > shouter > prompt 1 #49bd951779 = 1"
    `);
  });

  test('table-mixed.report', () => {
    expect(reads('promptfoo', 'table-mixed.report')).toMatchInlineSnapshot(`
      "pass holds > shouter > prompt 1 #79b4c8c1eb = 1
      pass holds > shouter > prompt 2 #79b4c8c1eb = 1
      pass odd "<&>' #1 \\ ünï 日本 🙂 > shouter > prompt 1 #c40439b50a = 1
      pass odd "<&>' #1 \\ ünï 日本 🙂 > shouter > prompt 2 #c40439b50a = 1
      fail {"word":"quiet"} > shouter > prompt 1 #413a28bdad = 0.5
      fail {"word":"quiet"} > shouter > prompt 2 #413a28bdad = 0.5
      error cannot run > shouter > prompt 1 #a269d9b401
      error cannot run > shouter > prompt 2 #a269d9b401"
    `);
  });
});

describe('Inspect JSON', () => {
  test('green.report', () => {
    expect(reads('inspect', 'green.report')).toMatchInlineSnapshot(`
      "pass refund = 1
      pass odd "<&>' #1 \\ ünï 日本 🙂 = 1
      pass 7 = 1"
    `);
  });

  test('mixed.report', () => {
    expect(reads('inspect', 'mixed.report')).toMatchInlineSnapshot(`
      "pass refund (1) = 1
      fail refund (2) = 0.25
      fail invoice (1) = 0
      pass invoice (2) = 1
      fail partly (1) = 0.5
      error partly (2)
      error broken (1)
      fail broken (2) = 0"
    `);
  });
});

describe('OpenAI evals JSONL', () => {
  test('early.jsonl', () => {
    expect(reads('openai-evals', 'early.jsonl')).toMatchInlineSnapshot(
      `"The line {"final_report"} is not the last one, so nobody can tell whether events are missing after it. Once “oaieval” ended well, let the suite’s command move that line to the end."`,
    );
  });

  test('green.jsonl', () => {
    expect(reads('openai-evals', 'green.jsonl')).toMatchInlineSnapshot(`
      "pass tickets.dev.0
      pass tickets.dev.1
      pass odd "<&>' #1 \\ ünï 日本 🙂"
    `);
  });

  test('mixed.jsonl', () => {
    expect(reads('openai-evals', 'mixed.jsonl')).toMatchInlineSnapshot(`
      "pass tickets.dev.0
      fail tickets.dev.1
      error tickets.dev.2
      error tickets.dev.3"
    `);
  });
});

describe('our JSONL', () => {
  test('green.jsonl', () => {
    expect(reads('jsonl', 'green.jsonl')).toMatchInlineSnapshot(`
      "pass refund
      pass odd "<&>' #1 \\ ünï 日本 🙂 = 1
      pass invoice (1)
      pass invoice (2)"
    `);
  });

  test('mixed.jsonl', () => {
    expect(reads('jsonl', 'mixed.jsonl')).toMatchInlineSnapshot(`
      "pass refund
      fail invoice = 0.25
      error broken
      skip later
      pass sometimes (1)
      fail sometimes (2)"
    `);
  });
});

test('a red, an errored and a skipped case says why, in one short line', () => {
  const silent = fixtures.flatMap(({ format, name, read }) =>
    'problem' in read
      ? []
      : read.cases
          .filter(({ outcome, because }) =>
            outcome === 'pass' ? because !== '' : !/^[^\n\u001b]{1,300}$/.test(because),
          )
          .map(({ id }) => `${format}/${name} ${id}`),
  );
  expect(silent).toEqual([]);
});

test('no fixture names the machine that it was made on', () => {
  const telling = fixtures.filter(
    ({ text }) => /\/(?:tmp|root|home|Users)\//.test(text) || /hostname="(?!host")/.test(text),
  );
  expect(telling.map(({ format, name }) => `${format}/${name}`)).toEqual([]);
});
