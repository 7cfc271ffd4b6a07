import { weightOf } from './fetch.ts';
import type { Leaf, Rules, When } from './rules.ts';
import type { PlanInput, Planned } from './types.ts';

function holds(when: When, input: PlanInput): boolean {
  if ('fact' in when) return String(input[when.fact]) === when.is;
  const found = Object.values(input.entities[when.entity] ?? {}).some((values) => values.length > 0);
  return found === (when.is === 'present');
}

/** The plan of the intent, or of its parent, or of `other`. */
function leafOf({ plan }: Rules, input: PlanInput): Leaf {
  const tree = plan.plan[input.intent] ?? plan.plan[input.intent.split('.')[0] ?? ''] ?? plan.plan['other'];
  if (tree === undefined) throw new Error('config/plan.yml has no plan for other');
  return tree.branches.find((branch) => holds(branch.when, input)) ?? tree.other;
}

function textOf(template: string, input: PlanInput): string {
  const values: Readonly<Record<string, string>> = {
    name: input.customer.name,
    recipient: input.recipient,
    order: String(input.entities['order']?.['numbers']?.[0] ?? 'your order'),
    article: input.articles[0]?.title ?? 'our help pages',
  };
  return template.replace(/\{(\w+)\}/g, (blank, key: string) => values[key] ?? blank);
}

/** Nothing that moves money goes out unread; an article that we trust for this intent does. */
function isReviewed({ plan, fetch }: Rules, input: PlanInput, leaf: Leaf): boolean {
  if (leaf.tools.some((tool) => plan['reviewed-tools'].includes(tool))) return true;
  const first = input.articles[0];
  return first === undefined || weightOf(fetch, input.intent, first.id) < fetch.authoritative;
}

/** Step 4. The reply, the tools to call, and whether a person reads the reply first. */
export function plan(input: PlanInput, rules: Rules): Planned {
  const leaf = leafOf(rules, input);
  const template = rules.replies[leaf.reply];
  if (template === undefined) throw new Error(`config/plan.yml names the reply ${leaf.reply}, which is not there`);
  const translation = input.language === 'en' ? [] : [`translate-${input.language}`];
  return {
    reply: { id: leaf.reply, text: textOf(template, input) },
    tools: [...leaf.tools, ...translation],
    reviewed: isReviewed(rules, input, leaf),
  };
}
