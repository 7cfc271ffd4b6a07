import type { Spares } from './app-process.ts';
import { differences } from './differences.ts';
import type { Story } from './story.ts';
import type { Told } from './tell.ts';

/** What every case is given: the stories, told once without any accident. */
export interface Undisturbed {
  readonly story: Story;
  readonly told: Told;
}

export interface Case {
  readonly name: string;
  /** What went wrong, as sentences; none is good. Throws where the story does not come to its end. */
  run(spares: Spares): Promise<readonly string[]>;
}

/** Whatever happened on the way, the end is the same and nothing is damaged. */
export const compare = (told: Told, { told: calm }: Undisturbed): readonly string[] => [
  ...told.damage,
  ...differences(told.state, calm.state),
];
