import { join } from 'node:path';

/** What a reader who knew nothing but the bytes was asked and answered. */
export const TRANSCRIPT = join(import.meta.dirname, 'transcripts/reader.json');
