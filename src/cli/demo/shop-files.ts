import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, isSeq, parseDocument } from 'yaml';
import type { StoredTicket } from './rewrite-ticket.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/support-pipeline');

/** A repository's files by path, while a story is being drawn into them. */
export type ShopFiles = Record<string, string>;

/** The example as it is. */
export function readExample(): ShopFiles {
  const entries = readdirSync(EXAMPLE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name).slice(EXAMPLE.length + 1)).sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(EXAMPLE, path), 'utf8')]));
}

function textOf(files: ShopFiles, path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error(`the example has no ${path}`);
  return text;
}

const readJson = <T>(files: ShopFiles, path: string): T => JSON.parse(textOf(files, path)) as T;

const writeJson = (files: ShopFiles, path: string, value: unknown): void => {
  files[path] = `${JSON.stringify(value, null, 2)}\n`;
};

/** Changes a JSON file in place. */
export function editJson<T>(files: ShopFiles, path: string, edit: (value: T) => void): void {
  const value = readJson<T>(files, path);
  edit(value);
  writeJson(files, path, value);
}

/** Changes a YAML file in place and keeps its comments. */
function editYaml(files: ShopFiles, path: string, edit: (document: Document) => void): void {
  const document = parseDocument(textOf(files, path));
  edit(document);
  files[path] = document.toString({ lineWidth: 0 });
}

/** Appends a case to a suite. */
export function addCase(files: ShopFiles, suite: string, one: object): void {
  editYaml(files, suite, (document) => {
    const cases = document.get('cases');
    if (!isSeq(cases)) throw new Error(`${suite} has no list of cases`);
    cases.add(document.createNode(one));
  });
}

const ticketFile = (id: string): string => `tickets/${id}.json`;

/** Stores a ticket. */
export const putTicket = (files: ShopFiles, ticket: StoredTicket): void =>
  writeJson(files, ticketFile(ticket.id), ticket);

export const storedTickets = (files: ShopFiles): readonly StoredTicket[] =>
  Object.keys(files)
    .filter((path) => path.startsWith('tickets/'))
    .map((path) => readJson<StoredTicket>(files, path));
