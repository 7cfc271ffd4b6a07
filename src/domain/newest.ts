import { hashText } from './hash.ts';

/** Remembers what was made for the newest `size` keys; long keys by their hash. What fails is not kept. */
export function newest<T>(size: number): (key: string, make: () => Promise<T>) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (key, make) => {
    const name = hashText(key);
    const making = kept.get(name) ?? make();
    kept.delete(name);
    kept.set(name, making);
    making.catch(() => kept.delete(name));
    for (const oldest of kept.keys()) {
      if (kept.size <= size) break;
      kept.delete(oldest);
    }
    return making;
  };
}
