import { z } from 'zod';
import * as say from '../../domain/messages/gateway.ts';
import type { Usage } from '../../domain/named-model.ts';
import { seriesOf } from '../../domain/series-of.ts';
import {
  type Api,
  type Asked,
  countOf,
  imageData,
  imageType,
  itemsOf,
  limit,
  memberOf,
  NotLetThrough,
  refuse,
  schema,
  shaped,
  turnsOf,
  type UsageReader,
  usageOf,
  without,
} from './api.ts';

/**
 * What is let through of Gemini's generateContent. Refused is every key that nobody knows, at the top and within a part or
 * a tool: each name for something that Google runs or keeps is a member there, in two spellings. Settings are taken out.
 */
const TAKEN_OUT = ['model', 'labels', 'serviceTier', 'service_tier', 'store'];
const STORED = ['cachedContent', 'cached_content'];

const args = z.record(z.string(), z.unknown());
const inlineData = z.object({ mimeType: imageType, data: imageData });
const part = z
  .strictObject({
    text: z.string().optional(),
    thought: z.boolean().optional(),
    thoughtSignature: z.string().optional(),
    inlineData: inlineData.optional(),
    functionCall: z.object({ id: z.string().optional(), name: z.string(), args: args.optional() }).optional(),
    functionResponse: z
      .object({
        id: z.string().optional(),
        name: z.string(),
        response: args,
        parts: seriesOf(z.strictObject({ inlineData })).optional(),
      })
      .optional(),
  })
  .refine((one) => Object.keys(one).length > 0, 'has nothing in it');
const content = z.object({ role: z.enum(['user', 'model', 'function', 'system']).optional(), parts: seriesOf(part) });

const declaration = z.object({
  name: z.string(),
  description: z.string().optional(),
  parameters: schema.optional(),
  parametersJsonSchema: schema.optional(),
});

const settings = z.object({
  temperature: z.number().nullish(),
  topP: z.number().nullish(),
  topK: z.number().nullish(),
  seed: z.number().int().nullish(),
  presencePenalty: z.number().nullish(),
  frequencyPenalty: z.number().nullish(),
  stopSequences: seriesOf(z.string()).nullish(),
  responseMimeType: z.enum(['text/plain', 'application/json']).nullish(),
  responseSchema: schema.nullish(),
  responseJsonSchema: schema.nullish(),
  mediaResolution: z.string().max(40).nullish(),
  thinkingConfig: z
    .object({
      includeThoughts: z.boolean().nullish(),
      thinkingBudget: z.number().int().nullish(),
      thinkingLevel: z.string().max(40).nullish(),
    })
    .nullish(),
  maxOutputTokens: limit,
});

const Body = z.strictObject({
  contents: seriesOf(content, 1),
  systemInstruction: z.union([z.string().transform((text) => ({ parts: [{ text }] })), content]).optional(),
  tools: seriesOf(z.strictObject({ functionDeclarations: seriesOf(declaration).optional() })).optional(),
  toolConfig: z
    .object({
      functionCallingConfig: z
        .object({ mode: z.string().max(40).optional(), allowedFunctionNames: seriesOf(z.string()).optional() })
        .optional(),
    })
    .optional(),
  safetySettings: seriesOf(z.object({ category: z.string().max(80), threshold: z.string().max(80) })).optional(),
  generationConfig: settings.optional(),
});

function read(given: unknown, stream: boolean): Asked {
  refuse(given, STORED, say.storedElsewhere);
  for (const one of itemsOf(memberOf(given, 'tools')))
    for (const key of Object.keys(Object(one)))
      if (key !== 'functionDeclarations') throw new NotLetThrough(say.runsElsewhere(key.slice(0, 60)));
  const asked = memberOf(given, 'generationConfig');
  const answers = memberOf(asked, 'candidateCount');
  if (answers != null && answers !== 1) throw new NotLetThrough(say.oneAnswer('candidateCount'));
  if (itemsOf(memberOf(asked, 'responseModalities')).some((one) => String(one).toUpperCase() !== 'TEXT'))
    throw new NotLetThrough(say.notLetThrough('“responseModalities” but text'));
  const { generationConfig = {}, ...body } = shaped(Body, without(given, TAKEN_OUT));
  const { maxOutputTokens, ...config } = generationConfig;
  return {
    body: { ...body, generationConfig: config },
    stream,
    wants: maxOutputTokens ?? null,
    conversation: 'contents',
    turns: turnsOf(body.contents, ({ parts }) => parts.flatMap(imagesOf)),
  };
}

const imagesOf = ({ inlineData: own, functionResponse }: z.infer<typeof part>): readonly string[] =>
  [own, ...(functionResponse?.parts ?? []).map((one) => one.inlineData)].flatMap((one) =>
    one === undefined ? [] : [one.data],
  );

function usage(): UsageReader {
  let found: Usage | null = null;
  let ended = false;
  return {
    add(event) {
      ended ||= itemsOf(memberOf(event, 'candidates')).some((one) => memberOf(one, 'finishReason') != null);
      const counts = memberOf(event, 'usageMetadata');
      if (counts == null) return;
      const of = (key: string) => countOf(memberOf(counts, key));
      const prompt = of('promptTokenCount') + of('toolUsePromptTokenCount');
      const cached = Math.min(of('cachedContentTokenCount'), prompt);
      const output = Math.max(of('candidatesTokenCount') + of('thoughtsTokenCount'), of('totalTokenCount') - prompt);
      found = usageOf({ input: prompt - cached, cached, kept: 0, output });
    },
    usage: () => found,
    ended: () => ended,
  };
}

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};
const MODEL = /^\/v1(?:alpha|beta)?\/models\/[^/:]+:(generateContent|streamGenerateContent|countTokens)$/;

export const gemini: Api = {
  wish({ pathname, searchParams }) {
    if (/^\/v1(?:alpha|beta)?\/models(?:\/[^/:]+)?$/.test(pathname)) return 'models';
    const what = MODEL.exec(pathname)?.[1];
    if (what === 'generateContent') return 'ask';
    if (what === 'countTokens') return 'count';
    // Without it the answer would be one long array, of which nothing could be told before its end.
    return what === 'streamGenerateContent' && searchParams.get('alt') === 'sse' ? 'stream' : null;
  },
  read,
  call(model, { body, stream }, maxOutputTokens) {
    const what = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
    const base = model.url.replace(/\/v1(?:alpha|beta)?$/, '');
    return {
      url: `${base}/v1beta/models/${encodeURIComponent(model.model)}:${what}`,
      headers: { 'x-goog-api-key': model.key },
      body: { ...body, generationConfig: { ...(body['generationConfig'] as object), maxOutputTokens } },
    };
  },
  usage,
  failure: (status, message) => ({
    error: { code: status, message, status: STATUSES[status] ?? (status < 500 ? 'FAILED_PRECONDITION' : 'INTERNAL') },
  }),
  count: (tokens) => ({ totalTokens: tokens }),
  models: (name) => ({
    models: [
      {
        name: `models/${name}`,
        displayName: name,
        supportedGenerationMethods: ['generateContent', 'countTokens'],
      },
    ],
  }),
};
