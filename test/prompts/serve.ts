/**
 * A model played by whoever can read files: each request is written to DIR/request-N.json, byte for byte as it came, and
 * is answered once DIR/answer-N.json exists, {"text"} or {"tool_calls":[{"name","arguments"}]}.
 *
 *   node test/prompts/serve.ts DIR [PORT]
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Reply, type RequestBody, send } from '../support/scripted-model.ts';

const WrittenAnswer = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({ tool_calls: z.array(z.strictObject({ name: z.string(), arguments: z.unknown() })).min(1) }),
]);
export type WrittenAnswer = z.infer<typeof WrittenAnswer>;

export const replyOf = (answer: WrittenAnswer): Reply =>
  'text' in answer
    ? { text: answer.text }
    : { tools: answer.tool_calls.map((call) => ({ tool: call.name, args: call.arguments })) };

/** One request, as its bytes, and what the reader answered. */
export interface Exchange {
  readonly request: string;
  readonly answer: WrittenAnswer;
}

interface FileEndpoint {
  readonly baseUrl: string;
  /** Every request that was answered, in order. */
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

/** Serves chat.completions on 127.0.0.1 from files. Requests are answered one after another. */
export async function serveFromFiles(dir: string, port = 0): Promise<FileEndpoint> {
  mkdirSync(dir, { recursive: true });
  const exchanges: Exchange[] = [];
  let count = readdirSync(dir).filter((name) => /^request-\d+\.json$/.test(name)).length;
  let open = true;

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const number = ++count;
    const file = join(dir, `request-${number}.json`);
    await writeFile(`${file}.part`, bytes);
    await rename(`${file}.part`, file);
    const answer = await answerOf(join(dir, `answer-${number}.json`), () => open && !response.destroyed);
    if (answer === null) return;
    exchanges.push({ request: bytes.toString('utf8'), answer });
    send(response, JSON.parse(bytes.toString('utf8')) as RequestBody, replyOf(answer));
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    exchanges,
    async close() {
      open = false;
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A file that is there but not whole yet is looked at again. */
async function answerOf(file: string, wanted: () => boolean): Promise<WrittenAnswer | null> {
  while (wanted()) {
    if (existsSync(file)) {
      try {
        return WrittenAnswer.parse(JSON.parse(await readFile(file, 'utf8')));
      } catch (error) {
        console.error(`${file}: ${(error as Error).message}`);
      }
    }
    await wait(200);
  }
  return null;
}

if (import.meta.main) {
  const [dir, port] = process.argv.slice(2);
  if (dir === undefined) throw new Error('usage: node test/prompts/serve.ts DIR [PORT]');
  const endpoint = await serveFromFiles(resolve(dir), Number(port ?? 0));
  console.log(`OPENAI_BASE_URL=${endpoint.baseUrl}`);
}
