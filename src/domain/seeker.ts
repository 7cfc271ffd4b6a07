/**
 * Where a text next holds something; -1 for nowhere. Asked for rising places only, so that all answers together read it
 * once. A pattern needs the flag `g`.
 */
export function seeker(text: string, wanted: string | RegExp): (from: number) => number {
  let found = -2;
  return (from) => {
    if (found === -1 || found >= from) return found;
    if (typeof wanted === 'string') found = text.indexOf(wanted, from);
    else {
      wanted.lastIndex = from;
      found = wanted.exec(text)?.index ?? -1;
    }
    return found;
  };
}
