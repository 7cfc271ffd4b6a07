/** What the pages read of the API's answers, which were held against GitHub's schemas before they came here. */
export interface User {
  readonly login: string;
  readonly type: string;
}

export interface Label {
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export interface Repository {
  readonly full_name: string;
  readonly private: boolean;
  readonly default_branch: string;
  readonly pushed_at: string;
  readonly open_issues_count: number;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: 'open' | 'closed';
  readonly state_reason: string | null;
  readonly user: User;
  readonly labels: readonly Label[];
  readonly comments: number;
  readonly created_at: string;
  readonly pull_request?: { readonly merged_at: string | null };
}

/** A comment or an event in an issue's timeline. */
export interface TimelineItem {
  readonly id: number;
  readonly event: string;
  readonly actor: User;
  readonly created_at: string;
  readonly updated_at?: string;
  readonly body?: string;
  readonly label?: { readonly name: string; readonly color: string };
  readonly rename?: { readonly from: string; readonly to: string };
  readonly assignee?: User;
  readonly commit_id?: string | null;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'closed';
  readonly user: User;
  readonly draft: boolean;
  readonly merged: boolean;
  readonly merged_at: string | null;
  readonly created_at: string;
  readonly merge_commit_sha: string | null;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string; readonly sha: string };
  readonly labels: readonly Label[];
  readonly mergeable_state: string;
  readonly commits: number;
  readonly changed_files: number;
  readonly additions: number;
  readonly deletions: number;
}

export interface Review {
  readonly id: number;
  readonly user: User;
  readonly body: string;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  readonly commit_id: string;
  readonly submitted_at?: string;
}

export interface ReviewComment {
  readonly id: number;
  readonly pull_request_review_id: number;
  readonly user: User;
  readonly body: string;
  readonly path: string;
  readonly line: number | null;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly head_sha: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly details_url: string | null;
  readonly html_url: string;
  readonly app: { readonly slug: string };
  readonly output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null };
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: string;
  readonly title: string | null;
  readonly message: string;
  readonly raw_details: string | null;
}

export interface Commit {
  readonly sha: string;
  readonly commit: { readonly message: string; readonly author: { readonly name: string; readonly date: string } };
  readonly parents: readonly { readonly sha: string }[];
}

export interface ChangedFile {
  readonly filename: string;
  readonly previous_filename?: string;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch?: string;
}

export interface Branch {
  readonly name: string;
  readonly commit: { readonly sha: string };
  readonly protected: boolean;
}

/** An entry of a folder, or a file with its content. */
export interface Entry {
  readonly type: string;
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly sha: string;
  readonly encoding?: string;
  readonly content?: string;
}
