import type { Permit } from '../../src/ports.ts';

/** Leave for every write of a test that is not about leave. */
export const permit = { what: 'test', left: () => 60_000, signal: new AbortController().signal } as unknown as Permit;
