/** One place of a file: `before` stands there, `after` is to stand there. */
export interface Hunk {
  /** Lines that stand above it, outermost first: it is looked for below them. */
  readonly anchors: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** It ends the file. */
  readonly atEnd: boolean;
}

export type FilePatch =
  | { readonly do: 'add'; readonly path: string; readonly text: string }
  | { readonly do: 'delete'; readonly path: string }
  | { readonly do: 'update'; readonly path: string; readonly to: string | null; readonly hunks: readonly Hunk[] };

/** What is wrong with a patch, in words for the model that wrote it. */
export interface PatchProblem {
  readonly problem: string;
}

const BEGIN = '*** Begin Patch';
const END = '*** End Patch';
const END_OF_FILE = '*** End of File';
const FILE = /^\*\*\* (Add|Update|Delete) File: (.+)$/;
const MOVE = /^\*\*\* Move to: (.+)$/;

/** The files that a patch names, as far as it can be read. */
export const pathsOfPatch = (text: string): readonly string[] =>
  text
    .split('\n')
    .flatMap((line) => FILE.exec(line.trimEnd())?.[2]?.trim() ?? MOVE.exec(line.trimEnd())?.[1]?.trim() ?? []);

class Bad extends Error {}

/**
 * A patch in the form that coding models know: `*** Begin Patch`, files to add, update (or move) and delete, and within an
 * update hunks of lines that begin with a space, a minus or a plus. Strict: a line that fits nowhere is a problem.
 */
export function parsePatch(text: string): readonly FilePatch[] | PatchProblem {
  const lines = text.trim().split(/\r?\n/);
  if (lines[0]?.trim() !== BEGIN) return { problem: `a patch begins with the line “${BEGIN}”` };
  if (lines.at(-1)?.trim() !== END) return { problem: `a patch ends with the line “${END}”` };
  try {
    const files = filesOf(lines.slice(1, -1));
    if (files.length === 0) return { problem: 'the patch names no file' };
    const twice = files.find(({ path }, at) => files.findIndex((other) => other.path === path) < at);
    return twice === undefined ? files : { problem: `${twice.path} stands twice in the patch; put its hunks together` };
  } catch (error) {
    if (error instanceof Bad) return { problem: error.message };
    throw error;
  }
}

/** Cuts the lines before each that `starts`, and drops empty lines before the first. */
function cut(lines: readonly string[], starts: (line: string) => boolean): readonly (readonly string[])[] {
  const parts: string[][] = [];
  for (const line of lines) {
    if (starts(line)) parts.push([line]);
    else if (parts.length > 0) parts.at(-1)?.push(line);
    else if (line.trim() !== '') throw new Bad(`“${line.slice(0, 80)}” stands before any “*** … File:” line`);
  }
  return parts;
}

const filesOf = (lines: readonly string[]): readonly FilePatch[] =>
  cut(lines, (line) => FILE.test(line.trimEnd())).map(([head = '', ...body]) => {
    const [, action, name = ''] = FILE.exec(head.trimEnd()) ?? [];
    const path = name.trim();
    if (action === 'Add') return { do: 'add', path, text: addedText(path, body) };
    if (action === 'Update') return updateOf(path, body);
    if (body.some((line) => line.trim() !== '')) throw new Bad(`nothing may stand below “Delete File: ${path}”`);
    return { do: 'delete', path };
  });

function addedText(path: string, body: readonly string[]): string {
  const strange = body.find((line) => !line.startsWith('+'));
  if (strange !== undefined)
    throw new Bad(`each line of the new file ${path} begins with +, unlike “${strange.slice(0, 80)}”`);
  return body.map((line) => `${line.slice(1)}\n`).join('');
}

function updateOf(path: string, body: readonly string[]): FilePatch {
  const move = MOVE.exec(body[0]?.trimEnd() ?? '')?.[1]?.trim() ?? null;
  const hunks = hunksOf(path, move === null ? body : body.slice(1));
  if (hunks.length === 0 && move === null) throw new Bad(`the update of ${path} changes nothing`);
  return { do: 'update', path, to: move, hunks };
}

function hunksOf(path: string, body: readonly string[]): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let anchors: string[] = [];
  let lines: string[] = [];
  const close = (atEnd: boolean): void => {
    // Empty lines below a hunk only set it apart.
    while (lines.at(-1) === '') lines.pop();
    if (lines.length > 0) hunks.push({ ...sides(path, lines), anchors, atEnd });
    else if (anchors.length > 0 || atEnd) throw new Bad(`a hunk of ${path} has no lines`);
    anchors = [];
    lines = [];
  };
  for (const line of body) {
    if (line.startsWith('@@')) {
      if (lines.length > 0) close(false);
      const anchor = line.slice(2).trim();
      if (anchor !== '') anchors.push(anchor);
    } else if (line.trim() === END_OF_FILE) close(true);
    else lines.push(line);
  }
  if (lines.length > 0 || anchors.length > 0) close(false);
  return hunks;
}

function sides(path: string, lines: readonly string[]): Pick<Hunk, 'before' | 'after'> {
  const before: string[] = [];
  const after: string[] = [];
  for (const line of lines) {
    const [mark = ' ', rest] = [line[0], line.slice(1)];
    if (!' +-'.includes(mark))
      throw new Bad(`a line of ${path} begins with none of space, - and +: “${line.slice(0, 80)}”`);
    if (mark !== '+') before.push(rest);
    if (mark !== '-') after.push(rest);
  }
  return { before, after };
}
