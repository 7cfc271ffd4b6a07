/**
 * A model played by whoever can read files: each request is written to DIR/request-N.json, byte for byte as it came, and
 * is answered once DIR/answer-N.json exists, {"text"} or {"tool_calls":[{"name","arguments"}]}.
 *
 *   node test/prompts/serve.ts DIR [PORT]
 */
import { existsSync, mkdirSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Reply, type RequestBody, send } from '../support/scripted-model.ts';
import { PATIENCE_MS } from './product.ts';

const LOOK_MS = 200;
const ALIVE_MS = 30_000;

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

export interface FileEndpoint extends AsyncDisposable {
  readonly baseUrl: string;
  /** Every request that was answered, in order. */
  readonly exchanges: readonly Exchange[];
  /** Why a request had no answer, if one had none. No later one is taken. */
  readonly trouble: string | null;
}

/**
 * Serves chat.completions on 127.0.0.1 from files, one request after another. What is `known`, byte for byte, is answered
 * as it was then, and nobody is asked.
 */
export async function serveFromFiles(dir: string, port = 0, known: readonly Exchange[] = []): Promise<FileEndpoint> {
  mkdirSync(dir, { recursive: true });
  const exchanges: Exchange[] = [];
  let trouble: string | null = null;
  let count = 0;
  let open = true;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if (trouble !== null) throw new Error(trouble);
    const asked = bytes.toString('utf8');
    const before = known.find(({ request: one }) => one === asked);
    if (before !== undefined) {
      exchanges.push(before);
      return send(response, JSON.parse(asked) as RequestBody, replyOf(before.answer));
    }
    const number = ++count;
    const alive = keepAlive(response);
    try {
      await present(join(dir, `request-${number}.json`), bytes);
      const found = await answerOf(join(dir, `answer-${number}.json`), () => open && !response.destroyed);
      exchanges.push({ request: asked, answer: found });
      send(response, JSON.parse(asked) as RequestBody, replyOf(found));
    } finally {
      clearInterval(alive);
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (open && trouble === null) console.error(error.message);
      trouble ??= error.message;
      response.destroy();
    });
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    exchanges,
    get trouble() {
      return trouble;
    },
    async [Symbol.asyncDispose]() {
      open = false;
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A client of Node's gives up after five minutes without headers or bytes, and a reader may need longer. */
function keepAlive(response: ServerResponse): NodeJS.Timeout {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  response.writeHead = () => response;
  return setInterval(() => response.write(': the reader reads\n\n'), ALIVE_MS);
}

/** A file that is there from an earlier run has to hold the same request: its answer belongs to it. */
async function present(file: string, bytes: Buffer): Promise<void> {
  if (existsSync(file)) {
    if (bytes.equals(await readFile(file))) return;
    throw new Error(`${file} holds another request: give an empty folder`);
  }
  await writeFile(`${file}.part`, bytes);
  await rename(`${file}.part`, file);
}

/** A file that is there but not whole yet is looked at again. Throws when there is none in time. */
async function answerOf(file: string, wanted: () => boolean): Promise<WrittenAnswer> {
  let said = '';
  for (let waited = 0; wanted() && waited < PATIENCE_MS; waited += LOOK_MS) {
    if (existsSync(file)) {
      try {
        return WrittenAnswer.parse(JSON.parse(await readFile(file, 'utf8')));
      } catch (error) {
        const problem = `${file}: ${(error as Error).message}`;
        if (problem !== said) console.error(problem);
        said = problem;
      }
    }
    await wait(LOOK_MS);
  }
  throw new Error(`no answer in ${file} within ${PATIENCE_MS / 60_000} minutes`);
}

if (import.meta.main) {
  const [dir, port] = process.argv.slice(2);
  if (dir === undefined) throw new Error('usage: node test/prompts/serve.ts DIR [PORT]');
  const endpoint = await serveFromFiles(resolve(dir), Number(port ?? 0));
  console.log(`OPENAI_BASE_URL=${endpoint.baseUrl}`);
}
