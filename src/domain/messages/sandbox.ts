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

/** Refusal: no bubblewrap. */
export const bubblewrapMissing = (): string => refused('bubblewrap is missing', 'apt-get install -y bubblewrap');

/** Refusal: no prlimit. */
export const prlimitMissing = (): string => refused('prlimit is missing', 'apt-get install -y util-linux');

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
    'docker run --security-opt systempaths=unconfined --security-opt seccomp=unconfined',
  ],
  mountsRefused: [
    'the container that the app runs in lets it mount nothing',
    'docker run --security-opt apparmor=unconfined --security-opt seccomp=unconfined --security-opt systempaths=unconfined',
  ],
  containerFilter: [
    'the container that the app runs in filters the system calls for namespaces',
    'docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined',
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
  tooMany: (): string => 'Not started: too many sandboxes run at once.',
  emptyCommand: (): string => 'Not started: the command is empty.',
  badName: (name: string): string => `Not started: ${JSON.stringify(name)} is not a name for a variable.`,
  noGroup: (detail: string): string => `Not started: no control group could be made (${detail}).`,
  spawn: (detail: string): string => `Not started: ${detail}`,
} as const;
