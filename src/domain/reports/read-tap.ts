import { Parser, type Result } from 'tap-parser';
import * as say from '../messages/reports.ts';
import { joinId, type ReadReport, type ReportedCase } from './report.ts';

const MAX_DEPTH = 30;

/** A line “ok” or “not ok”, and the part of the report that it closes, if any. */
interface Point {
  readonly result: Result;
  readonly part: Part | null;
}

/** The report, or a subtest in it. */
interface Part {
  readonly points: Point[];
  /** A subtest whose own line has not come yet. */
  open: Part | null;
  /** Subtests in braces that have begun and not ended. */
  braces: number;
}

class TapReader {
  problem: string | null = null;
  readonly cases: ReportedCase[] = [];

  /** Gathers what the parser finds in one part, and in those inside it. */
  watch(parser: Parser): Part {
    const part: Part = { points: [], open: null, braces: 0 };
    parser.on('child', (child: Parser) => {
      if (part.open !== null) this.problem ??= say.tap.noPoint;
      if (child.level > MAX_DEPTH) throw new TooDeep();
      part.open = this.watch(child);
      if (child.buffered) part.braces++;
    });
    parser.on('line', (line: string) => {
      if (line === '}\n') part.braces--;
    });
    parser.on('assert', (result: Result) => {
      if (result.buffered && part.open === null) this.problem ??= say.tap.noPoint;
      part.points.push({ result, part: part.open });
      part.open = null;
    });
    parser.on('bailout', (why: unknown) => {
      this.problem ??= say.suite.stopped(typeof why === 'string' ? why : '');
    });
    parser.on('pragma', (key: string, on: boolean) => {
      if (key === 'strict' && !on) this.problem ??= say.tap.pragma;
    });
    parser.on('complete', () => this.#check(parser, part));
    return part;
  }

  #check(parser: Parser, part: Part): void {
    if (part.open !== null || part.braces !== 0) this.problem ??= say.tap.noPoint;
    for (const failure of parser.failures) {
      const { tapError, data } = failure as { tapError?: unknown; data?: unknown };
      if (typeof tapError === 'string' && /^(?:no plan|incorrect number)/.test(tapError)) continue;
      if (tapError) this.problem ??= say.tap.notTap(typeof data === 'string' ? data : String(tapError));
    }
    if (parser.planStart === -1 || parser.syntheticPlan) this.problem ??= say.tap.noPlan(parser.fullname);
    const planned = parser.planEnd - parser.planStart + 1;
    if (parser.planEnd !== 0 && parser.planStart !== 1) this.problem ??= say.tap.noPlan(parser.fullname);
    if (planned !== parser.count) this.problem ??= say.totals.differ('1..n', planned, parser.count);
  }

  /** Turns points into cases: only those that close no other points, or closed none. */
  tell(part: Part, path: readonly string[], excuse: string | null): void {
    for (const { result, part: inner } of part.points) {
      const name =
        result.name === '' ? `${result.id || part.points.findIndex((one) => one.result === result) + 1}` : result.name;
      const own = [...path, name];
      const here = excuse ?? excuseOf(result);
      if (inner === null || inner.points.length === 0) this.#tellOne(own, result, here, inner !== null);
      else {
        const before = this.cases.length;
        this.tell(inner, own, here);
        const red = this.cases.slice(before).some(({ outcome }) => outcome === 'fail');
        const because = becauseOf(result);
        if (here === null && red && result.ok) this.problem ??= say.suite.contradicts(joinId(own));
        if (here === null && !result.ok && (!red || failedItself(result)))
          this.problem ??= say.suite.broken(joinId(own), because);
      }
    }
  }

  #tellOne(path: readonly string[], result: Result, excuse: string | null, empty: boolean): void {
    const id = joinId(path);
    if (excuse !== null) this.cases.push({ id, outcome: 'skip', because: excuse });
    else if (!result.ok) this.cases.push({ id, outcome: 'fail', because: becauseOf(result) });
    else if (empty) this.cases.push({ id, outcome: 'skip', because: say.nothingAsserted });
    else this.cases.push({ id, outcome: 'pass', because: '' });
  }
}

class TooDeep extends Error {}

/** The directive that takes a point out of the count; null when it has none. */
function excuseOf({ skip, todo }: Result): string | null {
  const directive = skip || todo;
  if (directive === false || directive === '') return null;
  return typeof directive === 'string' ? directive : skip ? 'SKIP' : 'TODO';
}

/** Node says so where more than the points below it failed, such as a hook. */
function failedItself({ diag }: Result): boolean {
  const type = (diag as Record<string, unknown> | undefined)?.['failureType'];
  return type !== undefined && type !== 'subtestsFailed';
}

function becauseOf({ diag }: Result): string {
  const told: Record<string, unknown> = diag ?? {};
  const error = told['error'];
  const inner = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)['message'] : error;
  const words = [inner, told['message'], told['diff'], told['stack']].find((word) => typeof word === 'string');
  return typeof words === 'string' ? words : '';
}

/** TAP 13 or 14, strictly: nothing in it but TAP, a plan for each part, and no line cut off. */
export function readTap(text: string): ReadReport {
  if (!/^TAP version 1[34]\r?\n/i.test(text)) return { problem: say.tap.noVersion };
  if (!text.endsWith('\n')) return { problem: say.tap.noEnd };
  const reader = new TapReader();
  const parser = new Parser({ strict: true });
  const whole = reader.watch(parser);
  try {
    for (const line of text.slice(0, -1).split('\n')) {
      parser.write(`${line}\n`);
      if (reader.problem !== null) return { problem: reader.problem };
    }
    parser.end();
  } catch (error) {
    if (error instanceof TooDeep) return { problem: say.tap.tooDeep };
    throw error;
  }
  if (reader.problem === null) reader.tell(whole, [], null);
  return reader.problem === null ? { cases: reader.cases } : { problem: reader.problem };
}
