import { access, readFile } from 'node:fs/promises';
import type { Cause, ContainerCause } from '../../domain/messages/sandbox.ts';

/** What of this machine decides whether bubblewrap can make its namespaces. */
export interface Machine {
  /** Settings of the kernel, empty where they are not there. */
  readonly unprivileged: string;
  readonly most: string;
  readonly appArmor: string;
  /** The app runs in a container, or under somebody else's filter of system calls. */
  readonly contained: boolean;
}

const settingOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Reads what the kernel and the surroundings say. */
export async function readMachine(): Promise<Machine> {
  const marks = await Promise.all(['/.dockerenv', '/run/.containerenv'].map(exists));
  const status = await settingOf('/proc/self/status');
  return {
    unprivileged: await settingOf('/proc/sys/kernel/unprivileged_userns_clone'),
    most: await settingOf('/proc/sys/user/max_user_namespaces'),
    appArmor: await settingOf('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'),
    contained: marks.includes(true) || /^Seccomp:\s*2$/m.test(status),
  };
}

/** Why bubblewrap does not start, from its own last line and what the machine says; the first that fits. */
export function findCause(line: string, machine: Machine): Cause {
  const { unprivileged, most, appArmor, contained } = machine;
  if (/unknown option/i.test(line)) return 'tooOld';
  if (/kernel does not support user namespaces/.test(line)) return 'noNamespaces';
  if (unprivileged === '0') return 'onlyRoot';
  if (most === '0' || /ENOSPC|exceeded/.test(line)) return 'noneLeft';
  // Under AppArmor's restriction the namespace is made, and then nothing may be done in it.
  if (appArmor === '1' && !/mount proc/.test(line)) return 'appArmor';
  if (/mount proc/.test(line)) return 'hiddenProc';
  if (/make \/ slave|pivot_root|mount/i.test(line)) return 'mountsRefused';
  if (/namespace|uid map|RTM_NEW/.test(line)) return contained ? 'containerFilter' : 'refused';
  return 'other';
}

/** Why a runtime of containers makes none, from its last words and what the machine says; the first that fits. */
export function findContainerCause(
  words: string,
  { unprivileged, most, appArmor, contained }: Machine,
): ContainerCause {
  if (/hybrid/.test(words)) return 'bothGroups';
  if (/cgroup|memory\.max|pids\.max/.test(words)) return 'noGroups';
  if (/rro|seccomp|errnoRet|unknown (?:flag|option)|flag provided|unmarshal/i.test(words)) return 'tooOld';
  if (unprivileged === '0' && process.getuid?.() !== 0) return 'onlyRoot';
  if (most === '0') return 'noneLeft';
  if (appArmor === '1' && process.getuid?.() !== 0) return 'appArmor';
  if (/proc/.test(words) && /mount/.test(words)) return 'hiddenProc';
  if (contained && /operation not permitted|clone|unshare|nsexec/i.test(words)) return 'containerFilter';
  return 'other';
}
