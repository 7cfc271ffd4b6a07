import { readFileSync } from 'node:fs';
import { normalisers } from './normalisers.ts';
import { readYaml } from './read-yaml.ts';
import type { FetchRules, Leaf, PlanRules, Rules } from './rules.ts';

const BLANKS = ['name', 'recipient', 'order', 'article'];

type Unread = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Unread => typeof value === 'object' && value !== null && !Array.isArray(value);
const isWords = (value: unknown): boolean => Array.isArray(value) && value.every((word) => typeof word === 'string');

function insist(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function keysOf(value: unknown, keys: readonly string[], where: string): void {
  insist(isMap(value), `${where} is not a map`);
  const strange = Object.keys(value as Unread).find((key) => !keys.includes(key));
  insist(strange === undefined, `${where} has the unknown key ${strange}`);
}

function checkSubs(value: unknown, where: string): void {
  insist(Array.isArray(value), `${where} is not a list`);
  for (const sub of value as unknown[]) {
    keysOf(sub, ['id', 'any'], where);
    const { id, any } = sub as Unread;
    insist(typeof id === 'string' && isWords(any), `${where} needs an id and words`);
  }
}

function checkIntents(value: unknown): Rules['intents'] {
  keysOf(value, ['intents', 'other'], 'intents');
  const { intents, other } = value as { intents: unknown; other: unknown };
  insist(Array.isArray(intents), 'intents is not a list');
  for (const rule of intents as unknown[]) {
    keysOf(rule, ['id', 'any', 'sub'], 'an intent');
    checkSubs((rule as Unread)['sub'], `the sub-intents of ${String((rule as Unread)['id'])}`);
    insist(isWords((rule as Unread)['any']), 'an intent needs words');
  }
  keysOf(other, ['sub'], 'other');
  checkSubs((other as Unread)['sub'], 'the sub-intents of other');
  return value as Rules['intents'];
}

function checkExtraction(value: unknown): Rules['extraction'] {
  keysOf(value, ['currency', 'groups'], 'extraction');
  for (const [group, fields] of Object.entries((value as { groups: object }).groups))
    for (const [field, name] of Object.entries(fields as Unread))
      insist(
        Object.hasOwn(normalisers, String(name)),
        `${group}.${field} names the unknown normaliser ${String(name)}`,
      );
  return value as Rules['extraction'];
}

function checkFetch(value: unknown): FetchRules {
  keysOf(value, ['articles', 'weights', 'authoritative'], 'fetch');
  const fetch = value as FetchRules;
  const known = new Set(fetch.articles.map(({ id }) => id));
  for (const [intent, weights] of Object.entries(fetch.weights))
    for (const [article, weight] of Object.entries(weights)) {
      insist(known.has(article), `the weights of ${intent} name the unknown article ${article}`);
      insist(Number.isFinite(weight), `the weight of ${article} for ${intent} is not a number`);
    }
  insist(Number.isFinite(fetch.authoritative), 'authoritative is not a number');
  return fetch;
}

function checkLeaf(leaf: Leaf, keys: readonly string[], where: string, replies: Rules['replies']): void {
  keysOf(leaf, keys, where);
  insist(Object.hasOwn(replies, leaf.reply), `${where} names the unknown reply ${leaf.reply}`);
  insist(isWords(leaf.tools), `${where} needs a list of tools`);
}

function checkPlan(value: unknown, replies: Rules['replies']): PlanRules {
  keysOf(value, ['reviewed-tools', 'plan'], 'plan.yml');
  const { plan } = value as PlanRules;
  for (const [intent, tree] of Object.entries(plan)) {
    keysOf(tree, ['branches', 'other'], intent);
    checkLeaf(tree.other, ['reply', 'tools'], `${intent}, other`, replies);
    for (const [index, branch] of tree.branches.entries()) {
      const where = `${intent}, branch ${index + 1}`;
      checkLeaf(branch, ['when', 'reply', 'tools'], where, replies);
      keysOf(branch.when, 'fact' in branch.when ? ['fact', 'is'] : ['entity', 'is'], `${where}, when`);
    }
  }
  insist(Object.hasOwn(plan, 'other'), 'there is no plan for other');
  return value as PlanRules;
}

function checkReplies(value: unknown): Rules['replies'] {
  insist(isMap(value), 'replies is not a map');
  for (const [id, text] of Object.entries(value as Unread)) {
    insist(typeof text === 'string', `the reply ${id} is not a text`);
    for (const [, blank = ''] of String(text).matchAll(/\{(\w+)\}/g))
      insist(BLANKS.includes(blank), `the reply ${id} has the unknown blank {${blank}}`);
  }
  return value as Rules['replies'];
}

function part<T>(read: (path: string) => string, file: string, check: (value: unknown) => T): T {
  try {
    const text = read(`config/${file}`);
    return check(file.endsWith('.yml') ? readYaml(text) : JSON.parse(text));
  } catch (error) {
    throw new Error(`config/${file}: ${(error as Error).message}`);
  }
}

/** The rules in the files that `read` gives by path. Throws with file and place when one of them is not as it must be. */
export function rulesFrom(read: (path: string) => string): Rules {
  const replies = part(read, 'replies.json', checkReplies);
  return {
    intents: part(read, 'intents.json', checkIntents),
    extraction: part(read, 'extraction.json', checkExtraction),
    fetch: part(read, 'fetch.json', checkFetch),
    plan: part(read, 'plan.yml', (value) => checkPlan(value, replies)),
    replies,
  };
}

/** The rules of this checkout. */
export const readRules = (): Rules => rulesFrom((path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));
