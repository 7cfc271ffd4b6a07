import { short } from '../hash.ts';
import { inCode } from './people.ts';

/** Words about bringing the branch of a pull request up to date. */
export const branchWords = {
  commit: (base: string): string => `Bring the branch up to date with ${base}`,
  updated: (base: string): string =>
    `The base branch demands branches that are up to date, so I merged it (${inCode(short(base))}) into this one.`,
  approveAgain: (of: {
    readonly by: string;
    readonly from: string;
    readonly head: string;
    readonly branch: string;
    readonly unchanged: boolean;
    /** Why the checks are red; null where they are green. */
    readonly red: string | null;
  }): string => {
    const { by, from, head, branch, unchanged, red } = of;
    const [old, now] = [inCode(short(from)), inCode(short(head))];
    const diff = unchanged
      ? `**What this pull request changes is unchanged:** against the base branch it changes the same lines, beside the same lines, as ${old}; they may stand in other places of their files.`
      : `**What this pull request changes is not quite the same any more:** compare its diff against the base branch with that of ${old}.`;
    const next =
      red === null
        ? `Please approve ${now}: an approval holds for exactly one commit.`
        : `The checks of ${now} are red, so there is nothing to approve yet: ${red}`;
    return `@${by}, you approved ${old}. ${inCode(branch)} has moved since, and it takes only branches that are up to date, so I merged it into this one as ${now}.\n\n${diff}\n\n${next}`;
  },
};
