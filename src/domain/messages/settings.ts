export const appId = 'Set it to the number on the page of your GitHub App.';
export const privateKey =
  'Set it to the private key (PEM, RSA) that GitHub gave you for the App: the whole text of the file, with its line breaks, or with \\n in the place of each.';
export const webhookSecret =
  'Set it to a secret of at least 16 characters, the same as on the page of your GitHub App. Make one: openssl rand -hex 32';
export const apiUrl = 'This is not an address. For github.com leave it out.';
export const webUrl = 'This is not an address. For github.com leave it out.';
export const port = 'Set it to a port number.';
export const dataKey =
  'Set it to 32 random bytes in base64 (44 characters), the same on every machine. Make one: openssl rand -base64 32';
export const logLevel = 'Use info, warn, error or silent.';
export const suitesAtOnce = 'Set it to a whole number from 1 to 256, or leave it out.';
export const transcriptDays = 'Set it to a whole number of days from 1 to 3650, or leave it out.';
export const sandbox =
  'Leave it out, or set it to container where you prefer a container runtime, or to external where the app sits in a machine of its own for each job.';
export const containerRuntime = 'Set it to the command of an OCI runtime, such as runc, or leave it out.';
export const containerRootfs =
  'Set it to the whole path of a folder with the files of a Linux system, or leave it out.';
export const modelUrl = 'This is not an address of an OpenAI-compatible endpoint.';
export const publicUrl =
  'This is not the address at which people reach the app, such as https://corrigible.example.com.';
export const otlpUrl = 'This is not the address of an OpenTelemetry collector, such as http://localhost:4318.';
export const modelIncomplete =
  'OPENAI_API_KEY and OPENAI_MODEL go together: set both, or neither to work with recipes and people only.';
export const portTaken = (port: number): string =>
  `Port ${port} cannot be had: another program has it, or it is kept for root. Choose another.`;
export const hostUnusable = (host: string, because: string): string =>
  `Corrigible cannot listen at ${host} (${because}). Set HOST to an address of this machine: 127.0.0.1 for this machine alone, 0.0.0.0 for all it has.`;
export const refusesToStart = (problems: readonly string[]): string =>
  `Corrigible does not start:\n${problems.map((problem) => `  ${problem}`).join('\n')}\n`;
/** Read by whoever stops a process that cannot end in order. */
export const cutOff =
  'Corrigible ended without having come to an end in order: told twice, or the database does not answer. Nothing is lost: the next start, or another worker, goes on from here.';
export const listening = (role: 'all' | 'web' | 'worker', url: string): string =>
  ({
    all: `Corrigible listens at ${url}`,
    web: `Corrigible listens at ${url}, for webhooks. Workers do the work.`,
    worker: `Corrigible works, and listens at ${url} for whoever asks how it is.`,
  })[role];

/** What the probes answer. */
export const health = {
  ready: 'ready',
  onlyTakesIn: (because: string): string => `ready to take webhooks in, but not to work: ${because}`,
  paused: ({ by, because }: { readonly by: string; readonly because: string }): string =>
    `paused by ${by}${because === '' ? '' : `: ${because}`}. Webhooks are taken in, and nothing else is done until “corrigible resume”`,
  starting: 'starting',
  stopping: 'stopping',
  noDatabase: 'the database does not answer',
  noHeartbeat: 'the worker has had no heartbeat for 20 seconds: others take over its work',
  stuck: 'the worker is stuck: restart it',
} as const;
