import { allBut, type Masked, only } from './all-but.ts';
import { allowed } from './allowed-calls.ts';
import {
  type Arch,
  denied,
  deniedIoctls,
  EAFNOSUPPORT,
  ENOSYS,
  EPERM,
  EPROTONOSUPPORT,
  type guarded,
  inetProtocols,
  netlinkProtocols,
  newNamespaceFlags,
  socketFamilies,
} from './system-calls.ts';

/** One rule of a filter as the runtimes of containers take it: `linux.seccomp.syscalls` of their specification. */
export interface OciRule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly OciArgument[];
}

interface OciArgument {
  readonly index: number;
  /** The mask: `op` compares what is left of the argument under it. */
  readonly value: number;
  readonly valueTwo: number;
  readonly op: 'SCMP_CMP_MASKED_EQ';
}

/** The whole filter. */
export interface OciFilter {
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly OciRule[];
}

const architecture: Readonly<Record<Arch, string>> = { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' };

/** What arguments of a call have to be, by their places. Like the kernel, it looks at the low half of each. */
type Arguments = Readonly<Record<number, Masked>>;

const argumentsOf = (wanted: Arguments): readonly OciArgument[] =>
  Object.entries(wanted).map(([index, { mask, value }]) => ({
    index: Number(index),
    value: mask,
    valueTwo: value,
    op: 'SCMP_CMP_MASKED_EQ',
  }));

const allow = (names: readonly string[]): OciRule => ({ names, action: 'SCMP_ACT_ALLOW' });
const allowWhere = (name: string, wanted: Arguments): OciRule => ({ ...allow([name]), args: argumentsOf(wanted) });
const fail = (names: readonly string[], errnoRet: number): OciRule => ({ names, action: 'SCMP_ACT_ERRNO', errnoRet });
const failWhere = (name: string, errno: number, wanted: Arguments): OciRule => ({
  ...fail([name], errno),
  args: argumentsOf(wanted),
});

/** Sockets of one family, of these protocols alone. */
const ofFamily = (family: number, protocols: readonly number[]): readonly OciRule[] => [
  ...protocols.map((protocol) => allowWhere('socket', { 0: only(family), 2: only(protocol) })),
  ...allBut(protocols).map((other) => failWhere('socket', EPROTONOSUPPORT, { 0: only(family), 2: other })),
];

const { unix, inet, inet6, netlink } = socketFamilies;

/** The calls that go through with harmless arguments only, as rules of which no two apply at once. */
const guards: Readonly<Record<keyof typeof guarded, readonly OciRule[]>> = {
  clone: [
    allowWhere('clone', { 0: { mask: newNamespaceFlags, value: 0 } }),
    // Of flags that are set only one is looked at: the lowest.
    ...bitsOf(newNamespaceFlags).map((bit) =>
      failWhere('clone', EPERM, { 0: { mask: newNamespaceFlags & (bit * 2 - 1), value: bit } }),
    ),
  ],
  ioctl: [
    ...allBut(deniedIoctls).map((other) => allowWhere('ioctl', { 1: other })),
    ...deniedIoctls.map((request) => failWhere('ioctl', EPERM, { 1: only(request) })),
  ],
  socket: [
    allowWhere('socket', { 0: only(unix) }),
    ...ofFamily(inet, inetProtocols),
    ...ofFamily(inet6, inetProtocols),
    ...ofFamily(netlink, netlinkProtocols),
    ...allBut([unix, inet, inet6, netlink]).map((other) => failWhere('socket', EAFNOSUPPORT, { 0: other })),
  ],
  socketpair: [
    allowWhere('socketpair', { 0: only(unix) }),
    ...allBut([unix]).map((other) => failWhere('socketpair', EAFNOSUPPORT, { 0: other })),
  ],
};

function bitsOf(flags: number): readonly number[] {
  return Array.from({ length: 32 }, (_, place) => 2 ** place).filter((bit) => (flags & bit) !== 0);
}

/**
 * What bubblewrap asks of the kernel beyond what commands may: the filter of a container in which the app makes sandboxes
 * of its own has to let it.
 */
const forBubblewrap: readonly string[] = ['clone', 'mount', 'pivot_root', 'umount2', 'unshare'];

const refused = Object.values(denied).flatMap((calls) => Object.keys(calls));

/** The rules for a container in which the app itself runs, and makes sandboxes with bubblewrap, which have our filter. */
export const rulesForApp = (): readonly OciRule[] => [
  allow([...allowed.keys(), 'ioctl', ...forBubblewrap].sort()),
  ...Object.values(socketFamilies).map((family) => allowWhere('socket', { 0: only(family) })),
  allowWhere('socketpair', { 0: only(unix) }),
  fail(refused.filter((name) => !forBubblewrap.includes(name)).sort(), EPERM),
];

/** The filter of `buildFilter`, as runtimes of containers take it: they make the program. */
export const ociFilter = (arch: Arch): OciFilter => ({
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: ENOSYS,
  architectures: [architecture[arch]],
  syscalls: [allow([...allowed.keys()]), ...Object.values(guards).flat(), fail(refused, EPERM)],
});
