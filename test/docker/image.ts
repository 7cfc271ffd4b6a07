import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { globMatcher } from '../../src/domain/glob.ts';

const run = promisify(execFile);

interface Instruction {
  readonly what: string;
  readonly text: string;
}

/** The instructions of a Dockerfile, continued lines joined. */
export function parseDockerfile(text: string): readonly Instruction[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  const whole = lines.join('\n').replace(/\\\n\s*/g, ' ');
  return whole
    .split('\n')
    .map((line) => /^([A-Z]+)\s+(.+)$/.exec(line.trim()))
    .filter((found) => found !== null)
    .map(([, what = '', rest = '']) => ({ what, text: rest }));
}

/** Whether Docker would send a path of the build folder: the last pattern that matches it decides. */
export function makeContext(dockerignore: string): (path: string) => boolean {
  const patterns = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const rules = patterns.map((pattern) => ({
    sent: pattern.startsWith('!'),
    matches: globMatcher([pattern.replace(/^!/, '')]),
  }));
  return (path) => {
    const parts = path.split('/');
    const above = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
    return rules.findLast(({ matches }) => above.some((one) => matches(one)))?.sent ?? true;
  };
}

/** What an image would be started with. */
export interface Image {
  /** The folder that stands for the container's root. */
  readonly root: string;
  readonly workdir: string;
  readonly user: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
  /** Debian packages that it installs. */
  readonly packages: readonly string[];
  /** A path of the container on this machine. */
  at(path: string): string;
}

/** Links the packages that `npm ci --omit=dev` would install, as the lock file names them. */
async function installProduction(root: string, folder: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  const packages = Object.entries(lock.packages as Record<string, { dev?: boolean }>);
  const names = packages.filter(([at, { dev }]) => /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(at) && dev !== true);
  for (const [at] of names) {
    await mkdir(dirname(join(folder, at)), { recursive: true });
    // A package for another platform is not there to be linked; the link then leads nowhere, as the package would.
    await symlink(join(root, at), join(folder, at));
  }
}

interface Stage {
  readonly name: string;
  readonly from: string;
  readonly steps: readonly Instruction[];
}

function stagesOf(instructions: readonly Instruction[]): readonly Stage[] {
  const starts = instructions.flatMap(({ what }, i) => (what === 'FROM' ? [i] : []));
  return starts.map((start, n) => {
    const [from = '', name = ''] = (instructions[start]?.text ?? '').split(/\s+AS\s+/i);
    return { name, from, steps: instructions.slice(start + 1, starts[n + 1]) };
  });
}

/** Carries out one stage in a plain folder; what apt would do is only noted. */
class Build {
  readonly root: string;
  readonly #context: string;
  readonly #stages: ReadonlyMap<string, Build>;
  readonly #sent: (path: string) => boolean;
  workdir = '/';
  user = 'root';
  command: readonly string[] = [];
  healthcheck: readonly string[] = [];
  readonly env: Record<string, string> = {};
  readonly volumes: string[] = [];
  readonly ports: string[] = [];
  readonly packages: string[] = [];

  constructor(root: string, context: string, sent: (path: string) => boolean, stages: ReadonlyMap<string, Build>) {
    this.root = root;
    this.#context = context;
    this.#sent = sent;
    this.#stages = stages;
  }

  at(path: string): string {
    return join(this.root, resolve(this.workdir, path));
  }

  async step({ what, text }: Instruction): Promise<void> {
    if (what === 'WORKDIR') {
      this.workdir = resolve(this.workdir, text);
      await mkdir(this.at('.'), { recursive: true });
    } else if (what === 'COPY') await this.#copy(text);
    else if (what === 'RUN') await this.#run(text);
    else if (what === 'USER') this.user = text;
    else if (what === 'ENV')
      Object.assign(this.env, Object.fromEntries(text.split(/\s+/).map((pair) => pair.split('='))));
    else if (what === 'VOLUME') this.volumes.push(text);
    else if (what === 'EXPOSE') this.ports.push(text);
    else if (what === 'HEALTHCHECK') this.healthcheck = JSON.parse(text.slice(text.indexOf('[')));
    else if (what === 'CMD') this.command = JSON.parse(text);
    else throw new Error(`the test does not know ${what}`);
  }

  async #copy(text: string): Promise<void> {
    const words = text.split(/\s+/);
    const stage = /^--from=(.+)$/.exec(words[0] ?? '')?.[1];
    const from = stage === undefined ? undefined : this.#stages.get(stage);
    if (stage !== undefined && from === undefined) throw new Error(`no stage ${stage}`);
    const sources = words.slice(stage === undefined ? 0 : 1, -1);
    const to = words.at(-1) ?? '';
    for (const source of sources) {
      const target = this.at(to.endsWith('/') ? join(to, source) : to);
      if (from !== undefined) await cp(from.at(source), target, { recursive: true, verbatimSymlinks: true });
      else await this.#fromContext(source, target);
    }
  }

  async #fromContext(source: string, target: string): Promise<void> {
    if (!this.#sent(source)) throw new Error(`${source} is not sent to Docker`);
    const filter = (path: string) => this.#sent(path.slice(this.#context.length + 1));
    await cp(join(this.#context, source), target, { recursive: true, filter });
  }

  async #run(text: string): Promise<void> {
    if (/^apt-get /.test(text)) {
      const install = /apt-get install ([^&]*)/.exec(text)?.[1] ?? '';
      this.packages.push(...install.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-')));
    } else if (text === 'npm ci --omit=dev') await installProduction(this.#context, this.at('.'));
    else {
      // Absolute paths of the container are paths below its root here.
      const here = text.replace(/(?<=\s)\/(?=[a-z])/g, `${this.root}/`);
      await run('/bin/sh', ['-euc', here], { cwd: this.at('.'), env: { PATH: '/usr/bin:/bin' } });
    }
  }
}

/** Builds the image's folders below `folder` from the checkout at `context`, without Docker and without a network. */
export async function buildImage(context: string, folder: string): Promise<Image> {
  const sent = makeContext(await readFile(join(context, '.dockerignore'), 'utf8'));
  const stages = new Map<string, Build>();
  let last: Build | undefined;
  for (const [i, { name, steps }] of stagesOf(
    parseDockerfile(await readFile(join(context, 'Dockerfile'), 'utf8')),
  ).entries()) {
    const root = join(folder, String(i));
    // What the base image brings.
    await mkdir(join(root, 'home/node'), { recursive: true });
    last = new Build(root, context, sent, stages);
    for (const step of steps) await last.step(step);
    stages.set(name, last);
  }
  if (last === undefined) throw new Error('the Dockerfile has no stage');
  return last;
}

/** The paths of all files of an image's folder, without what lies below node_modules. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => !one.isDirectory()).map((one) => join(one.parentPath, one.name));
  return files
    .map((path) => path.slice(folder.length + 1))
    .filter((path) => !path.startsWith('node_modules/'))
    .sort();
}
