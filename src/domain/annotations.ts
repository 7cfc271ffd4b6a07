import { z } from 'zod';

const text = z.string().trim().min(1).max(2000);

/** What a person says of one article that was fetched. */
const Knowledge = z.strictObject({
  article: z.string().trim().min(1).max(60).describe('The id of the article, such as KB-104'),
  relevant: z.boolean().describe('Whether it helps with this ticket'),
});

/**
 * What a person says, beside free text, of what went wrong. Each part may be missing: free text alone is enough. Texts
 * are redacted before anybody reads them.
 */
export const Annotations = z.strictObject({
  step: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,59}$/, 'must be the name of a step, in lower case')
    .optional()
    .describe('The step that went wrong, by its name in the configuration'),
  expected: text.optional().describe('What should have come out'),
  often: z.enum(['always', 'once']).optional().describe('Whether this is wrong for every such ticket, or only once'),
  preferred: z
    .strictObject({ better: text.describe('The reply that is better'), worse: text.describe('The other one') })
    .optional()
    .describe('Which of two replies is better'),
  adoption: text.optional().describe('Why the output was used, changed, or thrown away'),
  knowledge: z
    .array(Knowledge)
    .min(1)
    .max(20)
    .optional()
    .describe('Which articles help with the ticket, and which do not'),
  missing: text.optional().describe('Knowledge that is written down nowhere'),
});
export type Annotations = z.infer<typeof Annotations>;

/**
 * The parts of a rejection that have a field of their own, by id, with the heading under which an issue holds each. A form
 * in another language gives its fields these ids, and whatever headings it likes.
 */
export const HEADINGS = {
  ticket: 'ticket',
  step: 'step',
  observed: 'what came out',
  expected: 'what should have come out',
  often: 'always or only this once',
  better: 'better reply',
  worse: 'the other reply',
  adoption: 'why it was used or not',
  knowledge: 'articles that help',
  missing: 'missing knowledge',
  trace: 'trace',
} as const;
export type FieldId = keyof typeof HEADINGS;

export const isFieldId = (id: unknown): id is FieldId => typeof id === 'string' && Object.hasOwn(HEADINGS, id);

const YES = /^(?:yes|relevant|helps?|ja|hilft|s[ií]|oui|utile|✓|\+)$/i;
const NO = /^(?:no|not relevant|irrelevant|does not help|nein|hilft nicht|non|inutile|✗|-)$/i;

/** `KB-104: no`, one per line. Lines that say neither are left alone. */
function knowledgeIn(words: string): Annotations['knowledge'] {
  const found = words.split('\n').flatMap((line) => {
    const [, article, said = ''] =
      /^[\s*-]{0,10}([\p{L}\p{N}_.-]{1,60})\s{0,5}[:=]\s{0,5}([^\n]{1,40})$/u.exec(line) ?? [];
    const relevant = YES.test(said.trim()) ? true : NO.test(said.trim()) ? false : null;
    return article === undefined || relevant === null ? [] : [{ article, relevant }];
  });
  return found.length === 0 ? undefined : found.slice(0, 20);
}

const ONCE =
  /\b(?:once|one-off|this time|einmal|nur diese\w*|una vez|solo est[ae]|une (?:seule )?fois|seulement cette)\b/i;
const ALWAYS = /\b(?:always|every|rule|immer|jedes|siempre|toujours|chaque)\b/i;

const oftenIn = (words: string): Annotations['often'] =>
  ONCE.test(words) ? 'once' : ALWAYS.test(words) ? 'always' : undefined;

const defined = <T extends object>(of: T): T =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as T;

/** What the fields of a rejection say, as data; what does not fit stays words. `fields` by heading, as `HEADINGS` has them. */
export function annotationsIn(fields: Readonly<Record<string, string>>): Annotations {
  const of = (id: FieldId): string | undefined => {
    const words = Object.hasOwn(fields, HEADINGS[id]) ? fields[HEADINGS[id]]?.trim().slice(0, 2000) : undefined;
    return words === '' ? undefined : words;
  };
  const [step, better, worse] = [of('step')?.toLowerCase(), of('better'), of('worse')];
  return defined({
    step: step !== undefined && /^[a-z][a-z0-9-]{0,59}$/.test(step) ? step : undefined,
    expected: of('expected'),
    often: oftenIn(of('often') ?? ''),
    preferred: better === undefined || worse === undefined ? undefined : { better, worse },
    adoption: of('adoption'),
    knowledge: knowledgeIn(of('knowledge') ?? ''),
    missing: of('missing'),
  }) as Annotations;
}
