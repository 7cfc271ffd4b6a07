import { expect, test } from 'vitest';
import { merged, proposed } from '../support/proposed.ts';
import { inWorld } from '../support/world.ts';

const HOLD = 'corrigible-hold';

test('the label on the pull request holds the merge in one sentence; off, it merges', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    // Whoever may set labels may hold, even without write permission.
    await world.label(pull, HOLD, 'tom');
    await world.approve(pull);
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain(
      `Not merged, because the label \`${HOLD}\` on #${pull} holds it. Take it off there, and it merges when all else holds.`,
    );
    await world.unlabel(pull, HOLD, 'tom');
    expect(await merged(world, pull)).toBe(true);
  }));

test('the label on the rejection holds as well, each where it stands', () =>
  inWorld({}, async (world) => {
    const { issue, pull } = await proposed(world);
    await world.label(issue, HOLD.toUpperCase());
    await world.label(pull, HOLD);
    await world.approve(pull);
    expect(await world.status(issue)).toContain(`on #${issue} and #${pull} holds it`);
    await world.unlabel(pull, HOLD);
    expect(await merged(world, pull)).toBe(false);
    expect(await world.status(issue)).toContain(`on #${issue} holds it`);
    await world.unlabel(issue, HOLD);
    expect(await merged(world, pull)).toBe(true);
  }));

test('invariant 1: what is held is not approved: off, it merges only what still holds', () =>
  inWorld({}, async (world) => {
    const { pull, branch } = await proposed(world);
    await world.label(pull, HOLD);
    await world.approve(pull);
    await world.push(branch, 'README.md', 'Pushed while it was held.\n', 'carol');
    await world.unlabel(pull, HOLD);
    expect(await merged(world, pull)).toBe(false);
  }));
