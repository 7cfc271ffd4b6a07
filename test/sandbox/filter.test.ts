import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allBut } from '../../src/adapters/sandbox/all-but.ts';
import { allowed, type Numbers } from '../../src/adapters/sandbox/allowed-calls.ts';
import { buildFilter } from '../../src/adapters/sandbox/build-filter.ts';
import { ociFilter } from '../../src/adapters/sandbox/oci-filter.ts';
import { type Arch, denied, guarded } from '../../src/adapters/sandbox/system-calls.ts';

const ALLOW = 'allow';
const processor: Readonly<Record<Arch, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

interface Call {
  readonly number: number;
  readonly args?: readonly number[];
  readonly processor?: number;
}

// What the kernel does with the few instructions that the filter uses, so that arm64 is judged here too.
function judge(arch: Arch, call: Call): string {
  const program = buildFilter(arch);
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number, 0);
  data.writeUInt32LE(call.processor ?? processor[arch], 4);
  for (const [index, value] of (call.args ?? []).entries()) data.writeUInt32LE(value >>> 0, 16 + 8 * index);
  let loaded = 0;
  for (let at = 0; at < program.length; at += 8) {
    const [code, value] = [program.readUInt16LE(at), program.readUInt32LE(at + 4)];
    const [ifTrue, ifFalse] = [program.readUInt8(at + 2) * 8, program.readUInt8(at + 3) * 8];
    if (code === 0x20) loaded = data.readUInt32LE(value);
    else if (code === 0x15) at += loaded === value ? ifTrue : ifFalse;
    else if (code === 0x35) at += loaded >= value ? ifTrue : ifFalse;
    else if (code === 0x45) at += (loaded & value) !== 0 ? ifTrue : ifFalse;
    else if (code === 0x06)
      return value === 0x7fff0000 ? ALLOW : value === 0x80000000 ? 'kill' : `errno ${value & 0xffff}`;
    else throw new Error(`instruction ${code}`);
  }
  throw new Error('the program ran out');
}

const numbers = {
  x64: { read: 0, clone: 56, ioctl: 16, socket: 41, socketpair: 53, clone3: 435, execve: 59, mmap: 9 },
  arm64: { read: 63, clone: 220, ioctl: 29, socket: 198, socketpair: 199, clone3: 435, execve: 221, mmap: 222 },
} as const;

for (const arch of ['x64', 'arm64'] as const) {
  const nr = numbers[arch];
  const on = (number: number, ...args: number[]): string => judge(arch, { number, args });

  const column = arch === 'x64' ? 0 : 1;
  const refused = Object.values(denied).flatMap((calls) => Object.values(calls).flatMap((pair) => pair[column] ?? []));
  const listed = [...allowed.values()].flatMap((pair) => pair[column] ?? []);

  test(`${arch}: what has been a way out is refused, and what every program needs goes through`, () => {
    for (const number of refused) expect([number, on(number)]).toEqual([number, 'errno 1']);
    for (const number of listed) expect([number, on(number)]).toEqual([number, ALLOW]);
    const guardedCalls = [nr.clone, nr.ioctl, nr.socket, nr.socketpair];
    const all = [...refused, ...listed, ...guardedCalls];
    expect(new Set(all).size).toBe(all.length);
    for (const number of [nr.read, nr.execve, nr.mmap]) expect(listed).toContain(number);
  });

  test(`${arch}: every other call is one that the kernel lacks, also those it has not learnt yet`, () => {
    const known = new Set<number>([...refused, ...listed, nr.clone, nr.ioctl, nr.socket, nr.socketpair]);
    const others = Array.from({ length: 2000 }, (_, number) => number).filter((number) => !known.has(number));
    for (const number of [...others, 0x3fffffff, 0x7fffffff, 0xffffffff])
      expect([number, on(number)]).toEqual([number, 'errno 38']);
    expect(others).toContain(nr.clone3);
  });

  test(`${arch}: a process may be made, a namespace not`, () => {
    expect(on(nr.clone, 0x11)).toBe(ALLOW);
    expect(on(nr.clone, 0x003d0f00)).toBe(ALLOW);
    for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]) {
      expect(on(nr.clone, flag | 0x11)).toBe('errno 1');
    }
    expect(on(nr.clone3)).toBe('errno 38');
  });

  test(`${arch}: a terminal cannot be typed into`, () => {
    expect(on(nr.ioctl, 0, 0x5401)).toBe(ALLOW);
    for (const request of [0x5412, 0x541c, 0x5423]) expect(on(nr.ioctl, 0, request)).toBe('errno 1');
  });

  test(`${arch}: only the plain families and protocols of sockets`, () => {
    const plain = [
      [1, 1, 0],
      [2, 1, 6],
      [2, 2, 17],
      [10, 1, 0],
      [10, 3, 58],
      [16, 3, 0],
    ];
    for (const args of plain) expect([args, on(nr.socket, ...args)]).toEqual([args, ALLOW]);
    for (const family of [0, 3, 17, 38, 40, 44]) expect([family, on(nr.socket, family)]).toEqual([family, 'errno 97']);
    for (const args of [
      [2, 1, 132],
      [10, 1, 262],
      [16, 3, 9],
      [16, 3, 12],
    ])
      expect(on(nr.socket, ...args)).toBe('errno 93');
    expect(on(nr.socketpair, 1, 1)).toBe(ALLOW);
    expect(on(nr.socketpair, 40, 1)).toBe('errno 97');
  });

  test(`${arch}: a call in the name of another processor kills`, () => {
    expect(judge(arch, { number: nr.read, processor: 0x40000003 })).toBe('kill');
  });
}

/** What a runtime's filter does with a call by its name, for rules of which no two may apply. */
function judgeRules(arch: Arch, name: string, args: readonly number[]): string {
  const { syscalls, defaultErrnoRet } = ociFilter(arch);
  const applies = syscalls.filter(
    ({ names, args: wanted = [] }) =>
      names.includes(name) &&
      wanted.every(({ index, value, valueTwo }) => ((args[index] ?? 0) & value) >>> 0 === valueTwo),
  );
  expect([name, args, applies.length <= 1]).toEqual([name, args, true]);
  const [rule] = applies;
  return rule?.action === 'SCMP_ACT_ALLOW' ? ALLOW : `errno ${rule === undefined ? defaultErrnoRet : rule.errnoRet}`;
}

const flags = [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000];
const families = [0, 1, 2, 3, 10, 11, 16, 17, 38, 40, 44, 0x80000001, 0xffffffff];
const protocols = [0, 1, 6, 7, 9, 12, 16, 17, 58, 132, 262, 0x80000000];
const tried: Readonly<Record<string, readonly (readonly number[])[]>> = {
  clone: [0, 0x11, 0x003d0f00, 0x7e020000, ...flags, ...flags.map((flag) => flag | 0x11)].map((one) => [one]),
  ioctl: [0, 0x5401, 0x5411, 0x5412, 0x5413, 0x541c, 0x5423, 0x80005412, 0xffffffff].map((one) => [3, one]),
  socket: families.flatMap((family) => protocols.map((protocol) => [family, 1, protocol])),
  socketpair: families.map((family) => [family, 1, 0]),
};

for (const arch of ['x64', 'arm64'] as const) {
  test(`${arch}: what a runtime of containers is told comes to the same as our own filter`, () => {
    const calls = [
      ...Object.values(denied).flatMap((all) => Object.entries(all)),
      ...allowed,
      ...Object.entries(guarded),
    ];
    for (const [name, pair] of calls) {
      const number = pair[arch === 'x64' ? 0 : 1];
      if (number === null) continue;
      for (const args of tried[name] ?? [[]]) {
        expect([name, args, judgeRules(arch, name, args)]).toEqual([name, args, judge(arch, { number, args })]);
      }
    }
    expect(judgeRules(arch, 'clone3', [])).toBe('errno 38');
  });
}

test('all but some numbers is each of the others, once', () => {
  for (const values of [[], [0], [0xffffffff], [1, 2, 10, 16], [0x5412, 0x541c, 0x5423]]) {
    const ranges = allBut(values);
    const near = values.flatMap((value) => [value - 1, value, value + 1, value + 2 ** 31]).map((one) => one >>> 0);
    for (const number of [0, 1, 77, 2 ** 31, 0xffffffff, ...near]) {
      const covered = ranges.filter(({ mask, value }) => (number & mask) >>> 0 === value).length;
      expect([number, covered]).toEqual([number, values.includes(number) ? 0 : 1]);
    }
  }
});

test('x64: the calls of x32 do not slip past the numbers', () => {
  expect(judge('x64', { number: 0x40000000 + 521 })).toBe('errno 38');
});

const headers = '/usr/include/x86_64-linux-gnu/asm/unistd_64.h';
const generic = '/usr/include/asm-generic/unistd.h';

test.skipIf(!existsSync(headers) || !existsSync(generic))('the numbers are those of the kernel’s own headers', () => {
  const numbersIn = (file: string) =>
    new Map(
      [...readFileSync(file, 'utf8').matchAll(/^#define __NR(?:3264)?_(\w+) (\d+)$/gm)].map(([, name, number]) => [
        // The generic header has one name for calls that differ on machines of 32 bits.
        name === 'fstatat' ? 'newfstatat' : name!,
        Number(number),
      ]),
    );
  const [x64, arm64] = [numbersIn(headers), numbersIn(generic)];
  const tables: readonly Readonly<Record<string, Numbers>>[] = [
    ...Object.values(denied),
    guarded,
    Object.fromEntries(allowed),
  ];
  // Newer calls are not in every header, and the generic one knows calls that arm64 does not have.
  const wrong = tables
    .flatMap((calls) => Object.entries(calls))
    .filter(
      ([name, [x, arm]]) =>
        (x64.has(name) && x64.get(name) !== x) || (arm !== null && arm64.has(name) && arm64.get(name) !== arm),
    );
  expect(wrong).toEqual([]);
});
