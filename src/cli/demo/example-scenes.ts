import type { Scenes } from './scene.ts';

/** The faults that the example has as it is, each with a stored ticket that shows it. */
export const exampleScenes: Scenes = {
  fixes: [
    {
      kind: 'adjust-fetch-weight',
      step: 'fetch',
      file: 'config/fetch.json',
      ticket: 'T-0001',
      slots: { article: 'KB-107', intent: 'billing.refund' },
      title: 'Wrong answer: refund question gets the invoice article',
      out: 'Fetch put KB-104 (Reading your invoice) first. The customer only wants to know when the money comes.',
      should: 'KB-107 should come first for refund questions.',
    },
    {
      kind: 'extend-other-into-sub-intent',
      step: 'classify',
      file: 'config/intents.json',
      ticket: 'T-0038',
      slots: { name: 'gift-card', words: 'gift card' },
      title: 'Wrong answer: nobody feels responsible for gift cards',
      out: 'It became “other”, and the customer waits for a colleague.',
      should: 'This needs an intent of its own, call it "gift-card". Customers ask for a "gift card" every week.',
    },
    {
      kind: 'add-plan-branch',
      step: 'plan',
      file: 'config/plan.yml',
      ticket: 'T-0004',
      slots: { intent: 'returns.cancel', status: 'shipped', reply: 'already-shipped', tool: 'send-return-label' },
      title: 'Wrong answer: wants to cancel, parcel has left already',
      out: 'He got hand-over and waited for three days, while the parcel was on its way.',
      should: 'When the order is shipped, the reply should be already-shipped, with the tool send-return-label.',
    },
  ],
  threshold: {
    scene: {
      kind: 'adjust-fetch-weight',
      step: 'fetch',
      file: 'config/fetch.json',
      ticket: 'T-0031',
      slots: { article: 'KB-118', intent: 'product.warranty' },
      title: 'Wrong answer: warranty question gets the spare parts',
      out: 'Fetch put KB-119 first, and she does not want to buy a part.',
      should: 'KB-118 should come first when somebody asks about the warranty.',
    },
    broken: 'a warranty answer is read by a person before it goes out',
  },
};
