import type { ForgeCall } from '../src/forge/forge.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { callsToMerge, createsContent } from './support/count-calls.ts';
import { row } from './support/figures.ts';

/** A call with what differs between worlds left out. */
const lineOf = (call: ForgeCall, i: number): string =>
  `${String(i + 1).padStart(2)} ${createsContent(call) ? '+' : ' '} ${call.method} ${call.path.replace(/[0-9a-f]{40}/, '<sha>')} ${call.status}`;

async function measure(): Promise<Measured> {
  const calls = await callsToMerge();
  const limit = (atMost: number) => ({ of: 'measured', atMost }) as const;
  return {
    rows: [
      row({ figure: 'API calls, label → merged', unit: '', measured: [calls.length], goal: limit(30) }),
      row({
        figure: 'of them creating content',
        unit: '',
        measured: [calls.filter(createsContent).length],
        goal: limit(12),
      }),
    ],
    notes: ['The calls, in order (`+`: creates content):', '', '```', ...calls.map(lineOf), '```'],
  };
}

export const calls: Benchmark = {
  name: 'calls',
  title: 'calls of GitHub’s API per merged rejection',
  about: 'The example with its four steps, from the label `fix-clear` to the merge, counted by the local forge.',
  run: measure,
};
