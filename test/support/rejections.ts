/** The example's clear rejection, as a reporter fills it into the form. */
export const clear = {
  title: 'Wrong answer: refund question gets the invoice article',
  form: {
    Ticket: 'T-0001',
    Step: 'fetch',
    'What came out':
      'Fetch put KB-104 (Reading your invoice) first. The customer only wants to know when the money comes.',
    'What should have come out':
      'KB-107 should come first for refund questions. KB-104 does not say a word about how long a refund takes.',
    'Always or only this once': 'Always',
  },
} as const;

/** One of which only the symptom is told, and no recipe understands. */
export const late = {
  title: 'Wrong answer: customer waits for a lamp and gets the standard mail',
  form: {
    Ticket: 'T-0002',
    Step: 'I do not know',
    'What came out': 'She asked where her lamp is and got “a colleague will read your message”.',
    'What should have come out': 'It is about a delivery that is late, so the delivery answers.',
  },
} as const;

/** What a model may make of it. */
export const lateSpec = {
  is: 'spec',
  step: 'classify',
  expect: [{ path: '/intent', op: 'eq', value: 'delivery' }],
  guards: [
    {
      name: 'opening hours stay other',
      change: [{ path: '/text', op: 'set', value: 'When are you open?' }],
      freeze: ['/intent'],
    },
  ],
  holdOuts: [{ name: 'the same after a greeting', change: [{ path: '/text', op: 'prepend', value: 'Hello team. ' }] }],
  observed: 'A customer whose lamp has not turned up is put into other.',
  expected: 'Something that has not turned up is a question about delivery.',
  quotes: ['where her lamp is'],
  change: 'extend-other-into-sub-intent',
  files: ['config/intents.json'],
  title: 'Put what has not turned up under delivery',
};
