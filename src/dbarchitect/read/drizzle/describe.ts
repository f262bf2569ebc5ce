// What Drizzle knows of tables, enums and relations, as plain JSON. Everything is asked of the library itself.

import * as orm from 'drizzle-orm';
import * as core from 'drizzle-orm/pg-core';

type Loose = any; // the two lines of Drizzle type these objects differently; what is read is the same on both

export interface Casing {
  convert: (name: string) => string;
}

export function isTable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && orm.is(value, core.PgTable);
}

/** What a value is: table, enum, namespace, view, sequence, relations, or other. */
export function kindOf(value: unknown): string {
  if (typeof value === 'function') return core.isPgEnum(value) ? 'enum' : 'other';
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === null) return 'other';
  if (orm.is(value, core.PgTable)) return 'table';
  if (orm.is(value, core.PgSchema)) return 'namespace';
  if (orm.is(value, core.PgView) || orm.is(value, core.PgMaterializedView)) return 'view';
  if (orm.is(value, core.PgSequence as Loose)) return 'sequence';
  const older = (orm as Loose).Relations;
  if (older !== undefined && orm.is(value, older)) return 'relations';
  const entries = Object.values(value);
  if (entries.length > 0 && entries.every((entry) => isRelationsEntry(entry))) return 'relations';
  return 'other';
}

function isRelationsEntry(value: Loose): boolean {
  return typeof value === 'object' && value !== null && isTable(value.table) && typeof value.relations === 'object';
}

export function namedThing(value: Loose, kind: string): { schema: string; name: string } {
  if (kind === 'enum') return { schema: value.schema ?? 'public', name: value.enumName };
  if (kind === 'namespace') return { schema: '', name: value.schemaName };
  if (kind === 'sequence') return { schema: value.schema ?? 'public', name: value.seqName };
  if (kind === 'view') {
    const config = orm.is(value, core.PgView) ? core.getViewConfig(value) : core.getMaterializedViewConfig(value);
    return { schema: config.schema ?? 'public', name: config.name };
  }
  return { schema: '', name: '' };
}

/** The relations of a `relations()` or `defineRelations()` value: names by table. */
export function relationsOf(value: Loose): { schema: string; table: string; names: string[] }[] {
  const older = (orm as Loose).Relations;
  if (older !== undefined && orm.is(value, older)) {
    const { table, config } = value as Loose;
    const helpers = (orm as Loose).createTableRelationsHelpers(table);
    return [{ ...place(table), names: Object.keys(config(helpers)) }];
  }
  return Object.values(value as Loose).map((entry: Loose) => ({
    ...place(entry.table),
    names: Object.keys(entry.relations),
  }));
}

function place(table: Loose): { schema: string; table: string } {
  const { schema, name } = core.getTableConfig(table);
  return { schema: schema ?? 'public', table: name };
}

/** A table with everything that `getTableConfig` tells. */
export function describeTable(table: Loose, casing: Casing): Record<string, unknown> {
  const config = core.getTableConfig(table);
  const keys = Object.entries(orm.getTableColumns(table)) as [string, Loose][];
  const nameOf = (column: Loose): string => (column.keyAsName ? casing.convert(column.name) : column.name);
  const names = (columns: Loose[]): string[] => columns.map(nameOf);
  return {
    schema: config.schema ?? 'public',
    name: config.name,
    rowSecurity: Boolean(config.enableRLS) || config.policies.length > 0,
    columns: keys.map(([key, column]) => ({ key, name: nameOf(column), ...describeColumn(column, casing) })),
    primaryKeys: config.primaryKeys.map((key: Loose) => ({ name: key.getName(), columns: names(key.columns) })),
    uniques: config.uniqueConstraints.map((unique: Loose) => ({
      name: unique.getName?.() ?? unique.name,
      columns: names(unique.columns),
      nullsNotDistinct: Boolean(unique.nullsNotDistinct),
    })),
    indexes: config.indexes.map((index: Loose) => describeIndex(index.config, nameOf, casing)),
    checks: config.checks.map((check: Loose) => ({ name: check.name, expression: text(check.value, casing) })),
    policies: config.policies.map((policy: Loose) => policy.name),
    foreignKeys: config.foreignKeys.map((key: Loose) => describeForeignKey(config.name, key, nameOf)),
  };
}

function describeForeignKey(table: string, key: Loose, nameOf: (column: Loose) => string): Record<string, unknown> {
  try {
    const reference = key.reference();
    const target = core.getTableConfig(reference.foreignColumns[0].table);
    const columns = reference.columns.map(nameOf);
    const targets = reference.foreignColumns.map(nameOf);
    return {
      name: reference.name ?? [table, ...columns, target.name, ...targets, 'fk'].join('_'),
      columns,
      schema: target.schema ?? 'public',
      table: target.name,
      targets,
      onDelete: key.onDelete ?? 'no action',
      onUpdate: key.onUpdate ?? 'no action',
    };
  } catch {
    return { unresolved: true };
  }
}

function describeIndex(config: Loose, nameOf: (column: Loose) => string, casing: Casing): Record<string, unknown> {
  return {
    name: config.name ?? null,
    unique: Boolean(config.unique),
    method: config.method ?? 'btree',
    where: config.where ? text(config.where, casing) : null,
    parts: config.columns.map((part: Loose) =>
      orm.is(part, orm.SQL)
        ? { expression: text(part, casing) }
        : {
            column: nameOf(part),
            descending: part.indexConfig?.order === 'desc',
            nulls: part.indexConfig?.nulls ?? null,
            opclass: part.indexConfig?.opClass ?? null,
          },
    ),
  };
}

function describeColumn(column: Loose, casing: Casing): Record<string, unknown> {
  const base = innermost(column);
  const own = base.enum;
  const identity = column.generatedIdentity;
  return {
    type: String(base.getSQLType()).replaceAll('[]', ''),
    dimensions: column.dimensions ?? dimensions(column),
    enum: own ? { schema: own.schema ?? 'public', name: own.enumName } : null,
    unnamed: Boolean(column.keyAsName),
    notNull: Boolean(column.notNull),
    primary: Boolean(column.primary),
    unique: column.isUnique ? (column.uniqueName ?? null) : undefined,
    uniqueNulls: column.uniqueType ?? null,
    default: column.default === undefined ? null : defaultText(column.default, casing),
    made: column.defaultFn !== undefined,
    touched: column.onUpdateFn !== undefined,
    generated: column.generated ? { as: generatedText(column.generated.as, casing) } : null,
    identity: identity ? { always: identity.type === 'always' } : null,
    value: String(base.dataType).split(' ')[0],
  };
}

function innermost(column: Loose): Loose {
  return column.baseColumn === undefined ? column : innermost(column.baseColumn);
}

function dimensions(column: Loose): number {
  return column.baseColumn === undefined ? 0 : 1 + dimensions(column.baseColumn);
}

function generatedText(value: Loose, casing: Casing): string {
  const given = typeof value === 'function' ? value() : value;
  return orm.is(given, orm.SQL) ? text(given, casing) : String(given);
}

function defaultText(value: Loose, casing: Casing): string | null {
  if (orm.is(value, orm.SQL)) return text(value, casing);
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Date) return quoted(value.toISOString());
  if (Array.isArray(value)) return quoted(`{${value.map((item) => JSON.stringify(item)).join(',')}}`);
  return quoted(typeof value === 'string' ? value : JSON.stringify(value) ?? '');
}

function text(value: Loose, casing: Casing): string {
  const dialect: Loose = new core.PgDialect({ casing: casing === SNAKE ? 'snake_case' : undefined } as Loose);
  try {
    const query = dialect.sqlToQuery(value.inlineParams ? value.inlineParams() : value);
    return String(query.sql);
  } catch {
    return '';
  }
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Drizzle's words of a name: runs of capitals, capitalized words, small words and digits. */
function words(name: string): string[] {
  return name.replaceAll(/['\u2019]/g, '').match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? [];
}

export const SNAKE: Casing = {
  convert: (name) =>
    words(name)
      .map((word) => word.toLowerCase())
      .join('_'),
};
export const CAMEL: Casing = {
  convert: (name) =>
    words(name)
      .map((word, place) => (place === 0 ? word.toLowerCase() : word[0]!.toUpperCase() + word.slice(1)))
      .join(''),
};
export const PLAIN: Casing = { convert: (name) => name };
