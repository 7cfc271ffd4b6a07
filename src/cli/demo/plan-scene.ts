import type { Draw } from './draw.ts';
import { addTicket, fill, type Scene, type Wording } from './scene.ts';
import type { ShopFiles } from './shop-files.ts';

interface Gap {
  readonly intent: string;
  readonly status: string;
  readonly reply: string;
  readonly tools: readonly string[];
  readonly wish: string;
}

/** States of an order that the example's plan has no branch for. */
const gaps: readonly Gap[] = [
  {
    intent: 'returns.cancel',
    status: 'shipped',
    reply: 'already-shipped',
    tools: ['send-return-label', 'ask-carrier'],
    wish: 'please cancel {order}. I chose the wrong {thing}.',
  },
  {
    intent: 'returns.cancel',
    status: 'delivered',
    reply: 'return-label',
    tools: ['send-return-label', 'link-order'],
    wish: 'I wanted to cancel {order}, and now the {thing} stands here.',
  },
  {
    intent: 'delivery.address',
    status: 'delivered',
    reply: 'already-delivered',
    tools: ['open-search', 'ask-carrier'],
    wish: '{order} went to the wrong address, we moved in the spring.',
  },
  {
    intent: 'delivery',
    status: 'delivered',
    reply: 'already-delivered',
    tools: ['open-search', 'ask-carrier'],
    wish: 'the parcel {order} is not here, whatever the page says.',
  },
  {
    intent: 'returns.exchange',
    status: 'shipped',
    reply: 'already-shipped',
    tools: ['send-return-label', 'reserve-item'],
    wish: 'can I swap the {thing} in {order} for the black one?',
  },
  {
    intent: 'returns.exchange',
    status: 'open',
    reply: 'not-shipped-yet',
    tools: ['reserve-item', 'link-order'],
    wish: 'can I swap the {thing} in {order} for the small one before you send it?',
  },
];

/** Wordings without a tool leave it to the configuration's own. */
const wordings: readonly Wording[] = [
  {
    out: 'The customer got an answer that fits another case.',
    should: 'When the order is {status}, the reply should be {reply}, with the tool {tool}.',
  },
  { out: 'It went to a colleague for nothing.', should: 'They should get the reply “{reply}”, then call {tool}.' },
  { out: 'Nothing helpful went out.', should: 'There is no branch for this. It should use the reply {reply}.' },
  { out: 'Die Kundin musste warten.', should: 'Die Antwort sollte „{reply}“ sein, mit dem Werkzeug {tool}.' },
  { out: 'No sirve de nada.', should: 'La respuesta debería ser «{reply}», con la herramienta {tool}.' },
  { out: 'Le client attend toujours.', should: 'La réponse devrait être « {reply} », avec l’outil {tool}.' },
];

const defaultTool = 'add-note';

/** A ticket that falls to the plan's last leaf, and a reporter who knows which reply it should get. */
export function drawPlanScene(files: ShopFiles, draw: Draw, id: string): Scene {
  const { intent, status, reply, tools, wish } = draw.pick(gaps);
  const wording = draw.pick(wordings);
  const tool = wording.should.includes('{tool}') ? draw.pick(tools) : defaultTool;
  return {
    kind: 'add-plan-branch',
    step: 'plan',
    file: 'config/plan.yml',
    ticket: addTicket(files, draw, { id, subject: 'My order', wish, status }),
    slots: { intent, status, reply, tool },
    title: `Wrong answer: ${draw.pick(['the plan has no answer', 'falls through the plan', 'order state is not considered'])}`,
    out: wording.out,
    should: fill(wording.should, { status, reply, tool }),
  };
}
