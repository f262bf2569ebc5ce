// Reads a Drizzle project by running its configuration and its schema files. Standard input: {root, config}.
// Argument: the file for the answer, in a scratch folder whose node_modules hold drizzle-orm. Beside the answer lies
// schema.js, the schema in one file that needs nothing but drizzle-orm.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import { bundle, clauses, isOwn, type Reach, resolved } from './bundle.ts';

type Loose = any;
interface Request {
  root: string;
  config: string;
}

const SOURCE = /\.(ts|tsx|mts|cts|js|mjs|cjs)$/;
const answer = Bun.argv[2]!;
const folder = dirname(answer);
const request = JSON.parse(await Bun.stdin.text()) as Request;
const root = request.root;

try {
  const config = await configuration();
  const files = withReExports(schemaFiles(config['schema']));
  const described = await describe(files, typeof config['casing'] === 'string' ? config['casing'] : '');
  const reduced = {
    dialect: config['dialect'] ?? null,
    out: config['out'] ?? 'drizzle',
    casing: config['casing'] ?? null,
    schema: config['schema'] ?? null,
  };
  await Bun.write(answer, JSON.stringify({ config: reduced, ...described }));
} catch (error) {
  console.error(`error: ${explained(error)}`);
  process.exit(1);
}

/** The default export of drizzle.config: a variable that is not set reads as a placeholder where it must not be. */
async function configuration(): Promise<Record<string, unknown>> {
  if (request.config.endsWith('.json')) return JSON.parse(await Bun.file(request.config).text());
  const source = `export { default } from ${JSON.stringify(request.config)};\n`;
  let failure: unknown;
  for (const reach of ['own', 'installed'] as const) {
    const path = await bundle(source, folder, `config-${reach}`, reach);
    for (const placeholder of [false, true]) {
      try {
        const unset = process.env;
        if (placeholder) process.env = new Proxy(unset, { get: (all, key) => Reflect.get(all, key) ?? 'placeholder' });
        const module = await import(`${path}?${placeholder}`);
        process.env = unset;
        const value = typeof module.default === 'function' ? module.default() : module.default;
        if (typeof value === 'object' && value !== null) return value;
      } catch (error) {
        failure = error;
      }
    }
  }
  throw new Error(`${relative(root, request.config)} exports no configuration (${explained(failure)})`);
}

/** The files that `schema` of the configuration names: a file, a folder or a pattern, or several of them. */
function schemaFiles(schema: unknown): string[] {
  const patterns = (Array.isArray(schema) ? schema : [schema]).filter((item) => typeof item === 'string') as string[];
  if (patterns.length === 0) throw new Error(`${relative(root, request.config)} has no \`schema\``);
  const found = new Set<string>();
  for (const pattern of patterns) {
    const whole = resolve(root, pattern);
    if (existsSync(whole) && statSync(whole).isDirectory()) {
      for (const name of readdirSync(whole).sort()) if (SOURCE.test(name)) found.add(join(whole, name));
    } else if (existsSync(whole)) {
      found.add(whole);
    } else {
      const glob = new Bun.Glob(pattern.replace(/^\.\//, ''));
      for (const name of [...glob.scanSync({ cwd: root, onlyFiles: false })].sort()) {
        const path = join(root, name);
        if (name.includes('node_modules')) continue;
        if (statSync(path).isDirectory()) {
          for (const inner of readdirSync(path).sort()) if (SOURCE.test(inner)) found.add(join(path, inner));
        } else if (SOURCE.test(name)) found.add(path);
      }
    }
  }
  if (found.size === 0) throw new Error(`no file matches \`schema\` of ${relative(root, request.config)}`);
  return [...found].filter((file) => !/\.d\.[cm]?ts$/.test(file));
}

/** The files and, after them, what they re-export or import of the project's own. */
function withReExports(files: string[]): { seen: string[]; all: string[] } {
  const all = [...files];
  for (const file of all) {
    for (const clause of clauses(file)) {
      const target = resolved(clause.from, file);
      if (isOwn(target) && SOURCE.test(target) && !all.includes(target)) all.push(target);
    }
  }
  return { seen: files, all };
}

async function describe(files: { seen: string[]; all: string[] }, casing: string): Promise<Record<string, unknown>> {
  let failure: unknown;
  for (const reach of ['installed', 'own'] as const) {
    try {
      return await run(files, reach, casing);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

async function run(files: { seen: string[]; all: string[] }, reach: Reach, casing: string): Promise<Record<string, unknown>> {
  const quotedFiles = files.all.map((file) => JSON.stringify(file));
  const schema = files.seen.map((file) => `export * from ${JSON.stringify(file)};\n`).join('');
  const imports = quotedFiles.map((file, place) => `import * as m${place} from ${file};\n`).join('');
  const modules = `${imports}export const modules = [${quotedFiles.map((_, place) => `{ ...m${place} }`).join(', ')}];\n`;
  await bundle(schema, folder, 'schema', reach);
  // The helpers import drizzle-orm, too: bundled together, both see the copy that lies in the scratch folder.
  const helper = `export * from ${JSON.stringify(`${import.meta.dir}/describe.ts`)};\n`;
  const bundled = await import(await bundle(modules + helper, folder, `modules-${reach}`, reach));
  const spell = casing === 'snake_case' ? bundled.SNAKE : casing === 'camelCase' ? bundled.CAMEL : bundled.PLAIN;
  const seen = new Map<unknown, Record<string, unknown>>();
  const things: Record<string, unknown>[] = [];
  const exported: Record<string, unknown>[] = [];
  files.all.forEach((file, place) => {
    const names: Record<string, unknown>[] = [];
    for (const [name, value] of Object.entries(bundled.modules[place] as Loose)) {
      const kind = bundled.kindOf(value);
      names.push({ name, kind, thing: thing(value, kind, bundled, spell, seen, things), keys: builderKeys(value, kind) });
    }
    exported.push({ file: relative(root, file), seen: files.seen.includes(file), names });
  });
  return { reach, files: exported, things };
}

/** The place of a value among `things`, which it joins when it is met first. */
function thing(value: unknown, kind: string, bundled: Loose, spell: Loose, seen: Map<unknown, Loose>, things: Loose[]): number | null {
  if (kind === 'other') return null;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const described =
    kind === 'table'
      ? bundled.describeTable(value, spell)
      : kind === 'relations'
        ? { relations: bundled.relationsOf(value) }
        : bundled.namedThing(value, kind);
  const labels = kind === 'enum' ? { labels: (value as Loose).enumValues } : {};
  things.push({ kind, ...described, ...labels });
  seen.set(value, things.length - 1);
  return things.length - 1;
}

/** The keys of an object of column builders, such as `timestamps`, that tables spread into their columns. */
function builderKeys(value: Loose, kind: string): string[] | null {
  if (kind !== 'other' || typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === null) return null;
  const entries = Object.entries(value) as [string, Loose][];
  const builders = entries.every(([, item]) => typeof item?.config?.columnType === 'string');
  return entries.length > 0 && builders ? entries.map(([key]) => key) : null;
}

function explained(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map((each) => explained(each)).join('; ');
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');
}
