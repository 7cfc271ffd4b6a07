import { type BadScene, drawInjectedScene, drawVagueScene } from './bad-scene.ts';
import { type Draw, drawFrom } from './draw.ts';
import { exampleScenes } from './example-scenes.ts';
import { drawFetchScene, drawThresholdScene, fetchTopics } from './fetch-scene.ts';
import { drawOtherScene } from './other-scene.ts';
import { drawPlanScene } from './plan-scene.ts';
import { rewriteTicket } from './rewrite-ticket.ts';
import type { Scene, Scenes } from './scene.ts';
import { putTicket, readExample, type ShopFiles, storedTickets } from './shop-files.ts';

/** A rejection as an issue: what its reporter types, and about which stored ticket. */
export interface Story {
  readonly reporter: string;
  readonly title: string;
  /** The issue form's Markdown: `### Heading` sections. */
  readonly body: string;
  /** The form's fields by heading, in its order; `body` is made of them. */
  readonly form: Readonly<Record<string, string>>;
  readonly ticket: string;
  /** What becomes of it. */
  readonly expected: 'merged' | 'blocked' | 'not-merged' | 'not-started' | 'asked' | 'stopped';
}

/** A rejection that a recipe understands. */
export interface FixStory extends Story {
  readonly kind: Scene['kind'];
  readonly step: Scene['step'];
  /** The only file that the fix changes. */
  readonly file: string;
  /** What the recipe's blanks must come to. */
  readonly slots: Readonly<Record<string, string | number>>;
}

/** The fix is right for its own case and breaks this one. */
export interface BrokenStory extends FixStory {
  readonly brokenStep: string;
  readonly brokenCase: string;
}

/** A person pushes this to the bot's branch after the approval. */
export interface PushStory extends FixStory {
  readonly push: { readonly path: string; readonly content: string; readonly message: string };
}

/** Logins, all different. */
export interface Cast {
  /** Opens the rejections (a)…(e); no write permission. */
  readonly reporter: string;
  /** Opens (f); nobody here knows them. */
  readonly visitor: string;
  /** Writes; answers the questions and sets the label. */
  readonly maintainer: string;
  /** Writes; reviews and approves. */
  readonly approver: string;
  /** Role triage: may label, may not write. */
  readonly triager: string;
}

/** Everything that the demo needs to know about one seed. */
export interface Stories {
  readonly seed: number;
  /** The repository's first commit, by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly cast: Cast;
  readonly a: FixStory;
  readonly b: BrokenStory;
  readonly c: PushStory;
  readonly d: FixStory;
  readonly e: Story;
  readonly f: Story;
}

const logins = [
  'mira-k',
  'dan-support',
  'aylin-cs',
  'jule-desk',
  'tomas-w',
  'sanna-h',
  'priya-ops',
  'leon-v',
  'ruth-eng',
];

function drawCast(draw: Draw): Cast {
  const [reporter = '', maintainer = '', approver = '', triager = ''] = draw.shuffle(logins);
  return { reporter, maintainer, approver, triager, visitor: `visitor-${draw.int(100, 999)}` };
}

const always = ['Always', 'Always', 'I do not know'];

function storyOf(
  draw: Draw,
  reporter: string,
  scene: BadScene & { step?: string },
  expected: Story['expected'],
): Story {
  const form = {
    Ticket: scene.ticket,
    Step: scene.step ?? 'I do not know',
    'What came out': scene.out,
    'What should have come out': scene.should,
    'Always or only this once': draw.pick(always),
  };
  const body = Object.entries(form).map(([heading, value]) => `### ${heading}\n\n${value}`);
  return { reporter, title: scene.title, form, body: `${body.join('\n\n')}\n`, ticket: scene.ticket, expected };
}

function fixStoryOf(draw: Draw, reporter: string, scene: Scene, expected: Story['expected']): FixStory {
  const { kind, step, file, slots } = scene;
  return { ...storyOf(draw, reporter, scene, expected), kind, step, file, slots };
}

/** The three kinds in any order, and a threshold on a topic of its own, all of them new in the files. */
function drawScenes(files: ShopFiles, draw: Draw): Scenes {
  for (const ticket of storedTickets(files)) putTicket(files, rewriteTicket(ticket, draw));
  const [topic, other] = draw.shuffle(fetchTopics);
  if (topic === undefined || other === undefined) throw new Error('the grammar needs two topics');
  const [first, second, third] = draw.shuffle([
    drawFetchScene(files, draw, topic, 'T-0101'),
    drawOtherScene(files, draw, 'T-0102'),
    drawPlanScene(files, draw, 'T-0103'),
  ]);
  if (first === undefined || second === undefined || third === undefined) throw new Error('the grammar needs three');
  return { fixes: [first, second, third], threshold: drawThresholdScene(files, draw, other, 'T-0104') };
}

/**
 * The six stories of a seed and the repository that they happen in. The same seed gives the same, and seed 0 gives the
 * example as it is. Reads the example's files; throws when they lack what the grammar builds on.
 */
export function drawStories(seed: number): Stories {
  const draw = drawFrom(seed);
  const files = readExample();
  const cast = drawCast(draw);
  const { fixes, threshold } = seed === 0 ? exampleScenes : drawScenes(files, draw);
  const [a, c, d] = fixes;
  return {
    seed,
    files,
    cast,
    a: fixStoryOf(draw, cast.reporter, a, 'merged'),
    b: {
      ...fixStoryOf(draw, cast.reporter, threshold.scene, 'blocked'),
      brokenStep: 'plan',
      brokenCase: threshold.broken,
    },
    c: {
      ...fixStoryOf(draw, cast.reporter, c, 'not-merged'),
      push: {
        path: 'README.md',
        content: `${files['README.md']}\nQuestions: ask ${cast.approver}.\n`,
        message: 'Say whom to ask',
      },
    },
    d: fixStoryOf(draw, cast.reporter, d, 'not-started'),
    e: storyOf(draw, cast.reporter, drawVagueScene(files, draw), 'asked'),
    f: storyOf(draw, cast.visitor, drawInjectedScene(files, draw), 'stopped'),
  };
}
