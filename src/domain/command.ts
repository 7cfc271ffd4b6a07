/** What people ask for in a comment that begins with `/name`, beside what has a fact of its own. */
export const COMMANDS = ['approve', 'detach', 'spec', 'hint', 'ask', 'decline', 'split', 'why'] as const;
export type CommandName = (typeof COMMANDS)[number];

const BEGINNING = /^\s{0,20}\/([a-z-]{1,20})(?![\w-])[ \t]*/;

export const isCommand = (name: string): name is CommandName => COMMANDS.some((command) => command === name);

/** What stands behind the command that a comment begins with; null where it begins with another, or with none. */
export function wordsBehind(name: CommandName, body: string): string | null {
  const found = BEGINNING.exec(body);
  return found?.[1] === name ? body.slice(found[0].length).replace(/\r\n?/g, '\n').trim() : null;
}
