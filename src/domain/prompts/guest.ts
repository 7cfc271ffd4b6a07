import { type BriefInput, type Endings, renderTask } from './brief.ts';
import { texts } from './texts.ts';

/** It has tools of its own, of which the app knows nothing. */
const BY_WORDS: Endings = {
  last: 'Make the change now. When it is complete, end; when it cannot be made, end with one line that begins with CANNOT: and the reason.',
  cannot: 'end with one line that begins with CANNOT: and the reason',
};

/** The task of one round for an agent that the operator has installed: how it is here, then the brief. */
export const guestBrief = (brief: BriefInput): string => `${texts.guest.text}\n${renderTask(brief, BY_WORDS)}\n`;

/** What an agent that remembers nothing is told when it is started again: its task, and these words. */
export const againBrief = (first: string, words: string): string =>
  `${first}\n# You have begun already\n${texts.again.text.trim()}\n${words}\n`;
