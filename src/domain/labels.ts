/** The labels that people use. Fixed, so that a template in one repository means the same in every other. */
export const LABELS = { rejection: 'rejection', clear: 'fix-clear', hold: 'corrigible-hold' } as const;

/** GitHub compares names of labels without regard to case. */
export const isLabel = (name: string, label: string): boolean => name.toLowerCase() === label;
export const hasLabel = (names: readonly string[], label: string): boolean =>
  names.some((name) => isLabel(name, label));
