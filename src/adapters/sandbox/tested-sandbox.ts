import { type Sandbox, type SandboxJob, SandboxRefused, type SandboxRun } from '../../ports.ts';
import { imageOf } from './image-of.ts';
import type { Setup } from './setup.ts';

/** How long an image is taken for unchanged. */
const IMAGE_MS = 60_000;

type Refused = { readonly refused: string };

/** A sandbox, and what commands find in it. */
export interface ImagedSandbox extends Sandbox {
  /**
   * Differs wherever a command may find other tools, another Node or another architecture. Runs nothing. Looked at anew
   * each minute: packages are upgraded under a server that runs.
   */
  image(): Promise<string>;
}

/** One kind of sandbox. */
interface Kind<S extends Setup> {
  /** Sets up what all runs share, or says why nothing can run. */
  prepare(): Promise<S | Refused>;
  /** Tries to get out of it: the set-up that holds, or what is open. */
  test(setup: S): Promise<S | Refused>;
  run(setup: S, job: SandboxJob): Promise<SandboxRun>;
  /** For how long an image is taken for unchanged, in milliseconds. Default a minute. */
  readonly imageMs?: number | undefined;
}

/** A sandbox in which nothing runs before its self-test has held once. */
export function testedSandbox<S extends Setup>({ imageMs = IMAGE_MS, ...kind }: Kind<S>): ImagedSandbox {
  let preparing: Promise<S | Refused> | undefined;
  let testing: Promise<S | Refused> | undefined;
  let image: { readonly taken: number; readonly name: Promise<string> } | undefined;
  const prepared = (): Promise<S | Refused> => {
    preparing ??= kind.prepare();
    return preparing;
  };
  const ready = (): Promise<S | Refused> => {
    testing ??= prepared().then((setup) => ('refused' in setup ? setup : kind.test(setup)));
    return testing;
  };
  return {
    image() {
      const now = performance.now();
      if (image !== undefined && now - image.taken < imageMs) return image.name;
      // Where nothing runs, nothing is told apart.
      image = { taken: now, name: prepared().then((setup) => ('refused' in setup ? '' : imageOf(setup))) };
      return image.name;
    },
    async refusal() {
      const setup = await ready();
      return 'refused' in setup ? setup.refused : null;
    },
    async run(job) {
      const setup = await ready();
      if ('refused' in setup) throw new SandboxRefused(setup.refused);
      return kind.run(setup, job);
    },
  };
}
