import type { EngineTuning } from '../../../src/adapters/postgres/engine.ts';
import type { Forge } from '../../../src/forge/forge.ts';
import type { People } from './people.ts';

/** What people do in one repository, each act when they see what they wait for. */
export interface Story {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** A model is set up. */
  readonly model?: true;
  /** What GitHub does to the app in every telling of this story. */
  readonly trouble?: (forge: Forge) => void;
  readonly engine?: EngineTuning;
  tell(people: People): Promise<void>;
}
