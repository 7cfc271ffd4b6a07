export type Language = 'en' | 'de' | 'es' | 'fr';

/** What a customer wrote. Every step gets it, with what the steps before it found. */
export interface Message {
  readonly subject: string;
  readonly text: string;
}

export interface Classified {
  readonly intent: string;
  readonly confidence: number;
  readonly language: Language;
}

export interface ExtractInput extends Message, Pick<Classified, 'intent' | 'language'> {
  /** The day the ticket came in, `2026-03-09`: dates without a year are counted from it. */
  readonly received: string;
}

export interface Amount {
  readonly value: number;
  readonly currency: string;
}

/** Found values by group and field: `order.numbers`, `money.amounts`… */
export type Entities = Readonly<Record<string, Readonly<Record<string, readonly (string | Amount)[]>>>>;

export interface FetchInput extends Message, Pick<Classified, 'intent' | 'language'> {
  readonly entities: Entities;
}

export interface RankedArticle {
  readonly id: string;
  readonly title: string;
  readonly score: number;
}

export interface PlanInput extends Classified {
  readonly customer: { readonly name: string };
  /** Who gets the parcel: somebody else than the customer when it is a present. */
  readonly recipient: string;
  readonly order_status: 'none' | 'open' | 'shipped' | 'delivered';
  readonly entities: Entities;
  readonly articles: readonly RankedArticle[];
}

export interface Planned {
  readonly reply: { readonly id: string; readonly text: string };
  readonly tools: readonly string[];
  /** A person reads the reply before it goes out. */
  readonly reviewed: boolean;
}

/** A ticket as the help desk stores it. */
export interface Ticket extends Message {
  readonly id: string;
  readonly received: string;
  readonly language: Language;
  readonly customer: { readonly name: string; readonly email: string };
  readonly order: { readonly status: PlanInput['order_status']; readonly recipient: string } | null;
}
