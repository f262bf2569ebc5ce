// SQL text and names as drizzle-kit writes them.

import * as orm from 'drizzle-orm';
import * as core from 'drizzle-orm/pg-core';

type Loose = any; // the two lines of Drizzle type these objects differently; what is read is the same on both

export interface Casing {
  kit: 'snake_case' | 'camelCase' | undefined;
  convert: (name: string) => string;
}

/** Drizzle's words of a name: runs of capitals, capitalized words, small words and digits. */
function words(name: string): string[] {
  return name.replaceAll(/['\u2019]/g, '').match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? [];
}

const SNAKE: Casing = {
  kit: 'snake_case',
  convert: (name) =>
    words(name)
      .map((word) => word.toLowerCase())
      .join('_'),
};
const CAMEL: Casing = {
  kit: 'camelCase',
  convert: (name) =>
    words(name)
      .map((word, place) => (place === 0 ? word.toLowerCase() : word[0]!.toUpperCase() + word.slice(1)))
      .join(''),
};
const PLAIN: Casing = { kit: undefined, convert: (name) => name };

/** The casing that drizzle.config asks for. */
export function casingOf(name: unknown): Casing {
  return name === 'snake_case' ? SNAKE : name === 'camelCase' ? CAMEL : PLAIN;
}

const dialects = new Map<Casing, Loose>();

function dialect(casing: Casing): Loose {
  const known = dialects.get(casing);
  if (known !== undefined) return known;
  const made = new core.PgDialect({ casing: casing.kit } as Loose);
  dialects.set(casing, made);
  return made;
}

/** The text of an SQL value, its parameters written out; `bare` leaves the table's name away. '' when it has none. */
export function text(value: Loose, casing: Casing, bare = false): string {
  try {
    const given = value?.inlineParams ? value.inlineParams() : value;
    return String(dialect(casing).sqlToQuery(given, bare ? 'indexes' : undefined).sql).trim();
  } catch {
    return '';
  }
}

/** What `generatedAlwaysAs` was given: SQL, a function that gives it, or a plain value. */
export function generatedText(value: Loose, casing: Casing): string {
  const given = typeof value === 'function' ? value() : value;
  return orm.is(given, orm.SQL) ? text(given, casing, true) : String(given);
}

/** A column's default; null for none that the database has. */
export function defaultText(column: Loose, type: string, dimensions: number, casing: Casing): string | null {
  const value = column.default;
  if (value === undefined) return null;
  if (orm.is(value, orm.SQL)) return text(value, casing) || null;
  const json = /^jsonb?$/i.test(type) && dimensions === 0;
  if (value === null) return json ? `'null'::${type.toLowerCase()}` : null;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (json) return `${quoted(JSON.stringify(value) ?? 'null')}::${type.toLowerCase()}`;
  if (value instanceof Date) return quoted(dateText(value, type.toLowerCase()));
  if (Array.isArray(value) && dimensions > 0) return quoted(arrayText(value));
  return quoted(driverText(column, value));
}

function dateText(value: Date, type: string): string {
  const iso = value.toISOString();
  if (type === 'date') return iso.split('T')[0]!;
  return type.startsWith('timestamp') && !type.includes('with time zone') ? iso.replace('T', ' ').slice(0, 23) : iso;
}

function arrayText(value: unknown[]): string {
  return `{${value.map((item) => itemText(item)).join(',')}}`;
}

function itemText(item: unknown): string {
  if (Array.isArray(item)) return arrayText(item);
  if (item === null || typeof item === 'number' || typeof item === 'boolean' || typeof item === 'bigint') return String(item);
  const plain = item instanceof Date ? item.toISOString() : typeof item === 'string' ? item : JSON.stringify(item);
  return `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** The value as the driver would send it, such as `[1,2,3]` for a vector. */
function driverText(column: Loose, value: unknown): string {
  try {
    const sent = column.mapToDriverValue?.(value);
    if (typeof sent === 'string' || typeof sent === 'number') return String(sent);
  } catch {
    // the column's own mapping fails; its JSON is the nearest thing
  }
  return JSON.stringify(value) ?? '';
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
