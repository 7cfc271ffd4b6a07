import { classify } from './classify.ts';
import { extract } from './extract.ts';
import { fetchArticles } from './fetch.ts';
import { plan } from './plan.ts';
import type { Rules } from './rules.ts';
import type { ExtractInput, FetchInput, Message, PlanInput, Ticket } from './types.ts';

/** Each step by its name: a pure function of its input and the rules. */
export const steps = {
  classify: (input: unknown, rules: Rules) => classify(input as Message, rules),
  extract: (input: unknown, rules: Rules) => extract(input as ExtractInput, rules),
  fetch: (input: unknown, rules: Rules) => fetchArticles(input as FetchInput, rules),
  plan: (input: unknown, rules: Rules) => plan(input as PlanInput, rules),
};
export type StepName = keyof typeof steps;

export interface TracedStep {
  readonly step: StepName;
  readonly input: object;
  readonly output: object;
}

/** A ticket through all four steps: what each took and gave. */
export function runPipeline(ticket: Ticket, rules: Rules): readonly TracedStep[] {
  const message: Message = { subject: ticket.subject, text: ticket.text };
  const classified = classify(message, rules);
  const { confidence, ...kind } = classified;
  const toExtract: ExtractInput = { ...message, ...kind, received: ticket.received };
  const extracted = extract(toExtract, rules);
  const toFetch: FetchInput = { ...message, ...kind, ...extracted };
  const fetched = fetchArticles(toFetch, rules);
  const toPlan: PlanInput = {
    ...kind,
    confidence,
    customer: { name: ticket.customer.name },
    recipient: ticket.order?.recipient ?? ticket.customer.name,
    order_status: ticket.order?.status ?? 'none',
    ...extracted,
    ...fetched,
  };
  return [
    { step: 'classify', input: message, output: classified },
    { step: 'extract', input: toExtract, output: extracted },
    { step: 'fetch', input: toFetch, output: fetched },
    { step: 'plan', input: toPlan, output: plan(toPlan, rules) },
  ];
}
