import type { Benchmark, Measured, Row } from '../benchmark.ts';

const HEADER = ['| figure | min / median | beside, in the same run | ratio | goal | |', '|---|---|---|---|---|---|'];

const verdictOf = ({ met, because }: Row): string => {
  if (met === null) return '';
  return met ? 'met' : `**missed**${because === '' ? '' : `: ${because}`}`;
};

const lineOf = (row: Row): string =>
  `| ${row.figure} | ${row.measured} | ${row.beside} | ${row.ratio} | ${row.goal} | ${verdictOf(row)} |`;

/** One benchmark's section. `when` says at which commit and on what it was measured. */
export function sectionOf({ name, title, about }: Benchmark, { rows, notes = [] }: Measured, when: string): string {
  const below = notes.length === 0 ? [] : ['', ...notes];
  return [`## ${name}: ${title}`, '', about, '', when, '', ...HEADER, ...rows.map(lineOf), ...below, ''].join('\n');
}

const INTRODUCTION = `# Benchmarks

Each figure stands beside a peer or a limit that was measured in the same run, in turn with it (A B A B …), because the
machine is shared and its speed changes: read the ratios first. Two values are the least and the median of the rounds.
Goals are judged by the median. \`npm run bench -- ${'<name> …'} --write\` measures again and replaces only those
sections; the others keep the commit that they were measured at.
`;

/** The sections of the document, by the name of their benchmark. */
function sectionsIn(document: string): Map<string, string> {
  const parts = document.split(/^(?=## )/m).slice(1);
  return new Map(parts.map((part) => [/^## ([a-z-]+):/.exec(part)?.[1] ?? '', part]));
}

/** The document with these sections in place of the old ones, in the order of `names`. Sections of no name go. */
export function merged(document: string, fresh: ReadonlyMap<string, string>, names: readonly string[]): string {
  const all = new Map([...sectionsIn(document), ...fresh]);
  const sections = names.flatMap((name) => all.get(name) ?? []);
  return [INTRODUCTION, ...sections.map((section) => `${section.trimEnd()}\n`)].join('\n');
}
