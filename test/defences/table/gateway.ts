import type { Defence } from '../defence.ts';

const ESCAPES = 'test/gateway/escapes.test.ts';
const ENDPOINTS = 'test/gateway/endpoints.test.ts';
const ACCOUNTING = 'test/gateway/accounting.test.ts';

/** What an agent cannot have of its model. */
export const gateway: readonly Defence[] = [
  {
    name: 'the gateway lets only models be asked',
    invariant: 4,
    file: 'src/adapters/gateway/gateway.ts',
    find: "wish === null || wish === 'models')",
    replace: "wish === 'models')",
    test: ESCAPES,
    fails: [/: POST \/\S* is not let through$/],
  },
  {
    name: 'the gateway lets no schema lie at an address',
    invariant: 4,
    file: 'src/adapters/gateway/api.ts',
    find: 'if (leadsOut(value)) context',
    replace: 'if (value === null) context',
    test: ESCAPES,
    fails: [/a schema (?:of the answer )?at an address is refused/],
  },
  {
    name: 'the gateway has no answer kept by the provider',
    invariant: 4,
    file: 'src/adapters/gateway/openai-responses.ts',
    find: 'max_output_tokens, store: false,',
    replace: 'max_output_tokens,',
    test: ESCAPES,
    fails: ['answers of the responses API are never kept, and its hosted tools never offered'],
  },
  {
    name: 'the gateway takes out what is not known of chat completions',
    invariant: 4,
    file: 'src/adapters/gateway/openai-chat.ts',
    find: 'const Body = z.object({',
    replace: 'const Body = z.looseObject({',
    test: ESCAPES,
    fails: [
      'openai-chat: data about the user is taken out',
      'openai-chat: a tier of service is taken out',
      'openai-chat: keeping the request for a day is taken out',
      'openai-chat: other models, and what works beside them is taken out',
    ],
  },
  {
    name: 'the gateway follows no redirect',
    invariant: 4,
    file: 'src/adapters/gateway/endpoint.ts',
    find: "redirect: 'manual',",
    replace: "redirect: 'follow',",
    test: ENDPOINTS,
    fails: ['a redirect is never followed, and ends the run'],
  },
  {
    name: 'the gateway hides its key in answers',
    invariant: 4,
    file: 'src/adapters/gateway/hide-key.ts',
    find: 'key.length >= LEAST && ',
    replace: "key === '' && ",
    test: ENDPOINTS,
    fails: [/: a server that repeats the key does not tell it, whole or streamed$/],
  },
  {
    name: 'the gateway hands no header of the agent on',
    invariant: 4,
    file: 'src/adapters/gateway/anthropic.ts',
    find: '.filter((one) => BETAS.test(one))',
    replace: '.filter((one) => one !== null)',
    test: 'test/gateway/requests-of-agents.test.ts',
    fails: ['what claude sends is let through'],
  },
];

/** What a run cannot spend. */
export const spending: readonly Defence[] = [
  {
    name: 'the gateway puts aside what a request may cost',
    invariant: 10,
    file: 'src/adapters/gateway/account.ts',
    find: 'aside.tokens += put.tokens;',
    replace: 'aside.tokens += 0;',
    test: ACCOUNTING,
    fails: [
      'who waits for what another has put aside is answered at the end when nothing comes back',
      'twenty requests at once never have more put aside than there is',
    ],
  },
  {
    name: 'the gateway counts an answer that does not say what it cost',
    invariant: 10,
    file: 'src/adapters/gateway/exchange.ts',
    find: "(whole && counted.usage()) || 'lost'",
    replace: "(whole && counted.usage()) || 'free'",
    test: ACCOUNTING,
    fails: [
      'an answer that is a stream that does not say what it cost counts as the most that it may have cost',
      'an answer that is a stream that breaks off counts as the most that it may have cost',
      'an answer that nobody waits for any more counts as the most that it may have cost',
    ],
  },
  {
    name: 'the gateway bounds every answer',
    invariant: 10,
    file: 'src/adapters/gateway/exchange.ts',
    find: 'Math.min(asked.wants ?? model.most, model.most)',
    replace: 'asked.wants ?? model.most',
    test: ACCOUNTING,
    fails: ['thoughts are within the answer that may be given'],
  },
  {
    name: 'the gateway bounds money',
    invariant: 10,
    file: 'src/adapters/gateway/account.ts',
    find: 'if (budget.money === undefined || price === undefined) return byTokens;',
    replace: 'if (price !== null) return byTokens;',
    test: ACCOUNTING,
    fails: [
      'an answer is no longer than the tokens and the money that are left',
      'a run without money ends before anything is sent',
    ],
  },
  {
    name: 'the gateway bounds requests',
    invariant: 10,
    file: 'src/adapters/gateway/account.ts',
    find: 'if (spent.requests >= budget.requests) return null;',
    replace: '',
    test: ACCOUNTING,
    fails: ['a run without requests ends before anything is sent'],
  },
  {
    name: 'the gateway knows a tokenizer by its answers',
    invariant: 10,
    file: 'src/adapters/gateway/estimate.ts',
    find: 'densest = Math.max(densest, tokens / bytes);',
    replace: '',
    test: ACCOUNTING,
    fails: ['a tokenizer that makes more of a byte is known from its first answer on'],
  },
  {
    name: 'the gateway does without a price nothing that money bounds',
    invariant: 10,
    file: 'src/adapters/gateway/gateway.ts',
    find: 'if (budget.money !== undefined && model.price === undefined)',
    replace: "if (model.name === '')",
    test: ACCOUNTING,
    fails: ['a budget in money needs a price'],
  },
];
