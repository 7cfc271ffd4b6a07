/** A check that has to pass before a merge; from one App alone, or (null) from anybody. */
export interface NeededCheck {
  readonly name: string;
  readonly app: number | null;
}

/** Somebody who may pass over the rules. `id` is GitHub's number, where the kind has one; people go by their login. */
export interface Bypass {
  readonly kind: 'app' | 'owners' | 'role' | 'team' | 'deploy-keys' | 'person' | 'other';
  readonly id: string;
  /** Whether they may push past the rules, too, or only merge pull requests past them. */
  readonly pullRequestsOnly: boolean;
}

/** What one ruleset, or the branch protection, demands of a branch. A value of null could not be read. */
export interface Demands {
  /** The ruleset's name, empty where all of them are hidden; null for branch protection. */
  readonly ruleset: string | null;
  /** Whose ruleset it is, where it is not the repository's own. */
  readonly organisation: string | null;
  readonly checks: readonly NeededCheck[] | null;
  /** The head has to contain the tip of the base. */
  readonly upToDate: boolean | null;
  readonly queue: boolean | null;
  /** Of a group in the queue only the last commit has to be green. */
  readonly lastGreen: boolean | null;
  /** Changes come by pull request alone. */
  readonly pullRequest: boolean | null;
  readonly approvals: number | null;
  /** A push takes approvals away. */
  readonly dismissesStale: boolean | null;
  /** Somebody else than who pushed last has to approve. */
  readonly lastPush: boolean | null;
  readonly conversations: boolean | null;
  readonly codeOwners: boolean | null;
  readonly noForcePush: boolean | null;
  readonly noDeletion: boolean | null;
  readonly signatures: boolean | null;
  /** Nobody may change the branch at all. */
  readonly locked: boolean | null;
  /** The only ways to merge; empty for any. */
  readonly methods: readonly string[] | null;
  /** The only Apps that may change the branch; `any` where nobody is shut out. */
  readonly apps: readonly number[] | 'any' | null;
  readonly bindsAdministrators: boolean | null;
  readonly bypass: readonly Bypass[] | null;
}

/** A ruleset that demands nothing of the branch, and why. */
export interface IdleRuleset {
  readonly name: string;
  readonly why: 'disabled' | 'evaluate' | 'elsewhere';
}

/** What the configuration on the default branch says that the rules have to agree with. */
export interface Configured {
  readonly steps: readonly string[];
  /** Whether people's pull requests are judged, or the app's own alone. */
  readonly people: boolean;
}

/** Everything that is known of how the default branch is protected. A value of null could not be read. */
export interface Protection {
  /** The App's id; null where it is not known here. */
  readonly app: number | null;
  readonly configured: Configured | 'unusable' | null;
  /** What is in force: all of it holds at once. */
  readonly demands: readonly Demands[];
  readonly idle: readonly IdleRuleset[] | null;
  readonly squash: boolean | null;
  readonly codeOwnersFile: boolean | null;
  /** Whether a commit status has the gate's name. */
  readonly gateStatus: boolean | null;
}

const nothing: Omit<Demands, 'ruleset' | 'organisation' | 'bypass'> = {
  checks: [],
  upToDate: false,
  queue: false,
  lastGreen: false,
  pullRequest: false,
  approvals: 0,
  dismissesStale: false,
  lastPush: false,
  conversations: false,
  codeOwners: false,
  noForcePush: false,
  noDeletion: false,
  signatures: false,
  locked: false,
  methods: [],
  apps: 'any',
  bindsAdministrators: true,
};

/** A ruleset before its rules are read. */
export const emptyRuleset = (
  ruleset: string,
  organisation: string | null,
  bypass: readonly Bypass[] | null,
): Demands => ({ ...nothing, ruleset, organisation, bypass });

/** Demands of which none could be read. */
export const unreadDemands = (ruleset: string | null): Demands => ({
  ruleset,
  organisation: null,
  checks: null,
  upToDate: null,
  queue: null,
  lastGreen: false,
  pullRequest: null,
  approvals: null,
  dismissesStale: null,
  lastPush: null,
  conversations: null,
  codeOwners: null,
  noForcePush: null,
  noDeletion: null,
  signatures: null,
  locked: null,
  methods: null,
  apps: null,
  bindsAdministrators: null,
  bypass: null,
});

type Switch = { [K in keyof Demands]: Demands[K] extends boolean | null ? K : never }[keyof Demands];

/** Whether anything in force demands this; null where nothing that was read does, but not all was read. */
export function demanded(demands: readonly Demands[], what: Switch): boolean | null {
  if (demands.some((one) => one[what] === true)) return true;
  return demands.some((one) => one[what] === null) ? null : false;
}
