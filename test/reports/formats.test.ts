import { describe, expect, test } from 'vitest';
import type { ReportFormat } from '../../src/domain/reports/report.ts';
import { fixture, readText, told } from './support/fixtures.ts';

const reads = (format: ReportFormat, text: string) => told(readText(format, text));

// biome-ignore lint/suspicious/noExplicitAny: tests take reports apart wherever they like.
type Loose = any;

/** A fixture of JSON with a change made to it. */
function changed(format: ReportFormat, name: string, change: (report: Loose) => void): string {
  const report = JSON.parse(fixture(format, name));
  change(report);
  return reads(format, JSON.stringify(report));
}

describe('JUnit XML', () => {
  const junit = (text: string) => reads('junit', text);
  const one = (inside: string, attributes = '') =>
    junit(`<testsuite name="s"><testcase name="a"${attributes}>${inside}</testcase></testsuite>`);

  test('the element or the word that says how a case went', () => {
    expect(one('')).toBe('pass s > a');
    expect(one('<failure/>')).toBe('fail s > a');
    expect(one('<error message="no"/>')).toBe('error s > a');
    expect(one('<skipped/>')).toBe('skip s > a');
    expect(one('<skipped/><failure/>')).toBe('skip s > a');
    expect(one('<failure/><rerunFailure/>')).toBe('fail s > a');
    expect(one('<flakyFailure/>')).toBe('fail s > a');
    expect(one('<system-out><![CDATA[<failure/>]]></system-out>')).toBe('pass s > a');
    expect(one('', ' status="notrun"')).toBe('skip s > a');
    expect(one('', ' status="run" result="suppressed"')).toBe('skip s > a');
    expect(one('', ' status="failed"')).toBe('fail s > a');
    expect(one('', ' success="false"')).toBe('fail s > a');
    expect(one('', ' success="true" outcome="failed"')).toBe('fail s > a');
    expect(one('', ' success="true"')).toBe('pass s > a');
    expect(one('', ' status="constructor"')).toMatchInlineSnapshot(
      `"The report gives “s > a” the status “constructor”, which is not known here. Use a version of the tool that the documentation names."`,
    );
    expect(one('<warning/>')).toMatchInlineSnapshot(
      `"The report gives “s > a” the status “warning”, which is not known here. Use a version of the tool that the documentation names."`,
    );
  });

  test('a suite that failed as a whole is a problem', () => {
    const broken = (element: string) => junit(`<testsuite name="s">${element}<testcase name="a"/></testsuite>`);
    expect(broken('<error message="no database @all"/>')).toMatchInlineSnapshot(
      `"The suite “s” of the report failed as a whole: no database @⁠all. Correct it, so that its cases can tell."`,
    );
    expect(broken('<failure>no</failure>')).toContain('failed as a whole: no');
    expect(broken('<properties><property name="error" value="x"/></properties>')).toBe('pass s > a');
  });

  test('totals have to agree with the cases by one way of counting', () => {
    const nested = (totals: string) =>
      junit(`<testsuites><testsuite name="s" ${totals}><testcase name="a"/><testsuite name="t" tests="2" failures="1">
        <testcase name="b"/><testcase name="c"><failure/></testcase></testsuite></testsuite></testsuites>`);
    const whole = 'pass s > a\npass s > t > b\nfail s > t > c';
    expect(nested('')).toBe(whole);
    expect(nested('tests="3" failures="1" errors="0" skipped="0"')).toBe(whole);
    expect(nested('tests="1" failures="0"')).toBe(whole);
    expect(nested('tests="2" failures="1"')).toBe(whole);
    expect(nested('tests="3" failures="0"')).toMatchInlineSnapshot(
      `"The totals of the suite “s” do not agree with its cases. The report is not whole: run the suite again."`,
    );
    expect(nested('tests="3" errors="1"')).toContain('do not agree');
    expect(nested('tests="many"')).toMatchInlineSnapshot(
      `"The total “tests” of the report is not a number. It is not whole: run the suite again."`,
    );
    const counted = fixture('junit', 'node-mixed.xml').replace('<!-- pass 3 -->', '<!-- pass 4 -->');
    expect(junit(counted)).toMatchInlineSnapshot(
      `"The report says “pass” is 4, but its cases come to 3. It is not whole: run the suite again."`,
    );
  });

  test('what is not plain, whole XML is refused', () => {
    const good = '<testsuite><testcase name="a"/></testsuite>';
    expect(junit(`\ufeff<?xml version="1.0" encoding="utf-8"?>${good}`)).toBe('pass a');
    expect(junit(`<!DOCTYPE testsuite [<!ENTITY a "a">]>${good}`)).toMatchInlineSnapshot(
      `"The report declares a document type, which is not read. Let the tool write plain JUnit XML."`,
    );
    expect(junit(`<?xml version="1.0" encoding="latin1"?>${good}`)).toMatchInlineSnapshot(
      `"The report says that it is “latin1”. Let the suite write it as UTF-8."`,
    );
    expect(junit('<testsuite><testcase name="&a;"/></testsuite>')).toMatchInlineSnapshot(
      `"The report is not whole XML: undefined entity. Run the suite again."`,
    );
    expect(junit('<testsuite><testcase name="a" name="b"/></testsuite>')).toContain('not whole XML');
    expect(junit(`${good}${good}`)).toContain('not whole XML');
    expect(junit('<html/>')).toMatchInlineSnapshot(
      `"The report begins with the element “html”, not with testsuites or testsuite. Check the format that the configuration names."`,
    );
    expect(junit(`<testsuites>${'<testsuite>'.repeat(100)}`)).toMatchInlineSnapshot(
      `"The elements of the report are nested too deeply. Write it flatter."`,
    );
    expect(junit('<testsuite><x><testcase name="a"/></x><testcase name="b"/></testsuite>')).toMatchInlineSnapshot(
      `"The element “x” stands where JUnit XML has none. Let the tool write plain JUnit XML."`,
    );
    expect(junit('<testsuite><testcase name="a"><testcase name="b"/></testcase></testsuite>')).toContain('testcase');
    expect(junit('<testsuite/>')).toContain('no case');
    expect(junit('<testsuite><testcase classname="a"/></testsuite>')).toContain('no name');
  });

  test('an element that is not known where cases are expected is refused, whatever stands beside it', () => {
    const beside = (element: string) =>
      junit(`<testsuites><testsuite name="a"><testcase name="x"/>${element}</testsuite></testsuites>`);
    expect(beside('<test-case name="y" result="Failed"/>')).toMatchInlineSnapshot(
      `"The element “test-case” stands where JUnit XML has none. Let the tool write plain JUnit XML."`,
    );
    for (const name of ['skipped', 'TestCase', 'warning', 'group', 'testsuites'])
      expect(beside(`<${name}/>`)).toContain(`“${name}”`);
    for (const name of ['properties', 'system-out', 'system-err', 'attachments'])
      expect(beside(`<${name}>x</${name}>`)).toBe('pass a > x');
    expect(junit('<testsuites><testsuite><testcase name="x"/></testsuite><assembly/></testsuites>')).toContain(
      '“assembly”',
    );
  });

  test('ids hold file, suites, class and name, each once', () => {
    const text = `<testsuites name="all"><testsuite name="pkg"><testsuite name="pkg.Class">
      <testcase file="/work/test/a.js" classname="pkg.Class" name="a"/><testcase classname="Other" name="a"/>
      <testcase classname="pkg.pkg.Class" name="b"/></testsuite></testsuite></testsuites>`;
    expect(junit(text)).toBe(
      'pass test/a.js > pkg > pkg.Class > a\npass pkg > pkg.Class > Other > a\npass pkg > pkg.Class > b',
    );
    expect(junit('<testsuite><testcase name="a"/><testcase name="a"/></testsuite>')).toContain('the case “a” twice');
  });
});

describe.each(['vitest', 'jest'] as const)('%s', (format) => {
  const bad = (change: (report: Loose) => void) => changed(format, 'green.report', change);
  const file = (report: Loose) => report.testResults[0];

  test('totals, files and the whole may not contradict each other', () => {
    expect(bad(() => {})).toContain('pass ');
    expect(bad((report) => report.numPassedTests++)).toContain('“numPassedTests” is 6, but its cases come to 5');
    expect(bad((report) => report.numTotalTests++)).toContain('numTotalTests');
    expect(bad((report) => Object.assign(report, { success: false }))).toContain('says that the run failed');
    expect(bad((report) => Object.assign(file(report), { status: 'failed' }))).toContain('failed as a whole');
    expect(bad((report) => Object.assign(file(report), { status: 'queued' }))).toContain('status “queued”');
    expect(bad((report) => Object.assign(file(report), { assertionResults: [] }))).toContain('holds no case');
    expect(bad((report) => Object.assign(file(report).assertionResults[0], { status: 'constructor' }))).toContain(
      'status “constructor”',
    );
    expect(bad((report) => delete report.numTodoTests)).toContain('“numTodoTests” is missing');
    expect(bad((report) => report.testResults.push(file(report)))).toContain('numPassedTests');
    const mixed = (change: (report: Loose) => void) => changed(format, 'mixed.report', change);
    expect(mixed((report) => Object.assign(report, { success: true }))).toContain('says that the run succeeded');
    expect(mixed((report) => Object.assign(file(report), { status: 'passed' }))).toContain('is red');
  });
});

test('Jest: an interrupted run, a file that errs and a case that passed at the second try are not good', () => {
  const bad = (change: (report: Loose) => void) => changed('jest', 'green.report', change);
  expect(bad((report) => Object.assign(report, { wasInterrupted: true }))).toContain('interrupted');
  expect(bad((report) => report.numRuntimeErrorTestSuites++)).toContain('numRuntimeErrorTestSuites');
  expect(bad((report) => report.numTotalTestSuites++)).toContain('numTotalTestSuites');
  const again = bad((report) => report.testResults[0].assertionResults[0].invocations++);
  expect(again).toContain('fail green.test.js > adds');
});

describe('TAP', () => {
  const tap = (...lines: readonly string[]) => reads('tap', ['TAP version 14', ...lines, ''].join('\n'));

  test('plans, directives and names', () => {
    expect(tap('1..2', 'ok 1 - a', 'not ok 2 - b')).toBe('pass a\nfail b');
    expect(tap('ok 1 - a # SKIP no', 'not ok 2 - b # TODO later', 'ok 3 - c # todo', '1..3')).toBe(
      'skip a\nskip b\nskip c',
    );
    expect(tap('ok', 'ok 2', '1..2')).toBe('pass 1\npass 2');
    expect(tap('ok 1 - a', 'ok 2 - a', '1..2')).toContain('“a” twice');
    expect(tap('1..0 # no tests')).toContain('no case');
    expect(reads('tap', 'TAP version 13\r\n1..1\r\nok 1 - a\r\n')).toBe('pass a');
  });

  test('subtests, told before or after, are named by what holds them', () => {
    const inner = ['    ok 1 - b', '    not ok 2 - c # TODO', '    1..2'];
    expect(tap('# Subtest: a', ...inner, 'ok 1 - a', '1..1')).toBe('pass a > b\nskip a > c');
    expect(tap('ok 1 - a {', ...inner, '}', '1..1')).toBe('pass a > b\nskip a > c');
    expect(tap('# Subtest: a', ...inner, 'not ok 1 - a # TODO', '1..1')).toBe('skip a > b\nskip a > c');
    expect(tap('# Subtest: a', '    1..0', 'ok 1 - a', '1..1')).toBe('skip a');
    expect(tap('# Subtest: a', ...inner, 'not ok 1 - a', '1..1')).toMatchInlineSnapshot(
      `"The suite “a” of the report failed as a whole. Correct it, so that its cases can tell."`,
    );
    expect(tap('# Subtest: a', '    not ok 1 - b', '    1..1', 'ok 1 - a', '1..1')).toMatchInlineSnapshot(
      `"The report calls “a” good, but a case inside it is red. Run the suite again."`,
    );
    expect(tap('# Subtest: a', ...inner, '1..0')).toContain('its own');
  });

  test('what is not whole, strict TAP is refused', () => {
    expect(reads('tap', '1..1\nok 1\n')).toMatchInlineSnapshot(
      `"The report does not begin with “TAP version 13” or “TAP version 14”. Let the tool write one of these."`,
    );
    expect(reads('tap', 'TAP version 12\n1..1\nok 1\n')).toContain('TAP version 13');
    expect(tap('ok 1 - a')).toMatchInlineSnapshot(
      `"The report has no plan such as “1..3”. It is not whole: run the suite again."`,
    );
    expect(tap('1..2', 'ok 1 - a')).toMatchInlineSnapshot(
      `"The report says “1..n” is 2, but its cases come to 1. It is not whole: run the suite again."`,
    );
    expect(tap('1..2', 'not ok 1 - a')).toContain('“1..n” is 2');
    expect(tap('1..1', 'ok 1 - a', 'ok 2 - b')).toContain('not TAP');
    expect(tap('2..3', 'ok 2 - a', 'ok 3 - b')).toContain('no plan');
    expect(tap('1..2', 'ok 1 - a', 'ok 1 - b')).toContain('not TAP');
    expect(tap('1..1', '1..1', 'ok 1 - a')).toContain('not TAP');
    expect(tap('1..1', 'ok 1 - a', 'Bail out! no database')).toMatchInlineSnapshot(
      `"The suite gave up before its end: no database. Correct it and run it again."`,
    );
    expect(tap('# Subtest: a', '    ok 1 - b', '    Bail out!')).toContain('gave up');
    expect(tap('1..1', 'hello', 'ok 1 - a')).toMatchInlineSnapshot(
      `"The report holds a line that is not TAP: hello. Let nothing else print where the report goes."`,
    );
    expect(tap('pragma -strict', '1..1', 'hello', 'ok 1 - a')).toMatchInlineSnapshot(
      `"The report asks to be read less strictly. Remove its line “pragma”."`,
    );
    expect(tap('1..1', 'ok 1 - a', '  ---', '  x: 1')).toContain('not TAP');
    expect(reads('tap', 'TAP version 14\n1..1\nok 1 - a')).toMatchInlineSnapshot(
      `"The last line of the report is not whole. Run the suite again."`,
    );
    expect(tap('# Subtest: a', '    ok 1 - b', 'ok 1 - a', '1..1')).toMatchInlineSnapshot(
      `"The part “a” of the report has no plan such as “1..3”. It is not whole: run the suite again."`,
    );
    expect(tap(`${'    '.repeat(5_000)}ok 1`, '1..0')).toMatchInlineSnapshot(
      `"The parts of the report are nested too deeply. Write it flatter."`,
    );
  });
});

describe('promptfoo', () => {
  const bad = (change: (results: Loose) => void) =>
    changed('promptfoo', 'mixed.report', ({ results }) => change(results));

  test('what a result says of itself and the totals have to agree', () => {
    expect(bad(({ stats }) => stats.successes++)).toContain('“successes” is 5, but its cases come to 4');
    expect(bad(({ stats }) => Object.assign(stats, { failures: 4, errors: 0 }))).toContain('“failures” is 4');
    expect(bad(({ stats }) => stats.errors--)).toContain('“errors” is 1');
    expect(bad(({ results }) => Object.assign(results[0], { failureReason: 1 }))).toContain('both that it succeeded');
    expect(bad(({ results }) => Object.assign(results[4], { failureReason: 0 }))).toContain('both that it succeeded');
    expect(bad(({ results }) => Object.assign(results[4], { failureReason: 3 }))).toContain('failureReason');
    expect(bad(({ results }) => Object.assign(results[4], { success: true }))).toContain('both that it succeeded');
    expect(bad(({ results }) => Object.assign(results[1], { promptIdx: 0 }))).toContain('twice');
    expect(bad((results) => Object.assign(results, { version: 4 }))).toContain('results.version');
  });

  test('a table has one output for each test and prompt; the oldest name no reason', () => {
    const table = (change: (results: Loose) => void) =>
      changed('promptfoo', 'table-mixed.report', ({ results }) => change(results));
    expect(table(() => {})).toBe(changed('promptfoo', 'mixed.report', () => {}));
    expect(table(({ table }) => table.body[0].outputs.pop())).toContain('results.table.body.0.outputs');
    const old = table(({ table, stats }) => {
      delete stats.errors;
      stats.failures = 4;
      for (const { outputs } of table.body) for (const one of outputs) delete one.failureReason;
    });
    expect(old).toBe(table(() => {}));
  });

  test('a test that declares something else is another case', () => {
    const [before = ''] = changed('promptfoo', 'green.report', () => {}).split('\n');
    const [after = ''] = changed('promptfoo', 'green.report', ({ results }) => {
      results.results[0].testCase.assert[0].value = '';
    }).split('\n');
    expect(after).not.toBe(before);
  });
});

describe('Inspect', () => {
  const bad = (change: (log: Loose) => void) => changed('inspect', 'green.report', change);

  test('only a log that ended well, whole, is one', () => {
    expect(bad((log) => Object.assign(log, { status: 'started' }))).toMatchInlineSnapshot(
      `"The status of the log is “started”, not “success”. Correct the task and run it again."`,
    );
    expect(bad((log) => Object.assign(log, { status: 'error', error: { message: 'no' } }))).toContain('“error”');
    expect(bad((log) => Object.assign(log, { error: { message: 'no' } }))).toContain('gave up before its end: no');
    expect(bad((log) => Object.assign(log, { version: 3 }))).toContain('“version”');
    expect(bad((log) => Object.assign(log, { samples: null }))).toContain('no samples');
    expect(bad((log) => Object.assign(log, { results: null }))).toContain('no samples');
    expect(bad((log) => Object.assign(log, { invalidated: true }))).toContain('invalid');
    expect(bad((log) => log.results.total_samples++)).toContain('“total_samples” is 4');
    expect(bad((log) => log.results.completed_samples--)).toContain('“completed_samples” is 2');
    expect(bad((log) => Object.assign(log.results, { early_stopping: {} }))).toContain('stopped early');
  });

  test('each sample of the dataset has to be there, in each epoch', () => {
    const spec = (change: object) => bad((log) => Object.assign(log.eval, change));
    const config = (change: object) => bad((log) => Object.assign(log.eval.config, change));
    expect(config({ epochs: 2 })).toMatchInlineSnapshot(
      `"The report says “samples × epochs” is 6, but its cases come to 3. It is not whole: run the suite again."`,
    );
    expect(config({ epochs: null })).toContain('pass refund');
    expect(spec({ dataset: { samples: 4 } })).toContain('“samples × epochs” is 4');
    expect(spec({ dataset: {} })).toMatchInlineSnapshot(
      `"The log does not say how many samples its dataset has. Use a version of Inspect that the documentation names."`,
    );
    expect(config({ limit: 3 })).toContain('pass refund');
    expect(config({ limit: 4 })).toContain('pass refund');
    expect(config({ limit: 2 })).toContain('“samples × epochs” is 2');
    expect(config({ limit: [0, 3] })).toMatchInlineSnapshot(
      `"The log is of a part of its dataset (“limit” as a range, or “sample_id”). Run the task on the whole dataset, or on its first samples."`,
    );
    expect(config({ sample_id: ['refund'] })).toContain('a part of its dataset');
    const mixed = (change: (log: Loose) => void) => changed('inspect', 'mixed.report', change);
    expect(mixed((log) => Object.assign(log.samples[1], { epoch: 3 }))).toContain('“epochs” is 2');
    expect(mixed((log) => Object.assign(log.samples[1], { id: 'else' }))).toContain('“samples” is 4');
  });

  test('names the commit that it ran on', () => {
    expect(readText('inspect', fixture('inspect', 'green.report'))).toMatchObject({ commit: '4f2a9c1' });
  });

  test('a score is a number or a word that is known', () => {
    const scored = (value: unknown) =>
      bad((log) => Object.assign(log.samples[0].scores.match, { value })).split('\n')[0];
    expect(['C', 'yes', true, 1, { a: 1, b: 'C' }, [1, true]].map(scored)).toEqual(
      Array.from({ length: 6 }, () => 'pass refund = 1'),
    );
    expect(['I', 'N', 'no', false, 0, { a: 1, b: 0 }].map(scored)).toEqual(
      Array.from({ length: 6 }, () => 'fail refund = 0'),
    );
    expect(scored(0.999)).toBe('fail refund = 0.999');
    expect(scored('constructor')).toMatchInlineSnapshot(
      `"The report gives “refund” a score that is neither a number nor a known word. Let the scorer return one of these."`,
    );
    for (const value of [null, {}, [], 'good', { a: 'C', b: null }]) expect(scored(value)).toContain('neither');
    const two = bad((log) => Object.assign(log.samples[0].scores, { style: { value: 0.5 } }));
    expect(two).toContain('fail refund = 0.5');
    expect(bad((log) => Object.assign(log.samples[0], { scores: {} }))).toContain('error refund');
    expect(bad((log) => Object.assign(log.samples[0], { invalidation: { author: 'a' } }))).toContain('error refund');
    expect(bad((log) => Object.assign(log.samples[0], { id: '7' }))).toContain('“7” twice');
  });
});

describe('OpenAI evals', () => {
  const lines = fixture('openai-evals', 'green.jsonl').trimEnd().split('\n');
  const evals = (...all: readonly string[]) => reads('openai-evals', `${all.join('\n')}\n`);

  test('first the spec, then each event of its run, last the final report', () => {
    expect(evals(...lines)).toContain('pass tickets.dev.0');
    expect(evals(...lines.slice(1))).toMatchInlineSnapshot(
      `"The first line of the report is not {"spec"}. Let “oaieval” write it with --record_path."`,
    );
    expect(evals(...lines.slice(0, -1))).toMatchInlineSnapshot(
      `"The report has no line {"final_report"}. It is not whole: run the suite again."`,
    );
    expect(evals(...lines, lines.at(-1) ?? '')).toMatchInlineSnapshot(
      `"The line {"final_report"} is not the last one, so nobody can tell whether events are missing after it. Once “oaieval” ended well, let the suite’s command move that line to the end."`,
    );
    expect(evals(...lines.toSpliced(2, 1))).toMatchInlineSnapshot(
      `"Events are missing before line 3 of the report. It is not whole: run the suite again."`,
    );
    expect(evals(...lines.map((line, i) => (i === 2 ? line.replace('ABC', 'XYZ') : line)))).toMatchInlineSnapshot(
      `"Line 3 of the report belongs to another run. Write each run to its own file."`,
    );
    expect(evals(lines[0] ?? '', lines.at(-1) ?? '')).toContain('no case');
  });

  test('an accuracy that the events do not come to is a problem', () => {
    const one = (text: string) => evals(...lines.map((line) => line.replace('"accuracy": 1.0', text)));
    expect(one('"accuracy": 0.9')).toMatchInlineSnapshot(
      `"The totals of the suite “accuracy” do not agree with its cases. The report is not whole: run the suite again."`,
    );
    expect(one('"f1": 0.9')).toContain('pass');
  });

  test('a sample with two verdicts is a case twice', () => {
    expect(evals(...lines.map((line) => line.replace('tickets.dev.1', 'tickets.dev.0')))).toContain('twice');
    expect(evals(...lines.map((line) => line.replace('"correct": true', '"correct": 1')))).toContain('error ');
  });
});
