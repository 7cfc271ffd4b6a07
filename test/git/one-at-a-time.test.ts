import { expect, test } from 'vitest';
import { oneAtATime } from '../../src/adapters/git/one-at-a-time.ts';

/** Work that ends when the test says so, and how often it began. */
function slowWork() {
  const begun: PromiseWithResolvers<void>[] = [];
  const work = oneAtATime(() => {
    const run = Promise.withResolvers<void>();
    begun.push(run);
    return run.promise;
  });
  return { begun, work: () => work(undefined) };
}

const turn = () => new Promise((done) => setImmediate(done));

test('who asks while work is under way shares the next run with all who wait', async () => {
  const { begun, work } = slowWork();
  const first = work();
  const waiting = [work(), work()];
  await turn();
  expect(begun).toHaveLength(1);
  begun[0]?.resolve();
  await first;
  await turn();
  expect(begun).toHaveLength(2);
  const late = work();
  begun[1]?.resolve();
  await Promise.all(waiting);
  await turn();
  expect(begun).toHaveLength(3);
  begun[2]?.resolve();
  await late;
});

test('a failure is told to those whose run it was, and the next run begins all the same', async () => {
  const { begun, work } = slowWork();
  const first = work();
  const second = work();
  begun[0]?.reject(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await turn();
  begun[1]?.resolve();
  await second;
  const third = work();
  begun[2]?.resolve();
  await third;
  expect(begun).toHaveLength(3);
});
