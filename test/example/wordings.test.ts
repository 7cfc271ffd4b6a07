import { expect, test } from 'vitest';
import { exampleFiles } from './example.ts';
import { draftByRecipe } from './recipe-fix.ts';

const files = exampleFiles();

const draft = (ticket: string, should: string, out = 'It was wrong.') => {
  const body = `### Ticket\n\n${ticket}\n\n### What came out\n\n${out}\n\n### What should have come out\n\n${should}\n`;
  const drafted = draftByRecipe(files, { reporter: 'mira-k', title: 'Wrong answer', body, ticket });
  return drafted === null ? null : [drafted.rubric.id, drafted.spec.slots];
};

test.for([
  'KB-107 should come first.',
  'KB-107 must be on top here.',
  'KB-107 (When your refund arrives) should have been ranked first',
  'KB-107 “When your refund arrives” should come before KB-104.',
  'KB-107, first of all',
  'KB-107 instead of KB-104',
  'We want KB-107 first, because she asks when the money comes.',
  'I expected KB-107 above KB-104.',
  'Please rank KB-107 higher than KB-104, I mean: please put KB-107 first.',
  'It should show KB-107 first.',
  'The first article should have been KB-107.',
  'kb-107 should not be missing: KB-107 should be at the top',
  'KB-107 sollte zuerst kommen.',
  'KB-107 gehört ganz nach oben.',
  'KB-107 muss an erster Stelle stehen',
  'KB-107 debería salir el primero.',
  'KB-107 tiene que aparecer en primer lugar',
  'KB-107 devrait être en tête.',
  'KB-107 doit apparaître en premier',
])('an article, in words such as: %s', (should) => {
  const slots = { article: 'KB-107', intent: 'billing.refund', bump: 4 };
  expect(draft('T-0001', should, 'Fetch put KB-104 first.')).toEqual(['adjust-fetch-weight', slots]);
});

test.for([
  'KB-104 should not come first.',
  'KB-104 is no good here.',
  'KB-107 should come first, or KB-109 should come first.',
  'Something else on top.',
])('no article is guessed from: %s', (should) => {
  expect(draft('T-0001', should, 'Fetch put KB-104 first.')).toBe(null);
});

test.for([
  'Please give it an intent of its own and call it gift-card. They write "gift card".',
  'A new category called gift-card, look for "gift card".',
  'It needs its own topic named “gift-card”; customers ask about “gift card”.',
  'Call these other.gift-card. Known by the words: "gift card"',
  'Bitte eine eigene Kategorie namens gift-card. Im Text steht „gift card“.',
  'Nennen wir es „gift-card“, die Kunden fragen nach „gift card“.',
  'Una categoría propia, llamémosla «gift-card»: los clientes escriben «gift card».',
  'Une catégorie à part, nommée « gift-card ». Les clients écrivent « gift card ».',
])('a new intent, in words such as: %s', (should) => {
  const slots = { name: 'gift-card', words: 'gift card' };
  expect(draft('T-0038', should)).toEqual(['extend-other-into-sub-intent', slots]);
});

test.for(['Call it something sensible.', 'An intent of its own, for gift cards.', 'Call it gift-card.'])(
  'neither a name nor words are guessed from: %s',
  (should) => {
    expect(draft('T-0038', should)).toBe(null);
  },
);

test.for([
  ['When it is shipped, the reply should be already-shipped, with the tool send-return-label.', 'send-return-label'],
  ['The template must be already-shipped here, and call ask-carrier.', 'ask-carrier'],
  ['He should get the reply already-shipped.', 'add-note'],
  ['We should have sent "already-shipped", then run send-return-label.', 'send-return-label'],
  ['There is a branch missing: I expected the reply already-shipped', 'add-note'],
  ['The answer should have been already-shipped.', 'add-note'],
  ['Die Antwort sollte „already-shipped“ sein, Werkzeug send-return-label.', 'send-return-label'],
  [
    'Hier sollte die Vorlage already-shipped kommen, Textbaustein fehlt sonst. Die Vorlage muss already-shipped heißen.',
    'add-note',
  ],
  ['La respuesta tiene que ser «already-shipped», con la herramienta ask-carrier.', 'ask-carrier'],
  ['La réponse aurait dû être « already-shipped », avec l’outil ask-carrier.', 'ask-carrier'],
] as const)('a branch, in words such as: %s', ([should, tool]) => {
  const slots = { intent: 'returns.cancel', status: 'shipped', reply: 'already-shipped', tool };
  expect(draft('T-0004', should)).toEqual(['add-plan-branch', slots]);
});

test.for([
  'The reply should be kinder.',
  'The answer should not have been hand-over.',
  'A new branch, please.',
  'The reply should be already-shipped or the reply should be return-label.',
])('no reply is guessed from: %s', (should) => {
  expect(draft('T-0004', should, 'The reply was hand-over.')).toBe(null);
});
