import type { KindName } from './kind.ts';
import { fold } from './names.ts';

const words = (text: string): string => text.trim().split(/\s+/).join('|');

/** Whoever a member may hold, as programs of four languages name it: one and several. */
const PEOPLE = words(`
  customers? senders? contacts? persons? people users? authors? recipients? clients? requesters? reporters? buyers? purchasers?
  shoppers? guests? patients? passengers? employees? subscribers? consumers? applicants? complainants? callers? visitors?
  tenants? travell?ers? signers? signator(?:y|ies) attendees? participants? cardholders? accountholders?
  kunden? kundin(?:nen)? absender(?:in)? empf(?:a|ae)nger(?:in)? ansprechpartner(?:in)? kontakte? personen nutzer(?:in)? benutzer(?:in)?
  besteller(?:in)? k(?:a|ae)ufer(?:in)? verfasser(?:in)? antragsteller(?:in)? mitarbeiter(?:in)? patientin gast g(?:a|ae)ste mieter(?:in)?
  kontoinhaber(?:in)? karteninhaber(?:in)? rechnungsempf(?:a|ae)nger
  clientes? clientas? remitentes? destinatari[oa]s? usuari[oa]s? comprador(?:a|es|as)? personas? contactos? titular(?:es)? solicitantes?
  pacientes? pasajer[oa]s? huesped(?:es)? emplead[oa]s? autor(?:a|es|as)?
  clientes? expediteurs? expeditrices? destinataires? utilisateurs? utilisatrices? acheteurs? acheteuses? personnes? titulaires?
  demandeurs? demandeuses? patientes? employee?s? auteure?s?`);

/** Members of an invoice or a parcel: an object there holds a person or a firm, a text whatever. */
const BILLED = words(`
  bill(?:ed)?to ship(?:ped)?to soldto invoicee billingaddress shippingaddress rechnungsadresse lieferadresse
  direcciondefacturacion direcciondeenvio adressedefacturation adressedelivraison`);

const NAMED_ALONE = words(`
  fullname firstname lastname givenname familyname surname forename middlename maidenname legalname signedby writtenby nameoncard
  vorname vornamen nachname familienname zuname rufname geburtsname vollername vollst(?:a|ae)ndigername
  nombrecompleto apellidos? primerapellido segundoapellido nombredepila nombrepila
  prenoms? nomdefamille nomcomplet nomdejeunefille`);

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);

/** More of a member's name is not looked at. */
const LONGEST = 100;

/** The name of a member as it is compared: letters and digits alone, small and without accents. */
export const memberName = (name: string): string => fold(name.slice(0, LONGEST)).replace(/[^\p{L}\p{N}]+/gu, '');

/** Members that hold a person, or people. */
export const PERSON = whole(PEOPLE);
/** Members that hold a person where they hold several members. */
export const PERSON_OF_MEMBERS = whole(`${PEOPLE}|${BILLED}`);
/** Members that hold a person where an address stands beside it: else what a delivery costs, or how it goes. */
export const DELIVERED = whole('billing|shipping');
/** Members of a letter that hold a person, and elsewhere places, days or whatever. */
export const LETTERHEAD = whole('from|to|cc|replyto');
/** Members that hold a name wherever they stand. */
export const ALWAYS_NAME = whole(
  `${NAMED_ALONE}|(?!username$)(?:${PEOPLE})(?:n|s|en|innen)?name|(?:nom|nombre)(?:de|del|dela|du|des)?(?:${PEOPLE})`,
);
/** Members that hold a name in what is a person. */
export const NAME = whole('name|nombre|nom|displayname|anzeigename|first|last|given|family');
/** Members of a person that hold what is none: what somebody ordered has a name of its own. */
export const THING = whole(
  words(`
  products? items? articles? orders? orderlines? lines? lineitems? positions? steps? categor(?:y|ies) models? plans? files? attachments?
  tags? templates? rules? tickets? events? campaigns? subscriptions? countr(?:y|ies) cit(?:y|ies) regions? languages? currency fields?
  produkte? artikel bestellung(?:en)? positionen kategorien? dateien? land stadt
  productos? articulos? pedidos? lineas? categorias? archivos? pais ciudad
  produits? commandes? lignes? fichiers? pays ville`),
);
/** Members that hold a firm, or a part of one, with an address and a telephone of its own. */
export const FIRM = whole(
  words(`
  compan(?:y|ies) organi[sz]ations? stores? shops? brands? teams? departments? queues? carriers? couriers? warehouses? merchants? sellers?
  vendors? suppliers? firma firmen unternehmen h(?:a|ae)ndler abteilung(?:en)? lieferanten? empresas? tiendas? departamentos?
  vendedor(?:a|es|as)? proveedor(?:es)? entreprises? societes? magasins? boutiques? services? vendeurs? fournisseurs?`),
);
/** Members that only people have. */
export const SALUTATION = whole('salutation|anrede|tratamiento|civilite');
/** What a letter has beside who wrote it. */
export const LETTER = whole(
  'text|body|message|subject|content|mail|nachricht|betreff|inhalt|asunto|mensaje|cuerpo|texto|objet|sujet|corps|texte',
);
export const ADDRESS = whole(
  '(?:(?:street|postal|shipping|billing|home|mailing)?address|adresse|anschrift|direccion|domicilio|domicile|(?:liefer|rechnungs)adresse)',
);

/** What is written where there is no secret. */
const NO_SECRET =
  /^(?:true|false|null|none|required|optional|hidden|redacted|string|secret|password|passwort|\*+|x+)$/i;

/** Members that hold one value of a kind, however it is written there. */
export const FIELDS: readonly (readonly [kind: KindName, name: RegExp, holds: (value: string) => boolean])[] = [
  ['email', whole('e?mail|e?mailaddress|correo|correoelectronico|courriel'), (value) => value.includes('@')],
  [
    'birth-date',
    whole('dateofbirth|birth(?:date|day)|dob|born|geburts(?:datum|tag)|fecha(?:de)?nacimiento|date(?:de)?naissance'),
    (value) => /\d/.test(value),
  ],
  [
    'phone',
    whole(
      '(?:(?:mobile|cell|home|work)?phone|mobile|cell|tel|telephone|telefon|handy|mobil|mobiltelefon|movil|telefono|telefonomovil|portable|fax)(?:number|no|nummer|nr)?',
    ),
    (value) => /\d{3}/.test(value),
  ],
  [
    'address',
    whole(
      '(?:(?:street|postal|shipping|billing|home|mailing)address|address(?:line)?\\d?|street|stra(?:ss|ß)e|anschrift|adresse|calle|direccion|domicilio|domicile|rue)',
    ),
    (value) => /\d/.test(value),
  ],
  [
    'iban',
    whole('iban|bankaccount|kontonummer|numerodecuenta|cuentabancaria|comptebancaire'),
    (value) => /\d{4}/.test(value),
  ],
  [
    'card',
    whole('card(?:number|no)|pan|creditcard(?:number)?|kartennummer|numerodetarjeta|numerodecarte'),
    (value) => /\d{4}/.test(value),
  ],
  [
    'secret',
    whole(
      '(?:(?:user|admin|db|database|old|new|current)?(?:password|passwd|pwd|passphrase|passwort|kennwort|contrasena|motdepasse|mdp))|(?:x|client|app|shared|webhook|signing|api|access|refresh|auth|session|bearer|id|csrf|secret|private|service|encryption)+(?:key|token|secret)(?:value)?|secret',
    ),
    (value) => !NO_SECRET.test(value) && (!/\s/.test(value.trim()) || /\d/.test(value)),
  ],
  // A word there says how a check ended.
  ['secret', whole('credentials?|authorization|sessionid|otp|cvv|cvc|securitycode|puk'), (value) => /\d/.test(value)],
  ['secret', whole('token'), (value) => /^(?=\D*\d)[\w.~+/=-]{16,}$/.test(value)],
];
