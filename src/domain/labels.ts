/** The two labels that people use. Fixed, so that a template in one repository means the same in every other. */
export const LABELS = { rejection: 'rejection', clear: 'fix-clear' } as const;
