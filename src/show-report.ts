import type { Fact, FactOf } from './domain/fact.ts';
import { short } from './domain/hash.ts';
import { report as say } from './domain/messages/report.ts';
import { keyOf } from './domain/rejection.ts';
import type { KeptReport } from './domain/report/report-page.ts';
import { tellBriefly, tellReport } from './domain/report/tell-report.ts';
import type { Standing } from './domain/stage.ts';
import type { Ports } from './ports.ts';
import { keepComment } from './write-once.ts';

/** What GitHub is told of the stored tickets: with tables, and in some sentences. */
export interface ToldReport {
  readonly whole: string;
  readonly brief: string;
}

const troubleIn = (words: string): ToldReport => ({ whole: words, brief: words });

const reportOn = ({ reports }: Standing, tree: string): FactOf<'reported'> | undefined =>
  reports.findLast((one) => one.tree === tree);

/** What is to be told of a tree that stands on GitHub as this commit; null where nothing was found out. */
export async function tellReportOf(
  ports: Ports,
  standing: Standing,
  tree: string,
  head: string,
): Promise<ToldReport | null> {
  const reported = reportOn(standing, tree);
  if (reported === undefined) return null;
  const { blob, base, until, trouble } = reported;
  const bytes = blob === null ? undefined : await ports.blobs.get(keyOf(ports.ref), blob);
  if (blob === null) return troubleIn(say.trouble(trouble ?? 'failed'));
  if (bytes === undefined) return troubleIn(say.deleted);
  const { report } = JSON.parse(new TextDecoder().decode(bytes)) as KeptReport;
  const address = ports.pages.reportAddress(keyOf(ports.ref), blob, until);
  const where = address === null ? say.noLink(short(base), short(head)) : say.link(address, until);
  return { whole: tellReport(report, where), brief: tellBriefly(report, where) };
}

/**
 * Keeps the comment about the stored tickets on a pull request true: made where something comes out differently than was
 * told there before, edited from then on. Returns what was done.
 */
export async function showReport(
  ports: Ports,
  standing: Standing,
  on: number,
  { tree, head }: FactOf<'judged'>,
): Promise<readonly Fact[]> {
  const reported = reportOn(standing, tree);
  const { reportComment, reportShown } = standing;
  if (reported === undefined || reported.hash === reportShown) return [];
  const tells = reported.counts === null || reported.counts.changed > 0 || reported.counts.noisy > 0;
  if (!tells && reportShown === null) return [];
  const told = await tellReportOf(ports, standing, tree, head ?? tree);
  const receipt = (comment: number): Fact => ({ kind: 'report-posted', comment });
  const text = told?.whole ?? say.trouble('failed');
  await keepComment(ports, { marker: 'report', on, comment: reportComment, text, receipt });
  return [{ kind: 'report-shown', hash: reported.hash }];
}
