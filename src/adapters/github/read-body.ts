import type { IncomingMessage } from 'node:http';

/** The body, or why there is none: more than `maxBytes` came, or the sender went away. Holds no more than that. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (result: Buffer | 'too-large' | 'gone') => {
      request.removeAllListeners('data');
      resolve(result);
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) return end('too-large');
      chunks.push(chunk);
    });
    request.on('end', () => end(Buffer.concat(chunks)));
    request.on('error', () => end('gone'));
    request.on('close', () => end('gone'));
  });
}
