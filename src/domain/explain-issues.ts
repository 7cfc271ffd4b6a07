import { z } from 'zod';
import * as say from './messages/files.ts';
import type { Placed, ReadYaml } from './read-yaml.ts';

type Path = readonly PropertyKey[];

/** The part of a schema that a path leads to. */
function schemaAt(schema: unknown, path: Path): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return path.length === 0 ? schema : schemaAt(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return schemaAt(schema.out, path);
  const [first, ...rest] = path;
  if (first === undefined) return schema instanceof z.ZodType ? schema : undefined;
  if (schema instanceof z.ZodObject) return schemaAt(schema.shape[String(first)], rest);
  if (schema instanceof z.ZodArray) return schemaAt(schema.element, rest);
  return schema instanceof z.ZodRecord ? schemaAt(schema.valueType, rest) : undefined;
}

function keysAt(schema: unknown, path: Path): readonly string[] {
  let part: unknown = schemaAt(schema, path);
  while (part instanceof z.ZodOptional || part instanceof z.ZodDefault || part instanceof z.ZodPrefault)
    part = part.unwrap();
  return part instanceof z.ZodObject ? Object.keys(part.shape) : [];
}

/** How many single-letter changes lead from one word to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The word that was probably meant; null when none is near. */
function nearest(word: string, known: readonly string[]): string | null {
  const near = known
    .map((name) => ({ name, far: distance(word.toLowerCase().slice(0, 60), name) }))
    .filter(({ name, far }) => far <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.far - b.far);
  return near[0]?.name ?? null;
}

const valueAt = (value: unknown, path: Path): unknown => {
  let found = value;
  for (const segment of path)
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, segment)
        ? (found as Record<PropertyKey, unknown>)[segment]
        : undefined;
  return found;
};

const kindOf = (value: unknown): string =>
  say.kindOf[value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value] ?? 'something else';

const nameOf = (path: Path): string => String(path.findLast((segment) => typeof segment === 'string') ?? '');

function explainOne(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown): say.Mistake {
  const name = nameOf(issue.path);
  const found = valueAt(value, issue.path);
  if (issue.code !== 'custom' && found === undefined)
    return say.missing(name, schemaAt(schema, issue.path)?.description);
  if (issue.code === 'invalid_type')
    return say.notOf(name, say.kindOf[issue.expected] ?? issue.expected, kindOf(found));
  if (issue.code === 'invalid_union')
    return schemaAt(schema, issue.path) instanceof z.ZodUnion
      ? say.notOf(name, say.kindOf['union'] ?? '', kindOf(found))
      : say.other(name, say.notJson);
  if (issue.code === 'invalid_value')
    return say.notOneOf(
      name,
      issue.values.map((one) => String(one)),
    );
  if (issue.code === 'too_small')
    return (typeof found === 'number' ? say.tooSmall : say.tooShort)(name, String(issue.minimum));
  if (issue.code === 'too_big')
    return (typeof found === 'number' ? say.tooBig : say.tooLong)(name, String(issue.maximum));
  if (issue.code === 'invalid_key') return say.other(name, issue.issues[0]?.message ?? issue.message);
  return say.other(name, issue.message);
}

/** What a schema has against a file, in words and with lines, in the order of the lines. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  read: ReadYaml,
): readonly Placed[] {
  return issues
    .flatMap((issue): readonly Placed[] => {
      if (issue.code !== 'unrecognized_keys')
        return [{ line: read.lineOf(issue.path), ...explainOne(issue, schema, read.value) }];
      const known = keysAt(schema, issue.path);
      const free = known.filter((key) => valueAt(read.value, [...issue.path, key]) === undefined);
      return issue.keys.map((key) => ({
        line: read.lineOf([...issue.path, key]),
        ...say.unknownKey(key, nearest(key, free), known),
      }));
    })
    .sort((a, b) => a.line - b.line);
}
