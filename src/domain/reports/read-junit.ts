import { SaxesParser } from 'saxes';
import * as say from '../messages/reports.ts';
import { closeCase, type OpenCase, openCase, quietElements, verdictElements } from './junit-case.ts';
import type { ReadReport, ReportedCase } from './report.ts';
import { addTally, claimsHold, claimsOf, noTally, type Tally } from './tally.ts';

const CHUNK = 65_536;
const MAX_DEPTH = 100;
/** As much of a message as can matter. */
const MAX_TEXT = 5_000;

type Attributes = Readonly<Record<string, string>>;

/** A `<testsuites>` or `<testsuite>` while it is read, with its cases counted in each way that a tool does. */
interface OpenSuite {
  readonly name: string;
  readonly claims: Partial<Tally>;
  /** Every case below it. */
  readonly all: Tally;
  /** Its own cases. */
  readonly own: Tally;
  /** Its own cases, and each suite of its own as one. */
  readonly children: Tally;
}

type Place =
  | { readonly kind: 'suite'; readonly suite: OpenSuite }
  | { readonly kind: 'case'; readonly one: OpenCase }
  | {
      readonly kind: 'verdict';
      readonly one: OpenCase;
      readonly element: string;
      readonly message: string;
      text: string;
    }
  | { readonly kind: 'broken suite'; readonly message: string; text: string }
  | { readonly kind: 'quiet' };

class JunitReader {
  readonly cases: ReportedCase[] = [];
  problem: string | null = null;
  readonly #places: Place[] = [];
  /** What Node's reporter counts, in comments at the end. */
  readonly #counted = new Map<string, number>();

  open(name: string, attributes: Attributes): void {
    const parent = this.#places.at(-1);
    if (this.#places.length >= MAX_DEPTH) this.problem ??= say.xml.tooDeep;
    const place = this.#placeOf(name, attributes, parent);
    if (typeof place === 'string') this.problem ??= place;
    else this.#places.push(place);
  }

  #placeOf(name: string, attributes: Attributes, parent: Place | undefined): Place | string {
    const inSuite = parent?.kind === 'suite';
    const message = attributes['message'] ?? '';
    if (name === 'testsuites' || name === 'testsuite') {
      if (parent !== undefined && !(inSuite && name === 'testsuite')) return say.xml.misplaced(name);
      return openSuite(name === 'testsuite' ? (attributes['name'] ?? '') : '', attributes);
    }
    if (parent === undefined) return say.xml.root(name);
    if (name === 'testcase')
      return inSuite ? { kind: 'case', one: openCase(this.#path(), attributes) } : say.xml.misplaced(name);
    if (parent.kind === 'case') {
      if (quietElements.has(name)) return { kind: 'quiet' };
      if (!verdictElements.has(name)) return say.cases.unknownStatus(name, parent.one.id);
      return { kind: 'verdict', one: parent.one, element: name, message, text: '' };
    }
    if (inSuite && (name === 'error' || name === 'failure')) return { kind: 'broken suite', message, text: '' };
    // What is not known here may be a case of another format, and a red one.
    return inSuite && !quietElements.has(name) ? say.xml.misplaced(name) : { kind: 'quiet' };
  }

  #path(): readonly string[] {
    return this.#places
      .flatMap((place) => (place.kind === 'suite' ? [place.suite.name] : []))
      .filter((name) => name !== '');
  }

  text(text: string): void {
    const place = this.#places.at(-1);
    if ((place?.kind === 'verdict' || place?.kind === 'broken suite') && place.text.length < MAX_TEXT)
      place.text += text;
  }

  comment(text: string): void {
    const [, name, count] = /^ (tests|pass) (\d{1,9}) $/.exec(text) ?? [];
    if (name !== undefined && this.#places.length === 1) this.#counted.set(name, Number(count));
  }

  close(): void {
    const place = this.#places.pop();
    const parent = this.#places.at(-1);
    const around = parent?.kind === 'suite' ? parent.suite : null;
    if (place?.kind === 'verdict') place.one.details.set(place.element, place.message || place.text);
    if (place?.kind === 'broken suite')
      this.problem ??= say.suite.broken(around?.name ?? '', place.message || place.text);
    if (place?.kind === 'case' && around !== null) this.#closeCase(place.one, around);
    if (place?.kind === 'suite') this.#closeSuite(place.suite, around);
  }

  #closeCase(one: OpenCase, suite: OpenSuite): void {
    const count = (...names: string[]): number => (names.some((name) => one.details.has(name)) ? 1 : 0);
    const tally = { tests: 1, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
    for (const to of [suite.all, suite.own, suite.children]) addTally(to, tally);
    const closed = closeCase(one);
    if ('problem' in closed) this.problem ??= closed.problem;
    else this.cases.push(closed);
  }

  #closeSuite(suite: OpenSuite, around: OpenSuite | null): void {
    if (!claimsHold(suite.claims, [suite.all, suite.own, suite.children]))
      this.problem ??= say.totals.suiteDiffers(suite.name);
    if (around === null) {
      this.#checkCounted();
      return;
    }
    addTally(around.all, suite.all);
    const atMostOne = (count: number): number => Math.min(count, 1);
    const { failures, errors, skipped } = suite.children;
    addTally(around.children, {
      tests: 1,
      failures: atMostOne(failures),
      errors: atMostOne(errors),
      skipped: atMostOne(skipped),
    });
  }

  #checkCounted(): void {
    const passed = this.cases.filter(({ outcome }) => outcome === 'pass').length;
    for (const [name, count] of [
      ['tests', this.cases.length],
      ['pass', passed],
    ] as const) {
      const counted = this.#counted.get(name) ?? count;
      if (counted !== count) this.problem ??= say.totals.differ(name, counted, count);
    }
  }
}

function openSuite(name: string, attributes: Attributes): Place | string {
  const claims = claimsOf(attributes);
  if (typeof claims === 'string') return claims;
  return { kind: 'suite', suite: { name, claims, all: noTally(), own: noTally(), children: noTally() } };
}

/** Feeds the reader; ends at the first thing that is wrong. */
function parse(text: string, reader: JunitReader): void {
  const parser = new SaxesParser({ position: false, xmlns: false as const });
  const stop = (problem: string) => {
    reader.problem ??= problem;
  };
  parser.on('error', (error) => stop(say.xml.broken(error.message)));
  parser.on('doctype', () => stop(say.xml.doctype));
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) stop(say.xml.encoding(encoding));
  });
  parser.on('opentag', ({ name, attributes }) => reader.problem ?? reader.open(name, attributes));
  parser.on('closetag', () => reader.problem ?? reader.close());
  parser.on('text', (words) => reader.text(words));
  parser.on('cdata', (words) => reader.text(words));
  parser.on('comment', (words) => reader.comment(words));
  for (let at = 0; at < text.length && reader.problem === null; at += CHUNK) parser.write(text.slice(at, at + CHUNK));
  if (reader.problem === null) parser.close();
}

/** JUnit XML as its many writers write it: with or without `<testsuites>`, suites in suites, totals or none. */
export function readJunit(text: string): ReadReport {
  const reader = new JunitReader();
  parse(text, reader);
  return reader.problem === null ? { cases: reader.cases } : { problem: reader.problem };
}
