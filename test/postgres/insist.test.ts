import { expect, test } from 'vitest';
import { insist } from '../../src/adapters/postgres/insist.ts';
import { Fenced } from '../../src/ports.ts';

test('what another worker has taken over is not insisted upon; what fails for now is', async () => {
  const tries: string[] = [];
  const failing = (...errors: readonly Error[]) => {
    const left = [...errors];
    return async () => {
      const error = left.shift();
      tries.push(error?.message ?? 'done');
      if (error !== undefined) throw error;
    };
  };
  const never = () => false;
  await expect(insist(failing(new Fenced('taken over'), new Error('asked again')), never)).rejects.toThrow(
    'taken over',
  );
  const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', errno: -32 });
  await insist(failing(new Error('connection lost'), broken), never);
  expect(tries).toEqual(['taken over', 'connection lost', 'write EPIPE', 'done']);
});
