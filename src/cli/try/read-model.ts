import { z } from 'zod';
import { modelIncomplete, modelUrl } from '../../domain/messages/settings.ts';
import type { ModelSettings } from '../../read-operator.ts';

const Variables = z.object({
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_MODEL: z.string().optional(),
  OPENAI_BASE_URL: z.url(modelUrl).default('https://api.openai.com/v1'),
});

/** The model that the environment names, or none. Throws in words when it names half of one. */
export function readModel(env: Readonly<Record<string, string | undefined>>): ModelSettings | null {
  const parsed = Variables.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!parsed.success) throw new Error(`OPENAI_BASE_URL: ${modelUrl}`);
  const { OPENAI_API_KEY: apiKey, OPENAI_MODEL: model, OPENAI_BASE_URL: baseUrl } = parsed.data;
  if (apiKey === undefined && model === undefined) return null;
  if (apiKey === undefined || model === undefined) throw new Error(modelIncomplete);
  return { apiKey, model, baseUrl };
}
