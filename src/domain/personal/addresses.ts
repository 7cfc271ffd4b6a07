import { matching } from './kind.ts';

/** What follows a street: a postal code and a town, or a town and its code as in Britain and America. */
const TOWN = String.raw`\p{Lu}[\p{L}'’-]{1,30}(?: \p{Lu}[\p{L}'’-]{1,30}){0,2}`;
const TAIL = String.raw`(?:,? ?\n? ?(?:[A-Z]{1,2}-)?(?:\d{5}|(?<=[A-Z]-)\d{4}) ${TOWN}|, ?${TOWN},? (?:[A-Z]{2} \d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?![\p{L}\d]))?`;

const streets: readonly (readonly [source: string, flags?: string])[] = [
  // 12 Elm Street
  [
    String.raw`\b\d{1,5}[A-Za-z]? (?:\p{Lu}[\p{L}'’.-]{0,30} ){1,4}(?:Street|Road|Avenue|Lane|Drive|Boulevard|Court|Crescent|Terrace|Square|Way|St|Rd|Ave|Ln|Dr|Blvd|Ct)(?!\p{L})`,
  ],
  // Hauptstraße 5, Lange Straße 5
  [
    String.raw`(?<!\p{L})(?:\p{Lu}\p{L}{1,30} )?(?!(?:Sitz|Steh|Stell|Lager|Park|Arbeits|Spiel|Speicher)platz)(?:\p{L}[\p{L}-]{0,40}(?:stra(?:ß|ss)e|str\.?|gasse|allee|weg|platz|chaussee)|Stra(?:ß|ss)e|Str\.) ?\d{1,4}(?: ?[a-z])?(?![\p{L}\d])`,
  ],
  // Calle Mayor 3, Avda. de la Constitución, 12
  [
    String.raw`(?<!\p{L})(?:C\/ ?|(?:[Cc]alle|[Aa]venida|Avda\.?|Av\.|[Pp]laza|[Pp]aseo|Carrer|Ronda) )(?:(?:de|del|la|las|los|el|y|\p{Lu}[\p{L}'’.-]{0,30}),? ){1,6}(?:n\.?[ºo°] ?)?\d{1,4}\b`,
  ],
  // 12 rue de la Paix, 3 bis, avenue Foch
  [
    String.raw`\b\d{1,4}(?: ?(?:bis|ter|quater))?,? (?:rue|avenue|av\.|boulevard|bd|place|impasse|allée|chemin|quai|route) (?:(?:de|du|des|la|le|les) |[dl]['’]){0,3}\p{Lu}[\p{L}'’.-]{0,30}(?: \p{Lu}[\p{L}'’.-]{0,30}){0,3}(?<!\.)`,
  ],
];

/** What is counted, and no town. */
const COUNTED =
  'Stück|Euros?|EUR|USD|GBP|Lumen|Watt|Volt|Liter|Meter|Kilometer|Gramm|Stunden|Tage|Minuten|Punkte|Kunden|Artikel|Items?|Units?|Points?|Hours?|Days?|Orders?|Customers?|People|Personen|Unidades|Puntos|Horas|Unités|Heures|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|January|February|March|May|June|July|October|December';
/** Am Markt 5, 53111 Bonn: whatever the street is called, a town with its code follows. */
const named = String.raw`(?<![\p{L}\p{N}])(?:(?:St\.|\p{Lu}[\p{L}'’-]{0,30}) (?:(?:St\.|\p{Lu}[\p{L}'’-]{0,30}|den|dem|der|de|del|des|du|la|las|los|von|van) ){0,3})?\p{Lu}[\p{L}'’-]{1,30} \d{1,4}(?: ?[A-Za-z])?(?:[-/]\d{1,4})?(?:,|,? ?\n) ?(?:(?:[DEFI]-)?\d{5}|(?:A|B|CH|DK|L|NL)-\d{4}) (?!(?:${COUNTED})(?!\p{L}))${TOWN}`;

/** Postal addresses: streets with a number as four languages write them, boxes, and what a label says is one. */
export const addresses = [
  ...streets.map(([source]) => matching('address', new RegExp(source + TAIL, 'u'))),
  matching('address', new RegExp(named, 'u')),
  matching('address', /\b(?:P\.? ?O\.? ?Box|Postfach|Apartado(?: de [Cc]orreos)?) \d{1,6}\b/),
  matching(
    'address',
    /(?<![\p{L}-] ?|(?:mail|IP|web|e-mail) )(?:address|adresse|anschrift|lieferadresse|rechnungsadresse|direcci[óo]n|domicilio|domicile) ?: {0,3}(?<value>\p{L}[^\n:@]{4,119}|\d{1,5},? [^\n:@]{4,119})/iu,
    (found) => /\d/.test(found),
  ),
];
