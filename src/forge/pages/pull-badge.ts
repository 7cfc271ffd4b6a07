import { badge } from './parts.ts';
import type { Markup } from './text.ts';
import type { Pull } from './types.ts';

export function pullBadge({ state, merged_at, draft }: Pick<Pull, 'state' | 'merged_at' | 'draft'>): Markup {
  if (merged_at) return badge('done', 'Merged');
  if (state === 'closed') return badge('bad', 'Closed');
  return draft ? badge('quiet', 'Draft') : badge('good', 'Open');
}
