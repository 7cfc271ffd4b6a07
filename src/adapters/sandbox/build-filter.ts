import { allowed, type Numbers } from './allowed-calls.ts';
import {
  type Arch,
  auditArch,
  denied,
  deniedIoctls,
  EAFNOSUPPORT,
  ENOSYS,
  EPERM,
  EPROTONOSUPPORT,
  guarded,
  inetProtocols,
  netlinkProtocols,
  newNamespaceFlags,
  socketFamilies,
} from './system-calls.ts';

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const IF_ANY_BIT = 0x45;
const RETURN = 0x06;

const allow: Instruction = [RETURN, 0, 0, 0x7fff0000];
const killProcess: Instruction = [RETURN, 0, 0, 0x80000000];
const fail = (errno: number): Instruction => [RETURN, 0, 0, 0x00050000 | errno];

// struct seccomp_data: number, processor, instruction pointer, then six arguments of 8 bytes. Only the low half of an
// argument is looked at: the kernel, too, takes these as 32 bits, and a check of all 64 could be dodged by the high half.
const loadNumber: Instruction = [LOAD, 0, 0, 0];
const loadArch: Instruction = [LOAD, 0, 0, 4];
const loadArgument = (index: number): Instruction => [LOAD, 0, 0, 16 + 8 * index];

const failAlways = (number: number, errno: number): Instruction[] => [[IF_EQUAL, 0, 1, number], fail(errno)];

const failOnBits = (argument: number, bits: number, errno: number): Instruction[] => [
  loadArgument(argument),
  [IF_ANY_BIT, 0, 1, bits],
  fail(errno),
];

const failOnValues = (argument: number, values: readonly number[], errno: number): Instruction[] => [
  loadArgument(argument),
  ...values.flatMap((value): Instruction[] => [[IF_EQUAL, 0, 1, value], fail(errno)]),
];

const failUnlessOneOf = (argument: number, values: readonly number[], errno: number): Instruction[] => [
  loadArgument(argument),
  ...values.map((value, index): Instruction => [IF_EQUAL, values.length - index, 0, value]),
  fail(errno),
];

const onlyWhen = (argument: number, value: number, then: readonly Instruction[]): Instruction[] => [
  loadArgument(argument),
  [IF_EQUAL, 0, then.length, value],
  ...then,
];

const forCall = (number: number, checks: readonly Instruction[]): Instruction[] => [
  [IF_EQUAL, 0, checks.length + 1, number],
  ...checks,
  allow,
];

const socketChecks = (): Instruction[] => {
  const { unix, inet, inet6, netlink } = socketFamilies;
  return [
    ...failUnlessOneOf(0, [unix, inet, inet6, netlink], EAFNOSUPPORT),
    ...onlyWhen(0, netlink, failUnlessOneOf(2, netlinkProtocols, EPROTONOSUPPORT)),
    ...onlyWhen(0, inet, failUnlessOneOf(2, inetProtocols, EPROTONOSUPPORT)),
    ...onlyWhen(0, inet6, failUnlessOneOf(2, inetProtocols, EPROTONOSUPPORT)),
  ];
};

/** Numbers as ranges, both ends included. */
function rangesOf(numbers: readonly number[]): [from: number, to: number][] {
  const ranges: [from: number, to: number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}

const allowRange = ([from, to]: readonly [number, number]): Instruction[] => [
  [IF_AT_LEAST, 0, 2, from],
  [IF_AT_LEAST, 1, 0, to + 1],
  allow,
];

function program(arch: Arch): Instruction[] {
  const column = arch === 'x64' ? 0 : 1;
  const number = (call: keyof typeof guarded): number => guarded[call][column]!;
  const numbersOf = (calls: Iterable<Numbers>) => [...calls].flatMap((numbers) => numbers[column] ?? []);
  const refusals = Object.values(denied).flatMap((calls) => numbersOf(Object.values(calls)));
  return [
    loadArch,
    [IF_EQUAL, 1, 0, auditArch[arch]],
    killProcess,
    loadNumber,
    ...refusals.flatMap((call) => failAlways(call, EPERM)),
    ...forCall(number('clone'), failOnBits(0, newNamespaceFlags, EPERM)),
    ...forCall(number('ioctl'), failOnValues(1, deniedIoctls, EPERM)),
    ...forCall(number('socket'), socketChecks()),
    ...forCall(number('socketpair'), failUnlessOneOf(0, [socketFamilies.unix], EAFNOSUPPORT)),
    // x32 calls share the processor's name with x64; their numbers are none of these.
    ...rangesOf(numbersOf(allowed.values())).flatMap(allowRange),
    fail(ENOSYS),
  ];
}

/** The seccomp program for a processor, as `bwrap --seccomp` reads it (little-endian `struct sock_filter`). */
export function buildFilter(arch: Arch): Buffer {
  const instructions = program(arch);
  const bytes = Buffer.alloc(instructions.length * 8);
  for (const [index, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes;
}
