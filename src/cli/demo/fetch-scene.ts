import type { Draw } from './draw.ts';
import { addTicket, fill, type Scene, type Wording } from './scene.ts';
import { addCase, editJson, type ShopFiles } from './shop-files.ts';

interface Topic {
  readonly intent: string;
  /** Words that the intent is known by; one of them is in the wish. */
  readonly words: readonly string[];
  readonly article: string;
  readonly tag: string;
  /** The article of the example that fetch puts first by mistake. */
  readonly wrong: string;
  readonly wish: string;
}

/** Questions that the example does not know yet. */
export const fetchTopics: readonly Topic[] = [
  {
    intent: 'billing.voucher',
    words: ['voucher code', 'discount code'],
    article: 'Using a voucher code',
    tag: 'voucher',
    wrong: 'KB-105',
    wish: 'my voucher code was not taken off the price of {order}. Why is that?',
  },
  {
    intent: 'billing.company',
    words: ['vat number', 'as a company'],
    article: 'Buying as a company',
    tag: 'vat number',
    wrong: 'KB-104',
    wish: 'we buy as a company and would like our VAT number on {order}.',
  },
  {
    intent: 'delivery.pickup',
    words: ['pick it up', 'collection point'],
    article: 'Collecting an order yourself',
    tag: 'pick it up',
    wrong: 'KB-101',
    wish: 'can I pick it up at your store, the {thing} from {order}?',
  },
  {
    intent: 'delivery.abroad',
    words: ['abroad', 'customs'],
    article: 'Sending things abroad',
    tag: 'customs',
    wrong: 'KB-101',
    wish: 'what happens at the customs when I have the {thing} sent to my brother in Norway?',
  },
  {
    intent: 'product.assembly',
    words: ['put it together', 'assemble'],
    article: 'Putting it together',
    tag: 'put it together',
    wrong: 'KB-113',
    wish: 'the {thing} came in nine pieces and without a leaflet. How do I put it together?',
  },
  {
    intent: 'product.dimmer',
    words: ['dimmer', 'dimmable'],
    article: 'Dimming a lamp',
    tag: 'dimmer',
    wrong: 'KB-113',
    wish: 'is there a dimmer that goes with the new {thing}?',
  },
  {
    intent: 'returns.packaging',
    words: ['original box', 'packaging'],
    article: 'Packing an item up again',
    tag: 'original box',
    wrong: 'KB-110',
    wish: 'the {thing} is not for me, and I threw the original box away. Is that a problem?',
  },
  {
    intent: 'account.newsletter',
    words: ['newsletter', 'unsubscribe'],
    article: 'The newsletter, on and off',
    tag: 'newsletter',
    wrong: 'KB-117',
    wish: 'the newsletter comes three times a week now. Once would be fine.',
  },
];

const wordings: readonly Wording[] = [
  { out: 'Fetch put {wrong} first.', should: '{right} should come first for this kind of question.' },
  { out: '{wrong} came first, and it does not help here.', should: '{right} should be above {wrong}.' },
  { out: 'The customer was sent {wrong}.', should: 'Please put {right} first, that is what the question is about.' },
  { out: 'At the top there was {wrong}.', should: 'The first article should be {right}.' },
  { out: 'They got {wrong}, which is about something else.', should: '{right} (“{article}”) should come first.' },
  { out: 'Fetch ranks {wrong} first.', should: '{right}' },
  { out: 'An erster Stelle kam {wrong}.', should: '{right} sollte an erster Stelle stehen, danach wird gefragt.' },
  { out: 'Salió {wrong} primero.', should: '{right} debería salir primero en estos casos.' },
  { out: '{wrong} est arrivé en tête.', should: '{right} devrait être en premier pour ce genre de question.' },
];

interface FetchFile {
  articles: { id: string; title: string; tags: string[] }[];
  weights: Record<string, Record<string, number>>;
  authoritative: number;
}

interface IntentsFile {
  intents: { id: string; sub: { id: string; any: string[] }[] }[];
}

function addTopic(files: ShopFiles, topic: Topic, right: string, weights: { right: number; wrong: number }): void {
  editJson<IntentsFile>(files, 'config/intents.json', ({ intents }) => {
    const parent = intents.find(({ id }) => id === topic.intent.split('.')[0]);
    if (parent === undefined) throw new Error(`the example has no intent above ${topic.intent}`);
    parent.sub.push({ id: topic.intent, any: [...topic.words] });
  });
  editJson<FetchFile>(files, 'config/fetch.json', (fetch) => {
    fetch.articles.push({ id: right, title: topic.article, tags: [topic.tag] });
    fetch.weights[topic.intent] = { [topic.wrong]: weights.wrong, [right]: weights.right };
  });
}

/** What the reporter says about it. */
function told(draw: Draw, wording: Wording, names: { right: string; wrong: string; article: string }) {
  const about = draw.pick(['the wrong article', 'an article that does not help', 'help for another question']);
  return {
    title: `Wrong answer: customer gets ${about}`,
    out: fill(wording.out, names),
    should: fill(wording.should, names),
  };
}

/** A topic whose right article a small weight keeps in the second place, and which may grow without harm. */
export function drawFetchScene(files: ShopFiles, draw: Draw, topic: Topic, id: string): Scene {
  const right = `KB-2${draw.int(10, 49)}`;
  const weight = draw.int(2, 4);
  addTopic(files, topic, right, { right: weight, wrong: weight + draw.int(2, 3) });
  return {
    kind: 'adjust-fetch-weight',
    step: 'fetch',
    file: 'config/fetch.json',
    ticket: addTicket(files, draw, { id, subject: 'A question', wish: topic.wish, status: 'none' }),
    slots: { article: right, intent: topic.intent },
    ...told(draw, draw.pick(wordings), { right, wrong: topic.wrong, article: topic.article }),
  };
}

/**
 * A topic whose right article is so close to what goes out without a person that the recipe's weight lifts it over: a
 * case of the plan forbids that.
 */
export function drawThresholdScene(files: ShopFiles, draw: Draw, topic: Topic, id: string) {
  const right = `KB-2${draw.int(50, 89)}`;
  const threshold = draw.int(11, 12);
  editJson<FetchFile>(files, 'config/fetch.json', (fetch) => {
    fetch.authoritative = threshold;
  });
  const weight = threshold - draw.int(1, 3);
  addTopic(files, topic, right, { right: weight, wrong: weight + draw.int(2, 3) });
  const broken = `“${topic.article}” is read by a person before it goes out`;
  addCase(files, 'evals/plan.yml', {
    name: broken,
    input: {
      intent: topic.intent,
      confidence: 0.8,
      language: 'en',
      customer: { name: 'Robin Sample' },
      recipient: 'Robin Sample',
      order_status: 'none',
      entities: { order: { numbers: [] }, money: { amounts: [] }, dates: { mentioned: [] }, contact: { emails: [] } },
      articles: [{ id: right, title: topic.article, score: weight + 1 }],
    },
    expect: [{ path: '/reviewed', op: 'eq', value: true }],
  });
  const scene: Scene = {
    kind: 'adjust-fetch-weight',
    step: 'fetch',
    file: 'config/fetch.json',
    ticket: addTicket(files, draw, { id, subject: 'Another question', wish: topic.wish, status: 'none' }),
    slots: { article: right, intent: topic.intent },
    ...told(draw, draw.pick(wordings), { right, wrong: topic.wrong, article: topic.article }),
  };
  return { scene, broken };
}
