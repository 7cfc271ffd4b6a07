import type { Draw } from './draw.ts';
import { drawOrder, drawPerson } from './people.ts';
import { putTicket, type ShopFiles } from './shop-files.ts';

/** A fault in the shop's files that a recipe can mend, and what a reporter says about it. */
export interface Scene {
  readonly kind: 'adjust-fetch-weight' | 'extend-other-into-sub-intent' | 'add-plan-branch';
  readonly step: 'classify' | 'fetch' | 'plan';
  /** The file that the fix changes. */
  readonly file: string;
  readonly ticket: string;
  /** What the recipe's blanks must come to. */
  readonly slots: Readonly<Record<string, string | number>>;
  readonly title: string;
  /** The form's “What came out” and “What should have come out”. */
  readonly out: string;
  readonly should: string;
}

/** The scenes of one seed; each story's fault is in the files, and none depends on another's. */
export interface Scenes {
  readonly fixes: readonly [Scene, Scene, Scene];
  /** A scene whose fix breaks the named case of the plan. */
  readonly threshold: { readonly scene: Scene; readonly broken: string };
}

/** One way of saying it, with blanks in braces. */
export interface Wording {
  readonly out: string;
  readonly should: string;
}

/** Fills blanks such as `{order}`. Throws when one has no value: the grammar is wrong then. */
export const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{([a-z]+)\}/g, (_, blank: string) => {
    const value = values[blank];
    if (value === undefined) throw new Error(`nothing fills {${blank}} in “${template}”`);
    return value;
  });

const greetings = ['Hello', 'Good morning', 'Dear team', 'Hi there', 'Hello to you all'];
const goodbyes = ['Thanks', 'Best wishes', 'Kind regards', 'Many thanks'];
const things = ['lamp', 'vase', 'bowl', 'cushion', 'pendant', 'clock'];

/** Stores a new ticket that says `wish`, a sentence with `{order}` and `{thing}`, and returns its number. */
export function addTicket(
  files: ShopFiles,
  draw: Draw,
  about: { readonly id: string; readonly subject: string; readonly wish: string; readonly status: string },
): string {
  const customer = drawPerson(draw);
  const wish = fill(about.wish, { order: drawOrder(draw), thing: draw.pick(things) });
  putTicket(files, {
    id: about.id,
    received: `2026-04-${draw.int(10, 28)}`,
    language: 'en',
    subject: about.subject,
    text: `${draw.pick(greetings)}, ${wish} ${draw.pick(goodbyes)}, ${customer.name}`,
    customer,
    order: about.status === 'none' ? null : { status: about.status, recipient: customer.name },
  });
  return about.id;
}
