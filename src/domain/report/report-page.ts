import { page as say, report as words } from '../messages/report.ts';
import { type Html, html } from '../page/html.ts';
import { framed } from '../page/page-frame.ts';
import { part } from './cut-around.ts';
import type { ChangeGroup, FieldChange, Report, StepChange } from './report.ts';
import { notesOf, summaryOf } from './tell-report.ts';

/** What a report is about, beside what it says. */
export interface About {
  readonly repo: string;
  /** Null at a terminal. */
  readonly issue: number | null;
  readonly base: string;
  readonly head: string;
  /** ISO date on which it was made. */
  readonly made: string;
}

/** A report with what it is about, as it is kept. */
export interface KeptReport {
  readonly about: About;
  readonly report: Report;
}

/** More groups than this get a list of links above them. */
const FEW = 4;

const textOf = (start: string, differs: Html, end: string): Html =>
  html`<div class="text" dir="auto">${start}${differs}${end}</div>`;

function cells({ before, after }: FieldChange): readonly [Html, Html] {
  const parted = part(before, after);
  const was = parted.before === '' ? html`` : html`<del>${parted.before}</del>`;
  const is = parted.after === '' ? html`` : html`<ins>${parted.after}</ins>`;
  return [textOf(parted.start, was, parted.end), textOf(parted.start, is, parted.end)];
}

const row = (place: string, before: Html, after: Html): Html =>
  html`<tr role="row"><th scope="row" role="rowheader" dir="auto">${place}</th><td role="cell" data-side="${words.before}">${before}</td><td role="cell" data-side="${words.after}">${after}</td></tr>`;

const fieldRow = (field: FieldChange): Html => {
  const place = words.path(field.path);
  if (field.before === field.after)
    return html`<tr role="row"><th scope="row" role="rowheader" dir="auto">${place}</th><td role="cell" colspan="2">${words.sameWords}</td></tr>`;
  const [before, after] = cells(field);
  return row(place, before, after);
};

const table = (caption: string, rows: readonly Html[]): Html =>
  html`<table role="table"><caption class="unseen">${caption}</caption><thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${words.what}</th><th scope="col" role="columnheader">${words.before}</th><th scope="col" role="columnheader">${words.after}</th></tr></thead><tbody role="rowgroup">${rows}</tbody></table>`;

const stepPart = ({ step, last, fields, more }: StepChange, names: string): Html =>
  html`<h4>${last ? say.finally : say.onTheWay}<span class="quiet"> · ${say.step(step)}</span></h4>
${table(`${names}, ${say.step(step)}`, fields.map(fieldRow))}${more > 0 ? html`<p class="quiet">${words.morePlaces(more)}</p>` : html``}`;

function failurePart({ failed }: ChangeGroup, names: string): Html {
  if (failed === null) return html``;
  const not = html`<div class="text" dir="auto">${words.runsNot(failed.because)}</div>`;
  const runs = html`<div class="text">${words.runs}</div>`;
  const sides: readonly [Html, Html] = failed.side === 'before' ? [not, runs] : [runs, not];
  return table(names, [row(words.wholeTicket, ...sides)]);
}

const anchor = (at: number): string => `change-${at + 1}`;

function groupPart(group: ChangeGroup, at: number): Html {
  const names = words.named(group.tickets, group.count);
  return html`<article id="${anchor(at)}" aria-labelledby="${anchor(at)}-name">
<h3 id="${anchor(at)}-name">${names}</h3>
${group.count > 1 ? html`<p class="quiet">${say.ticketsAre(group.count)}</p>` : html``}
${group.says === '' ? html`` : html`<details><summary>${say.says(group.tickets[0] ?? '')}</summary><div class="text" dir="auto">${group.says}</div></details>`}
${failurePart(group, names)}${group.steps.map((step) => stepPart(step, names))}
</article>
`;
}

const ticketsIn = (groups: readonly ChangeGroup[]): number => groups.reduce((sum, { count }) => sum + count, 0);

function section(report: Report, complained: boolean): Html {
  const groups = report.groups.filter((group) => group.complained === complained);
  if (groups.length === 0) return html``;
  const parts = groups.map((group) => groupPart(group, report.groups.indexOf(group)));
  return html`<section aria-labelledby="${complained ? 'expected' : 'unexpected'}">
<h2 id="${complained ? 'expected' : 'unexpected'}">${complained ? words.expected : words.unexpected}<span class="count">${say.changes(ticketsIn(groups))}</span></h2>
${parts}</section>
`;
}

function contents({ groups }: Report): Html {
  if (groups.length <= FEW) return html``;
  const entries = groups.map((group, at) => {
    const names = words.named(group.tickets.slice(0, 3), group.count);
    return html`<li><a href="#${anchor(at)}">${names}</a></li>`;
  });
  return html`<nav aria-labelledby="contents"><h2 id="contents">${say.contents}</h2><ul>${entries}</ul></nav>`;
}

/** A report as a page of its own: readable by people who read neither code nor JSON, without any script. `until`: ISO date. */
export function reportPage(report: Report, about: About, until: string | null): string {
  const notes = notesOf(report, (text) => text);
  const where = about.issue === null ? '' : say.about(about.repo, about.issue);
  const title = words.headline(report.counts);
  return framed(
    where === '' ? title : `${title} · ${where}`,
    html`<a class="skip" href="#changes">${say.skip}</a>
<header>
${where === '' ? html`` : html`<p class="where">${where}</p>`}
<h1>${title}</h1>
<p class="lead">${summaryOf(report)}</p>
${report.counts.changed > 0 ? html`<p>${say.intro}</p>` : html``}
${notes.length > 0 ? html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>` : html``}
${contents(report)}
</header>
<main id="changes">
${section(report, false)}${section(report, true)}</main>
<footer>
<p>${say.hidden}</p>
${until === null ? html`` : html`<p>${say.until(until)}</p>`}
<p>${say.made(about.made)} ${say.commits(about.base, about.head)}</p>
</footer>`,
  );
}
