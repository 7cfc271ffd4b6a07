import { type Finding, repository as say, unread } from '../../domain/messages/cli.ts';
import { GATE } from '../../domain/tell-checks.ts';

/** What rulesets and branch protection together demand of the default branch; null where it cannot be read. */
export interface Demands {
  readonly checks: readonly { readonly name: string; readonly app: number | null }[];
  readonly upToDate: 'strict' | 'queue' | 'no' | null;
  readonly approvals: number | null;
}

function judgeGate({ checks }: Demands, own: number | null): Finding {
  const gates = checks.filter(({ name }) => name === GATE);
  const pinned = gates.flatMap(({ app }) => (app === null ? [] : [app]));
  const [first] = gates;
  if (first === undefined) return say.noGate(GATE);
  const [app] = pinned;
  if (app === undefined) return say.anyGate(GATE);
  if (own !== null && !pinned.includes(own)) return say.otherGate(GATE, app, own);
  return say.gate(GATE, own ?? app);
}

function judgeUpToDate({ upToDate }: Demands): Finding {
  if (upToDate === null) return say.hidden(unread.upToDate);
  return upToDate === 'no' ? say.notUpToDate : say.upToDate(upToDate);
}

function judgeApprovals({ approvals }: Demands): Finding {
  if (approvals === null) return say.hidden(unread.approvals);
  return approvals > 0 ? say.approvals(approvals) : say.noApprovals;
}

/** Whether GitHub itself holds what the app relies on. `own` is the App's id, null when it is not known here. */
export const judgeDemands = (demands: Demands, own: number | null): readonly Finding[] => [
  judgeGate(demands, own),
  judgeUpToDate(demands),
  judgeApprovals(demands),
];
