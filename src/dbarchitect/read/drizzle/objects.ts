// What a value of a schema file is, and what Drizzle knows of everything that is no table.

import * as orm from 'drizzle-orm';
import * as core from 'drizzle-orm/pg-core';

import { type Casing, text } from './expressions.ts';
import { missing } from './stub.ts';

type Loose = any; // the two lines of Drizzle type these objects differently; what is read is the same on both
type Described = Record<string, unknown>;

function isA(value: unknown, name: string): boolean {
  const kind = (core as Loose)[name] ?? (orm as Loose)[name];
  return kind !== undefined && orm.is(value, kind);
}

export function isTable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isA(value, 'PgTable');
}

/** What a value is: table, enum, namespace, view, sequence, policy, role, relations, or other. */
export function kindOf(value: unknown): string {
  try {
    if (typeof value === 'function') return core.isPgEnum(value) ? 'enum' : 'other';
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === null) return 'other';
    if (isA(value, 'PgTable')) return 'table';
    if (isA(value, 'PgSchema')) return 'namespace';
    if (isA(value, 'PgView') || isA(value, 'PgMaterializedView')) return 'view';
    if (isA(value, 'PgSequence')) return 'sequence';
    if (isA(value, 'PgPolicy')) return 'policy';
    if (isA(value, 'PgRole')) return 'role';
    if (isA(value, 'Relations')) return 'relations';
    if (core.isPgEnum(value as Loose)) return 'enum';
    const entries = Object.values(value);
    if (entries.length > 0 && entries.every((entry) => isRelationsEntry(entry))) return 'relations';
  } catch {
    // a value that cannot even be looked at is nothing of ours
  }
  return 'other';
}

function isRelationsEntry(value: Loose): boolean {
  return typeof value === 'object' && value !== null && isTable(value.table) && typeof value.relations === 'object';
}

/** Anything but a table and relations. */
export function describeObject(value: Loose, kind: string, casing: Casing): Described {
  if (kind === 'enum') return { schema: value.schema ?? 'public', name: value.enumName, labels: labelsOf(value) };
  if (kind === 'namespace') return { schema: '', name: value.schemaName, existing: Boolean(value.isExisting) };
  if (kind === 'role') return { schema: '', name: value.name };
  if (kind === 'view') return describeView(value, casing);
  if (kind === 'policy') return describeLinked(value, casing);
  return { schema: value.schema ?? 'public', name: value.seqName, options: sequenceOptions(value.seqOptions) };
}

function labelsOf(value: Loose): string[] {
  return [...value.enumValues].map((label) => String(label));
}

function describeView(value: Loose, casing: Casing): Described {
  const materialized = !isA(value, 'PgView');
  const config: Loose = materialized ? core.getMaterializedViewConfig(value) : core.getViewConfig(value);
  const storage = (config.with ?? {}) as Record<string, unknown>;
  return {
    schema: config.schema ?? 'public',
    name: config.name,
    materialized,
    existing: Boolean(config.isExisting) || config.query === undefined,
    definition: config.query === undefined ? '' : text(config.query, casing),
    columns: fieldNames(config.selectedFields, casing),
    withData: !config.withNoData,
    options: storage,
  };
}

/** The names of a view's columns; none when a field without a name is among them. */
function fieldNames(fields: Loose, casing: Casing): string[] {
  try {
    return Object.keys(fields ?? {}).flatMap((key) => {
      const field = fields[key];
      if (orm.is(field, orm.Column)) return [casedName(field, casing)];
      if (orm.is(field, orm.SQL.Aliased)) return [(field as Loose).fieldAlias];
      return orm.is(field, orm.SQL) ? [key] : fieldNames(field, casing);
    });
  } catch {
    return [];
  }
}

/** A column's name in the database. */
export function casedName(column: Loose, casing: Casing): string {
  return column.keyAsName ? casing.convert(column.name) : column.name;
}

/** How a sequence counts; what is not said is left out. */
export function sequenceOptions(given: Loose): Described {
  const { startWith, increment, minValue, maxValue, cache, cycle } = given ?? {};
  const named = { start: startWith, increment, minimum: minValue, maximum: maxValue, cache };
  const numbers = Object.entries(named).filter(([, number]) => number !== undefined && number !== null);
  return { ...Object.fromEntries(numbers.map(([name, number]) => [name, String(number)])), cycle: Boolean(cycle) };
}

/** A policy that hangs on a table by `.link()`. */
function describeLinked(value: Loose, casing: Casing): Described {
  const linked = value._linkedTable;
  const table = isTable(linked) ? tablePlace(linked) : { schema: '', table: '' };
  return { ...describePolicy(value, casing), ...table };
}

export function describePolicy(value: Loose, casing: Casing): Described {
  const given = value.to === undefined || value.to === null ? ['public'] : Array.isArray(value.to) ? value.to : [value.to];
  const condition = (part: unknown) => (orm.is(part, orm.SQL) ? text(part, casing) : null);
  return {
    name: value.name,
    permissive: value.as !== 'restrictive',
    command: value.for ?? 'all',
    roles: given.map((role: Loose) => (typeof role === 'string' ? role : (missing(role) ?? role.name))),
    using: condition(value.using),
    check: condition(value.withCheck),
  };
}

/** The relations of a `relations()` or `defineRelations()` value: names by table. */
export function relationsOf(value: Loose): { schema: string; table: string; names: string[] }[] {
  if (isA(value, 'Relations')) {
    const { table, config } = value as Loose;
    try {
      return [{ ...tablePlace(table), names: Object.keys(config((orm as Loose).createTableRelationsHelpers(table))) }];
    } catch {
      return [];
    }
  }
  return Object.values(value as Loose).map((entry: Loose) => ({
    ...tablePlace(entry.table),
    names: Object.keys(entry.relations),
  }));
}

/** Schema and name of a table. */
export function tablePlace(table: Loose): { schema: string; table: string } {
  return { schema: table[(orm.Table as Loose).Symbol.Schema] ?? 'public', table: table[(orm.Table as Loose).Symbol.Name] };
}
