import { z } from 'zod';
import { parseAllowedHost } from './allowed-hosts.ts';
import { BUILT_IN, HeadlessAgent } from './installed-agent.ts';
import * as say from './messages/operator.ts';
import { CONTEXT, MOST_OUTPUT, modelApis, RETRIES } from './named-model.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,59}$/, say.name);
const amount = z.number().min(0).max(1_000_000);
/** What the app itself is kept secret by: none of it is a key for a model. */
const OWN = /^(?:PRIVATE_KEY|WEBHOOK_SECRET|DATA_KEY|DATABASE_URL)$/;

const Price = z.strictObject({
  input: amount.describe('A million tokens that the model reads'),
  output: amount.describe('A million tokens that it writes'),
  cached: amount
    .optional()
    .describe('A million tokens that it reads again from what the endpoint remembers; else as `input`'),
});

const Model = z
  .strictObject({
    api: z.enum(modelApis).describe('How the endpoint is spoken to'),
    url: z
      .url({ protocol: /^https?$/, error: say.url })
      .refine((url) => !/[?#]|\/\/[^/]*@/.test(url), say.url)
      .transform((url) => url.replace(/\/+$/, ''))
      .describe('Base address of the endpoint, such as `https://api.openai.com/v1` or `https://api.anthropic.com`'),
    key: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]*$/, say.key)
      .refine((key) => !OWN.test(key), say.ownSecret)
      .describe('The name of the environment variable that holds its key'),
    model: z.string().min(1).max(200).describe('What the endpoint calls the model'),
    most: z.number().int().min(1_024).default(MOST_OUTPUT).describe('Most tokens of one answer'),
    context: z
      .number()
      .int()
      .min(4_096)
      .default(CONTEXT)
      .describe('Tokens that it takes at once, its answer included: the built-in agent keeps within'),
    price: Price.optional().describe('In your currency. Without it, nothing can be limited in money'),
  })
  .describe('One model');

const role = (what: string) => name.default('default').describe(what);
const Roles = z
  .strictObject({
    detect: role('Whether a rejection is to be acted upon, where code and drafts leave a doubt, and by which rubric'),
    draft: role('Specs'),
    ask: role('Questions in the language of a rejection, where the app has no words of its own for them'),
  })
  .prefault({})
  .describe('Which model reads for what, by its name; its `api` has to be `openai-chat`');

/** How long one role waits for its model. */
const patience = (seconds: number, what: string) =>
  z
    .strictObject({
      seconds: z
        .number()
        .int()
        .min(1)
        .max(1_200)
        .default(seconds)
        .describe('For one whole answer, with what was asked again for it'),
      retries: z
        .number()
        .int()
        .min(0)
        .max(5)
        .default(RETRIES)
        .describe('How often a question is asked again at once where the endpoint fails, is busy or out of reach'),
    })
    .prefault({})
    .describe(what);

/** What is short ends sooner than what is long; each leaves a model that thinks the time that it takes. */
const Reading = z
  .strictObject({
    detect: patience(120, 'A choice of few words'),
    draft: patience(300, 'A whole spec'),
    ask: patience(120, 'One or two sentences'),
  })
  .prefault({})
  .describe(
    'How patient each of these is. What is not answered in time puts the rejection off, and is asked again later',
  );

const Network = z
  .strictObject({
    prepare: z
      .array(z.string().refine((host) => parseAllowedHost(host) !== null, say.host))
      .max(100)
      .default([])
      .describe(
        'Hosts that `prepare` of a configuration may reach, at port 443: `registry.npmjs.org`, `*.example.com` for all below it, `deb.example.org:80` for plain HTTP',
      ),
  })
  .prefault({})
  .describe('What code in the sandbox may reach; without it, nothing');

/** The operator's file. Unknown keys are errors. */
export const OperatorFile = z
  .strictObject({
    models: z
      .record(name, Model)
      .default({})
      .describe('The models that configurations and agents may name. `default` is used where none is named'),
    agents: z
      .record(name, HeadlessAgent)
      .default({})
      .describe('The agents that configurations may name, beside `built-in`'),
    roles: Roles,
    reading: Reading,
    network: Network,
  })
  .superRefine(({ models, agents, roles }, context) => {
    const { default: own } = models;
    if (own !== undefined && own.api !== 'openai-chat')
      context.addIssue({ code: 'custom', path: ['models', 'default', 'api'], message: say.defaultApi });
    for (const [role, wanted] of Object.entries(roles))
      if (Object.hasOwn(models, wanted) && models[wanted]?.api !== 'openai-chat')
        context.addIssue({ code: 'custom', path: ['roles', role], message: say.roleApi(wanted) });
    if (Object.hasOwn(agents, BUILT_IN))
      context.addIssue({ code: 'custom', path: ['agents', BUILT_IN], message: say.builtIn });
  });
export type OperatorFile = z.infer<typeof OperatorFile>;
