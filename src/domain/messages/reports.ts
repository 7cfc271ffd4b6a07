import { plainLine } from '../prompts/plain.ts';

/** Words of a report: whoever ran the suite wrote them, so they may mention nobody where they are shown. */
const itsWords = (text: string): string => plainLine(text.slice(0, 1_000), 200).replace(/@/g, '@\u2060');
const one = (id: string): string => `“${itsWords(id)}”`;
const because = (text: string): string => {
  const words = itsWords(text).replace(/[.…]+$/, '');
  return words === '' ? '' : `: ${words}`;
};

/** What stands beside a case whose report gives no reason. */
export const noReason = 'the report does not say why';
export const passedOnlyAgain = 'it passed only when it was run again';
export const nothingAsserted = 'it asserts nothing';
export const notScored = 'it has no score';
export const invalidated = 'its result was declared invalid';

/** What is wrong with the run of a suite, whatever it reported. */
export const run = {
  timedOut: 'The suite took too long and was stopped. Make it faster, or raise its time-out.',
  killed: 'The suite was killed before it ended. Run it again; if it happens again, give it less to do at once.',
  none: 'The suite left no report. Let its command write one where the configuration says.',
  truncated: 'The report is larger than what is read. Split the suite, or let it write shorter texts.',
  exitButGreen: (exit: number): string =>
    `The suite ended with exit code ${exit}, but no case of its report is red. Look at what the command prints: something outside of the cases went wrong.`,
};

/** What is wrong with the bytes of a report. */
export const bytes = {
  empty: 'The report is empty. Let the suite’s command write it.',
  tooLarge: (most: number): string =>
    `The report is larger than ${most / 1_000_000} MB. Split the suite, or let it write shorter texts.`,
  notUtf8: 'The report is not UTF-8 text. Let the suite write it as UTF-8.',
  unreadable: 'The report cannot be read as this format. Check the format that the configuration names.',
};

/** What is wrong with the cases of a report, whatever its format. */
export const cases = {
  none: 'The report holds no case. Check that the suite’s command finds its cases.',
  tooMany: (most: number): string => `The report holds more than ${most} cases. Split the suite.`,
  unnamed: 'A case of the report has no name. Give each case a name.',
  twice: (id: string): string => `The report holds the case ${one(id)} twice. Rename one of them.`,
  badRepeat: (id: string): string =>
    `The number of the repetition of ${one(id)} is not a whole number from 1. Correct it.`,
  unknownStatus: (word: string, id: string): string =>
    `The report gives ${one(id)} the status ${one(word)}, which is not known here. Use a version of the tool that the documentation names.`,
  unsureScore: (id: string): string =>
    `The report gives ${one(id)} a score that is neither a number nor a known word. Let the scorer return one of these.`,
  otherCommit: (named: string): string =>
    `The report says that it is of commit ${one(named)}, which is not what is judged. Let the suite’s command run the suite on the files that it finds, and write a new report.`,
  otherCommits: (named: string, other: string): string =>
    `One file of the report says that it is of commit ${one(named)}, another of ${one(other)}. Let the suite’s command remove what an earlier run left, and write all files anew.`,
};

/** What is wrong between a report and its own totals. */
export const totals = {
  differ: (name: string, says: number, counted: number): string =>
    `The report says ${one(name)} is ${says}, but its cases come to ${counted}. It is not whole: run the suite again.`,
  suiteDiffers: (suite: string): string =>
    `The totals of ${suite === '' ? 'a suite' : `the suite ${one(suite)}`} do not agree with its cases. The report is not whole: run the suite again.`,
  notANumber: (name: string): string =>
    `The total ${one(name)} of the report is not a number. It is not whole: run the suite again.`,
  notASuccess:
    'The report says that the run failed, but no case of it is red. Look at what the command prints: something outside of the cases went wrong.',
  notAFailure: 'The report says that the run succeeded, but a case of it is red. Run the suite again.',
};

/** What is wrong with a part of a report that holds cases. */
export const suite = {
  broken: (name: string, why: string): string =>
    `${name === '' ? 'A suite' : `The suite ${one(name)}`} of the report failed as a whole${because(why)}. Correct it, so that its cases can tell.`,
  contradicts: (name: string): string =>
    `The report calls ${one(name)} good, but a case inside it is red. Run the suite again.`,
  empty: (name: string): string => `The part ${one(name)} of the report holds no case. Check that it could be loaded.`,
  stopped: (why: string): string => `The suite gave up before its end${because(why)}. Correct it and run it again.`,
  interrupted: 'The run was interrupted before its end. Run the suite again.',
};

export const xml = {
  broken: (why: string): string => `The report is not whole XML${because(why)}. Run the suite again.`,
  doctype: 'The report declares a document type, which is not read. Let the tool write plain JUnit XML.',
  encoding: (name: string): string => `The report says that it is ${one(name)}. Let the suite write it as UTF-8.`,
  tooDeep: 'The elements of the report are nested too deeply. Write it flatter.',
  root: (name: string): string =>
    `The report begins with the element ${one(name)}, not with testsuites or testsuite. Check the format that the configuration names.`,
  misplaced: (name: string): string =>
    `The element ${one(name)} stands where JUnit XML has none. Let the tool write plain JUnit XML.`,
};

export const json = {
  broken: 'The report is not one whole JSON value. Run the suite again.',
  line: (number: number, why: string): string => `Line ${number} of the report: ${why}`,
  twice: (key: string): string => `The key ${one(key)} stands twice in one object of the report. Remove one of them.`,
  unsafeKey: (key: string): string => `The key ${one(key)} is not allowed in a report. Choose another name.`,
  tooDeep: 'The values of the report are nested too deeply. Write it flatter.',
  shape: (path: string): string =>
    path === ''
      ? 'The report is not what this format looks like. Check the format that the configuration names.'
      : `${one(path)} is missing in the report, or is not what this format has there. Check the format and the version of the tool.`,
};

export const tap = {
  noVersion: 'The report does not begin with “TAP version 13” or “TAP version 14”. Let the tool write one of these.',
  noEnd: 'The last line of the report is not whole. Run the suite again.',
  notTap: (line: string): string =>
    `The report holds a line that is not TAP${because(line)}. Let nothing else print where the report goes.`,
  noPlan: (name: string): string =>
    `${name === '' ? 'The report' : `The part ${one(name)} of the report`} has no plan such as “1..3”. It is not whole: run the suite again.`,
  pragma: 'The report asks to be read less strictly. Remove its line “pragma”.',
  noPoint: 'A part of the report has no line “ok” or “not ok” of its own. It is not whole: run the suite again.',
  tooDeep: 'The parts of the report are nested too deeply. Write it flatter.',
};

export const promptfoo = {
  contradicts: (id: string): string =>
    `The report says of ${one(id)} both that it succeeded and why it failed, or neither. Run the suite again.`,
};

export const inspect = {
  notDone: (status: string): string =>
    `The status of the log is ${one(status)}, not “success”. Correct the task and run it again.`,
  noSamples: 'The log holds no samples. Write it with them, and turn it into JSON with “inspect log dump”.',
  invalid: 'The log says that some of its samples were declared invalid. Run the task again.',
  part: 'The log is of a part of its dataset (“limit” as a range, or “sample_id”). Run the task on the whole dataset, or on its first samples.',
  noDataset:
    'The log does not say how many samples its dataset has. Use a version of Inspect that the documentation names.',
  stoppedEarly: 'The task stopped early. Run it again without early stopping.',
};

export const openaiEvals = {
  noSpec: 'The first line of the report is not {"spec"}. Let “oaieval” write it with --record_path.',
  noFinalReport: 'The report has no line {"final_report"}. It is not whole: run the suite again.',
  notLast:
    'The line {"final_report"} is not the last one, so nobody can tell whether events are missing after it. Once “oaieval” ended well, let the suite’s command move that line to the end.',
  otherRun: (number: number): string =>
    `Line ${number} of the report belongs to another run. Write each run to its own file.`,
  gap: (number: number): string =>
    `Events are missing before line ${number} of the report. It is not whole: run the suite again.`,
  noVerdict: 'it has no event “match”',
};

export const lines = {
  noEnd: 'The last line of the report is not {"end": number of cases}. It is not whole: run the suite again.',
  misplaced: (number: number): string =>
    `Line ${number} of the report stands in the wrong place: {"commit"} may only be the first, {"end"} only the last.`,
  notACase: (number: number): string =>
    `Line ${number} of the report is not a case: it needs an “id”, and either “pass” (true or false) or “outcome” (pass, fail, error or skip); beside these it may hold “because”, “score”, “cause”, “repeat” and “step”, and nothing else. Correct it.`,
};
