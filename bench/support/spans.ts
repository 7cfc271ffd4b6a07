import { median } from './figures.ts';

/** One call of a port or of the engine, in milliseconds since 1970. */
export interface Span {
  readonly point: string;
  readonly began: number;
  readonly ended: number;
}

/** What belongs together, by the beginning of its points. */
const GROUPS: Readonly<Record<string, string>> = {
  repository: 'git',
  forge: 'GitHub’s API',
  ledger: 'the ledger',
  leave: 'the ledger',
  queue: 'the queue',
  engine: 'the queue',
};
/** They only hold what else is looked at. */
const AROUND = new Set(['engine.advance', 'engine.run', 'engine.tell-delay']);

/** Milliseconds in which at least one of the spans was under way. */
function covered(spans: readonly Span[]): number {
  let sum = 0;
  let until = 0;
  for (const { began, ended } of spans.toSorted((a, b) => a.began - b.began)) {
    sum += Math.max(0, ended - Math.max(began, until));
    until = Math.max(until, ended);
  }
  return sum;
}

const groupOf = ({ point }: Span): string | undefined => GROUPS[point.split('.')[0] ?? ''];

/** The part of each span that lies between two moments. */
export function between(spans: readonly Span[], began: number, ended: number): readonly Span[] {
  const cut = spans.map((span) => ({
    ...span,
    began: Math.max(span.began, began),
    ended: Math.min(span.ended, ended),
  }));
  return cut.filter((span) => !AROUND.has(span.point) && span.ended > span.began);
}

/** Sentence fragments that say what took how long, in the median of several tellings: groups first, then git's own calls. */
export function tellSpans(tellings: readonly (readonly Span[])[]): string {
  const seconds = (pick: (span: Span) => boolean) =>
    median(tellings.map((spans) => covered(spans.filter(pick)) / 1000));
  const told = (name: string, sum: number) => `${name} ${sum.toFixed(2)} s`;
  const listed = (names: readonly (string | undefined)[], of: (span: Span) => string | undefined) =>
    [...new Set(names)]
      .flatMap((name) => (name === undefined ? [] : [{ name, sum: seconds((span) => of(span) === name) }]))
      .filter(({ sum }) => sum >= 0.005)
      .toSorted((a, b) => b.sum - a.sum)
      .map(({ name, sum }) => told(name, sum))
      .join(', ');
  const all = tellings.flat();
  const git = all.filter(({ point }) => point.startsWith('repository.')).map(({ point }) => point);
  const pointOf = ({ point }: Span) => point;
  const groups = listed(all.map(groupOf), groupOf);
  return `${groups} (these overlap; ${told(
    'all together',
    seconds(() => true),
  )}); of git: ${listed(git, pointOf).replaceAll('repository.', '')}`;
}
