import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReport } from '../../../src/domain/reports/read-report.ts';
import { type ReadReport, type ReportFormat, reportFormats } from '../../../src/domain/reports/report.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures');

export const fixture = (format: ReportFormat, name: string): string => readFileSync(join(FOLDER, format, name), 'utf8');

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export const readText = (format: ReportFormat, text: string): ReadReport => readReport(format, bytesOf(text));

/** What a report reads as, one line for each case; or the problem. */
export const told = (read: ReadReport): string =>
  'problem' in read
    ? read.problem
    : read.cases
        .map(({ id, outcome, repeat, score }) => {
          const number = repeat === undefined ? '' : ` (${repeat})`;
          return `${outcome} ${id}${number}${score === undefined ? '' : ` = ${score}`}`;
        })
        .join('\n');

export interface Fixture {
  readonly format: ReportFormat;
  readonly name: string;
  readonly text: string;
  readonly read: ReadReport;
}

export const fixtures: readonly Fixture[] = reportFormats.flatMap((format) =>
  readdirSync(join(FOLDER, format))
    .sort()
    .map((name) => {
      const text = fixture(format, name);
      return { format, name, text, read: readText(format, text) };
    }),
);

/** Those that read as cases. */
export const readable = fixtures.filter(({ read }) => 'cases' in read);
