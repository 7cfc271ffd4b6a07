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
