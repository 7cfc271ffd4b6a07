/** A pattern with each escape and class as one letter, and groups without their names: only its structure is left. */
const structureOf = (source: string): string =>
  source
    .replace(/\\(?:[pPu]\{[^}]*\}|k<[^>]*>|u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|.)/gs, 'a')
    .replace(/\[[^\]]*\]/g, 'a')
    .replace(/\(\?<[^=!>]*>/g, '(?:');

/** The place of the bracket that closes the group which opens at `from`, or in which `from` stands; else the end. */
function closing(structure: string, from: number): number {
  let depth = structure[from] === '(' ? 0 : 1;
  for (let at = from; at < structure.length; at++) {
    if (structure[at] === '(') depth++;
    if (structure[at] === ')' && --depth === 0) return at;
  }
  return structure.length;
}

const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;
/** May be left out, and is not repeated without a bound. */
const OPTIONAL = /^(?:\?|\{0(?:,\d+)?\})/;

/** Whether something may fail that comes behind a place of a structure. */
function mayFailBehind(structure: string, from: number): boolean {
  let at = from;
  while (at < structure.length) {
    if (structure[at] === '|') {
      at = closing(structure, at);
      continue;
    }
    const end = structure[at] === '(' ? closing(structure, at) + 1 : at + 1;
    const rest = structure.slice(end);
    const quantifier = QUANTIFIER.exec(rest)?.[0] ?? '';
    if (!OPTIONAL.test(rest) && (structure[at] !== ')' || quantifier !== '')) return true;
    at = end + quantifier.length;
  }
  return false;
}

/** Up to something, or to the end of the text: the first of them holds it, and none is looked for twice. */
const TO_THE_END = /^\*\?\(\?:[^()]*\|\$\)$/;

/**
 * The pattern, which takes time linear in a text by its construction: what it repeats without a bound has nothing behind
 * it that may fail, so that no place is gone back to, and all else that it repeats has a bound. Throws for another.
 */
export function bounded(pattern: RegExp): RegExp {
  const structure = structureOf(pattern.source);
  for (const { 0: sign, index } of structure.matchAll(/[*+]\??|\{\d+,\}\??/g))
    if (mayFailBehind(structure, index + sign.length) && !TO_THE_END.test(structure.slice(index)))
      throw new Error(`may take more time than a text is long: ${pattern.source}`);
  return pattern;
}
