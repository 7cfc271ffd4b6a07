export interface RefCommand {
  readonly before: string;
  readonly after: string;
  readonly ref: string;
}

/**
 * The ref updates that a push asks for, read from the head of a receive-pack request. Null while more bytes are needed.
 * Diffing refs before and after instead would report overlapping pushes more than once.
 * Throws when the bytes are no pkt-lines.
 */
export function parseReceiveCommands(bytes: Buffer): RefCommand[] | null {
  const commands: RefCommand[] = [];
  let offset = 0;
  for (;;) {
    if (bytes.length < offset + 4) return null;
    const text = bytes.toString('latin1', offset, offset + 4);
    const length = /^[0-9a-f]{4}$/i.test(text) ? Number.parseInt(text, 16) : -1;
    if (length === 0) return commands;
    if (length < 4 || length > 65_520) throw new Error('not a pkt-line');
    if (bytes.length < offset + length) return null;
    const line = bytes
      .toString('utf8', offset + 4, offset + length)
      .split('\0')[0]!
      .trimEnd();
    const found = /^([0-9a-f]{40}) ([0-9a-f]{40}) (refs\/\S+)$/.exec(line);
    if (found) commands.push({ before: found[1]!, after: found[2]!, ref: found[3]! });
    offset += length;
  }
}
