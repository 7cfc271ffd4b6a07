import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import * as say from './domain/messages/settings.ts';
import type { Operator } from './domain/parse-operator.ts';
import { KEPT_DAYS } from './domain/transcript/line.ts';
import { readOperator } from './read-operator.ts';

/** The key as everybody reads it, whatever its form was; null unless GitHub's kind of signature can be made by it. */
function rsaKeyOf(text: string): string | null {
  try {
    const key = createPrivateKey(text);
    return key.asymmetricKeyType === 'rsa' ? key.export({ type: 'pkcs8', format: 'pem' }).toString() : null;
  } catch {
    return null;
  }
}

/** Says where a key is no such key. */
function toRsaKey(text: string, problems: z.RefinementCtx): string {
  const key = rsaKeyOf(text);
  if (key !== null) return key;
  problems.addIssue(say.privateKey);
  return z.NEVER;
}

/** What holds untrusted code: our own sandbox, or the machine itself. */
const SANDBOXES = ['bubblewrap', 'container', 'external'] as const;

/** How untrusted code is held. */
export interface SandboxSettings {
  readonly kind: (typeof SANDBOXES)[number];
  /** Command line of the runtime that makes containers. */
  readonly runtime: string;
  /** Folder with /usr and /etc for what runs in containers; without it the machine's own. */
  readonly rootfs?: string | undefined;
}

/** The app's environment. Names are those that Probot's users know, where they mean the same. */
const Environment = z.object({
  APP_ID: z.coerce.number(say.appId).int().positive(say.appId),
  PRIVATE_KEY: z.string(say.privateKey).transform(toRsaKey),
  WEBHOOK_SECRET: z
    .string(say.webhookSecret)
    .min(16, say.webhookSecret)
    .refine((secret) => secret !== 'development', say.webhookSecret),
  GITHUB_API_URL: z.url(say.apiUrl).default('https://api.github.com'),
  GITHUB_URL: z.url(say.webUrl).default('https://github.com'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number(say.port).int().min(0).max(65_535).default(3000),
  PUBLIC_URL: z.url({ protocol: /^https?$/, error: say.publicUrl }).optional(),
  STATE_DIR: z.string().min(1).default('state'),
  DATABASE_URL: z.string().min(1).optional(),
  DATA_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, say.dataKey)
    .transform((text) => Buffer.from(text, 'base64'))
    .optional(),
  SUITES_AT_ONCE: z.coerce
    .number(say.suitesAtOnce)
    .int(say.suitesAtOnce)
    .min(1, say.suitesAtOnce)
    .max(256, say.suitesAtOnce)
    .optional(),
  TRANSCRIPT_DAYS: z.coerce
    .number(say.transcriptDays)
    .int(say.transcriptDays)
    .min(1, say.transcriptDays)
    .max(3650, say.transcriptDays)
    .default(KEPT_DAYS),
  SANDBOX: z.enum(SANDBOXES, say.sandbox).default('bubblewrap'),
  CONTAINER_RUNTIME: z.string().trim().min(1, say.containerRuntime).default('runc'),
  CONTAINER_ROOTFS: z
    .string()
    .regex(/^\/[^\0]+$/, say.containerRootfs)
    .optional(),
  LOG_LEVEL: z.enum(['info', 'warn', 'error', 'silent'], say.logLevel).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url(say.otlpUrl).optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_BASE_URL: z.url(say.modelUrl).default('https://api.openai.com/v1'),
  OPENAI_MODEL: z.string().min(1).optional(),
  OPERATOR_FILE: z.string().min(1).optional(),
});
type Environment = z.infer<typeof Environment>;
type Env = Readonly<Record<string, string | undefined>>;

/** What is needed to open the store, and to run something beside it. */
export interface StoreSettings {
  readonly stateDir: string;
  readonly databaseUrl: string | undefined;
  /** 32 bytes; without them the file `data-key` below `stateDir` is used. */
  readonly dataKey?: Uint8Array | undefined;
  readonly sandbox?: SandboxSettings | undefined;
}

/** Everything the app is started with. */
export interface Settings extends StoreSettings {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly apiUrl: string;
  readonly webUrl: string;
  readonly host: string;
  readonly port: number;
  /** Where people reach this app from outside, without a slash at the end; without it there are no links to its pages. */
  readonly publicUrl?: string | undefined;
  readonly logLevel: Environment['LOG_LEVEL'];
  /** Models and whatever else the operator's file sets up; OPENAI_* make the model `default`. */
  readonly operator: Operator;
  /** How many runs of suites go on at once; without it, as many as the machine has processors. */
  readonly suitesAtOnce?: number | undefined;
  /** For how many days transcripts are kept; without it 30. */
  readonly transcriptDays?: number | undefined;
  /** Base address of the collector that traces go to; without it there are none. */
  readonly otlpEndpoint?: string | undefined;
}

/** GitHub's pages show keys with line breaks; environment files often carry them as `\n`. */
const withLineBreaks = (env: Env) => ({
  ...env,
  PRIVATE_KEY: env['PRIVATE_KEY']?.replace(/\\n/g, '\n'),
});

/** Empty values count as missing: an empty secret is no secret. */
const filledOf = (env: Env) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));

const told = (issues: readonly z.core.$ZodIssue[]): readonly string[] =>
  issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);

/** What says how untrusted code is held. */
const ofSandbox = { SANDBOX: true, CONTAINER_RUNTIME: true, CONTAINER_ROOTFS: true } as const;

const sandboxOf = (e: Pick<Environment, keyof typeof ofSandbox>): SandboxSettings => ({
  kind: e.SANDBOX,
  runtime: e.CONTAINER_RUNTIME,
  rootfs: e.CONTAINER_ROOTFS,
});

/** How untrusted code is held, for whoever needs nothing else; or every problem in words. */
export function readSandbox(
  env: Env,
): { readonly sandbox: SandboxSettings } | { readonly problems: readonly string[] } {
  const parsed = Environment.pick(ofSandbox).safeParse(filledOf(env));
  return parsed.success ? { sandbox: sandboxOf(parsed.data) } : { problems: told(parsed.error.issues) };
}

/** What commands need that only care for the store, or every problem in words. */
export function readStoreSettings(
  env: Env,
): { readonly settings: StoreSettings } | { readonly problems: readonly string[] } {
  const parsed = Environment.pick({ STATE_DIR: true, DATABASE_URL: true, DATA_KEY: true, ...ofSandbox }).safeParse(
    filledOf(env),
  );
  if (!parsed.success) return { problems: told(parsed.error.issues) };
  const { STATE_DIR: stateDir, DATABASE_URL: databaseUrl, DATA_KEY: dataKey } = parsed.data;
  return { settings: { stateDir, databaseUrl, dataKey, sandbox: sandboxOf(parsed.data) } };
}

/** The settings, or every problem in words. */
export function readSettings(env: Env): { readonly settings: Settings } | { readonly problems: readonly string[] } {
  const filled = filledOf(withLineBreaks(env));
  const parsed = Environment.safeParse(filled);
  const issues = parsed.error?.issues ?? [];
  const half = 'OPENAI_API_KEY' in filled !== 'OPENAI_MODEL' in filled;
  const problems = new Set([...told(issues), ...(half ? [say.modelIncomplete] : [])]);
  const { OPENAI_API_KEY: apiKey, OPENAI_MODEL: model, OPENAI_BASE_URL: baseUrl } = parsed.data ?? {};
  const whole = apiKey === undefined || model === undefined || baseUrl === undefined;
  const read = readOperator(filled['OPERATOR_FILE'], filled, whole ? null : { apiKey, model, baseUrl });
  for (const problem of 'problems' in read ? read.problems : []) problems.add(problem);
  if (!parsed.success || 'problems' in read || problems.size > 0) return { problems: [...problems] };
  const e = parsed.data;
  return {
    settings: {
      appId: e.APP_ID,
      privateKey: e.PRIVATE_KEY,
      webhookSecret: e.WEBHOOK_SECRET,
      apiUrl: e.GITHUB_API_URL.replace(/\/$/, ''),
      webUrl: e.GITHUB_URL.replace(/\/$/, ''),
      host: e.HOST,
      port: e.PORT,
      publicUrl: e.PUBLIC_URL?.replace(/\/+$/, ''),
      stateDir: e.STATE_DIR,
      databaseUrl: e.DATABASE_URL,
      dataKey: e.DATA_KEY,
      logLevel: e.LOG_LEVEL,
      suitesAtOnce: e.SUITES_AT_ONCE,
      transcriptDays: e.TRANSCRIPT_DAYS,
      sandbox: sandboxOf(e),
      otlpEndpoint: e.OTEL_EXPORTER_OTLP_ENDPOINT,
      operator: read.operator,
    },
  };
}
