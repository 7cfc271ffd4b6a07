import type { InLanguages, Language } from '../language.ts';
import { inCode, quoted } from './people.ts';
import { splitOffer } from './split.ts';

/** A question, and what to choose from where that is known. */
interface Asked {
  readonly ask: string;
  readonly choices: readonly string[];
}

const MOST_CHOICES = 6;

const frame: Readonly<
  Record<Language, { one: (who: string) => string; two: (who: string) => string; after: string; there: string }>
> = {
  en: {
    one: (who) => `@${who}, thank you. I need one answer before I can turn this into a fix:`,
    two: (who) => `@${who}, thank you. I need two answers before I can turn this into a fix:`,
    after: 'Please answer in a comment here, or add it to the description above (edit it). Nothing happens until then.',
    there: 'Please mend it in the description above (edit it). Nothing happens until then.',
  },
  de: {
    one: (who) => `@${who}, danke. Ich brauche eine Antwort, bevor daraus eine Korrektur werden kann:`,
    two: (who) => `@${who}, danke. Ich brauche zwei Antworten, bevor daraus eine Korrektur werden kann:`,
    after:
      'Bitte antworte hier in einem Kommentar, oder ergänze oben die Beschreibung (bearbeite sie). Bis dahin geschieht nichts.',
    there: 'Bitte bring es oben in der Beschreibung in Ordnung (bearbeite sie). Bis dahin geschieht nichts.',
  },
  es: {
    one: (who) => `@${who}, gracias. Necesito una respuesta antes de poder convertir esto en una corrección:`,
    two: (who) => `@${who}, gracias. Necesito dos respuestas antes de poder convertir esto en una corrección:`,
    after:
      'Por favor, responde aquí en un comentario, o añádelo arriba en la descripción (edítala). Hasta entonces no ocurre nada.',
    there: 'Por favor, corrígelo arriba en la descripción (edítala). Hasta entonces no ocurre nada.',
  },
  fr: {
    one: (who) => `@${who}, merci. Il me faut une réponse avant de pouvoir en faire une correction :`,
    two: (who) => `@${who}, merci. Il me faut deux réponses avant de pouvoir en faire une correction :`,
    after:
      'Merci de répondre ici dans un commentaire, ou de l’ajouter à la description ci-dessus (en la modifiant). D’ici là, il ne se passe rien.',
    there: 'Merci de le corriger dans la description ci-dessus (en la modifiant). D’ici là, il ne se passe rien.',
  },
};

/** Who reported a part cannot edit its description: the app wrote that. */
const afterInPart: Readonly<Record<Language, string>> = {
  en: 'Please answer in a comment here. Nothing happens until then.',
  de: 'Bitte antworte hier in einem Kommentar. Bis dahin geschieht nichts.',
  es: 'Por favor, responde aquí en un comentario. Hasta entonces no ocurre nada.',
  fr: 'Merci de répondre ici dans un commentaire. D’ici là, il ne se passe rien.',
};

/** What is said beside a question. */
interface Beside {
  /** Whether the parts are known of which it may consist; null where it cannot be split. */
  readonly offer: { readonly known: boolean } | null;
  /** Whether it is a part of another rejection. */
  readonly part: boolean;
  /** A comment does not answer it: the description has to be mended. */
  readonly there: boolean;
}

/** The comment that asks, at most two questions of it. Choices are shown, and never acted on. */
export function questionAsked(
  language: Language,
  reporter: string,
  asked: readonly Asked[],
  { offer, part, there }: Beside = { offer: null, part: false, there: false },
): string {
  const items = asked.slice(0, 2).map(({ ask, choices }, i) => {
    const shown = choices.slice(0, MOST_CHOICES).map((choice) => `   - ${quoted(choice)}`);
    return [`${i + 1}. ${ask}`, ...shown].join('\n');
  });
  const words = frame[language];
  const last = there ? words.there : part ? afterInPart[language] : words.after;
  const split = offer === null ? '' : `\n\n${splitOffer.question(!offer.known)[language]}`;
  return `${items.length === 1 ? words.one(reporter) : words.two(reporter)}\n\n${items.join('\n')}\n\n${last}${split}`;
}

/** What is said where nobody answered. */
export const putAside: Readonly<Record<Language, string>> = {
  en: 'Nobody has answered, so I have put this aside. Answer in a comment, or in the description (edit it), or comment `/retry`, and it goes on.',
  de: 'Niemand hat geantwortet, deshalb lege ich das zur Seite. Mit einer Antwort in einem Kommentar oder in der Beschreibung (bearbeite sie), oder mit dem Kommentar `/retry`, geht es weiter.',
  es: 'Nadie ha respondido, así que lo dejo aparte. Con una respuesta en un comentario o en la descripción (edítala), o con el comentario `/retry`, se sigue.',
  fr: 'Personne n’a répondu, je mets donc ceci de côté. Une réponse dans un commentaire ou dans la description (à modifier), ou le commentaire `/retry`, et cela reprend.',
};

/** What the app itself asks. */
export const question = {
  whichTicket: {
    en: 'Which ticket is it? Name it, such as T-0001.',
    de: 'Um welches Ticket geht es? Nenne es, etwa T-0001.',
    es: '¿De qué ticket se trata? Nómbralo, por ejemplo T-0001.',
    fr: 'De quel ticket s’agit-il ? Indique son numéro, par exemple T-0001.',
  },
  unknownTicket: (ticket: string, why: string): InLanguages => {
    const [named, because] = [inCode(ticket), quoted(why.slice(0, 200))];
    return {
      en: `I could not replay ticket ${named} (${because}). Is the number right?`,
      de: `Das Ticket ${named} konnte ich nicht nachstellen (${because}). Stimmt die Nummer?`,
      es: `No pude reproducir el ticket ${named} (${because}). ¿Es correcto el número?`,
      fr: `Je n’ai pas pu rejouer le ticket ${named} (${because}). Le numéro est-il juste ?`,
    };
  },
  pasteTrace: {
    en: 'What did each step give? Paste the trace as JSON under the heading “Trace”.',
    de: 'Was hat jeder Schritt ergeben? Füge den Verlauf als JSON unter der Überschrift „Trace“ ein.',
    es: '¿Qué dio cada paso? Pega la traza como JSON bajo el título «Trace».',
    fr: 'Qu’a donné chaque étape ? Colle la trace en JSON sous le titre « Trace ».',
  },
  whichStep: {
    en: 'Where did it go wrong?',
    de: 'Wo ist es schiefgegangen?',
    es: '¿Dónde falló?',
    fr: 'Où est-ce que cela a échoué ?',
  },
  noneOfThese: {
    en: 'none of these, or I do not know',
    de: 'nichts davon, oder ich weiß es nicht',
    es: 'ninguna de estas, o no lo sé',
    fr: 'rien de tout cela, ou je ne sais pas',
  },
  whatIsWrong: {
    en: 'Which part of the output is wrong?',
    de: 'Welcher Teil der Ausgabe ist falsch?',
    es: '¿Qué parte de la salida está mal?',
    fr: 'Quelle partie du résultat est fausse ?',
  },
  whatInstead: {
    en: 'What should have come out instead? Name it so that somebody could check it.',
    de: 'Was hätte stattdessen herauskommen sollen? Nenne es so, dass man es prüfen kann.',
    es: '¿Qué debería haber salido en su lugar? Dilo de modo que se pueda comprobar.',
    fr: 'Qu’aurait-il dû en sortir à la place ? Dis-le de façon que l’on puisse le vérifier.',
  },
  whichFault: {
    en: 'You name several faults. Which one matters most?',
    de: 'Du nennst mehrere Fehler. Welcher ist der wichtigste?',
    es: 'Nombras varios fallos. ¿Cuál importa más?',
    fr: 'Tu nommes plusieurs erreurs. Laquelle compte le plus ?',
  },
} as const satisfies Readonly<Record<string, InLanguages | ((...of: never[]) => InLanguages)>>;
