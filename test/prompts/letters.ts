import type { DraftInput } from '../../src/domain/prompts/draft.ts';

/** A rejection of a small pipeline that sorts letters, for tests of the prompts. */
export const letters: DraftInput = {
  rejection: {
    title: 'Wrong topic',
    comment: 'T-9 came out under plants, but lawn mowers are machines.',
    fields: { ticket: 'T-9' },
    hints: [],
    answers: [],
  },
  trace: {
    steps: [
      { step: 'sort', input: { text: 'My lawn mower does not start' }, output: { topic: 'plants' } },
      { step: 'reply', input: { topic: 'plants' }, output: { reply: 'Water it more.' } },
    ],
  },
  rubric: {
    change: 'add-word',
    title: 'Add a word to a topic',
    body: '# Add a word\nOne word, not a sentence.\n## Criteria\n- **W1** The word is general.\n## Example 1\nA hose is a tool.',
    criteria: [{ id: 'W1', text: 'The word is general.' }],
  },
  choices: [
    { kind: 'add-word', step: 'sort', when: 'A word is missing under its topic.' },
    { kind: 'change-reply', step: 'reply', when: 'The topic is right, and the reply is not.' },
  ],
  paths: ['topics.json'],
  files: [{ path: 'topics.json', text: '{\n  "plants": ["lawn"],\n  "machines": ["drill"]\n}\n' }],
  solved: [],
  way: 'plain',
  seed: 'one',
};
