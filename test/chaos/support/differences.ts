const short = (value: unknown): string => JSON.stringify(value)?.slice(0, 600) ?? 'nothing';

/** Where two values differ, as `place: this, not that`. */
export function differences(got: unknown, wanted: unknown, place = 'state'): readonly string[] {
  if (JSON.stringify(got) === JSON.stringify(wanted)) return [];
  const bothObjects = typeof got === 'object' && typeof wanted === 'object' && got !== null && wanted !== null;
  if (!bothObjects || Array.isArray(got) !== Array.isArray(wanted) || sizesDiffer(got, wanted))
    return [`${place}: ${short(got)}\n      not: ${short(wanted)}`];
  return Object.keys({ ...got, ...wanted }).flatMap((key) =>
    differences(Reflect.get(got, key), Reflect.get(wanted, key), `${place}.${key}`),
  );
}

/** Lists that are longer or shorter are told whole: what is missing cannot be named by its place. */
const sizesDiffer = (a: object, b: object): boolean => Array.isArray(a) && a.length !== (b as unknown[]).length;
