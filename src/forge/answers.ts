/** What the REST API answers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of JSON, where another media type was asked for. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal in GitHub's words; thrown by handlers, turned into an answer in one place. */
export class GitHubError extends Error {
  readonly status: number;
  readonly errors: readonly unknown[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    errors?: readonly unknown[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export const notFound = () => new GitHubError(404, 'Not Found');
export const notAccessible = () => new GitHubError(403, 'Resource not accessible by integration');

/** GitHub's "Validation Failed" with its list of reasons. */
export function validationFailed(...errors: unknown[]): GitHubError {
  return new GitHubError(422, 'Validation Failed', errors);
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent = (): Answer => ({ status: 204 });
