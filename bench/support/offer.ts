type Offered = Readonly<Record<string, (...args: never[]) => unknown>>;

interface Asked {
  readonly id: number;
  readonly what: string;
  readonly args: readonly unknown[];
}

/** Tells the process that started this one that it is ready, and answers what that one asks. Ends when it is told to. */
export function offer(url: string, functions: Offered, stop: () => Promise<unknown> = async () => {}): void {
  process.on('message', async ({ id, what, args }: Asked) => {
    try {
      process.send?.({ id, result: await functions[what]?.(...(args as never[])) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
  process.on('SIGTERM', () => void stop().finally(() => process.exit(0)));
  // Nobody is left to ask.
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: url });
}
