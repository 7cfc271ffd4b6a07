interface HttpError extends Error {
  readonly status: number;
  readonly response?: { readonly headers: Readonly<Record<string, unknown>> };
}

export const isHttpError = (error: unknown): error is HttpError =>
  error instanceof Error && 'status' in error && typeof error.status === 'number';

/** Whether GitHub asks to wait: that says nothing of what the token may do. */
export function isLimit({ status, response }: HttpError): boolean {
  const { headers } = response ?? { headers: {} };
  const spent = String(headers['x-ratelimit-remaining']) === '0' || 'retry-after' in headers;
  return status === 429 || (status === 403 && spent);
}

/** What a call answers, or null where the token may not see it. Everything else that fails is thrown on. */
export async function orHidden<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (isHttpError(error) && (error.status === 403 || error.status === 404) && !isLimit(error)) return null;
    throw error;
  }
}
