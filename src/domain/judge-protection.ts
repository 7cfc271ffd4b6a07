import { type Found, judgeNeededChecks } from './judge-needed-checks.ts';
import type { Finding } from './messages/cli.ts';
import { bypassers, entry, holds, merging, notRead, part } from './messages/protection.ts';
import { type Demands, demanded, type Protection } from './protection.ts';
import { GATE } from './tell-checks.ts';

type Switch = Parameters<typeof demanded>[1] & keyof typeof part;

/** One switch of the rules: on, off or not to be read. */
function judgeSwitch(
  demands: readonly Demands[],
  what: Switch,
  on: readonly Finding[],
  off: readonly Finding[],
): readonly Found[] {
  const is = demanded(demands, what);
  if (is === null) return [{ unread: part[what] }];
  return is ? on : off;
}

function judgeUpToDate({ demands }: Protection): readonly Found[] {
  const queue = judgeSwitch(demands, 'queue', [entry.queue], []);
  // A queue merges nothing but what was judged on the base of then.
  const off = queue.includes(entry.queue) ? [] : [entry.notUpToDate];
  const last = queue.includes(entry.queue) ? judgeSwitch(demands, 'lastGreen', [entry.lastGreen], []) : [];
  return [...queue, ...last, ...judgeSwitch(demands, 'upToDate', [entry.upToDate], off)];
}

function judgeApprovals({ demands }: Protection): readonly Found[] {
  const count = Math.max(0, ...demands.map(({ approvals }) => approvals ?? 0));
  if (count > 0)
    return [
      entry.approvals(count),
      ...judgeSwitch(demands, 'dismissesStale', [entry.dismissed], [entry.notDismissed]),
      ...judgeSwitch(demands, 'lastPush', [entry.lastPush], [entry.noLastPush]),
    ];
  if (demands.some(({ approvals }) => approvals === null)) return [{ unread: part.approvals }];
  return [demanded(demands, 'pullRequest') === true ? entry.zeroApprovals : entry.noApprovals];
}

function judgeCodeOwners({ demands, codeOwnersFile }: Protection): readonly Found[] {
  const asked = judgeSwitch(demands, 'codeOwners', [entry.codeOwners], []);
  if (!asked.includes(entry.codeOwners) || codeOwnersFile === true) return asked;
  return codeOwnersFile === null ? [{ unread: part.codeOwnersFile }] : [entry.noCodeOwnersFile];
}

function judgeAdministrators({ demands }: Protection): readonly Found[] {
  const [protection] = demands.filter(({ ruleset }) => ruleset === null);
  if (protection === undefined) return [];
  if (protection.bindsAdministrators === null) return [{ unread: part.bindsAdministrators }];
  if (protection.bindsAdministrators) return [holds.administrators];
  const beside = demands.some(
    ({ ruleset, checks }) => ruleset !== null && checks?.some(({ name }) => name === GATE) === true,
  );
  return [beside ? holds.noAdministratorsBeside : holds.noAdministrators];
}

function judgeHolder({ ruleset, organisation, bypass }: Demands, own: number | null): readonly Found[] {
  const owner = ruleset !== null && organisation !== null ? [holds.organisation(ruleset, organisation)] : [];
  if (bypass === null) return [...owner, { unread: part.bypass(ruleset) }];
  return bypass.length === 0 ? owner : [...owner, holds.bypass(ruleset, bypassers(bypass, own))];
}

function judgeRewriting({ demands }: Protection): readonly Found[] {
  const open = [
    ...judgeSwitch(demands, 'noForcePush', [], [holds.forcePush]),
    ...judgeSwitch(demands, 'noDeletion', [], [holds.deletion]),
  ];
  return open.length === 0 ? [holds.rewriting] : open;
}

const judgeIdle = ({ idle }: Protection): readonly Found[] =>
  idle === null ? [{ unread: part.idle }] : idle.map(({ name, why }) => holds[why](name));

function judgeApps({ demands, app }: Protection): readonly Found[] {
  if (demands.some(({ apps }) => apps === null)) return [{ unread: part.apps }];
  const shut = demands.filter(({ apps }) => apps !== 'any');
  if (shut.length > 0 && app === null) return [{ unread: part.apps }];
  return app !== null && shut.some(({ apps }) => apps !== 'any' && !apps?.includes(app)) ? [merging.shutOut(app)] : [];
}

function judgeMerging(protection: Protection): readonly Found[] {
  const { demands, squash } = protection;
  const refusing = demands.filter(
    ({ methods }) => methods !== null && methods.length > 0 && !methods.includes('squash'),
  );
  const found: readonly Found[] = [
    ...(squash === null ? [{ unread: part.squash }] : squash ? [] : [merging.noSquash]),
    ...refusing.map(({ ruleset }) => merging.noSquashIn(ruleset)),
    ...(demands.some(({ methods }) => methods === null) ? [{ unread: part.methods }] : []),
    ...demands.filter(({ locked }) => locked === true).map(({ ruleset }) => merging.locked(ruleset)),
    ...(demands.some(({ locked }) => locked === null) ? [{ unread: part.locked }] : []),
    ...judgeApps(protection),
    ...judgeSwitch(demands, 'signatures', [merging.signatures], []),
  ];
  return found.length === 0 ? [merging.squash] : found;
}

/**
 * Whether GitHub itself holds what the app relies on: each mis-set rule is a finding of its own, with what to do. What
 * could not be read is one finding that names all of it, and never counts as good.
 */
export function judgeProtection(protection: Protection): readonly Finding[] {
  const { demands, app } = protection;
  const found: readonly Found[] = [
    ...judgeNeededChecks(protection),
    ...judgeUpToDate(protection),
    ...judgeApprovals(protection),
    ...judgeSwitch(demands, 'conversations', [entry.conversations], [entry.noConversations]),
    ...judgeCodeOwners(protection),
    ...judgeAdministrators(protection),
    ...demands.flatMap((one) => judgeHolder(one, app)),
    ...judgeRewriting(protection),
    ...judgeIdle(protection),
    ...judgeMerging(protection),
  ];
  const dark = found.flatMap((one) => ('unread' in one ? [one.unread] : []));
  const told = found.flatMap((one) => ('unread' in one ? [] : [one]));
  return dark.length === 0 ? told : [...told, notRead([...new Set(dark)])];
}
