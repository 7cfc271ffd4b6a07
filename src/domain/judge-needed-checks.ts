import type { Finding } from './messages/cli.ts';
import { part, neededChecks as say } from './messages/protection.ts';
import type { NeededCheck, Protection } from './protection.ts';
import { GATE } from './tell-checks.ts';

/** A finding, or the name of what could not be read. */
export type Found = Finding | { readonly unread: string };

const STEP = 'corrigible/step/';
/** On the app's own pull requests alone. */
const OWN_ONLY = ['corrigible/spec', 'corrigible/integrity'];
/** On people's alone. */
const PEOPLE_ONLY = ['corrigible/oracle'];

const distinct = <T>(all: readonly T[]): readonly T[] => [...new Set(all)];

function judgeSource(gates: readonly NeededCheck[], own: number | null): readonly Found[] {
  const apps = distinct(gates.flatMap(({ app }) => (app === null ? [] : [app])));
  const [app] = apps;
  if (app === undefined) return [say.anyGate(GATE)];
  const twice = gates.some((gate) => gate.app === null) ? [say.alsoAny(GATE)] : [];
  if (apps.length > 1) return [say.severalGates(GATE, apps), ...twice];
  if (own === null) return [say.unknownApp(GATE, app), ...twice];
  return [app === own ? say.gate(GATE, own) : say.otherGate(GATE, app, own), ...twice];
}

function judgePeople(configured: Protection['configured']): Found {
  if (configured === null) return { unread: part.configuration };
  if (configured === 'unusable') return say.noneJudged(GATE);
  return configured.people ? say.peopleJudged : say.peopleWait(GATE);
}

function judgeStatus(gates: readonly NeededCheck[], gateStatus: boolean | null): readonly Found[] {
  if (gateStatus === null) return [{ unread: part.status }];
  if (!gateStatus) return [];
  return [gates.some(({ app }) => app === null) ? say.statusToo(GATE) : say.statusBeside(GATE)];
}

function judgeGate({ app, configured, gateStatus, demands }: Protection, checks: readonly NeededCheck[]) {
  const gates = checks.filter(({ name }) => name === GATE);
  if (gates.length > 0) return [...judgeSource(gates, app), ...judgeStatus(gates, gateStatus), judgePeople(configured)];
  return demands.some((one) => one.checks === null) ? [] : [say.noGate(GATE)];
}

/** Meant as the gate, and written differently. Another App's check may well be called “gate”. */
function isMisnamed({ name, app }: NeededCheck, own: number | null, hasGate: boolean): boolean {
  const letters = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (letters === 'corrigiblegate' || letters === 'corrigible') return true;
  return letters === 'gate' && (app === null ? !hasGate : app === own);
}

function judgeStep(name: string, configured: Protection['configured']): Found {
  if (configured === null || configured === 'unusable') return { unread: part.configuration };
  if (!configured.steps.includes(name.slice(STEP.length))) return say.noStep(name);
  return configured.people ? say.stepTwice(name) : say.notForPeople(name);
}

function judgeOther(check: NeededCheck, { app, configured }: Protection, hasGate: boolean): readonly Found[] {
  const { name } = check;
  if (isMisnamed(check, app, hasGate)) return [say.misnamed(name, GATE)];
  if (OWN_ONLY.includes(name)) return [say.notForPeople(name)];
  if (PEOPLE_ONLY.includes(name)) return [say.notForOwn(name)];
  if (name.startsWith(STEP)) return [judgeStep(name, configured)];
  const ours = /^corrigible\b/i.test(name) || (app !== null && check.app === app);
  return ours ? [say.unknown(name)] : [];
}

/** Whether the gate is required as it has to be, and nothing of the app's that somebody would wait for in vain. */
export function judgeNeededChecks(protection: Protection): readonly Found[] {
  const checks = protection.demands.flatMap((one) => one.checks ?? []);
  const hasGate = checks.some(({ name }) => name === GATE);
  const others = new Map(checks.filter(({ name }) => name !== GATE).map((one) => [`${one.app} ${one.name}`, one]));
  return [
    ...judgeGate(protection, checks),
    ...(protection.demands.some((one) => one.checks === null) ? [{ unread: part.checks }] : []),
    ...[...others.values()].flatMap((one) => judgeOther(one, protection, hasGate)),
  ];
}
