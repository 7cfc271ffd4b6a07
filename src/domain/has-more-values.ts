/** Whether JSON has more than so many values in all, however they are nested; looks at no more than that. */
export function hasMoreValues(json: unknown, most: number): boolean {
  const open: unknown[] = [json];
  let values = 0;
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    values += Array.isArray(one) ? one.length : Object.keys(one).length;
    if (values > most) return true;
    for (const inner of Object.values(one)) if (typeof inner === 'object') open.push(inner);
  }
  return false;
}
