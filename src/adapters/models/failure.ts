import { APIError } from 'openai';
import { ModelRefused } from '../../domain/chat.ts';
import { modelRefused, modelTrouble } from '../../domain/messages/agents.ts';
import { Weather } from '../../ports.ts';

/** Statuses below 500 that may pass by themselves. */
const passing = new Set([408, 409, 425, 429]);

/** The failure of one request in our own words. */
export function failureOf(error: unknown, settings: { model: string; apiKey: string }): Error {
  const { model, apiKey } = settings;
  if (error instanceof RangeError) return new Weather(modelTrouble.tooLong(model));
  if (!(error instanceof APIError) || error.status === undefined) return new Weather(modelTrouble.unreachable(model));
  const code = codeOf(error.code, apiKey);
  // An empty account answers 429 like a busy server does, but waiting does not fill it.
  const empty = code === 'insufficient_quota';
  if (error.status < 500 && (empty || !passing.has(error.status)))
    return new ModelRefused(modelRefused.status(model, error.status, code));
  return new Weather(modelTrouble.failing(model, error.status), waitOf(error.headers?.get('retry-after')));
}

/** The server's short code, when it is one: its prose may repeat the key, so nothing else of it is kept. */
const codeOf = (code: unknown, apiKey: string): string | null =>
  typeof code === 'string' && /^[a-z][a-z_]{2,40}$/.test(code) && !code.includes(apiKey) ? code : null;

const waitOf = (header: string | null | undefined): number | undefined =>
  header != null && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : undefined;
