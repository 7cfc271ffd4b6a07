import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Import, importsOf, packageOf, reachableFrom, sourcesBelow } from './support/module-graph.ts';

const ROOT = resolve(import.meta.dirname, '..');

interface Source {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const sources: readonly Source[] = await Promise.all(
  (await sourcesBelow(ROOT, 'src')).map(async (file) => {
    const text = await readFile(join(ROOT, file), 'utf8');
    return { file, text, imports: importsOf(ROOT, file, text) };
  }),
);

/** Every import in the files that `of` picks which `allowed` does not let through, as `file → specifier`. */
const strays = (of: (file: string) => boolean, allowed: (one: Import, file: string) => boolean): readonly string[] =>
  sources
    .filter(({ file }) => of(file))
    .flatMap(({ file, imports }) =>
      imports.filter((one) => !allowed(one, file)).map(({ specifier }) => `${file} → ${specifier}`),
    );

/** What the app asks of GraphQL: the local forge answers these texts and no others. */
const DOCUMENTS = 'src/adapters/github/documents.ts';
/** What starts processes: the same small helper for all. */
const SPAWN = 'src/spawn.ts';
const below = (folder: string) => (file: string) => file.startsWith(`src/${folder}/`);
const inDomain = ({ file }: Import): boolean => file !== null && below('domain')(file);
const named = (names: readonly string[]) => names.map((name) => `src/${name}.ts`);

/** The stages: each one move of the loop. */
const STAGES = named([
  'accept-rejection',
  'draft-spec',
  'approve-spec',
  'implement-spec',
  'judge-candidate',
  'judge-pull',
  'guard-pull-request',
  'answer-group',
  'open-pull-request',
  'receive-approval',
  'revise-proposal',
  'ship',
  'thank-reporter',
  'undo-fix',
  'take-up-again',
  'watch-outcome',
  'prepare-repository',
]);
/** What several stages do alike. */
const SHARED = named([
  'answer-review',
  'answer-recheck',
  'judge-by-today',
  'answer-command',
  'answer-stop',
  'ask-model',
  'watch-round',
  'base-of-head',
  'blank-spec',
  'carry-out',
  'carry-candidate',
  'accept-inverse',
  'accept-oracle',
  'bound-heads',
  'check-spec',
  'complete-draft',
  'code-owners',
  'confirm-flips',
  'make-draft',
  'merged-fixes',
  'put-aside',
  'read-by-model',
  'remember-answers',
  'say-in-language',
  'know-people',
  'known-fault',
  'judge-hold-outs',
  'judge-in-time',
  'judge-cases',
  'judge-tree',
  'lay-out',
  'judged-until',
  'keep-budget',
  'let-others',
  'leave-queue',
  'look-again',
  'oracle-paths',
  'plant-faults',
  'post-checks',
  'push-branch',
  'push-revision',
  'read-back',
  'read-base',
  'check-personal',
  'read-hints',
  'read-text',
  'weigh-hint',
  'find-places',
  'end-gone',
  'record-round',
  'refuse-command',
  'refuse-configuration',
  'replay-ticket',
  'report-tickets',
  'rules-of-branch',
  'run-cases',
  'run-replays',
  'run-reports',
  'show-report',
  'show-status',
  'split-rejection',
  'reflect',
  'show-change',
  'sort-review',
  'transcript-parts',
  'update-branch',
  'undo-merge',
  'when-refused',
  'with-attached',
  'write-once',
]);
/** Puts stages in their order. */
const LOOP = named([
  'implement-rounds',
  'judge-pairs',
  'loop',
  'queue-work',
  'revise-rounds',
  'try-candidates',
  'work',
]);
/** Puts adapters behind the ports. */
const COMPOSITION = named(['app', 'care-for-store', 'compose', 'concern', 'handle', 'open-agents']);
const OTHER = named(['make-folders', 'observe', 'own-folder', 'ports', 'read-operator', 'read-settings', 'spawn']);

test('every file directly in src is a stage, shared by stages, the loop, the composition, the ports, their observation, the settings, folders or processes', () => {
  const top = sources.map(({ file }) => file).filter((file) => file.split('/').length === 2);
  expect(top.toSorted()).toEqual([...STAGES, ...SHARED, ...LOOP, ...COMPOSITION, ...OTHER].sort());
});

test('the domain imports itself and pure libraries', () => {
  const pure = new Set([
    'zod',
    'yaml',
    're2js',
    '@noble/hashes',
    'rfc6902',
    'saxes',
    'simple-statistics',
    'tap-parser',
  ]);
  const allowed = (one: Import) => inDomain(one) || (one.file === null && pure.has(packageOf(one.specifier)));
  expect(strays(below('domain'), allowed)).toEqual([]);
});

test('the domain knows no clock, no randomness and nothing of the process', () => {
  const impure = /\b(?:Date\.now|new Date\(\)|Math\.random|performance\.|process\.|globalThis|fetch\()/;
  const code = ({ text }: Source) => text.replace(/^\s*(?:\/?\*|\/\/).*$/gm, '');
  const found = sources.filter((source) => below('domain')(source.file) && impure.test(code(source)));
  expect(found.map(({ file }) => file)).toEqual([]);
});

test('the ports import the domain alone', () => {
  expect(strays((file) => file === 'src/ports.ts', inDomain)).toEqual([]);
});

test('what watches the ports imports them and the domain alone', () => {
  const allowed = (one: Import) => inDomain(one) || one.file === 'src/ports.ts';
  expect(strays((file) => file === 'src/observe.ts', allowed)).toEqual([]);
});

test('a stage imports no other stage, no adapter and nothing of Node’s', () => {
  const may = new Set(['src/ports.ts', ...SHARED]);
  const allowed = (one: Import) => inDomain(one) || (one.file !== null && may.has(one.file));
  expect(strays((file) => STAGES.includes(file) || SHARED.includes(file), allowed)).toEqual([]);
});

test('the loop imports stages and what they share, and no adapter', () => {
  const may = new Set(['src/ports.ts', ...STAGES, ...SHARED, ...LOOP]);
  const allowed = (one: Import) => inDomain(one) || (one.file !== null && may.has(one.file));
  expect(strays((file) => LOOP.includes(file), allowed)).toEqual([]);
});

test('an adapter imports the domain, the ports, libraries, what makes and removes folders, starts processes or lets others go first, and its own folder', () => {
  const may = ['src/ports.ts', 'src/make-folders.ts', 'src/own-folder.ts', 'src/let-others.ts', SPAWN];
  const own = (file: string) => file.split('/').slice(0, 3).join('/');
  const allowed = (one: Import, file: string) =>
    one.file === null || inDomain(one) || may.includes(one.file) || one.file.startsWith(`${own(file)}/`);
  expect(strays(below('adapters'), allowed)).toEqual([]);
});

test('only the composition imports adapters', () => {
  const isAdapter = ({ file }: Import) => file !== null && below('adapters')(file) && file !== DOCUMENTS;
  const others = (file: string) => !below('adapters')(file) && !COMPOSITION.includes(file);
  expect(strays(others, (one) => !isAdapter(one))).toEqual([]);
});

test('only the command line imports the local forge, and the forge imports nothing of the app but its documents of GraphQL and what starts processes', () => {
  const isForge = ({ file }: Import) => file !== null && below('forge')(file);
  expect(
    strays(
      (file) => !below('forge')(file) && !below('cli')(file),
      (one) => !isForge(one),
    ),
  ).toEqual([]);
  const allowed = (one: Import) => one.file === null || isForge(one) || one.file === DOCUMENTS || one.file === SPAWN;
  expect(strays(below('forge'), allowed)).toEqual([]);
});

test('`serve` cannot reach the local forge', async () => {
  const { files } = await reachableFrom(ROOT, 'src/cli/serve.ts');
  expect(files).toContain('src/loop.ts');
  expect([...files].filter((file) => below('forge')(file))).toEqual([]);
});

test('only the command line reads the environment, beside four places that have to', () => {
  const known = [
    // The name of whoever runs this, for a sentence.
    'src/adapters/postgres/database-user.ts',
    // PATH for the shell that outlives this process.
    'src/adapters/postgres/keeper.ts',
    // Runs inside the sandbox and reports what got in.
    'src/adapters/sandbox/probe-inside.ts',
    // PATH for git.
    'src/forge/git.ts',
  ];
  const readers = sources.filter(({ file, text }) => !below('cli')(file) && /\bprocess\.env\b/.test(text));
  expect(readers.map(({ file }) => file)).toEqual(known);
});

test('nothing is of type any but what GitHub answers in the local forge', () => {
  const code = (line: string) => !/^\s*(?:\/?\*|\/\/)/.test(line);
  const found = sources.flatMap(({ file, text }) =>
    text.split('\n').some((line) => code(line) && /(?::|<|\bas|\|)\s*any\b/.test(line)) ? [file] : [],
  );
  expect(found).toEqual(['src/forge/forge.ts']);
});

test('what people read is written in one place', () => {
  const elsewhere = [
    // GitHub's words, not ours.
    below('forge'),
    // Told to models, not to people.
    below('adapters/agents'),
    below('domain/prompts'),
    // What invented people say.
    below('cli/demo'),
    below('domain/messages'),
    // What is wrong with a spec block, beside the code that finds it.
    (file: string) => file === 'src/domain/spec-comment.ts',
  ];
  const sentence = /(['`])[A-Z][^'`\n]* [^'`\n]{12,}[.!?]\1/g;
  const found = sources
    .filter(({ file }) => !elsewhere.some((place) => place(file)))
    .flatMap(({ file, text }) =>
      text
        .split('\n')
        // An Error that is thrown at a programmer is no message.
        .filter((line) => !/Error\(/.test(line))
        .flatMap((line) => [...line.matchAll(sentence)].map(([found]) => `${file}: ${found}`)),
    );
  expect(found).toEqual([]);
});

test('folders are made level by level: the recursion of Node never ends where a folder denies that it is there', () => {
  // The forge is no part of the server, and its root is made by the command line.
  const found = sources.filter(
    ({ file, text }) => !below('forge')(file) && /\bmkdir(?:Sync)?\([^;]*recursive/.test(text),
  );
  expect(found.map(({ file }) => file)).toEqual([]);
});

test('Node takes the types out of every file by itself, though it reads less than the compiler and the tests do', () => {
  const found = sources.flatMap(({ file, text }) => {
    try {
      stripTypeScriptTypes(text);
      return [];
    } catch (error) {
      return [`${file}: ${String(error)}`];
    }
  });
  expect(found).toEqual([]);
});

test('a file has at most 300 lines', () => {
  // One is the list of everything the loop needs of the world, the other the list of everything that can happen.
  const long = ['src/ports.ts'];
  const found = sources.filter(({ text }) => text.split('\n').length > 301);
  expect(found.map(({ file }) => file)).toEqual(long);
});

test('a function has at most 60 lines', () => {
  const long: string[] = [];
  for (const { file, text } of sources) {
    const lines = text.split('\n');
    for (const [i, line] of lines.entries()) {
      const head = /^( *)(?:export )?(?:(?:async )?function\*? (\w+)|const (\w+)\b.*=> \{$)/.exec(line);
      if (head === null) continue;
      const length = lines.slice(i).findIndex((one) => one.startsWith(`${head[1]}}`)) + 1;
      if (length > 60) long.push(`${file} ${head[2] ?? head[3]}`);
    }
  }
  // A switch with one case for each kind of fact, and a function that holds the functions of what it returns.
  expect(long).toEqual(['src/adapters/postgres/reaper.ts openReaper', 'src/domain/take-notes.ts note']);
});

test('people are compared in one place, by id before login', () => {
  const compared =
    /\b(?:by|author|requester|reporter|lastPusher|\w*[lL]ogin)\s*[!=]==(?!\s*(?:'|undefined|null|(?:\w+\.)*me\b))/;
  const found = sources
    .filter(({ file }) => !below('forge')(file) && !below('cli/demo')(file))
    .flatMap(({ file, text }) => text.split('\n').map((line) => ({ file, line: line.trim() })))
    .filter(({ line }) => compared.test(line));
  expect(found).toEqual([]);
});
