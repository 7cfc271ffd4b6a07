import { z } from 'zod';
import type { Leak } from '../../domain/messages/sandbox.ts';
import type { Findings } from './probe-inside.ts';

const findings: z.ZodType<Findings> = z.object({
  noNewPrivileges: z.string(),
  filterMode: z.string(),
  filters: z.number(),
  capabilities: z.string(),
  processes: z.number(),
  descriptors: z.array(z.string()),
  interfaces: z.array(z.string()),
  environment: z.array(z.string()),
  firstEnvironment: z.string(),
  hostFile: z.boolean(),
  corePattern: z.boolean(),
  system: z.boolean(),
  root: z.boolean(),
  tree: z.boolean(),
  git: z.boolean(),
  loopback: z.boolean(),
  abstractSocket: z.boolean(),
  vsock: z.boolean().nullable(),
  namespaces: z.boolean(),
});

/** What the app knows and the probe does not. */
export interface Outside {
  /** seccomp filters that already bind the app itself, in a container for example. */
  readonly filters: number;
  readonly writable: boolean;
}

// bubblewrap's first process, Node, and what Node starts for a moment.
const OWN_PROCESSES = 5;
const OWN_ENVIRONMENT = new Set(['PATH', 'HOME', 'USER', 'LANG', 'CI', 'NO_COLOR', 'PWD']);

const isOpen: Readonly<Record<Leak, (seen: Findings, outside: Outside) => boolean>> = {
  privileges: (seen) => seen.noNewPrivileges !== '1',
  filter: (seen, outside) => seen.filterMode !== '2' || !(seen.filters > outside.filters),
  capabilities: (seen) => !/^0+$/.test(seen.capabilities),
  processes: (seen) => seen.processes > OWN_PROCESSES,
  descriptors: (seen) => seen.descriptors.some((target) => target !== '/dev/null'),
  network: (seen) => seen.interfaces.some((name) => name !== 'lo'),
  environment: (seen) => seen.firstEnvironment !== '' || seen.environment.some((name) => !OWN_ENVIRONMENT.has(name)),
  hostFiles: (seen) => seen.hostFile,
  corePattern: (seen) => seen.corePattern,
  system: (seen) => seen.system,
  root: (seen) => seen.root,
  loopback: (seen) => seen.loopback,
  abstractSockets: (seen) => seen.abstractSocket,
  vsock: (seen) => seen.vsock === true,
  namespaces: (seen) => seen.namespaces,
  gitFolder: (seen) => seen.git,
  readOnlyTree: (seen, outside) => !outside.writable && seen.tree,
  writableTree: (seen, outside) => outside.writable && !seen.tree,
};

/** What is open that has to be closed, judged from the probe's line; null when the line is not the probe's. */
export function judgeFindings(line: string, outside: Outside): readonly Leak[] | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  const seen = findings.safeParse(json);
  if (!seen.success) return null;
  return (Object.keys(isOpen) as Leak[]).filter((leak) => isOpen[leak](seen.data, outside));
}
