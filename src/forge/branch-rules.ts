export interface RequiredCheck {
  context: string;
  /** The only app whose check counts; null for any. */
  appId: number | null;
}

export interface Protection {
  checks: { strict: boolean; required: RequiredCheck[] } | null;
  reviews: { count: number; dismissStale: boolean; lastPushApproval: boolean; codeOwners: boolean } | null;
  enforceAdmins: boolean;
  linearHistory: boolean;
  /** Off unless somebody switched it on. */
  forcePushes?: boolean;
  deletions?: boolean;
  conversations?: boolean;
  locked?: boolean;
}

export interface BypassActor {
  actor_id?: number | null;
  actor_type: string;
  bypass_mode?: string;
}

export interface Ruleset {
  id: number;
  name: string;
  enforcement: 'disabled' | 'active' | 'evaluate';
  include: string[];
  exclude: string[];
  rules: { type: string; parameters?: Record<string, unknown> }[];
  bypassActors?: BypassActor[];
  /** The organisation that set it; absent for the repository's own. */
  organisation?: string;
  createdAt: string;
}
