import { isList, isObject } from '../json-pointer.ts';
import { report as say } from '../messages/report.ts';
import { visible } from '../page/visible.ts';
import type { Json } from '../rejection.ts';

const inner = (value: Json): string => {
  const text = valueInWords(value).replace(/\n+/g, '; ');
  return isList(value) || isObject(value) ? `(${text})` : text;
};

/** A value as somebody reads it who does not read JSON: members by name, items of a list on a line each. */
export function valueInWords(value: Json | undefined): string {
  if (value === undefined) return say.value.nothing;
  if (value === null) return say.value.empty;
  if (typeof value === 'boolean') return value ? say.value.yes : say.value.no;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.trim() === '' ? say.value.emptyText : visible(value);
  if (isList(value)) return value.length === 0 ? say.value.none : value.map(item).join('\n');
  const members = Object.entries(value).map(([name, member]) => `${visible(name)}: ${inner(member)}`);
  return members.length === 0 ? say.value.none : members.join(', ');
}

const item = (value: Json, at: number): string => {
  const text = valueInWords(value).replace(/\n+/g, '; ');
  return `${at + 1}. ${isList(value) ? `(${text})` : text}`;
};
