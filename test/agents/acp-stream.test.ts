import { expect, test } from 'vitest';
import { acpStream } from '../../src/adapters/agents/acp-stream.ts';

const line = (message: object) => Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

test('a message with more values than any agent sends does not reach the library', async () => {
  const { stream, add, end } = acpStream(
    () => {},
    () => {},
  );
  const writer = stream.writable.getWriter();
  await writer.write({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
  await writer.write({ jsonrpc: '2.0', id: 2, method: 'session/new', params: {} });
  add(line({ id: 7, method: 'session/request_permission', params: { options: Array(1_000_000).fill(0) } }));
  add(line({ id: 1, result: { modes: Array(1_000_000).fill(0) } }));
  add(line({ id: 8, method: 'session/request_permission', params: { options: [] } }));
  add(line({ id: 2, result: { sessionId: 's' } }));
  end();
  const heard: unknown[] = [];
  for await (const message of stream.readable) heard.push(message);
  expect(heard).toMatchObject([{ id: 8 }, { id: 2 }]);
});
