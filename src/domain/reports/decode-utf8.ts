const CHUNK = 8_192;
/** The least code point that is written with so many bytes after the first. */
const LEAST = [0, 0x80, 0x800, 0x10000];

function bytesAfter(first: number): number {
  if (first < 0x80) return 0;
  if (first < 0xc2) return -1;
  if (first < 0xe0) return 1;
  if (first < 0xf0) return 2;
  return first < 0xf5 ? 3 : -1;
}

/** The code point that begins at `at` and is `after` bytes longer than one; -1 when it is none. */
function pointAt(bytes: Uint8Array, at: number, after: number): number {
  const first = bytes[at] ?? 0;
  if (after <= 0) return after < 0 ? -1 : first;
  let point = first & (0x3f >> after);
  for (let i = 1; i <= after; i++) {
    const next = bytes[at + i] ?? 0;
    if ((next & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (next & 0x3f);
  }
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return surrogate || point < (LEAST[after] ?? 0) || point > 0x10ffff ? -1 : point;
}

/** The text of bytes in UTF-8, without a byte order mark; null when they are not well-formed. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  const parts: string[] = [];
  const units = new Uint16Array(CHUNK + 2);
  let filled = 0;
  for (let i = 0; i < bytes.length; ) {
    const after = bytesAfter(bytes[i] ?? 0);
    const point = pointAt(bytes, i, after);
    if (point < 0) return null;
    i += after + 1;
    if (point < 0x10000) units[filled++] = point;
    else {
      units[filled++] = 0xd7c0 + (point >> 10);
      units[filled++] = 0xdc00 + (point & 0x3ff);
    }
    if (filled >= CHUNK) {
      parts.push(String.fromCharCode(...units.subarray(0, filled)));
      filled = 0;
    }
  }
  parts.push(String.fromCharCode(...units.subarray(0, filled)));
  return parts.join('').replace(/^\ufeff/, '');
}
