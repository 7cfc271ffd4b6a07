/** Where a command writes for the person at the terminal. */
export type Print = (line: string) => void;

/** Outsiders' words may hold sequences that a terminal acts on. Line breaks and tabs stay. */
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** Writes a line as it is read, never as it is acted on. */
export const toTerminal: Print = (line) => {
  process.stdout.write(`${line.replace(CONTROL, '')}\n`);
};
