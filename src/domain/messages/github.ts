/** Sentences about GitHub: for the log, the status comment and whoever reads the list of webhook deliveries. */

/** Why GitHub did not answer this time. Later may be better. */
export const githubTrouble = {
  unreachable: (): string => 'GitHub could not be reached.',
  failing: (status: number): string => `GitHub answered with status ${status}.`,
  limited: (): string => 'GitHub asks to wait: too many requests in a short time.',
  tokenRefused: (): string => 'GitHub did not accept a token that it had just given.',
  tooLate: (what: string): string => `The write “${what}” was not begun in time. Another worker may have taken over.`,
  unreadable: (): string => 'GitHub’s answer is not what it documents.',
  mergeUnseen: (): string => 'GitHub says that the pull request is merged, but does not show its commit yet.',
} as const;

/** Why GitHub will not do this, however often it is asked. `words` are GitHub's own. */
export const githubRefused = (status: number, words: string): string =>
  words === '' ? `GitHub refused with status ${status}.` : `GitHub refused with status ${status}: ${words}`;

/** What a person has to mend before the app can go on there, for the log and the operator. */
export const githubShut = {
  'repository-gone': (): string =>
    'The repository cannot be reached: it was deleted, or the App has no access to it. Give the App access again to go on.',
  'repository-archived': (): string => 'The repository is archived. Unarchive it to go on.',
  'installation-gone': (): string => 'The App is not installed there any more. Install it again to go on.',
  'installation-suspended': (): string => 'The installation of the App is suspended. Lift the suspension to go on.',
  'app-refused': (): string =>
    'GitHub does not accept the App’s key. Make a new private key on the App’s page, set PRIVATE_KEY and APP_ID to that App’s, and start again.',
  'issue-gone': (): string => 'The issue was deleted, or went to another repository. There is nothing left to do.',
  'issue-locked': (): string =>
    'The conversation is locked, and GitHub lets no App write there. Unlock it to go on; nothing is lost until then.',
} as const;
export const wrongClock = (): string =>
  'GitHub does not accept the time of this machine. Set its clock, best by NTP; work goes on by itself then.';

/** Why the app does not start. */
export const shortWebhookSecret = (atLeast: number): string =>
  `WEBHOOK_SECRET is missing or shorter than ${atLeast} characters. Set it to the secret of the GitHub App, for example one made with "openssl rand -hex 32".`;
export const notARepository = (): string => 'A repository is named like owner/name.';

/** The end of a text that GitHub would not take whole. */
export const cutHere = (limit: string): string => `*The rest was cut: GitHub takes at most ${limit} here.*`;

/** What whoever sent a webhook reads. Never a word of what was sent. */
export const webhookAnswer = {
  accepted: (): string => 'Accepted.',
  known: (): string => 'This delivery was accepted before.',
  onlyPost: (): string => 'Webhooks are posted here.',
  noHeaders: (): string => 'X-GitHub-Event, X-GitHub-Delivery (a GUID) and X-Hub-Signature-256 are needed.',
  notJson: (): string => 'Set the content type of the webhook to application/json.',
  tooLarge: (): string => 'The body is larger than GitHub sends.',
  badSignature: (): string => 'The signature does not fit. Compare the secret of the GitHub App with WEBHOOK_SECRET.',
  unreadable: (): string => 'The body is not a JSON object.',
  notStored: (): string => 'The delivery could not be stored. It will be asked for again.',
} as const;

/** More failed than the App's quota lets it ask for. */
export const webhooksPassedOver =
  'More webhooks failed, or came, than can be looked through: some that failed will not be asked for again. The sweep finds what they told. Look why they fail on the App’s page; docs/scaling.md says what to do when there are too many.';

/** A write of which nobody knows yet what became of it. */
export const notOverYet = 'An earlier try of the same write may still be under way.';
