import type { Permit } from '../../src/ports.ts';

/** Leave for every write of a test that is not about leave. What is left is not always whole milliseconds. */
export const permit = { what: 'test', left: () => 59_999.5, signal: new AbortController().signal } as unknown as Permit;
