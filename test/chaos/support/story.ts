import type { People } from './people.ts';

/** What people do in one repository, each act when they see what they wait for. */
export interface Story {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** A model is set up. */
  readonly model?: true;
  tell(people: People): Promise<void>;
}
