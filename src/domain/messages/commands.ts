import type { Story } from '../tell-story.ts';
import { unmarked } from './overview.ts';
import { inCode, quoted } from './people.ts';

/** How many of the last things that happened are told. */
const MOST = 12;

/** What became of a rejection, for whoever asked `/why`. */
export const story = ({ events, now }: Story): string => {
  const before = events.length > MOST ? [`- … and ${events.length - MOST} more before that`] : [];
  const lines = events
    .slice(-MOST)
    .map(({ at, sentence }) => `- ${at.slice(0, 16).replace('T', ' ')}: ${quoted(unmarked(sentence))}`);
  return [`**Where it stands**`, ...now.map(quoted), '', '**How it came to that**', ...before, ...lines].join('\n');
};

export const blankSpec = (block: string, changes: readonly string[], noTrace: boolean): string =>
  `### Spec: to be filled in by hand

A maintainer decides. Edit this comment: fill in the block below. Whatever is still missing is said in the status comment after each edit.

- \`change\` is one of ${changes.map(inCode).join(', ')}; \`files\` are those that it may touch, \`locators\` where in them (\`rules/price.json#/lamp\`, \`src/plan.ts:12\`).
- \`acceptance\` holds the case that is wrong today: its input${noTrace ? ' (the ticket could not be replayed, so write it down)' : ' is that of the ticket, without personal data'}, and under \`expect\` what has to come out.
- \`hold-outs\` are the same fault in other words, or say under \`no-hold-out\` why there is none; \`guards\` are near inputs that have to stay as they are.

${block}`;

/** Why a command on a rejection is not followed. */
export const rejectionCommandReasons: Readonly<Record<string, (detail: string) => string>> = {
  'command-too-late': () =>
    'a fix of it is being made, or was made. Take the label `fix-clear` off first, which ends that, or comment `/undo` after a merge',
  'command-empty': (name) => `there are no words behind ${inCode(`/${name}`)}`,
  'command-edited': () => 'that comment does not begin with the command any more. Write a new one',
  'command-elsewhere': () => 'that is for the rejection, and this is none. Comment there',
  'command-mistakes': () => 'files that I am set up by have mistakes. Correct them on the default branch first',
  'decline-already': () => 'it is declined already',
  'detach-nothing': () => 'it is not counted at another rejection',
  'spec-unreadable': (problems) => `the spec in it cannot be read. ${problems} Write a new comment with a whole block`,
  'by-hand': (detail) => {
    const [by = '', ...words] = detail.split('\n');
    return `${by} decided so: ${quoted(words.join(' '))}`;
  },
  'approve-nothing': () => 'there is no spec here that waits for an approval',
  'approve-no-hash': (hash) => `it has to name what it approves: \`/approve ${hash}\``,
  'approve-other-hash': (hash) =>
    `that is not the spec that stands here now. Read it, then comment \`/approve ${hash}\``,
  'approve-not-ready': () => 'the spec is not ready. Wait for “Ready” above; it tells the hash to approve',
  'approve-edited': () => 'that comment was edited. Write a new one',
  'approve-spec-edited': () => 'the spec was edited after that comment. Read it, then approve it in a new comment',
  'approve-no-label': () => 'the label `fix-clear` is not set here. Setting it approves the same',
  'approve-again': () =>
    'an attempt was made already since the label was set. To try again, take the label off and set it again',
  'clear-with-issue': (by) =>
    `it came with the issue, from a form or from who opened it (${by}), before there was anything to approve. Take it off, and set it when the spec is ready`,
};
