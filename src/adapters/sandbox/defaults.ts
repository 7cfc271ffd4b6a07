/** What a job gets that does not say. */
export const defaults = { memoryMb: 2048, processes: 256, diskMb: 4096, files: 50_000 } as const;
