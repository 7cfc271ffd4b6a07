/**
 * Asked to judge whether something complies, to explain it and to repair it all at once, models call right things wrong
 * (arXiv 2508.12358, 2603.00539). So no prompt may ask for all three.
 */
const purposes = {
  judge: /\b(judge|assess|evaluate|rate|grade|score|review|decide|complies|compliance)\b/i,
  explain: /\b(explain|justify|reasoning|rationale|give reasons|say why|because)\b/i,
  fix: /\b(fix|repair|correct (?:it|the)|propose|make the (?:smallest )?change|write (?:down|the specification))\b/i,
} as const;

export type Purpose = keyof typeof purposes;

/** What a prompt asks for, as far as its words tell. */
export const purposesOf = (prompt: string): readonly Purpose[] =>
  (Object.keys(purposes) as Purpose[]).filter((purpose) => purposes[purpose].test(prompt));
