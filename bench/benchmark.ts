/** How much of a benchmark is measured. */
export interface Size {
  /** A small form that shows only that the benchmark still works. Its figures mean nothing. */
  readonly quick: boolean;
  /** Length of the soak. */
  readonly minutes: number;
  /** How often each side of a comparison is measured, in turn. */
  readonly rounds: number;
}

/** One line of a benchmark's table. */
export interface Row {
  readonly figure: string;
  readonly measured: string;
  /** The peer or limit that was measured in the same run, with its name. */
  readonly beside: string;
  readonly ratio: string;
  readonly goal: string;
  /** Null where there is no goal. */
  readonly met: boolean | null;
  /** What the profile showed to be the reason, told when the goal is missed. */
  readonly because: string;
}

export interface Measured {
  readonly rows: readonly Row[];
  /** Markdown below the table: what is worth knowing about these figures. */
  readonly notes?: readonly string[];
}

export interface Benchmark {
  /** One word, by which it is chosen. */
  readonly name: string;
  readonly title: string;
  /** One sentence: what is done, and beside what. */
  readonly about: string;
  /** Measures in a world of its own, and leaves no process and no file behind. */
  run(size: Size): Promise<Measured>;
}
