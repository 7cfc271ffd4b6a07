/** One defence of the product, how it is switched off, and the tests that must notice. */
export interface Defence {
  /** Short, unique, for `--only`. */
  readonly name: string;
  /** The invariant that it serves. */
  readonly invariant: number;
  readonly file: string;
  /** Text of the source that occurs once… */
  readonly find: string;
  /** …and what stands there when the defence is off. */
  readonly replace: string;
  /** The test file that proves it. */
  readonly test: string;
  /** Full names of the tests that must fail, or patterns that each fit one or more of them. All others must pass. */
  readonly fails: readonly (string | RegExp)[];
}

/** The outcome of every test of a run, by full name; `broken` when the file could not be run at all. */
export interface Outcomes {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly broken: string | null;
}

const fits = (name: string, wanted: string | RegExp): boolean =>
  typeof wanted === 'string' ? name === wanted : wanted.test(name);

/** What is wrong with a run while the defence was off; empty when exactly the named tests failed. */
export function complaints({ fails }: Pick<Defence, 'fails'>, { passed, failed, broken }: Outcomes): readonly string[] {
  if (broken !== null) return [`the tests did not run: ${broken}`];
  const foreseen = (name: string) => fails.some((wanted) => fits(name, wanted));
  return [
    ...(failed.length === 0 ? ['no test noticed'] : []),
    ...failed.filter((name) => !foreseen(name)).map((name) => `failed as well: ${name}`),
    ...passed.filter(foreseen).map((name) => `did not notice: ${name}`),
    ...fails
      .filter((wanted) => ![...passed, ...failed].some((name) => fits(name, wanted)))
      .map((wanted) => `no such test: ${String(wanted)}`),
  ];
}
