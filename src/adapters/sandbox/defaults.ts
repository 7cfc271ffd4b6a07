import type { SandboxLimits } from '../../ports.ts';

/** What a job gets that does not say. */
export const defaults = { memoryMb: 2048, processes: 256, diskMb: 4096, files: 50_000 } as const;

/** Processors that a run may use for as long as it may take. */
const PROCESSORS = 2;

/** Seconds of a processor that all processes of a run may use together. */
export const cpuSecondsOf = ({ wallMs, cpuSeconds = (wallMs / 1000) * PROCESSORS }: SandboxLimits): number =>
  cpuSeconds;
