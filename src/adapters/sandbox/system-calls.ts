import type { Numbers } from './allowed-calls.ts';

/** Processors that the filter knows. */
export type Arch = 'x64' | 'arm64';

export const EPERM = 1;
// What a kernel answers that lacks the call. So clone3, whose flags lie in memory, where a filter cannot look: the C
// library then uses clone.
export const ENOSYS = 38;
export const EPROTONOSUPPORT = 93;
export const EAFNOSUPPORT = 97;

/** AUDIT_ARCH_* of linux/audit.h: what the kernel calls the processor of the caller. */
export const auditArch: Readonly<Record<Arch, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/**
 * Calls that have been ways out of a sandbox: answered with a refusal, where one that is merely unknown is answered as by a
 * kernel that lacks it. Some programs go on after the one, and not after the other.
 * Numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of the kernel.
 */
export const denied: Readonly<Record<string, Readonly<Record<string, Numbers>>>> = {
  otherProcesses: {
    ptrace: [101, 117],
    process_vm_readv: [310, 270],
    process_vm_writev: [311, 271],
    process_madvise: [440, 440],
    process_mrelease: [448, 448],
    pidfd_getfd: [438, 438],
    kcmp: [312, 272],
    move_pages: [279, 239],
    migrate_pages: [256, 238],
  },
  namespacesAndMounts: {
    unshare: [272, 97],
    setns: [308, 268],
    mount: [165, 40],
    umount2: [166, 39],
    pivot_root: [155, 41],
    chroot: [161, 51],
    move_mount: [429, 429],
    open_tree: [428, 428],
    open_tree_attr: [467, 467],
    fsopen: [430, 430],
    fsconfig: [431, 431],
    fsmount: [432, 432],
    fspick: [433, 433],
    mount_setattr: [442, 442],
    name_to_handle_at: [303, 264],
    open_by_handle_at: [304, 265],
    fanotify_init: [300, 262],
    quotactl: [179, 60],
    quotactl_fd: [443, 443],
    sysfs: [139, null],
  },
  kernel: {
    bpf: [321, 280],
    perf_event_open: [298, 241],
    userfaultfd: [323, 282],
    add_key: [248, 217],
    request_key: [249, 218],
    keyctl: [250, 219],
    init_module: [175, 105],
    finit_module: [313, 273],
    delete_module: [176, 106],
    kexec_load: [246, 104],
    kexec_file_load: [320, 294],
    reboot: [169, 142],
    swapon: [167, 224],
    swapoff: [168, 225],
    acct: [163, 89],
    syslog: [103, 116],
    settimeofday: [164, 170],
    clock_settime: [227, 112],
    sethostname: [170, 161],
    setdomainname: [171, 162],
    vhangup: [153, 58],
    lookup_dcookie: [212, 18],
    nfsservctl: [180, 42],
    uselib: [134, null],
  },
  memoryAndProcessor: {
    personality: [135, 92],
    modify_ldt: [154, null],
    iopl: [172, null],
    ioperm: [173, null],
    remap_file_pages: [216, 234],
    mbind: [237, 235],
    set_mempolicy: [238, 237],
    set_mempolicy_home_node: [450, 450],
  },
};

/** Calls that are let through only with harmless arguments. */
export const guarded: Readonly<Record<'clone' | 'ioctl' | 'socket' | 'socketpair', Numbers>> = {
  clone: [56, 220],
  ioctl: [16, 29],
  socket: [41, 198],
  socketpair: [53, 199],
};

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
export const newNamespaceFlags = 0x7e020000;

/** TIOCSTI types into a terminal, TIOCSETD loads a line discipline, TIOCLINUX pastes into a console. */
export const deniedIoctls: readonly number[] = [0x5412, 0x5423, 0x541c];

/** AF_VSOCK above all: it reaches the host of a virtual machine, and a network namespace does not cover it. */
export const socketFamilies = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const;

/** IP, ICMP, TCP, UDP and ICMPv6; others would load a kernel module for the asking. */
export const inetProtocols: readonly number[] = [0, 1, 6, 17, 58];

/** NETLINK_ROUTE, which `getifaddrs` uses. */
export const netlinkProtocols: readonly number[] = [0];
