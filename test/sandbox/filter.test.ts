import { expect, test } from 'vitest';
import { buildFilter } from '../../src/adapters/sandbox/build-filter.ts';
import { type Arch, denied } from '../../src/adapters/sandbox/system-calls.ts';

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

  test(`${arch}: every call of the list fails, with the error of its group`, () => {
    const rows = Object.values(denied).flatMap(({ errno, calls }) =>
      Object.entries(calls).map(([name, pair]) => ({ name, errno, number: pair[arch === 'x64' ? 0 : 1] })),
    );
    for (const { name, errno, number } of rows) {
      if (number !== null) expect([name, on(number)]).toEqual([name, `errno ${errno}`]);
    }
    const used = rows.map(({ number }) => number).filter((number) => number !== null);
    expect(new Set(used).size).toBe(used.length);
  });

  test(`${arch}: what every program needs goes through`, () => {
    for (const number of [nr.read, nr.execve, nr.mmap]) expect(on(number)).toBe(ALLOW);
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

test('x64: the calls of x32 do not slip past the numbers', () => {
  expect(judge('x64', { number: 0x40000000 + 521 })).toBe('errno 38');
});
