/** Members whose values are words, places or ids of the product and of its repositories, never of a person. */
const IMPERSONAL: ReadonlySet<string> = new Set([
  'kind',
  'code',
  'what',
  'rubric',
  'change',
  'step',
  'op',
  'path',
  'paths',
  'files',
  'file',
  'repo',
  'branch',
  'slot',
  'missing',
  'outcome',
  'system',
  'model',
]);
/** Hashes, ids, times and single plain words: they tell nothing by themselves, and stand in many other places. */
const PLAIN = /^(?:[0-9a-f]{10,}|[\d\s.,:TZ+-]+|[a-z-]+)$/;
/** Members whose values name a person, however plain. */
const PERSON: ReadonlySet<string> = new Set(['reporter', 'by']);
const ROLES: ReadonlySet<string> = new Set(['recipe', 'model', 'person']);
const SHORTEST = 4;
/** Lines of code and prompts stand in the repository, too; what is shorter is left out of long texts. */
const SHORTEST_LINE = 12;

function collect(value: unknown, member: string, into: Set<string>): void {
  if (typeof value === 'string') {
    const lines = value.split('\n').map((line) => line.trim());
    const shortest = lines.length > 1 ? SHORTEST_LINE : SHORTEST;
    for (const line of lines)
      if (line.length >= shortest && (PERSON.has(member) ? !ROLES.has(line) : !PLAIN.test(line))) into.add(line);
    return;
  }
  if (Array.isArray(value)) for (const item of value) collect(item, member, into);
  else if (value !== null && typeof value === 'object')
    for (const [name, item] of Object.entries(value)) if (!IMPERSONAL.has(name)) collect(item, name, into);
}

/** Every text in these values that may be about a person, line by line: what must be nowhere once it is forgotten. */
export function personalValues(values: readonly unknown[]): readonly string[] {
  const found = new Set<string>();
  for (const value of values) collect(value, '', found);
  return [...found];
}
