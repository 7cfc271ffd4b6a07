import type { Draw } from './draw.ts';
import { addTicket, fill, type Scene, type Wording } from './scene.ts';
import type { ShopFiles } from './shop-files.ts';

interface Topic {
  readonly name: string;
  readonly words: string;
  readonly wish: string;
}

/** What people want that no intent of the example has a word for. */
const topics: readonly Topic[] = [
  { name: 'gift-card', words: 'gift card', wish: 'do you have a gift card that I could print at home?' },
  {
    name: 'trade',
    words: 'trade price',
    wish: 'we furnish a guest house. Is there a trade price for twenty of a {thing}?',
  },
  { name: 'workshop', words: 'workshop', wish: 'is the pottery workshop in June open to beginners?' },
  {
    name: 'repair',
    words: 'repaired',
    wish: 'my old {thing} from a flea market flickers. Can I have it repaired by you?',
  },
  { name: 'press', words: 'magazine', wish: 'I write for a magazine and would like to visit you for a day.' },
  { name: 'showroom', words: 'showroom', wish: 'is there a showroom where I can see the {thing} before I buy it?' },
  { name: 'charity', words: 'charity', wish: 'our charity looks for a {thing} as a prize. Would you give us one?' },
  { name: 'wedding-list', words: 'wedding list', wish: 'we would like to set up a wedding list with you.' },
];

const wordings: readonly Wording[] = [
  {
    out: 'It became “other”, and the customer waits for a colleague.',
    should: 'This needs an intent of its own, call it "{name}". Customers write "{words}" when they want this.',
  },
  {
    out: 'Intent other. We have three of these a week.',
    should: 'Please add a new category called {name}. Look for "{words}".',
  },
  {
    out: 'Nobody knew what it was, so it is in other.',
    should: 'A separate topic for these, named “{name}”. The ticket says “{words}”.',
  },
  {
    out: 'Der Fall landete unter other.',
    should: 'Das braucht eine eigene Kategorie, nennt sie „{name}“. Die Leute schreiben „{words}“.',
  },
  {
    out: 'Acabó en other.',
    should: 'Hace falta una categoría propia: llamadla «{name}». Los clientes escriben «{words}».',
  },
  {
    out: 'La demande a fini dans other.',
    should: 'Il faut une catégorie à part, appelons-la « {name} ». Les clients écrivent « {words} ».',
  },
];

/** A wish that lands in `other`, and a reporter who says what it is called and by what it is known. */
export function drawOtherScene(files: ShopFiles, draw: Draw, id: string): Scene {
  const { name, words, wish } = draw.pick(topics);
  const wording = draw.pick(wordings);
  return {
    kind: 'extend-other-into-sub-intent',
    step: 'classify',
    file: 'config/intents.json',
    ticket: addTicket(files, draw, { id, subject: 'Something else', wish, status: 'none' }),
    slots: { name, words },
    title: `Wrong answer: ${draw.pick(['nobody feels responsible', 'the standard mail again', 'customer has to wait'])}`,
    out: wording.out,
    should: fill(wording.should, { name, words }),
  };
}
