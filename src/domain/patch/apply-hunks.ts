import type { Hunk, PatchProblem } from './parse-patch.ts';

/** Lines that are looked at to find what comes nearest, and most that are shown of it. */
const MOST_SHOWN = 20;

class Misfit extends Error {}

interface Place {
  readonly from: number;
  readonly hunk: Hunk;
}

/**
 * The text with every hunk put in its place. Strict: what a hunk expects has to stand there exactly, and once (below its
 * anchors, where it has any); else the problem shows what stands there. A file of CRLF lines stays one.
 */
export function applyHunks(path: string, text: string, hunks: readonly Hunk[]): string | PatchProblem {
  const ends = text.includes('\r\n') && !/(^|[^\r])\n/.test(text) ? '\r\n' : '\n';
  const lines = text.split(ends);
  // What follows the last line break is no line.
  const ended = lines.at(-1) === '';
  if (ended) lines.pop();
  try {
    const places = hunks.map((hunk) => ({ from: placeOf(lines, hunk), hunk })).sort((a, b) => a.from - b.from);
    const changed = put(lines, places);
    return changed.join(ends) + (ended && changed.length > 0 ? ends : '');
  } catch (error) {
    if (error instanceof Misfit) return { problem: `${path}: ${error.message}. Nothing was changed` };
    throw error;
  }
}

function put(lines: readonly string[], places: readonly Place[]): readonly string[] {
  const changed: string[] = [];
  let at = 0;
  for (const { from, hunk } of places) {
    if (from < at) throw new Misfit(`two hunks meet in line ${from + 1}; make them one`);
    changed.push(...lines.slice(at, from), ...hunk.after);
    at = from + hunk.before.length;
  }
  return [...changed, ...lines.slice(at)];
}

/** Where the hunk begins, from 0. */
function placeOf(lines: readonly string[], hunk: Hunk): number {
  const start = hunk.anchors.reduce((from, anchor) => below(lines, anchor, from), 0);
  const { before, atEnd } = hunk;
  if (before.length === 0) {
    if (atEnd) return lines.length;
    if (hunk.anchors.length > 0 || lines.length === 0) return start;
    throw new Misfit('a hunk that only adds needs lines around it, or a line after @@ below which it goes');
  }
  const found: number[] = [];
  for (let at = start; at + before.length <= lines.length; at++)
    if (before.every((line, index) => lines[at + index] === line)) found.push(at);
  const fitting = atEnd ? found.filter((at) => at + before.length === lines.length) : found;
  const [only] = fitting;
  if (only === undefined) throw new Misfit(nearest(lines, before, start));
  if (fitting.length > 1)
    throw new Misfit(
      `these lines stand there ${fitting.length} times, in ${listed(fitting)}; add the lines around them`,
    );
  return only;
}

const listed = (places: readonly number[]): string =>
  `lines ${places
    .slice(0, 10)
    .map((at) => at + 1)
    .join(', ')}${places.length > 10 ? ' …' : ''}`;

/** The line after the anchor, which has to stand there once. */
function below(lines: readonly string[], anchor: string, from: number): number {
  const found = lines.flatMap((line, at) => (at >= from && line.trim() === anchor ? [at] : []));
  const [only] = found;
  if (only === undefined) throw new Misfit(`no line is “${anchor.slice(0, 200)}”`);
  if (found.length > 1)
    throw new Misfit(
      `“${anchor.slice(0, 200)}” stands there ${found.length} times, in ${listed(found)}; add another @@ line above it`,
    );
  return only + 1;
}

/** What comes nearest to the lines that were expected, with line numbers. */
function nearest(lines: readonly string[], before: readonly string[], start: number): string {
  const wanted = before.slice(0, MOST_SHOWN).map((line) => line.trim());
  let best = { at: start, alike: 0 };
  for (let at = start; at < lines.length; at++) {
    const alike = wanted.filter((line, index) => line !== '' && lines[at + index]?.trim() === line).length;
    if (alike > best.alike) best = { at, alike };
  }
  if (best.alike === 0) return `no line is “${(before.find((line) => line.trim() !== '') ?? '').slice(0, 200)}”`;
  const shown = lines
    .slice(best.at, best.at + wanted.length)
    .map((line, index) => `${best.at + index + 1}: ${line.slice(0, 300)}`);
  return `the expected lines do not stand there exactly. What comes nearest:\n${shown.join('\n')}\n`;
}
