import { createRequire } from 'node:module';

export interface Example {
  readonly event: string;
  readonly payload: Record<string, unknown>;
}

const published: { name: string; examples: Record<string, unknown>[] }[] = createRequire(import.meta.url)(
  '@octokit/webhooks-examples',
);

/** Every payload that GitHub's users have published, with the event's name. */
export const examples: readonly Example[] = published.flatMap(({ name, examples: payloads }) =>
  payloads.map((payload) => ({ event: name, payload })),
);

/** Small and fast, and the same numbers for the same seed everywhere (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const oddities: readonly unknown[] = [null, 0, -1, 1e308, '', 'x'.repeat(5000), true, [], {}, [null], { login: 7 }];

/** Walks to some member at some depth and removes it or gives it another type. */
function mutate(payload: Record<string, unknown>, random: (below: number) => number): void {
  let place: Record<string, unknown> = payload;
  for (;;) {
    const names = Object.keys(place);
    const name = names[random(names.length)];
    if (name === undefined) return;
    const inner = place[name];
    if (typeof inner === 'object' && inner !== null && random(3) > 0) {
      place = inner as Record<string, unknown>;
      continue;
    }
    if (random(3) === 0) delete place[name];
    else place[name] = structuredClone(oddities[random(oddities.length)]);
    return;
  }
}

/** Each example `times` times, with three members changed each time; the same for the same seed. */
export function* mutations(seed: number, times: number): Generator<Example> {
  const random = randomNumbers(seed);
  for (const { event, payload } of examples) {
    for (let time = 0; time < times; time++) {
      const changed: Record<string, unknown> = { installation: { id: 5 }, ...structuredClone(payload) };
      for (let change = 0; change < 3; change++) mutate(changed, random);
      yield { event, payload: changed };
    }
  }
}
