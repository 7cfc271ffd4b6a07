import { z } from 'zod';

type Context = z.core.$RefinementCtx;

/** The first thing that is wrong with one of the values, told of it by its place. */
function tellFirst(context: Context, at: string | number, error: z.ZodError): void {
  const [issue] = error.issues;
  context.addIssue({ ...issue, path: [at, ...(issue?.path ?? [])] } as Parameters<Context['addIssue']>[0]);
}

/**
 * A list, of which nothing is read beyond the first mistake. Zod's own collects a mistake for each value, in more memory
 * than there is where somebody sends millions that are made to be refused.
 */
export const seriesOf = <T extends z.ZodType>(element: T, least = 0) =>
  z.unknown().transform((given, context): z.output<T>[] => {
    const all: z.output<T>[] = [];
    if (!Array.isArray(given) || given.length < least) {
      context.addIssue(
        Array.isArray(given)
          ? { code: 'too_small', origin: 'array', minimum: least, inclusive: true, input: given }
          : { code: 'invalid_type', expected: 'array', input: given },
      );
      return z.NEVER;
    }
    for (const [at, one] of given.entries()) {
      const parsed = element.safeParse(one);
      if (!parsed.success) {
        tellFirst(context, at, parsed.error);
        return z.NEVER;
      }
      all.push(parsed.data);
    }
    return all;
  });

/** The same of a record, by its keys. */
export const recordOf = <T extends z.ZodType>(element: T) =>
  z.record(z.string(), z.unknown()).transform((given, context): Record<string, z.output<T>> => {
    const all: [string, z.output<T>][] = [];
    for (const [key, one] of Object.entries(given)) {
      const parsed = element.safeParse(one);
      if (!parsed.success) {
        tellFirst(context, key, parsed.error);
        return z.NEVER;
      }
      all.push([key, parsed.data]);
    }
    return Object.fromEntries(all);
  });
