import { expect, test } from 'vitest';
import { learnPersonal } from '../../src/domain/learn-personal.ts';
import { redactor } from '../../src/domain/redact.ts';
import type { Json } from '../../src/domain/rejection.ts';

const words = 'Gesine Rautenfeld and Blue Lamp, hunter2horse, 9f8e7d6c5b4a3928, at 4711';

/** Free text beside a value, after what that value teaches. */
function toldBeside(value: Json): string {
  const by = redactor();
  learnPersonal({ steps: [{ step: 'a', input: value, output: null }] }, by);
  return by.redact(words);
}

const gesine = 'Gesine Rautenfeld';
const named: readonly Json[] = [
  ...[{ customer: { name: gesine } }, { customers: [{ name: gesine }] }, { requester: { name: gesine } }],
  ...[{ kunde: { name: gesine } }, { kunde: { vorname: 'Gesine', nachname: 'Rautenfeld' } }, { kundenName: gesine }],
  ...[{ Empfängerin: { name: gesine } }, { absender: gesine }, { ansprechpartner: [gesine] }],
  ...[{ cliente: { nombre: gesine } }, { cliente: { nombre: 'Gesine', apellidos: 'Rautenfeld' } }],
  ...[{ nombre_del_cliente: gesine }, { destinatario: { nombre: gesine } }, { nombreCompleto: gesine }],
  ...[{ client: { nom: 'Rautenfeld', prenom: 'Gesine' } }, { Prénom: 'Gesine', 'nom de famille': 'Rautenfeld' }],
  ...[{ expéditrice: gesine }, { nom_du_client: gesine }, { acheteur: { nom: gesine } }],
  ...[{ sender_name: gesine }, { displayName: gesine }, { 'Contact-Name': gesine }, { signedBy: gesine }],
  ...[
    { name: gesine, email: 'g@firma.de' },
    { name: gesine, phone: 49171234567 },
    { anrede: 'Frau', name: gesine },
  ],
  ...[{ from: { name: gesine, email: 'g@firma.de' } }, { from: gesine, text: 'where is it' }],
  ...[{ mail: { from: { name: gesine }, to: 'shop', subject: 'where' } }, { cc: [gesine], body: 'hi' }],
  ...[{ bill_to: { name: gesine, city: 'Bonn' } }, { shippingAddress: { name: gesine } }],
  ...[{ shipping: { name: gesine, street: 'Am Markt 5' } }, { billing: { name: gesine, email: 'g@firma.de' } }],
  ...[{ name: { first: 'Gesine', last: 'Rautenfeld' } }, { order: { name: gesine, email: 'g@firma.de' } }],
  ...[{ customer: { name: 'Gesine\u00a0Raut\u00adenfeld' } }, { customer: { order: { recipient: { name: gesine } } } }],
];

test.each(named.map((value) => [JSON.stringify(value), value]))(
  'who is named so is hidden in free text: %s',
  (_, value) => {
    expect(toldBeside(value)).not.toMatch(/gesine|rautenfeld/i);
  },
);

const nobody: readonly Json[] = [
  ...[
    { product: { name: 'Blue Lamp' } },
    { name: 'Blue Lamp' },
    { name: 'Blue Lamp', price: 5 },
    { steps: [{ name: 'Blue Lamp' }] },
  ],
  ...[{ customer: { orders: [{ name: 'Blue Lamp' }] } }, { customer: { order: { product: { name: 'Blue Lamp' } } } }],
  ...[
    { kunde: { bestellungen: [{ artikel: { name: 'Blue Lamp' } }] } },
    { cliente: { pedidos: [{ nombre: 'Blue Lamp' }] } },
  ],
  ...[{ shop: { name: 'Blue Lamp', email: 'hi@lamp.de' } }, { firma: { name: 'Blue Lamp', telefon: '030 1234567' } }],
  ...[{ from: 'Blue Lamp', to: 'Green Vase' }, { from: { name: 'Blue Lamp' } }, { de: { name: 'Blue Lamp' } }],
  ...[
    { product: { name: 'Blue Lamp', portable: true } },
    { title: 'Blue Lamp' },
    { customer: { name: 'Customer Support' } },
  ],
  ...[
    { password: 'required' },
    { token: 'string' },
    { api_key: 'none' },
    { password: 'must not be empty' },
    { count: 4711 },
  ],
  // How it is delivered, and how a check ended.
  ...[{ shipping: { name: 'Blue Lamp', price: 4.9 } }, { customer: { billing: { name: 'Blue Lamp' } } }],
  ...[{ authorization: 'Lamp' }, { cvc: 'Blue' }, { otp: 'and' }],
];

test.each(nobody.map((value) => [JSON.stringify(value), value]))('what is nobody’s teaches nothing: %s', (_, value) => {
  expect(toldBeside(value)).toBe(words);
});

test.each([
  [{ password: 'hunter2horse' }, 'hunter2horse'],
  [{ login: { kennwort: 'hunter2horse' } }, 'hunter2horse'],
  [{ contraseña: 'hunter2horse' }, 'hunter2horse'],
  [{ motDePasse: 'hunter2horse' }, 'hunter2horse'],
  [{ api_key: '9f8e7d6c5b4a3928' }, '9f8e7d6c5b4a3928'],
  [{ 'X-Api-Key': '9f8e7d6c5b4a3928' }, '9f8e7d6c5b4a3928'],
  [{ clientSecret: '9f8e7d6c5b4a3928' }, '9f8e7d6c5b4a3928'],
  [{ token: '9f8e7d6c5b4a3928' }, '9f8e7d6c5b4a3928'],
  [{ otp: 4711 }, '4711'],
])('secrets are known by their members: %j', (value, secret) => {
  expect(toldBeside(value)).toContain('[secret-1]');
  expect(toldBeside(value)).not.toContain(secret);
});

test('a short number that is a secret is replaced where it stands', () => {
  const by = redactor();
  const input = { otp: 4711, count: 4712 };
  learnPersonal({ steps: [{ step: 'a', input, output: null }] }, by);
  expect(by.redactJson(input)).toEqual({ otp: '[secret-1]', count: 4712 });
});
