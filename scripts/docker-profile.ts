import { type OciRule, rulesForApp } from '../src/adapters/sandbox/oci-filter.ts';
import { ENOSYS } from '../src/adapters/sandbox/system-calls.ts';

/** A filter of system calls as `docker run --security-opt seccomp=FILE` takes it. */
interface DockerProfile {
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  readonly archMap: readonly { readonly architecture: string; readonly subArchitectures: readonly string[] }[];
  readonly syscalls: readonly OciRule[];
}

/** The filter for a container in which the app makes sandboxes of its own with bubblewrap. */
export const dockerProfile = (): DockerProfile => ({
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: ENOSYS,
  archMap: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'].map((architecture) => ({ architecture, subArchitectures: [] })),
  syscalls: rulesForApp(),
});
