import type { KeptOutput, Results } from '../../ports.ts';

/** What is remembered at most, in characters of JSON. */
const MOST = 32 * 1024 * 1024;

/** Outputs of this process, the longest unused forgotten first. */
export function memory(most = MOST): Results {
  const texts = new Map<string, string>();
  let size = 0;
  const drop = (key: string) => {
    size -= texts.get(key)?.length ?? 0;
    texts.delete(key);
  };
  const set = (key: string, text: string) => {
    drop(key);
    texts.set(key, text);
    size += text.length;
  };
  const read = (key: string): KeptOutput | undefined => {
    const text = texts.get(key);
    if (text === undefined) return undefined;
    set(key, text);
    return JSON.parse(text) as KeptOutput;
  };
  const keyOf = (place: string, name: string) => `${place} ${name}`;
  return {
    get: async (place, names) => {
      const found = names.map((name) => [name, read(keyOf(place, name))] as const);
      return new Map(found.filter((one): one is [string, KeptOutput] => one[1] !== undefined));
    },
    put: async (place, outputs) => {
      for (const [name, kept] of outputs) {
        if (kept === null) drop(keyOf(place, name));
        else set(keyOf(place, name), JSON.stringify(kept));
      }
      for (const oldest of texts.keys()) {
        if (size <= most) break;
        drop(oldest);
      }
    },
  };
}
