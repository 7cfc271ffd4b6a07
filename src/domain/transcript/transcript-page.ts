import { transcript as say } from '../messages/transcript.ts';
import { type Html, html } from '../page/html.ts';
import { framed } from '../page/page-frame.ts';
import { visible } from '../page/visible.ts';
import type { Transcript, TranscriptEnd, TranscriptPlace } from './line.ts';
import { type Step, spentIn, stepsOf } from './steps.ts';

/** A page of an attempt: one transcript, and the way to the others. */
export interface Shown {
  readonly repo: string;
  readonly issue: number;
  readonly name: string;
  /** Stands for all that is shown: another one means that there is something new. Null where nothing new will come. */
  readonly since: string | null;
  readonly transcript: Transcript;
  /** It is the last one, and somebody is at work on the rejection. */
  readonly atWork: boolean;
  readonly others: readonly {
    readonly place: TranscriptPlace;
    readonly address: string;
    readonly here: boolean;
    readonly last: boolean;
  }[];
  /** For how many days it is kept. */
  readonly days: number;
}

/** More steps than this no browser shows well. */
const MOST_STEPS = 1000;
/** A text of so many characters is not folded. */
const SHORT = 400;
/** Where no script runs, the page is loaded again after so many seconds. */
const REFRESH = 5;

const nothing = html``;
const text = (words: string): Html => html`<pre class="log" dir="auto">${visible(words)}</pre>`;
const quiet = (words: string): Html => html`<span class="quiet"> · ${words}</span>`;

const folded = (summary: Html, inside: Html): Html => html`<details><summary>${summary}</summary>${inside}</details>`;

function doneStep({ called, answered }: Extract<Step, { is: 'did' }>): Html {
  const how =
    answered === null ? quiet(say.running) : answered.ok ? nothing : html`<span class="bad">${say.failed}</span>`;
  return folded(
    html`<span dir="auto">${visible(say.tool(called.tool, called.paths))}</span>${how}`,
    html`<h4>${say.asked}</h4>${text(called.input)}${answered === null ? nothing : html`<h4>${say.got}</h4>${text(answered.text)}`}`,
  );
}

function stepOf(step: Step): Html {
  if (step.is === 'did') return doneStep(step);
  if (step.is === 'told') return folded(html`${say.told(step.first)}`, text(step.text));
  if (step.is === 'watched')
    return html`<p class="aside">${step.stopped ? say.watched : say.nudged}</p>${text(step.text)}`;
  const words = visible(step.text);
  return words.length > SHORT
    ? folded(html`${say.said}`, text(step.text))
    : html`<p class="said text" dir="auto">${words}</p>`;
}

const stateOf = (step: Step): string => (step.is === 'did' && step.answered === null ? 'open' : 'done');

const item = (step: Step, at: number): Html =>
  html`<li id="step-${at + 1}" data-state="${stateOf(step)}"><span class="when">${say.lasted(step.at)}</span><div>${stepOf(step)}</div></li>
`;

function changed({ changes, diff }: TranscriptEnd): Html {
  if (changes.length === 0) return nothing;
  const files = changes.map(
    ({ path, added, removed }) =>
      html`<li><code dir="auto">${visible(path)}</code>${quiet(say.lines(added, removed))}</li>`,
  );
  return html`<h2>${say.changed}<span class="count">${say.files(changes.length)}</span></h2>
<ul class="files">${files}</ul>
${diff === '' ? nothing : folded(html`${say.diff}`, html`<pre class="log">${diff.trimEnd().split('\n').map(diffLine)}</pre>`)}`;
}

function diffLine(line: string): Html {
  const words = `${visible(line)}\n`;
  if (/^\+(?!\+\+ )/.test(line)) return html`<ins>${words}</ins>`;
  return /^-(?!-- )/.test(line) ? html`<del>${words}</del>` : html`${words}`;
}

function titleOf({ transcript: { end }, atWork }: Shown): string {
  if (end !== null) return say.ended(end.code);
  return atWork ? say.title.live : say.title.cutOff;
}

function leadOf({ transcript: { end }, atWork }: Shown): string {
  if (end === null) return atWork ? say.live : say.cutOff;
  return atWork ? say.judging : say.over;
}

const fact = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd dir="auto">${value}</dd></div>`;

function factsOf({ transcript: { head, end, events } }: Shown): Html {
  const so = end?.spent ?? spentIn(events);
  const took = end === null ? nothing : fact(say.took, say.lasted(end.at));
  return html`<dl class="facts">${fact(say.agent, head.agent === 'recipe' ? say.byRecipe : say.byModel(head.uses))}${fact(say.begun, say.moment(head.begun))}${took}${fact(say.spent, say.tokens(so.tokens, so.requests))}</dl>`;
}

function othersOf({ others }: Shown): Html {
  if (others.length < 2) return html`<div id="others" data-part></div>`;
  const entries = others.map(({ place, address, here, last }) => {
    const name = say.round(place.round, place.candidate) + (last ? '' : say.begunAgain);
    return here
      ? html`<li><strong aria-current="page">${name}</strong></li>`
      : html`<li><a href="${address}">${name}</a></li>`;
  });
  return html`<nav id="others" data-part aria-label="${say.rounds}"><ul class="rounds">${entries}</ul></nav>`;
}

/** A transcript as a page for people who read no code. While it grows, `script` asks for what is new. */
export function transcriptPage(shown: Shown, script: string): string {
  const { transcript, repo, issue, name, since } = shown;
  const { head, end, events, cut } = transcript;
  const steps = stepsOf(events);
  const where = say.about(repo, issue);
  const title = titleOf(shown);
  const none = head.agent === 'recipe' ? say.recipeSteps : say.noSteps;
  const rest = cut || steps.length > MOST_STEPS ? html`<p class="notes">${say.cut}</p>` : nothing;
  const follow = since === null ? nothing : html` data-since="${since}"`;
  const body = html`<header>
<p class="where">${where}${quiet(say.round(head.round, head.candidate))}</p>
<div id="state" data-part role="status"><h1>${title}</h1>
<p class="lead">${visible(head.title)}</p>
<p>${end === null || end.words === '' ? nothing : html`<span dir="auto">${visible(end.words)}</span> `}${leadOf(shown)}</p></div>
<div id="facts" data-part>${factsOf(shown)}</div>
${othersOf(shown)}
</header>
<main data-name="${name}"${follow}>
<div id="changed" data-part>${end === null ? nothing : changed(end)}</div>
<h2>${say.steps}</h2>
<div id="none" data-part>${steps.length === 0 ? html`<p class="quiet">${none}</p>` : nothing}</div>
<ol id="steps" class="steps">${steps.slice(0, MOST_STEPS).map(item)}</ol>
<div id="rest" data-part>${rest}</div>
</main>
<footer>
<p>${say.hidden}</p>
<p>${say.kept(shown.days)}</p>
<p>${say.made(head.base, head.prompt, head.node)}</p>
</footer>`;
  return framed(`${title} · ${where}`, body, since === null ? undefined : { script, refresh: REFRESH });
}

/** Before anything of an attempt is recorded. */
export const emptyPage = (script: string): string =>
  framed(
    say.notYetTitle,
    html`<main class="alone" data-name="" data-since="0"><h1>${say.notYetTitle}</h1><p>${say.notYet}</p></main>`,
    { script, refresh: REFRESH },
  );
