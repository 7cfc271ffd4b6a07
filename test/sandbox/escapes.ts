import path from 'node:path';
import { systemCall } from './support.ts';

// Each row exits 0 when the way out is open. `control` says where the same row does come out, so that a row that can
// never succeed is noticed: on the bare host, or in the sandbox with a filter that lets everything through.
export interface Escape {
  readonly name: string;
  readonly command: string | readonly string[];
  readonly control?: 'host' | 'unfiltered';
}

/** What of the host the rows try to reach. */
export interface Host {
  readonly file: string;
  readonly socketFile: string;
  readonly abstractName: string;
  readonly port: number;
  readonly canary: string;
  /** The app's. */
  readonly pid: number;
}

const connect = (target: string): string[] => [
  'node',
  '-e',
  `const s = require('net').connect(${target}); s.setTimeout(1000, () => process.exit(1)); s.on('connect', () => process.exit(0)).on('error', () => process.exit(1))`,
];
const socket = (family: number, type: number, protocol: number): string[] => [
  'perl',
  '-e',
  `exit(socket(my $s, ${family}, ${type}, ${protocol}) ? 0 : 1)`,
];

/** Each way out that is known, as a command that tries it. */
export const escapesFrom = ({ file, socketFile, abstractName, port, canary, pid }: Host): readonly Escape[] => [
  { name: 'read a file beside the tree', command: ['cat', file], control: 'host' },
  { name: 'read the accounts of the host', command: 'test -s /etc/shadow' },
  { name: 'list the home of root', command: 'ls /root' },
  { name: 'see the environment of the app', command: `env | grep -q ${canary}`, control: 'host' },
  { name: 'see it in the first process', command: 'test "$(wc -c < /proc/1/environ)" -gt 0' },
  { name: 'see it in any process', command: `grep -qa ${canary} /proc/[0-9]*/environ`, control: 'host' },
  { name: 'see the app', command: `test -d /proc/${pid}/task/${pid}`, control: 'host' },
  { name: 'signal the app', command: `kill -0 ${pid}`, control: 'host' },
  { name: 'see more than its own processes', command: 'test "$(ls -d /proc/[0-9]* | wc -l)" -gt 6', control: 'host' },
  {
    name: 'use a descriptor of the app',
    command: 'ls -l /proc/self/fd | grep -E " ([4-9]|[0-9]{2,}) -> " | grep -qv /dev/null',
  },
  { name: 'reach loopback of the host', command: connect(`{ host: '127.0.0.1', port: ${port} }`), control: 'host' },
  { name: 'reach an abstract socket', command: connect(`{ path: '\\x00${abstractName}' }`), control: 'host' },
  { name: 'reach a socket file', command: connect(`{ path: '${socketFile}' }`), control: 'host' },
  { name: 'reach a network', command: connect(`{ host: '192.0.2.1', port: 80 }`) },
  { name: 'see a network interface', command: 'grep : /proc/net/dev | grep -v " lo:"', control: 'host' },
  {
    name: 'send a datagram',
    command: [
      'perl',
      '-MSocket',
      '-e',
      'socket(my $s, 2, 2, 0); exit(defined(send($s, "x", 0, pack_sockaddr_in(9, inet_aton("192.0.2.1")))) ? 0 : 1)',
    ],
  },
  {
    name: 'set the core handler',
    command: ['perl', '-e', 'exit(open(my $f, "+<", "/proc/sys/kernel/core_pattern") ? 0 : 1)'],
  },
  { name: 'use sysrq', command: ['perl', '-e', 'exit(open(my $f, ">", "/proc/sysrq-trigger") ? 0 : 1)'] },
  { name: 'write to /usr', command: 'touch /usr/escaped' },
  { name: 'write to /etc', command: 'touch /etc/escaped' },
  { name: 'write to the root folder', command: 'touch /escaped' },
  { name: 'write to /dev', command: 'touch /dev/escaped' },
  { name: 'write to its tools', command: 'touch "$(dirname "$(command -v node)")/escaped"' },
  { name: 'change .git', command: 'echo x >> .git/config', control: 'host' },
  { name: 'add a hook', command: 'echo x > .git/hooks/pre-commit', control: 'host' },
  { name: 'replace .git', command: 'mv .git .gone && mkdir .git', control: 'host' },
  { name: 'change the repository', command: 'echo x >> /repo.git/config' },
  { name: 'make a user namespace', command: ['unshare', '--user', 'true'] },
  { name: 'mount', command: 'mkdir -p m && mount -t tmpfs t m' },
  { name: 'read a disk', command: 'head -c1 /dev/vda || head -c1 /dev/sda || head -c1 /dev/nvme0n1' },
  { name: 'open the hypervisor', command: ': < /dev/kvm' },
  { name: 'read the log of the kernel', command: 'dmesg | grep .' },
  { name: 'make a control group', command: 'mkdir /sys/fs/cgroup/escaped || mkdir /sys/fs/cgroup/pids/escaped' },
  { name: 'gain privileges', command: 'grep -q "NoNewPrivs:.0" /proc/self/status' },
  {
    name: 'have a capability',
    command: 'grep -E "Cap(Eff|Prm|Bnd|Inh|Amb)" /proc/self/status | grep -v 0000000000000000',
  },
  { name: 'make a vsock socket', command: socket(40, 1, 0), control: 'unfiltered' },
  { name: 'make an AF_ALG socket', command: socket(38, 5, 0) },
  { name: 'make a packet socket', command: socket(17, 3, 0) },
  { name: 'make an audit socket', command: socket(16, 3, 9) },
  { name: 'make an SCTP socket', command: socket(2, 1, 132) },
  { name: 'trace', command: systemCall([101, 117], '0', '0', '0', '0'), control: 'unfiltered' },
  {
    name: 'read the memory of another',
    command: systemCall([310, 270], '$$', '0', '0', '0', '0', '0'),
    control: 'unfiltered',
  },
  { name: 'ask the keyring', command: systemCall([250, 219], '0', '-3', '1'), control: 'unfiltered' },
  { name: 'add a key', command: systemCall([248, 217], '$type', '$name', '$name', '1', '-3'), control: 'unfiltered' },
  { name: 'set up io_uring', command: systemCall([425, 425], '4', '$b') },
  { name: 'load a bpf program', command: systemCall([321, 280], '0', '$b', '72') },
  { name: 'handle page faults', command: systemCall([323, 282], '1') },
  { name: 'watch the processor', command: systemCall([298, 241], '$b', '0', '-1', '-1', '0') },
  { name: 'change personality', command: systemCall([135, 92], '0xffffffff'), control: 'unfiltered' },
  { name: 'read another file in the folder for scratch', command: `ls -A ${path.dirname(file)}`, control: 'host' },
  {
    name: 'resolve a name',
    command: ['node', '-e', 'require("dns").lookup("example.com", (e) => process.exit(e ? 1 : 0))'],
  },
  { name: 'write to /run', command: 'touch /run/escaped' },
  { name: 'write to a layer', command: 'touch /opt/layer/escaped' },
  { name: 'make a device node', command: 'mknod disk b 8 0 || mknod /tmp/mem c 1 1' },
  { name: 'type into a terminal', command: ['perl', '-e', 'exit(ioctl(STDIN, 0x5412, my $c = "x") ? 0 : 1)'] },
  {
    name: 'use a program with the rights of its owner',
    command:
      'find / -xdev -perm -4000 -exec {} --version \\; 2> /dev/null | grep -q . && grep -q "NoNewPrivs:.0" /proc/self/status',
  },
  { name: 'list mounts by their number', command: systemCall([458, 458], '$b', '$b', '1', '0') },
  { name: 'list namespaces', command: systemCall([470, 470], '$b', '$b', '1', '0') },
  { name: 'open a handle of a file', command: systemCall([304, 265], '3', '$b', '0') },
  { name: 'take a descriptor of another', command: systemCall([438, 438], '0', '0', '0') },
];
