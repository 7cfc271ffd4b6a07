import { run } from '../spawn.ts';

/** A git command that ended with another code than 0. */
export class GitFailure extends Error {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(args: readonly string[], code: number, stdout: string, stderr: string) {
    super(`git ${args[0]} ended with ${code}: ${stderr.trim()}`);
    this.code = code;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

export interface GitOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** An environment in which no configuration of the machine or its user reaches git. */
export function cleanGitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    ...extra,
  };
}

/** Runs git in a repository and gives what it printed. Throws a `GitFailure` when it fails. */
export async function gitBytes(directory: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const env = cleanGitEnvironment(options.env);
  const { code, stdout, stderr } = await run('git', args, { cwd: directory, env, input: options.input });
  if (code === 0) return stdout;
  throw new GitFailure(args, code ?? -1, stdout.toString(), stderr.toString());
}

/** The same as text, without the newline at its end. */
export async function git(directory: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  return (await gitBytes(directory, args, options)).toString('utf8').replace(/\n$/, '');
}
