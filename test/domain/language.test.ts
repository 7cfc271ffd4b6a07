import { expect, test } from 'vitest';
import { inLanguage, languageOf } from '../../src/domain/language.ts';

test.each([
  ['en', 'KB-107 should come first for refund questions.'],
  ['en', 'This answer is not good.'],
  ['en', 'The customer wrote that the pendant came on 03/04/2026 and we noted 2026-03-04.'],
  ['en', 'Señora Lorena Fuentespina wants to cancel, but MW-49032 has been shipped. She got hand-over and waited.'],
  ['de', 'Es kam KB-104 (Rechnung lesen) an erster Stelle. Der Kunde will aber wissen, wann sein Geld kommt.'],
  ['de', 'Diese Antwort ist nicht gut.'],
  ['de', 'Falsche Vorlage, das gehört zur Lieferung'],
  ['es', 'La respuesta debería ser already-shipped cuando el pedido ya está enviado.'],
  ['es', '¿Por qué sale el artículo de facturas?'],
  ['es', 'No es eso, el cliente pide su dinero.'],
  ['fr', 'La réponse aurait dû être already-shipped, car la commande est déjà partie.'],
  ['fr', "Ce n'est pas ça, la cliente demande où est sa lampe."],
  ['fr', 'Le modèle de réponse n’est pas le bon.'],
  ['en', ''],
  ['en', '👎'],
  ['en', 'هذه الإجابة خاطئة'],
  ['en', 'KB-104 KB-107'],
  ['en', `${'x'.repeat(1_000_000)}`],
])('%s: %s', (language, text) => {
  expect(languageOf(text)).toBe(language);
});

test('words that are not there in a language are said in English, and a text as it is', () => {
  expect(inLanguage({ en: 'Which?', de: 'Welches?' }, 'de')).toBe('Welches?');
  expect(inLanguage({ en: 'Which?', de: 'Welches?' }, 'fr')).toBe('Which?');
  expect(inLanguage('Which?', 'fr')).toBe('Which?');
});
