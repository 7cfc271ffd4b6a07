import type { Log } from '../../src/ports.ts';

export const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
