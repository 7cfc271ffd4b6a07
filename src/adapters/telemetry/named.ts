import { type MetricName, metricHelp } from '../../domain/messages/telemetry.ts';

/** What every metric of ours is made from: its name and what it says of itself. */
export const named = <N extends MetricName>(name: N): { readonly name: N; readonly help: string } => ({
  name,
  help: metricHelp[name],
});
