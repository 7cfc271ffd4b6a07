import { type Answer, ok } from './answers.ts';
import type { Call } from './operation.ts';

/** The page that was asked for, with GitHub's `Link` header. `wrap` puts it where the operation wants it. */
export function page<T>(
  call: Call,
  all: readonly T[],
  shape: (item: T) => unknown,
  wrap: (items: unknown[]) => unknown = (items) => items,
): Answer {
  const perPage = Math.min(100, Math.max(1, Number(call.query.get('per_page') ?? 30)));
  const current = Math.max(1, Number(call.query.get('page') ?? 1));
  const last = Math.max(1, Math.ceil(all.length / perPage));
  const items = all.slice((current - 1) * perPage, current * perPage).map(shape);
  const links = linkHeader(current, last);
  return { ...ok(wrap(items)), ...(links ? { headers: { link: links } } : {}) };
}

/** Only the queries: the pipeline puts the address before them, since it knows under which prefix it was called. */
function linkHeader(current: number, last: number): string {
  const link = (number: number, rel: string) => `<?page=${number}>; rel="${rel}"`;
  const before = current > 1 ? [link(current - 1, 'prev'), link(1, 'first')] : [];
  const after = current < last ? [link(current + 1, 'next'), link(last, 'last')] : [];
  return [...before, ...after].join(', ');
}

/** Completes the `Link` header of a page with the address and query of the call. */
export function absoluteLinks(header: string, url: URL): string {
  return header.replace(/<\?page=(\d+)>/g, (_, number: string) => {
    const target = new URL(url);
    target.searchParams.set('page', number);
    return `<${target}>`;
  });
}
