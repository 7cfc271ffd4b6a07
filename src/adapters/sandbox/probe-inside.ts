// Runs inside the sandbox, from a copy, and tries to get out. Prints what it saw as one line of JSON.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';

/** What the probe saw. `vsock` is null when there is no perl to try it with. */
export interface Findings {
  readonly noNewPrivileges: string;
  readonly filterMode: string;
  readonly filters: number;
  readonly capabilities: string;
  readonly processes: number;
  /** What a child of ours finds open beside its own three streams. */
  readonly descriptors: readonly string[];
  readonly interfaces: readonly string[];
  readonly environment: readonly string[];
  readonly firstEnvironment: string;
  readonly hostFile: boolean;
  readonly corePattern: boolean;
  readonly system: boolean;
  readonly root: boolean;
  readonly tree: boolean;
  readonly git: boolean;
  readonly loopback: boolean;
  readonly abstractSocket: boolean;
  readonly vsock: boolean | null;
  readonly namespaces: boolean;
}

const works = (action: () => unknown): boolean => {
  try {
    action();
    return true;
  } catch {
    return false;
  }
};

const readable = (file: string): string => {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
};

const answers = (options: NetConnectOpts): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ ...options, timeout: 2000 }, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('timeout', () => resolve(false));
  });

const succeeds = (command: string, ...args: string[]): boolean | null => {
  const { status, error } = spawnSync(command, args, { timeout: 5000, stdio: 'ignore' });
  return error === undefined ? status === 0 : null;
};

function inherited(): string[] {
  const { stdout } = spawnSync('/bin/ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' });
  const open = [...stdout.matchAll(/ (\d+) -> (.*)$/gm)].map(([, fd, target]) => ({ fd: Number(fd), target: target! }));
  // The fourth is the folder that `ls` itself lists.
  return open.filter(({ fd }) => fd > 3).map(({ target }) => target);
}

async function probe(hostFile: string, port: number, abstractName: string): Promise<Findings> {
  const status = readFileSync('/proc/self/status', 'utf8');
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
  const devices = readFileSync('/proc/net/dev', 'utf8')
    .split('\n')
    .filter((line) => line.includes(':'));
  return {
    noNewPrivileges: field('NoNewPrivs'),
    filterMode: field('Seccomp'),
    filters: Number(field('Seccomp_filters')),
    capabilities: field('CapEff') + field('CapPrm') + field('CapBnd'),
    processes: readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length,
    descriptors: inherited(),
    interfaces: devices.map((line) => line.split(':')[0]!.trim()),
    environment: Object.keys(process.env),
    firstEnvironment: readable('/proc/1/environ'),
    hostFile: works(() => readFileSync(hostFile)),
    corePattern: works(() => closeSync(openSync('/proc/sys/kernel/core_pattern', 'r+'))),
    system: works(() => writeFileSync('/usr/probe', '')),
    root: works(() => writeFileSync('/probe', '')),
    tree: works(() => writeFileSync('/work/probe', '')),
    git: works(() => writeFileSync('/work/.git/probe', '')),
    loopback: await answers({ host: '127.0.0.1', port }),
    abstractSocket: await answers({ path: `\0${abstractName}` }),
    vsock: succeeds('/usr/bin/perl', '-e', 'exit(socket(my $s, 40, 1, 0) ? 0 : 1)'),
    namespaces: succeeds('/usr/bin/unshare', '--user', '/usr/bin/true') === true,
  };
}

const [hostFile = '', port = '0', abstractName = ''] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await probe(hostFile, Number(port), abstractName))}\n`, () => process.exit(0));
