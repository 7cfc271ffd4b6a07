const refused = (why: string, run: string): string => `Untrusted code cannot run here: ${why}. Run: ${run}`;

/** What the self-test can find open. Each is one phrase of the sentence that refuses to run. */
const leaks = {
  privileges: 'a program can gain privileges',
  filter: 'system calls are not filtered',
  capabilities: 'capabilities are left',
  processes: 'processes of the host are visible',
  descriptors: 'open files of the app are passed on',
  network: 'a network interface is there',
  environment: 'the environment of the app can be read',
  hostFiles: 'files of the host can be read',
  corePattern: 'core_pattern can be opened for writing',
  system: '/usr can be written',
  root: 'the root folder can be written',
  loopback: 'the loopback address of the host answers',
  abstractSockets: 'abstract sockets of the host answer',
  vsock: 'a vsock socket can be made',
  namespaces: 'new user namespaces can be made',
  gitFolder: '.git can be written',
  readOnlyTree: 'a read-only tree can be written',
  writableTree: 'a writable tree cannot be written',
} as const;

/** One name of the table above. */
export type Leak = keyof typeof leaks;

/** Names of Debian's packages, by the program that is wanted of them. */
const packages: Readonly<Record<string, string>> = { bwrap: 'bubblewrap', env: 'coreutils', sh: 'dash' };

/** Refusal: a program is not where it has to be, below `root`. */
export const programMissing = (program: string, root: string): string => {
  const name = program.split('/').at(-1) ?? '';
  const of = packages[name] ?? 'util-linux';
  const called = name === 'bwrap' ? of : name;
  return root === '/'
    ? refused(`${called} is missing`, `apt-get install -y ${of}`)
    : refused(`${root} has no ${program}`, `chroot ${root} apt-get install -y ${of}`);
};

/** Refusal: what the operator keeps for commands is no root of a system. */
export const rootfsMissing = (root: string): string =>
  `Untrusted code cannot run here: ${root} is no folder with the files of a Linux system. Set CONTAINER_ROOTFS to one, or leave it out.`;

/** Refusal: the sandbox is made of Linux namespaces. */
export const notLinux = (platform: string): string =>
  `Untrusted code cannot run here: the sandbox needs Linux, and this is ${platform}. Start it in a container or a virtual machine with Linux.`;

/** Refusal: there is no table of system calls for this processor. */
export const noFilterFor = (arch: string): string =>
  `Untrusted code cannot run here: there is no list of system calls for ${arch}. Use a machine with x64 or arm64.`;

/** Refusal: a folder above something the sandbox needs is closed to its user. */
export const folderClosed = (folder: string): string =>
  refused(`the user of the sandbox cannot enter ${folder}`, `chmod o+x ${folder}`);

/** Refusal: a tools folder that does not exist. */
export const toolsMissing = (folder: string): string =>
  refused(`the tools folder ${folder} does not exist`, `mkdir -p ${folder}`);

/** Why bubblewrap does not start, and what lets it. */
const causes = {
  tooOld: [
    'this release of it is too old, 0.8 or newer is needed',
    'apt-get install -y bubblewrap # from a newer release',
  ],
  noNamespaces: ['this kernel was built without user namespaces', 'apt-get install -y linux-image-amd64 # and boot it'],
  onlyRoot: ['the kernel lets only root make user namespaces', 'sysctl -w kernel.unprivileged_userns_clone=1'],
  noneLeft: ['the kernel lets nobody make more user namespaces', 'sysctl -w user.max_user_namespaces=15000'],
  appArmor: [
    'AppArmor lets only programs with a profile use user namespaces',
    'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  ],
  hiddenProc: [
    'the container that the app runs in hides parts of /proc',
    'docker run --security-opt systempaths=unconfined --security-opt seccomp=docker/seccomp.json',
  ],
  mountsRefused: [
    'the container that the app runs in lets it mount nothing',
    'docker run --security-opt apparmor=unconfined --security-opt seccomp=docker/seccomp.json --security-opt systempaths=unconfined',
  ],
  containerFilter: [
    'the container that the app runs in filters the system calls for namespaces',
    'docker run --security-opt seccomp=docker/seccomp.json --security-opt systempaths=unconfined',
  ],
  refused: [
    'the kernel, or something that guards this machine, refuses it a namespace',
    'journalctl -k -g "apparmor|seccomp|audit"',
  ],
  other: ['nothing is known of this', 'bwrap --unshare-all --ro-bind / / true'],
} as const;

/** One name of the table above. */
export type Cause = keyof typeof causes;

/** Refusal: bubblewrap itself failed; `detail` is its own last line. */
export const sandboxDoesNotStart = (detail: string, cause: Cause): string =>
  refused(`bubblewrap does not start (${detail}): ${causes[cause][0]}`, causes[cause][1]);

/** Why a runtime makes no containers, and what lets it. */
const containerCauses = {
  bothGroups: [
    'this runtime takes control groups of one version only, and this machine has both',
    'apt-get install -y runc # and set CONTAINER_RUNTIME=runc',
  ],
  noGroups: ['it can make no control groups', 'ls -ld /sys/fs/cgroup /sys/fs/cgroup/*'],
  tooOld: ['this release of it is too old, runc 1.1 or crun 1.4 is needed', 'apt-get install -y runc'],
  onlyRoot: causes.onlyRoot,
  noneLeft: causes.noneLeft,
  appArmor: causes.appArmor,
  hiddenProc: causes.hiddenProc,
  containerFilter: causes.containerFilter,
  other: ['nothing is known of this', 'runc --version'],
} as const;

/** One name of the table above. */
export type ContainerCause = keyof typeof containerCauses;

/** Refusal: there is no such runtime. */
export const runtimeMissing = (name: string): string =>
  refused(`the container runtime ${name} is missing`, 'apt-get install -y runc');

/** Refusal: the runtime makes no container; `detail` is its own last line. */
export const containerDoesNotStart = (runtime: string, detail: string, cause: ContainerCause): string =>
  refused(`${runtime} makes no container (${detail}): ${containerCauses[cause][0]}`, containerCauses[cause][1]);

/** Refusal: the containers of this runtime start, but something is open that has to be closed. */
export const containerLeaks = (runtime: string, open: readonly Leak[]): string =>
  refused(
    `the containers of ${runtime} do not hold (${open.map((leak) => leaks[leak]).join('; ')})`,
    `${runtime} --version`,
  );

/** Refusal: it starts, but something is open that has to be closed. */
export const sandboxLeaks = (open: readonly Leak[]): string =>
  refused(
    `the sandbox does not hold (${open.map((leak) => leaks[leak]).join('; ')})`,
    'apt-get install -y --only-upgrade bubblewrap',
  );

/** Where the operator said that the machine itself is the sandbox. */
export const external = {
  /** Refusal: commands could read the environment of the app. */
  notRoot:
    'Untrusted code cannot run here: with SANDBOX=external only another user keeps it from what the app knows, and the app is not root. Start the app as root, or without SANDBOX.',
  /** Logged for every run. */
  warning: 'A command of a repository runs without a sandbox, because SANDBOX is external',
} as const;

/** Why one run was not started, in words for its log. */
export const notStarted = {
  noTree: (tree: string): string => `Not started: ${tree} is not a folder.`,
  closed: (path: string): string => `Not started: the user of the sandbox may not read ${path}.`,
  badPlace: (inside: string): string => `Not started: nothing can be bound at ${JSON.stringify(inside)}.`,
  noLayer: (path: string): string => `Not started: ${path} is not there to be bound.`,
  linkedPlace: (inside: string): string =>
    `Not started: on the way to ${inside} the tree has something that is no folder.`,
  badSocket: (name: string): string => `Not started: ${JSON.stringify(name)} is not a name for a socket.`,
  noSocket: (path: string): string => `Not started: ${path} is not a socket.`,
  badPort: (port: string): string => `Not started: port ${port} leads to no socket of the run.`,
  otherUser: (): string => 'Not started: what it writes to is lent to runs of two different users.',
  noMounts: (): string =>
    'Not started: it needs folders or sockets bound into its place, and SANDBOX=external runs commands without bubblewrap.',
  gitLink: (path: string): string => `Not started: ${path} is neither a file nor a folder.`,
  root: (): string => 'Not started: a command never runs as root.',
  tooMany: (): string => 'Not started: too many sandboxes run at once.',
  noText: (): string => 'Not started: no program can be given a text with a zero byte in it.',
  emptyCommand: (): string => 'Not started: the command is empty.',
  badName: (name: string): string => `Not started: ${JSON.stringify(name)} is not a name for a variable.`,
  noGroup: (detail: string): string => `Not started: no control group could be made (${detail}).`,
  spawn: (detail: string): string => `Not started: ${detail}`,
} as const;
