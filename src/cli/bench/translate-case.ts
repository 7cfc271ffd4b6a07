import type { Translated } from '../../domain/bench/outcome.ts';
import { bodyOf, type TranslationCase } from '../../domain/bench/translation-case.ts';
import type { Fact } from '../../domain/fact.ts';
import { keyOf } from '../../domain/rejection.ts';
import { parseSpecComment } from '../../domain/spec-comment.ts';
import { standingOf } from '../../domain/standing.ts';
import { advance } from '../../loop.ts';
import type { Ports } from '../../ports.ts';
import { type LocalForge, localForge } from '../try/local-forge.ts';
import { memoryBlobs, memoryLedger } from '../try/memory-ledger.ts';
import type { Bench } from './open-bench.ts';
import { REPO } from './open-bench.ts';

const endedAs = { asked: 'ask', declined: 'decline', drafted: 'act' } as const;

/** What was said, as posted and as edited, whatever stands there now. */
function listening(forge: LocalForge, heard: string[]): LocalForge {
  return {
    ...forge,
    postComment: (permit, issue, marker, body) => {
      heard.push(body);
      return forge.postComment(permit, issue, marker, body);
    },
    editComment: (permit, comment, issue, body) => {
      heard.push(body);
      return forge.editComment(permit, comment, issue, body);
    },
  };
}

/** How many of the drafts agreed, where the product tells that of the draft it posted. */
function agreedIn(facts: readonly Fact[]): Translated['agreed'] {
  const { agreed } = facts.findLast((fact) => fact.kind === 'draft-posted') ?? {};
  return agreed ?? null;
}

function specsIn(heard: readonly string[]): Translated['specs'] {
  const parsed = heard.filter((body) => body.includes('```yaml corrigible-spec')).map(parseSpecComment);
  return parsed.flatMap((one) => ('spec' in one ? [one.spec] : []));
}

/** One rejection, taken as far as the product takes it before a person decides: its own stages, on ports of this machine. */
async function translateOne(ports: Ports, heard: readonly string[]): Promise<Omit<Translated, 'sent' | 'cost'>> {
  let trouble: string | null = null;
  await advance(ports).catch((error: unknown) => {
    trouble = String(error);
  });
  const recorded = await ports.ledger.read(keyOf(ports.ref));
  const { stage } = standingOf(recorded);
  const facts = recorded.map(({ fact }) => fact);
  const posted = facts.findLast((fact) => fact.kind === 'draft-posted');
  const asked = facts.findLast((fact) => fact.kind === 'question-asked');
  const declined = facts.findLast((fact) => fact.kind === 'declined');
  const { name } = stage;
  return {
    is: name === 'asked' || name === 'declined' || name === 'drafted' ? endedAs[name] : 'nothing',
    by: posted?.by ?? null,
    specs: specsIn(heard),
    reason: declined?.reason.code ?? null,
    missing: asked?.missing ?? [],
    question: asked === undefined ? '' : (heard.findLast((body) => /^\d+\. /m.test(body)) ?? ''),
    agreed: agreedIn(facts),
    trouble: trouble ?? (name === 'asked' || name === 'declined' || name === 'drafted' ? null : (heard.at(-1) ?? name)),
  };
}

const issueOf = (one: TranslationCase) => ({ title: one.rejection.title, body: bodyOf(one) });

/**
 * Translates one case. One that repeats another is told after that one, to the same ledger. What it says is in `sent`;
 * what it asked a model is counted by the caller.
 */
export async function translateCase(
  { cases, ports, access }: Pick<Bench, 'cases' | 'ports' | 'access'>,
  one: TranslationCase,
): Promise<Omit<Translated, 'cost'>> {
  const { now } = ports.clock;
  const first = cases.find(({ id }) => id === one.of);
  const shared = { ...ports, ledger: memoryLedger(now), blobs: memoryBlobs() };
  const told = first === undefined ? [one] : [first, one];
  const forges = told.map((of) => localForge(REPO, access, issueOf(of), now));
  const tell = async (index: number): Promise<Omit<Translated, 'cost'>> => {
    const heard: string[] = [];
    const forge = forges[index];
    if (forge === undefined) throw new Error('no such case');
    const issue: LocalForge['issue'] = (number) => (forges[number - 1] ?? forge).issue(number);
    const ref = { ...ports.ref, issue: index + 1 };
    const translated = await translateOne({ ...shared, ref, forge: { ...listening(forge, heard), issue } }, heard);
    return { ...translated, sent: heard };
  };
  const ended = await tell(0);
  return first === undefined ? ended : tell(1);
}
