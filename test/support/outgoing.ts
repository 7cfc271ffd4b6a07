import { execFile } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import { readdir } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';

/** Bytes that went out, and where: `client of 4711`, `server at 4712`, `log`, `git`. */
export interface Sent {
  readonly to: string;
  readonly text: string;
}

interface Line {
  readonly socket: Socket;
  readonly is: 'client' | 'server';
  /** Known from when it is connected. */
  port: number | undefined;
  readonly chunks: Buffer[];
}

/**
 * Records every byte that this process writes to a socket, at the socket: requests as they go over the wire and answers
 * of its own servers, whatever library sends them. What child processes send is not among them.
 */
export function recordSockets() {
  const lines: Line[] = [];
  const watch = (is: Line['is']) => (message: unknown) => {
    const { socket } = message as { socket: Socket };
    const line: Line = { socket, is, port: undefined, chunks: [] };
    lines.push(line);
    const { _write, _writev } = socket;
    const note = (chunk: unknown, encoding: BufferEncoding) => {
      line.port ??= is === 'client' ? socket.remotePort : socket.localPort;
      line.chunks.push(Buffer.isBuffer(chunk) ? Buffer.from(chunk) : Buffer.from(chunk as string, encoding));
    };
    socket._write = function (chunk, encoding, done) {
      note(chunk, encoding);
      return _write.call(this, chunk, encoding, done);
    };
    socket._writev = function (chunks, done) {
      for (const { chunk, encoding } of chunks) note(chunk, encoding);
      return _writev?.call(this, chunks, done);
    };
  };
  const [client, server] = [watch('client'), watch('server')];
  diagnostics.subscribe('net.client.socket', client);
  diagnostics.subscribe('net.server.socket', server);
  return {
    /** What clients sent to all ports but those, and servers from those. What has no port is this machine's own. */
    sentBy: (own: readonly number[]): readonly Sent[] =>
      lines.flatMap(({ is, port, socket, chunks }) => {
        const at = port ?? (is === 'client' ? socket.remotePort : socket.localPort);
        if (at === undefined || own.includes(at) === (is === 'client')) return [];
        const to = is === 'client' ? `client of ${at}` : `server at ${at}`;
        return [{ to, text: withoutChunkSizes(Buffer.concat(chunks).toString('utf8')) }];
      }),
    [Symbol.dispose]: () => {
      diagnostics.unsubscribe('net.client.socket', client);
      diagnostics.unsubscribe('net.server.socket', server);
    },
  };
}

/** A word may lie across two chunks of a body. */
const withoutChunkSizes = (text: string): string => text.replace(/\r\n[0-9a-f]{1,8}\r\n/gi, '');

const run = promisify(execFile);
const git = async (directory: string, ...args: readonly string[]): Promise<string> =>
  (await run('git', ['--git-dir', directory, ...args], { maxBuffer: 1 << 30 })).stdout;

/** The bare repositories below a folder. */
async function repositoriesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return [...new Set(entries.filter(({ name }) => name === 'HEAD').map(({ parentPath }) => parentPath))];
}

/** The ids of everything that lies in the bare repositories below a folder. */
export async function objectsBelow(folder: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const directory of await repositoriesBelow(folder))
    for (const line of (await git(directory, 'cat-file', '--batch-all-objects', '--batch-check')).split('\n'))
      if (line !== '') found.add(line.slice(0, line.indexOf(' ')));
  return found;
}

/** What came into the bare repositories below a folder since `known`: refs, and each commit, tree, tag and file. */
export async function pushedSince(folder: string, known: ReadonlySet<string>): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  for (const directory of await repositoriesBelow(folder)) {
    sent.push({ to: 'git refs', text: await git(directory, 'for-each-ref') });
    const list = await git(directory, 'cat-file', '--batch-all-objects', '--batch-check');
    for (const line of list.split('\n')) {
      const [id, type] = line.split(' ');
      if (id === undefined || type === undefined || known.has(id)) continue;
      sent.push({ to: `git ${type} ${id}`, text: await git(directory, 'cat-file', type === 'tree' ? '-p' : type, id) });
    }
  }
  return sent;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
const utf8 = (text: string, encoding: BufferEncoding): string => Buffer.from(text, encoding).toString('utf8');

const withoutEscapes = (text: string): string =>
  text.replace(/\\(?:u([0-9a-f]{4})|([nrtbf])|(["\\/]))/gi, (_, hex, space, sign) =>
    hex === undefined ? (sign ?? (space === undefined ? '' : ' ')) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
const percentDecoded = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => utf8(run.replaceAll('%', ''), 'hex'));
const entityDecoded = (text: string): string => text.replace(/&(#?\w{2,5});/g, (all, name) => entities[name] ?? all);

/** Each run that may be base64, from each of its first four letters on: a value may begin anywhere in what was encoded. */
function base64Decoded(text: string): string {
  const runs = text.replace(/\\n|\r?\n(?=[A-Za-z0-9+/]{4})/g, '').match(/[A-Za-z0-9+/_-]{6,}/g) ?? [];
  return runs.flatMap((run) => [0, 1, 2, 3].map((from) => utf8(run.slice(from), 'base64'))).join('\n');
}

/** All that a text may be read as, however it was encoded on its way, also twice. */
function readings(text: string): readonly string[] {
  const plain = [text, percentDecoded(text), percentDecoded(text.replaceAll('+', ' ')), entityDecoded(text)];
  for (
    let once = withoutEscapes(text), deep = 0;
    once !== plain.at(-1) && deep < 4;
    once = withoutEscapes(once), deep++
  )
    plain.push(once);
  return [
    ...plain,
    ...[text, withoutEscapes(text)].flatMap((one) => [base64Decoded(one), withoutEscapes(base64Decoded(one))]),
  ];
}

const folded = (text: string): string => text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ');
const digitsTogether = (text: string): string => text.replace(/(?<=\d)[ ().\-/\u00a0]{1,3}(?=\d)/g, '');
const WORD = /[\p{L}\p{N}]/u;

/** Where a text holds a value, or -1. What is only letters and digits has to stand alone. */
function placeOf(text: string, value: string): number {
  const alone = /^[\p{L}\p{N} ]+$/u.test(value);
  for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1))
    if (!alone || (!WORD.test(text[at - 1] ?? ' ') && !WORD.test(text[at + value.length] ?? ' '))) return at;
  return -1;
}

/**
 * Each of these personal strings that stands in what was sent, and where: as it is, in other case or spacing, escaped
 * for JSON, HTML or an address, in base64, or, where it is a number, without what separates its digits.
 */
export function leaksIn(sent: readonly Sent[], personal: readonly string[]): readonly string[] {
  const sought = personal.map((value) => {
    const digits = value.replace(/\D/g, '');
    const isNumber = digits.length >= 9 && /^[\d\s().+/-]+$/.test(value);
    return { value, forms: [folded(value), ...(isNumber ? [digits] : [])] };
  });
  return sent.flatMap(({ to, text }) => {
    const read = readings(text).map((reading) => [folded(reading), digitsTogether(reading)] as const);
    return sought.flatMap(({ value, forms }) => {
      for (const both of read)
        for (const [i, form] of forms.entries()) {
          const where = both[i] ?? '';
          const at = placeOf(where, form);
          if (at !== -1) return `“${value}” to ${to}: …${where.slice(Math.max(0, at - 80), at + form.length + 40)}…`;
        }
      return [];
    });
  });
}
