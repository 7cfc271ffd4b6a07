import type { Configuration } from './configuration.ts';

/** Globs of what a repository's dependencies follow from: what they are made of, and where they lie. */
export const dependencyGlobs = ({ prepare }: Pick<Configuration, 'prepare'>): readonly string[] =>
  prepare === undefined ? [] : [...prepare.inputs, ...prepare.makes.map((folder) => `${folder}/**`)];
