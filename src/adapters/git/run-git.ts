import { run } from '../../spawn.ts';

/** A git command that did not end with 0. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;

  constructor(command: string, code: number | null, stdout: Buffer, stderr: string) {
    super(`git ${command} ended with ${code ?? 'a signal'}: ${stderr.trim()}`);
    this.code = code;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

export interface GitOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Settings for this command alone. They travel in the environment, so a secret is neither on disk nor in argv. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Stops reading, and git, after so many bytes; what came until then is the result. */
  readonly most?: number;
  /** Ends the command, and whatever it has started, after so long. */
  readonly timeoutMs?: number;
  /** Ends the command, and whatever it has started, when it aborts. */
  readonly signal?: AbortSignal;
  /** How much memory git may take for itself: what a repository says about its size is its own. */
  readonly memoryMb?: number;
}

/** Whatever a repository, its user or the machine says: no hook, no upkeep behind our back, no question. */
const ALWAYS = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.quotePath': 'false',
  'core.bigFileThreshold': '32m',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'safe.directory': '*',
};

function settingsEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(settings);
  const pairs = entries.flatMap(([key, value], i) => [
    [`GIT_CONFIG_KEY_${i}`, key],
    [`GIT_CONFIG_VALUE_${i}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length), ...Object.fromEntries(pairs) };
}

/** The whole environment of a git command on this bare repository. Nothing of the app's own gets in. */
export function gitEnvironment(
  gitDir: string,
  options: Pick<GitOptions, 'env' | 'settings'> = {},
): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_DIR: gitDir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    // A path is a path, whatever characters it has.
    GIT_LITERAL_PATHSPECS: '1',
    // No command here but fetch and push has a reason to speak to anybody.
    GIT_ALLOW_PROTOCOL: '',
    ...settingsEnvironment({ ...ALWAYS, ...options.settings }),
    ...options.env,
  };
}

/** Runs a program beside git, such as a shell that calls it, in git's own environment. */
export async function runProgram(
  program: string,
  args: readonly string[],
  gitDir: string,
  options: GitOptions = {},
): Promise<Buffer> {
  const { input, most, timeoutMs, signal } = options;
  const env = gitEnvironment(gitDir, options);
  const how = { cwd: gitDir, env, input, most, timeoutMs, signal };
  const { code, stdout, stderr, more } = await run(program, args, how);
  if (code === 0 || more) return stdout;
  throw new GitFailure(args[0] ?? program, code, stdout, stderr.toString());
}

/** What follows the line is its $0, then the arguments of git. */
const LIMITED = 'ulimit -d "$0"; exec git "$@"';

/** Runs git on a bare repository and gives what it printed. Throws a `GitFailure` when it fails. */
export function gitBytes(gitDir: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const { memoryMb } = options;
  if (memoryMb === undefined) return runProgram('git', args, gitDir, options);
  return runProgram('/bin/sh', ['-c', LIMITED, String(memoryMb * 1024), ...args], gitDir, options);
}

/** The same as text, without the newline at its end. */
export const git = async (gitDir: string, args: readonly string[], options: GitOptions = {}): Promise<string> =>
  (await gitBytes(gitDir, args, options)).toString('utf8').replace(/\n$/, '');

/** Splits what git printed with -z. Paths are bytes: as latin1, so that no two of them become one. */
export const splitNul = (bytes: Buffer): string[] => bytes.toString('latin1').split('\0').slice(0, -1);

/** The text of a path from `splitNul`. What is not UTF-8 shows as U+FFFD, which the gate refuses. */
export const pathText = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

/** Throws unless this is a full object id: nothing else may become part of a git command. */
export function anId(id: string): string {
  if (!/^[0-9a-f]{40}$/.test(id)) throw new Error(`not an object id: ${id.slice(0, 100)}`);
  return id;
}
