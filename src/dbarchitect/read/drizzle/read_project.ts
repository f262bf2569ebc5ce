// Reads a Drizzle project by running its configuration and its schema files. Standard input: a Request. Argument: the
// file for the answer, in a scratch folder whose node_modules hold drizzle-orm. When `whole` is asked for, schema.js
// lies beside the answer: the schema in one file that needs nothing but drizzle-orm.

import { writeSync } from 'node:fs';
import { dirname, relative } from 'node:path';

import { bundle, type Bundling } from './bundle.ts';
import { end, explained, type Fault, faultOf, fence, framesOf, imported, load } from './evaluation.ts';
import { type Files, matching, passedOn, withImports } from './files.ts';

type Loose = any;
interface Request {
  root: string;
  /** drizzle.config; null when `files` are given instead. */
  config: string | null;
  files: string[];
  casing: string;
  /** The folders that the patterns of the configuration may start from, the likeliest first. */
  folders: string[];
  workspace: string;
  /** Files that must not be run. */
  avoided: string[];
  /** Fail rather than leave a file out. */
  strict: boolean;
  whole: boolean;
  seconds: number;
}

const answer = Bun.argv[2]!;
const scratch = dirname(answer);
const request = JSON.parse(await Bun.stdin.text()) as Request;
const given = { folder: scratch, workspace: request.workspace, traced: true };
const faults: (Fault & { table?: string })[] = [];
const emptied = new Map<string, string>();

try {
  const enter = fence(`${scratch}/entered`, (path, file) => emptied.set(path, file));
  process.chdir(request.root);
  const config = request.config === null ? {} : await configuration(request.config);
  const patterns = [config['schema'] ?? []].flat().filter((item): item is string => typeof item === 'string');
  const found = request.config === null ? { files: request.files, folder: request.root } : matching(patterns, request.folders);
  const place = relative(request.root, request.config ?? '');
  if (request.config !== null && patterns.length === 0) throw new Error(`${place} has no \`schema\``);
  if (found.files.length === 0) throw new Error(`no file matches \`schema\` of ${place}`);
  enter('modules');
  const files = withImports(found.files, request.workspace);
  const casing = typeof config['casing'] === 'string' ? config['casing'] : request.casing;
  const described = await run(files, casing);
  const reduced = {
    dialect: config['dialect'] ?? config['driver'] ?? null,
    out: request.config === null ? null : (config['out'] ?? 'drizzle'),
    casing: casing || null,
    folder: found.folder,
  };
  await Bun.write(answer, JSON.stringify({ config: reduced, ...described, faults, emptied: [...emptied] }));
  end(0);
} catch (error) {
  writeSync(2, `error: ${explained(error)}\n`);
  await Bun.write(`${scratch}/fault`, JSON.stringify(faultOf((error as Loose)?.cause ?? error)));
  end(1);
}

/** The default export of drizzle.config: a variable that is not set reads as a placeholder where it must not be. */
async function configuration(file: string): Promise<Record<string, unknown>> {
  if (file.endsWith('.json')) return JSON.parse(await Bun.file(file).text());
  const source = `export { default } from ${JSON.stringify(file)};\n`;
  let failure: unknown;
  for (const reach of ['own', 'installed'] as const) {
    for (const placeholders of [false, true]) {
      try {
        const bundling: Bundling = { ...given, reach, avoided: new Set() };
        const path = await bundle(source, `config-${reach}`, bundling);
        const module = await imported(path, placeholders, request.seconds);
        const value = typeof module.default === 'function' ? await module.default() : await module.default;
        if (typeof value === 'object' && value !== null) return value.default?.schema ? value.default : value;
      } catch (error) {
        failure = error;
      }
    }
  }
  throw new Error(`${relative(request.root, file)} exports no configuration (${explained(failure)})`, { cause: failure });
}

async function run(files: Files, casing: string): Promise<Record<string, unknown>> {
  const avoided = new Set(request.avoided);
  const runnable = (left: ReadonlySet<string>): string[] => files.all.filter((file) => !left.has(file));
  // The helpers import drizzle-orm, too: bundled together, both see the copy that lies in the scratch folder.
  const helper = `export * from ${JSON.stringify(`${import.meta.dir}/describe.ts`)};\n`;
  const source = (left: ReadonlySet<string>): string => {
    const quoted = runnable(left).map((file) => JSON.stringify(file));
    const imports = quoted.map((file, place) => `import * as m${place} from ${file};\n`).join('');
    return `${imports}export const modules = [${quoted.map((_, place) => `{ ...m${place} }`).join(', ')}];\n${helper}`;
  };
  const loaded = await load({ name: 'modules', source, given, avoided, strict: request.strict, seconds: request.seconds });
  faults.push(...loaded.faults);
  if (request.whole) {
    const schema = files.named.map((file) => `export * from ${JSON.stringify(file)};\n`).join('');
    await bundle(schema, 'schema', { ...given, reach: loaded.reach, avoided, traced: false });
  }
  const seen = seenFiles(files, avoided);
  return described(runnable(avoided), loaded.module, casing, seen, files);
}

/** The files whose exports drizzle-kit sees; what a named file passes on is seen in its place when it cannot be run. */
function seenFiles(files: Files, avoided: ReadonlySet<string>): Set<string> {
  const seen = new Set(files.named);
  for (const file of seen) {
    if (avoided.has(file)) for (const target of passedOn(file, request.workspace)) seen.add(target);
  }
  return seen;
}

function described(run: string[], bundled: Loose, casing: string, seen: Set<string>, files: Files): Record<string, unknown> {
  const spell = bundled.casingOf(casing);
  const known = new Map<unknown, number>();
  const things: Loose[] = [];
  const exported = run.map((file, place) => {
    const names = Object.entries(bundled.modules[place] as Loose).map(([name, value]) => {
      const kind = bundled.kindOf(value);
      const thing = kind === 'other' ? null : thingOf(value, kind, bundled, spell, known, things);
      if (thing !== null && seen.has(file)) things[thing].seen = true;
      return { name, kind, thing, keys: builderKeys(value as Loose, kind) };
    });
    return { file, seen: files.named.includes(file), names };
  });
  const left = files.all.filter((file) => !run.includes(file));
  return { files: exported, named: files.named, left, things };
}

/** The place of a value among `things`, which it joins when it is met first. */
function thingOf(value: Loose, kind: string, bundled: Loose, spell: Loose, known: Map<unknown, number>, things: Loose[]): number {
  const place = known.get(value);
  if (place !== undefined) return place;
  const thing =
    kind === 'table'
      ? bundled.describeTable(value, spell, (error: unknown) => tableFault(error))
      : kind === 'relations'
        ? { relations: bundled.relationsOf(value) }
        : bundled.describeObject(value, kind, spell);
  things.push({ kind, seen: false, ...thing });
  known.set(value, things.length - 1);
  return things.length - 1;
}

function tableFault(error: unknown): Record<string, unknown> {
  if (request.strict) throw error;
  const place = framesOf(error)[0];
  return { message: explained(error), file: place?.file ?? '', line: place?.line ?? null, column: place?.column ?? null };
}

/** The keys of an object of column builders, such as `timestamps`, that tables spread into their columns. */
function builderKeys(value: Loose, kind: string): string[] | null {
  if (kind !== 'other' || typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === null) return null;
  try {
    const entries = Object.entries(value) as [string, Loose][];
    const builders = entries.every(([, item]) => typeof item?.config?.columnType === 'string');
    return entries.length > 0 && builders ? entries.map(([key]) => key) : null;
  } catch {
    return null;
  }
}
