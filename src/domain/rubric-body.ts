import { headingOf } from './markdown.ts';
import * as say from './messages/rubrics.ts';
import type { Placed } from './read-yaml.ts';
import type { Criterion } from './rubric.ts';

/** Most characters of a rubric that a model is shown, of each part: what is longer is cut, and told by the lint. */
export const MOST_SHOWN = { when: 300, criterion: 400, prose: 8000 } as const;

/** The section of a rubric that lists its criteria. */
const CRITERIA = /^## Criteria[^\n]*\n[\s\S]*?(?=^## |(?![\s\S]))/m;

/** What a model reads of a rubric's text beside its criteria. */
export const proseOf = (body: string): string => body.replace(CRITERIA, '').trim();

interface Body {
  readonly criteria: readonly Criterion[];
  readonly problems: readonly Placed[];
}

interface Line {
  readonly text: string;
  readonly number: number;
}

/** The lines outside fenced blocks. What an example quotes is not the rubric's own. */
function linesOf(body: string, before: number): readonly Line[] {
  let fence = '';
  const lines: Line[] = [];
  for (const [i, text] of body.split('\n').entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1] ?? '';
    if (fence === '' && mark === '') lines.push({ text, number: before + i + 1 });
    else if (fence === '') fence = mark;
    else if (mark.startsWith(fence)) fence = '';
  }
  return lines;
}

/** The lines under each heading of the second level, headings lower-cased. */
function sectionsOf(lines: readonly Line[]): readonly { heading: string; line: number; lines: readonly Line[] }[] {
  const sections: { heading: string; line: number; lines: Line[] }[] = [];
  for (const line of lines) {
    const heading = headingOf(line.text, [2]);
    if (heading !== null) sections.push({ heading: heading.toLowerCase(), line: line.number, lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function readCriteria(lines: readonly Line[], problems: Placed[]): readonly Criterion[] {
  const criteria: Criterion[] = [];
  for (const { text, number } of lines) {
    const found = /^[-*] +\*\*([A-Z]{1,3}\d{1,2})\*\* +(\S.*)$/.exec(text);
    const last = criteria.at(-1);
    if (found !== null) {
      const [, id = '', words = ''] = found;
      if (criteria.some((one) => one.id === id)) problems.push({ line: number, ...say.criterionTwice(id) });
      criteria.push({ id, text: words.trim(), line: number });
    } else if (/^[-*] /.test(text)) problems.push({ line: number, ...say.notACriterion });
    else if (/^ +\S/.test(text) && last !== undefined)
      criteria[criteria.length - 1] = { ...last, text: `${last.text} ${text.trim()}` };
  }
  return criteria;
}

/** Reads the Markdown under the front matter: its criteria, and what is missing. `before` lines stand above it. */
export function readBody(body: string, before: number): Body {
  const problems: Placed[] = [];
  const sections = sectionsOf(linesOf(body, before));
  const criteria = sections
    .filter(({ heading }) => heading === 'criteria')
    .flatMap(({ lines }) => readCriteria(lines, problems));
  if (criteria.length === 0 && problems.length === 0) problems.push({ line: before + 1, ...say.noCriteria });
  const examples = body
    .split(/^##[ \t]+/m)
    .slice(1)
    .filter((section) => /^example \d+\b[^\n]*\n[\s\S]*\S/i.test(section));
  if (examples.length < 2) problems.push({ line: before + 1, ...say.fewExamples(examples.length) });
  return { criteria, problems };
}
