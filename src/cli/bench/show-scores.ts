import { floors } from '../../domain/bench/floors.ts';
import type { Cost } from '../../domain/bench/outcome.ts';
import { type Scored, scores, type Tally } from '../../domain/bench/score.ts';
import { calibrationOf, confusionOf, expectedCost } from '../../domain/bench/tell-costs.ts';
import type { Disposition } from '../../domain/bench/translation-case.ts';
import { bench as say } from '../../domain/messages/bench.ts';
import { wilson } from '../../domain/noise/wilson.ts';
import type { Print } from '../print.ts';

const interval = ({ hits, n }: Tally) => wilson({ passes: hits, runs: n });
const shown = (tally: Tally): string => say.share(tally, interval(tally));

type End = { readonly gold: Disposition; readonly got: Disposition | 'nothing' };

function showFloor(name: string, ends: readonly End[], print: Print): void {
  const right = ends.filter(({ gold, got }) => gold === got).length;
  const risky = ends.filter(({ gold }) => gold !== 'act');
  const unsafe = risky.filter(({ got }) => got === 'act').length;
  const cost = say.meanCost(expectedCost(confusionOf(ends)), ends.length);
  print(say.floor(name, shown({ hits: right, n: ends.length }), shown({ hits: unsafe, n: risky.length }), cost));
}

const sumOf = (costs: readonly Cost[]): Cost => ({
  requests: costs.reduce((sum, { requests }) => sum + requests, 0),
  tokens: costs.reduce((sum, { tokens }) => sum + tokens, 0),
  money: costs.some(({ money }) => money === null) ? null : costs.reduce((sum, { money }) => sum + (money ?? 0), 0),
});

/** Prints everything that the cases came to, each share with its n and interval. */
export function showScores(all: readonly Scored[], print: Print): void {
  const ends = all.map(({ gold, result }) => ({ gold: gold.disposition, got: result.translated.is }));
  print('');
  for (const line of say.confusion(confusionOf(ends))) print(line);
  print('');
  print(say.title(all.length));
  for (const [name, tally] of Object.entries(scores(all))) print(say.tally(name, tally, interval(tally)));
  print('');
  for (const line of say.calibration(calibrationOf(all))) print(line);
  const { requests, tokens, money } = sumOf(all.map(({ result }) => result.translated.cost));
  print(say.cost(all.length, requests, tokens, money));
  print('');
  print(say.floors);
  showFloor('this', ends, print);
  for (const [name, floor] of Object.entries(floors))
    showFloor(
      name,
      all.map(({ gold }) => ({ gold: gold.disposition, got: floor(gold) })),
      print,
    );
}
