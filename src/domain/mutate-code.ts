import type { Place } from './mutation.ts';
import { type Code, LOOK, readCode, type Syntax, syntaxOf } from './read-code.ts';

/** Signs that mean something else when they are exchanged. */
const swaps: readonly (readonly [kind: string, pattern: RegExp, others: Readonly<Record<string, string>>])[] = [
  [
    'comparison',
    /[!=]==?(?!=)|(?<= )[<>]=?(?= )/g,
    {
      '===': '!==',
      '!==': '===',
      '==': '!=',
      '!=': '==',
      '<': '>=',
      '>': '<=',
      '<=': '>',
      '>=': '<',
    },
  ],
  [
    'logic',
    // Two of `??` in a row take nothing else between them.
    /&&(?!=)|\|\|(?!=)|(?<!\?\?.{0,200})\?\?(?!=)(?!.{0,200}\?\?)|(?<=\s)(?:and|or)(?=\s)/g,
    { '&&': '||', '||': '&&', '??': '&&', and: 'or', or: 'and' },
  ],
  ['arithmetic', /(?<=[\w)\]"'`] )[-+*/%](?= [\w("'`$[])/g, { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' }],
  ['boolean', /\b(?:true|false|True|False)\b/g, { true: 'false', false: 'true', True: 'False', False: 'True' }],
];

/** Whole numbers and fractions that stand for themselves. */
const NUMBER = /(?<![\w.$#])\d{1,12}(?:\.\d{1,12})?(?![\w.])/g;

const cut = (text: string, start: number, end: number, by: string): string =>
  text.slice(0, start) + by + text.slice(end);

const always = (kind: string, text: () => string): Place => ({ kind, change: text });

function swapPlaces(text: string, bare: string): readonly Place[] {
  return swaps.flatMap(([kind, pattern, others]) =>
    [...bare.matchAll(pattern)].flatMap(({ 0: found, index }) => {
      const other = others[found];
      return other === undefined ? [] : [always(kind, () => cut(text, index, index + found.length, other))];
    }),
  );
}

const numberPlaces = (text: string, bare: string): readonly Place[] =>
  [...bare.matchAll(NUMBER)].map(({ 0: found, index }) => {
    const more = String(Number((Number(found) + 1).toPrecision(15)));
    return always('number', () => cut(text, index, index + found.length, more));
  });

/** A line of a text and where it begins. */
interface Line {
  readonly start: number;
  readonly line: string;
}

function linesOf(text: string): readonly Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const at = start;
    start += line.length + 1;
    return { start: at, line };
  });
}

const withoutLine = (text: string, { start, line }: Line): string => cut(text, start, start + line.length + 1, '');

const count = (line: string, signs: string): number => [...line].filter((sign) => signs.includes(sign)).length;
const isClosed = (line: string): boolean =>
  ['()', '[]', '{}'].every((pair) => count(line, pair[0] ?? '') === count(line, pair[1] ?? ''));

/** What is declared is missed wherever it is used: taking it out only crashes. */
const DECLARES =
  /^(?:const|let|var|val|export|function|class|case|default|for|do|fn|func|def|static|public|private)\b|^[\w<>[\],.]+ \w+ *(?:=|;)/;
const LEAVES = /^(?:return|throw|break|continue|delete|await|yield|raise)\b/;
/** Of languages without an end of the statement: what belongs to a block's frame. */
const FRAMES =
  /^(?:def|class|else|elif|elsif|except|finally|rescue|ensure|end|if|unless|for|while|until|with|try|begin|fi|done|esac|then|do|case|when|function|module|local|my|@|\[)/;

/** Whether the line is one whole statement that can be taken out. */
function isStatement(bare: string, before: string, next: string, { ends }: Syntax): boolean {
  const line = bare.trim();
  if (line === '' || !isClosed(line) || /^\s*else\b/.test(next)) return false;
  if (ends === 'line')
    return /^\s/.test(bare) && !FRAMES.test(line) && !/[:,\\({[]$/.test(line) && !/[,\\(]$/.test(before);
  if (!line.endsWith(';') || /^[})\].?:&|+]/.test(line)) return false;
  return /(?:^|[;{}:])$/.test(before) && (LEAVES.test(line) || !DECLARES.test(line));
}

/** Round and square brackets that are still open: inside them a line is no statement. */
const openBy = (line: string): number => count(line, '([') - count(line, ')]');

function statementPlaces(file: string, text: string, bare: string, syntax: Syntax): readonly Place[] {
  const places: Place[] = [];
  let before = '';
  let open = 0;
  const lines = linesOf(bare);
  for (const [i, at] of lines.entries()) {
    const { line, start } = at;
    if (open === 0 && isStatement(line, before, lines[i + 1]?.line ?? '', syntax)) {
      const indent = /^\s*/.exec(line)?.[0] ?? '';
      // A block of Python is never empty.
      const pass = () => cut(text, start + indent.length, start + line.length, 'pass');
      places.push(always('statement', () => (/\.py$/i.test(file) ? pass() : withoutLine(text, at))));
    }
    open += openBy(line);
    if (line.trim() !== '') before = line.trim();
  }
  return places;
}

/** Words of a line whose texts are for those who look after the program, whatever comes out of it. */
const SAYS = /\b(?:throw|raise|\w*Error|panic|console|logger|logging|log)\b/;

function textPlaces(text: string, { bare, texts }: Code): readonly Place[] {
  const isSaid = ({ start }: { readonly start: number }): boolean =>
    SAYS.test(
      bare
        .slice(Math.max(0, start - LOOK), start)
        .split('\n')
        .at(-1) ?? '',
    );
  return texts
    .filter((span) => !isSaid(span) && !text.slice(span.start, span.end).includes('${'))
    .map(({ start, end }) => always('text', () => cut(text, start, end, start === end ? 'x' : '')));
}

/**
 * Every place of a program where an operator, a comparison or a literal can be exchanged, or a statement taken out. By the
 * text alone: what it makes is plausible, and may still be refused by the language. None for a file that is no program.
 */
export function codePlaces(file: string, text: string): readonly Place[] {
  const syntax = syntaxOf(file);
  if (syntax === null) return [];
  const code = readCode(text, syntax);
  const { bare } = code;
  return [
    ...swapPlaces(text, bare),
    ...numberPlaces(text, bare),
    ...textPlaces(text, code),
    ...statementPlaces(file, text, bare, syntax),
  ];
}

/** Every place of a text for people or models, such as a prompt or a template: a number, or a whole line. */
export function prosePlaces(text: string): readonly Place[] {
  const full = linesOf(text).filter(({ line }) => line.trim() !== '');
  return [...numberPlaces(text, text), ...full.map((line) => always('line', () => withoutLine(text, line)))];
}
