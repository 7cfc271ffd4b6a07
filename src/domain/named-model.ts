/** How an endpoint is spoken to. */
export const modelApis = ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const;
export type ModelApi = (typeof modelApis)[number];

/** What a model is asked for that only reads: what is to be done about a rejection, for its spec, for words to ask by. */
export const readerRoles = ['detect', 'draft', 'ask'] as const;
export type ReaderRole = (typeof readerRoles)[number];

/** How long an answer of a model is waited for, in seconds with what is asked again, and how often that is. */
export interface Patience {
  readonly seconds: number;
  readonly retries: number;
}

/** How often a failed question is asked again at once, where nobody says. */
export const RETRIES = 2;

/** Per million tokens, in the operator's currency. `cached`: input that the endpoint had read before; else as `input`. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cached?: number | undefined;
}

/** A model as the operator names it. `key` is the key itself: it goes to the endpoint and nowhere else. */
export interface NamedModel {
  readonly name: string;
  readonly api: ModelApi;
  /** Base address of the endpoint, without a slash at its end. */
  readonly url: string;
  readonly key: string;
  /** What the endpoint calls it. */
  readonly model: string;
  readonly price?: Price | undefined;
  /** Most tokens of one answer. */
  readonly most: number;
  /** Tokens that it takes, its answer included. */
  readonly context?: number | undefined;
}

/** An agent by its name, and what it asks: enough to have it made again. */
export interface AgentUses {
  readonly agent: string;
  readonly model: Omit<NamedModel, 'key'>;
}

/** Where the operator does not say: what every current model takes. */
export const CONTEXT = 64_000;

/** Where the operator does not say: what every current model can give in one answer. */
export const MOST_OUTPUT = 16_384;

/** Tokens of one answer. `input` holds neither what the endpoint had read before nor what it kept for later. */
export interface Usage {
  readonly input: number;
  readonly cached: number;
  /** Input that the endpoint kept for the next call, which some charge a quarter more for. */
  readonly kept: number;
  readonly output: number;
}

/** What a quarter more comes to. */
const KEEPING = 1.25;

export const tokensOf = ({ input, cached, kept, output }: Usage): number => input + cached + kept + output;

/** In the operator's currency. */
export const moneyOf = (price: Price, { input, cached, kept, output }: Usage): number =>
  (price.input * (input + kept * KEEPING) + (price.cached ?? price.input) * cached + price.output * output) / 1e6;

/** The most that a call may cost whose input is so long: all of it is kept where the endpoint charges for that. */
export const dearestOf = (api: ModelApi, price: Price, input: number, output: number): number =>
  moneyOf(price, { input: api === 'anthropic' ? 0 : input, cached: 0, kept: api === 'anthropic' ? input : 0, output });
