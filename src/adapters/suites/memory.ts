import { lettingOthers } from '../../let-others.ts';
import type { KeptOutput, Results } from '../../ports.ts';

/** What is remembered at most, in characters of JSON. */
const MOST = 32 * 1024 * 1024;

/** What is kept as JSON, parsed whenever somebody looks at its output. */
interface Text {
  readonly text: string;
  readonly times: number;
}

/** Results that can be forgotten all at once. */
export interface Memory extends Results {
  clear(): void;
}

/** Outputs of this process, the longest unused forgotten first. */
export function memory(most = MOST): Memory {
  const texts = new Map<string, Text>();
  let size = 0;
  const drop = (key: string) => {
    size -= texts.get(key)?.text.length ?? 0;
    texts.delete(key);
  };
  const set = (key: string, kept: Text) => {
    drop(key);
    texts.set(key, kept);
    size += kept.text.length;
  };
  const read = (key: string): KeptOutput | undefined => {
    const kept = texts.get(key);
    if (kept === undefined) return undefined;
    set(key, kept);
    return {
      times: kept.times,
      get output() {
        return (JSON.parse(kept.text) as KeptOutput).output;
      },
    };
  };
  const keyOf = (place: string, name: string) => `${place} ${name}`;
  return {
    clear() {
      texts.clear();
      size = 0;
    },
    get: async (place, names) => {
      const found = names.map((name) => [name, read(keyOf(place, name))] as const);
      return new Map(found.filter((one): one is [string, KeptOutput] => one[1] !== undefined));
    },
    put: async (place, outputs) => {
      const letOthers = lettingOthers();
      for (const [name, kept] of outputs) {
        await letOthers();
        if (kept === null) drop(keyOf(place, name));
        else set(keyOf(place, name), { text: JSON.stringify(kept), times: kept.times });
      }
      for (const oldest of texts.keys()) {
        if (size <= most) break;
        drop(oldest);
      }
    },
  };
}
