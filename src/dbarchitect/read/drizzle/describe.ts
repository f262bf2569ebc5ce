// What Drizzle knows of a table, as plain JSON. Everything is asked of the library itself.

import * as orm from 'drizzle-orm';
import * as core from 'drizzle-orm/pg-core';

import { type Casing, defaultText, generatedText, text } from './expressions.ts';
import { casedName, describePolicy, isTable, sequenceOptions, tablePlace } from './objects.ts';
import { missing } from './stub.ts';

export { casingOf } from './expressions.ts';
export { describeObject, kindOf, relationsOf } from './objects.ts';

type Loose = any; // the two lines of Drizzle type these objects differently; what is read is the same on both
type Described = Record<string, unknown>;

/** The newer line names what nobody named otherwise. */
const NEWER = (orm as Loose).Relations === undefined;

/** A table with everything that `getTableConfig` tells. */
export function describeTable(table: Loose, casing: Casing, explained: (error: unknown) => unknown): Described {
  const place = tablePlace(table);
  let failure: unknown = null;
  let config: Loose;
  try {
    config = core.getTableConfig(table);
  } catch (error) {
    failure = explained(error);
    config = withoutExtras(table, place);
  }
  const keys = Object.entries(orm.getTableColumns(table)) as [string, Loose][];
  const nameOf = (column: Loose): string => (typeof column?.name === 'string' ? casedName(column, casing) : String(column?.name));
  const names = (columns: Loose[]): string[] => columns.map(nameOf);
  return {
    schema: place.schema,
    name: place.table,
    failure,
    rowSecurity: Boolean(config.enableRLS) || config.policies.length > 0,
    columns: keys.map(([key, column]) => describeColumn(key, column, casing)),
    primaryKeys: config.primaryKeys.map((key: Loose) => ({
      name: NEWER ? (key.name ?? `${place.table}_pkey`) : cased(key.getName(), key.columns, casing),
      columns: names(key.columns),
    })),
    uniques: config.uniqueConstraints.map((unique: Loose) => ({
      name: unique.getName?.() ?? unique.name,
      columns: names(unique.columns),
      nullsNotDistinct: Boolean(unique.nullsNotDistinct),
    })),
    indexes: config.indexes.map((index: Loose) => describeIndex(index.config, nameOf, casing)),
    checks: config.checks.map((check: Loose) => ({ name: check.name, expression: text(check.value, casing, true) })),
    policies: config.policies.map((policy: Loose) => describePolicy(policy, casing)),
    foreignKeys: config.foreignKeys.map((key: Loose) => describeForeignKey(place.table, key, casing, nameOf)),
  };
}

/** The configuration of a table whose extra configuration cannot be evaluated. */
function withoutExtras(table: Loose, place: { schema: string; table: string }): Loose {
  const symbols = (core.PgTable as Loose).Symbol;
  const none = { indexes: [], checks: [], primaryKeys: [], uniqueConstraints: [], policies: [] };
  const foreignKeys = Object.values(table[symbols.InlineForeignKeys] ?? {});
  return { ...none, ...place, foreignKeys, enableRLS: table[symbols.EnableRLS] };
}

/** A name that Drizzle made of uncased column names, as drizzle-kit changes it. */
function cased(name: string, columns: Loose[], casing: Casing): string {
  if (casing.kit === undefined) return name;
  return columns.reduce((made: string, column) => made.replace(column.name, casedName(column, casing)), name);
}

function describeForeignKey(table: string, key: Loose, casing: Casing, nameOf: (column: Loose) => string): Described {
  let columns: string[] = [];
  try {
    const reference = key.reference();
    columns = reference.columns.map(nameOf);
    const parent = reference.foreignColumns[0]?.table;
    if (!isTable(parent)) return { unresolved: missing(parent) ?? 'undefined', columns };
    const target = tablePlace(parent);
    const targets = reference.foreignColumns.map(nameOf);
    const made = NEWER ? newerName(table, columns, target.table, targets) : '';
    return {
      name: reference.name ?? (made || cased(key.getName(), [...reference.columns, ...reference.foreignColumns], casing)),
      columns,
      schema: target.schema,
      table: target.table,
      targets,
      onDelete: key.onDelete ?? 'no action',
      onUpdate: key.onUpdate ?? 'no action',
    };
  } catch (error) {
    return { unresolved: error instanceof Error ? error.message : String(error), columns };
  }
}

/** The name that drizzle-kit 1 gives to a foreign key: hashed when PostgreSQL would cut it. */
function newerName(table: string, columns: string[], parent: string, targets: string[]): string {
  const name = `${table}_${columns.join('_')}_${parent}_${targets.join('_')}_fkey`;
  if (name.length <= 63) return name;
  return table.length < 45 ? `${table}_${hashed(name)}_fkey` : `${hashed(name)}_fkey`;
}

function hashed(name: string): string {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const base = BigInt(digits.length);
  const limit = base ** 12n;
  let power = 1n;
  let sum = 0n;
  for (const character of name) {
    sum = (sum + BigInt(character.codePointAt(0) ?? 0) * power) % limit;
    power = (power * 53n) % limit;
  }
  return Array.from({ length: 12 }, (_, place) => digits[Number((sum / base ** BigInt(11 - place)) % base)]).join('');
}

function describeIndex(config: Loose, nameOf: (column: Loose) => string, casing: Casing): Described {
  return {
    name: config.name ?? null,
    unique: Boolean(config.unique),
    method: config.method ?? 'btree',
    only: false, // drizzle-kit writes no ON ONLY; Drizzle itself sets it for every .using()
    options: config.with ?? {},
    where: config.where ? text(config.where, casing, true) : null,
    parts: config.columns.map((part: Loose) =>
      orm.is(part, orm.SQL)
        ? { expression: text(part, casing, true) }
        : {
            column: nameOf(part),
            descending: part.indexConfig?.order === 'desc',
            nulls: part.indexConfig?.nulls ?? null,
            opclass: part.indexConfig?.opClass ?? null,
          },
    ),
  };
}

function describeColumn(key: string, column: Loose, casing: Casing): Described {
  const lost = missing(column);
  if (lost !== undefined) return { key, name: String(casedName(column, casing)), missing: lost };
  const base = innermost(column);
  const own = base.enum;
  const identity = column.generatedIdentity;
  const type = String(base.getSQLType());
  const brackets = type.match(/\[\d*\]/g)?.length ?? 0; // a type of the user's own may be an array by itself
  const dimensions = NEWER ? column.dimensions || brackets : depth(column) + brackets;
  return {
    key,
    name: casedName(column, casing),
    type: type.replaceAll(/\[\d*\]/g, ''),
    dimensions,
    enum: own ? { schema: own.schema ?? 'public', name: own.enumName } : null,
    unnamed: Boolean(column.keyAsName),
    notNull: Boolean(column.notNull),
    primary: Boolean(column.primary),
    unique: column.isUnique ? (column.uniqueName ?? null) : undefined,
    uniqueNulls: column.uniqueType ?? null,
    default: defaultText(column, type, dimensions, casing),
    made: column.defaultFn !== undefined,
    touched: column.onUpdateFn !== undefined,
    generated: column.generated
      ? { as: generatedText(column.generated.as, casing), mode: column.generated.mode ?? 'stored' }
      : null,
    identity: identity
      ? {
          always: identity.type === 'always',
          sequence: identity.sequenceName ?? null,
          options: sequenceOptions(identity.sequenceOptions),
        }
      : null,
    value: String(base.dataType).split(' ')[0],
  };
}

function innermost(column: Loose): Loose {
  return column.baseColumn === undefined ? column : innermost(column.baseColumn);
}

function depth(column: Loose): number {
  return column.baseColumn === undefined ? 0 : 1 + depth(column.baseColumn);
}
