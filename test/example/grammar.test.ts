import { expect, test } from 'vitest';
import { drawStories, type FixStory } from '../../src/cli/demo/grammar.ts';
import { instructsMachine } from '../../src/domain/detect.ts';
import { casesOf, exampleFiles, type Files } from './example.ts';
import { draftByRecipe, fixByRecipe, redOn, rejectionOf, withCases } from './recipe-fix.ts';

const seeds = Array.from({ length: 50 }, (_, seed) => seed);

/** Drafts and fixes a story on these files; what the gate would see. */
function fix(files: Files, story: FixStory) {
  const drafted = draftByRecipe(files, story);
  if (drafted === null) return null;
  const { rubric, spec } = drafted;
  const fixed = fixByRecipe(files, rubric, spec);
  const red = [...spec.acceptance, ...spec['hold-outs']];
  return {
    spec,
    files: fixed,
    seen: {
      kind: rubric.id,
      slots: spec.slots,
      changed: Object.keys(fixed).filter((path) => fixed[path] !== files[path]),
      redOnBase: redOn(files, red).length === red.length,
      redOnHead: redOn(fixed, red),
      guardsRed: [redOn(files, spec.guards), redOn(fixed, spec.guards)],
      counts: [spec.acceptance.length, spec.guards.length > 0, spec['hold-outs'].length > 0],
      broken: redOn(fixed, casesOf(files)),
    },
  };
}

const wholeFix = (story: FixStory, broken: readonly string[] = []) => ({
  kind: story.kind,
  slots: expect.objectContaining(story.slots),
  changed: [story.file],
  redOnBase: true,
  redOnHead: [],
  guardsRed: [[], []],
  counts: [1, true, true],
  broken,
});

test.for(seeds)('seed %i: each story is what it says, one after the other in one repository', (seed) => {
  const { files, a, b, c, d, e, f } = drawStories(seed);
  expect(redOn(files, casesOf(files))).toEqual([]);
  const first = fix(files, a);
  expect(first?.seen).toEqual(wholeFix(a));
  const merged = withCases(first?.files ?? {}, first!.spec, 1);
  expect(casesOf(merged).length).toBeGreaterThan(casesOf(files).length + 2);
  expect(fix(merged, b)?.seen).toEqual(wholeFix(b, [`${b.brokenStep}: ${b.brokenCase}`]));
  const third = fix(merged, c);
  expect(third?.seen).toEqual(wholeFix(c));
  expect(third?.files[c.push.path]).not.toBe(c.push.content);
  expect(fix(merged, d)?.seen).toEqual(wholeFix(d));
  expect(fix(withCases(third?.files ?? {}, third!.spec, 3), d)?.seen).toEqual(wholeFix(d));
  expect([draftByRecipe(merged, e), instructsMachine(rejectionOf(merged, e))]).toEqual([null, false]);
  expect([draftByRecipe(merged, f), instructsMachine(rejectionOf(merged, f))]).toEqual([null, true]);
  expect(rejectionOf(merged, f).hidden.map(({ what }) => what)).toEqual(['comment']);
});

test('the same seed gives the same stories, and seed 0 the example as it is', () => {
  expect(drawStories(17)).toEqual(drawStories(17));
  expect(drawStories(0).files).toEqual(exampleFiles());
});

test('over the seeds everything varies: kinds, articles, wordings, people', () => {
  const drawn = seeds.map(drawStories);
  const kinds = drawn.map(({ a, c, d }) => `${a.kind} ${c.kind} ${d.kind}`);
  expect(new Set(kinds).size).toBe(6);
  for (const of of ['a', 'b', 'c', 'd', 'f'] as const)
    expect(new Set(drawn.map((stories) => stories[of].body)).size, of).toBeGreaterThan(20);
  expect(new Set(drawn.map(({ cast }) => JSON.stringify(cast))).size).toBeGreaterThan(40);
  for (const { cast } of drawn) expect(new Set(Object.values(cast)).size).toBe(5);
});
