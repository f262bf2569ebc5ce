// Bundles files of somebody else's project so that they can be run with nothing but drizzle-orm installed: an import
// that cannot be resolved (a missing package, an alias of the application) becomes a stub. ES modules bind names
// statically, so the names that a stub must offer are collected from the import clauses.

import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { stub } from './stub.ts';

/** How much of what is not the schema's own is run: all that is installed, or nothing. */
export type Reach = 'installed' | 'own';

export interface Clause {
  /** What stands between `import` or `export` and `from`. */
  names: string;
  /** The module's specifier. */
  from: string;
}

export interface Bundling {
  /** The scratch folder, whose node_modules hold drizzle-orm. */
  folder: string;
  /** A folder whose node_modules lead to the packages of the user's workspace; '' for none. */
  workspace: string;
  reach: Reach;
  /** Files that are stubbed, too, because they cannot be run. */
  avoided: ReadonlySet<string>;
  /** Announce each module before it runs, by `globalThis.entered(file)`, and keep the places of the source. */
  traced: boolean;
}

const CLAUSE = /(?:^|[;\n}])\s*(?:import|export)\s+(?!type\s)([^'";]*?)\s*from\s*['"]([^'"]+)['"]/g;
const META = /\bimport\.meta\.(url|dirname|dir|filename|path)\b/g;
/** Drivers of drizzle-orm connect, and need packages that a schema does not. */
const DRIVER = /^drizzle-orm\/(.*\/migrator|[a-z0-9]+-(http|serverless|proxy|js|postgres|sql|sqlite|data-api|db)|pglite|vercel-postgres|aws-data-api|d1|libsql|mysql2|better-sqlite3|knex|kysely|prisma|valibot|typebox.*|arktype|effect-.*)(\/|$)/;
const EXTERNAL = /^(drizzle-orm(\/|$)|node:|bun:|bun$)/;
const OURS = `${import.meta.dir}/`;

const texts = new Map<string, string>();

/** The text of a file, read once. */
export function textOf(file: string): string {
  const known = texts.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(file, 'utf8');
  texts.set(file, text);
  return text;
}

/** The import and re-export clauses of a file, those that import only types left out. */
export function clauses(file: string): Clause[] {
  const text = textOf(file).replaceAll(/\/\*[\s\S]*?\*\//g, ' ');
  return [...text.matchAll(CLAUSE)].map((match) => ({ names: match[1] ?? '', from: match[2] ?? '' }));
}

/** The file that a specifier leads to; undefined when there is none. */
export function resolved(specifier: string, importer: string, workspace = ''): string | undefined {
  for (const folder of [dirname(importer), workspace]) {
    try {
      if (folder !== '') return Bun.resolveSync(specifier, folder);
    } catch {
      // another folder, or none, knows it
    }
  }
  return undefined;
}

/** Whether a resolved module is a file of the project's own, not of a package. */
export function isOwn(file: string | undefined): file is string {
  return file !== undefined && file.startsWith('/') && !file.includes('/node_modules/') && existsSync(file);
}

/** Bundle `source`, a module that imports by absolute paths, and return the path of the result. */
export async function bundle(source: string, name: string, given: Bundling): Promise<string> {
  const wanted = new Map<string, { module: string; names: Set<string> }>();
  const entry = `${given.folder}/${name}.entry.ts`;
  await Bun.write(entry, source);
  const built = await Bun.build({
    entrypoints: [entry],
    target: 'bun',
    outdir: given.folder,
    naming: `${name}.[ext]`,
    external: ['drizzle-orm', 'drizzle-orm/*', 'bun', 'bun:*', 'node:*'],
    sourcemap: given.traced ? 'inline' : 'none',
    throw: true,
    plugins: [
      {
        name: 'stub-foreign-imports',
        setup(build) {
          build.onResolve({ filter: /.*/ }, (args) => {
            const specifier = args.path;
            if (args.kind.startsWith('entry-point') || args.importer === entry) return undefined;
            if (EXTERNAL.test(specifier) && !DRIVER.test(specifier)) return undefined;
            const target = DRIVER.test(specifier) ? undefined : resolved(specifier, args.importer, given.workspace);
            if (target !== undefined && !given.avoided.has(target)) {
              if (isOwn(target)) return { path: target };
              if (given.reach === 'installed') return undefined;
            }
            const id = `${specifier}?${args.importer}`;
            wanted.set(id, { module: specifier, names: imported(args.importer, specifier) });
            return { path: id, namespace: 'stub' };
          });
          build.onLoad({ filter: /.*/, namespace: 'stub' }, (args) => {
            const { module, names } = wanted.get(args.path)!;
            return { loader: 'js', contents: stub(module, names) };
          });
          if (!given.traced) return;
          build.onLoad({ filter: /\.[cm]?[jt]sx?$/, namespace: 'file' }, (args) => {
            if (args.path === entry || args.path.startsWith(OURS) || args.path.includes('/node_modules/')) return undefined;
            return { loader: loaderOf(args.path), contents: traced(args.path) };
          });
        },
      },
    ],
  });
  const output = built.outputs.find((file) => file.kind === 'entry-point');
  if (output === undefined) throw new Error('the bundler gave nothing back');
  return output.path;
}

/** The names that a file imports from a module. */
function imported(importer: string, specifier: string): Set<string> {
  const listed = existsSync(importer) ? clauses(importer).filter((clause) => clause.from === specifier) : [];
  return new Set(listed.flatMap((clause) => bound(clause.names)));
}

/** `{ a, type B, c as d }` -> a, c */
function bound(clause: string): string[] {
  const listed = (clause.match(/\{([^}]*)\}/)?.[1] ?? '').replaceAll(/\/\/.*$/gm, '');
  const words = listed.split(',').map((part) => part.trim());
  const names = words.filter((part) => part !== '' && !part.startsWith('type ')).map((part) => part.split(/\s+as\s+/)[0]!);
  return names.map((name) => name.trim()).filter((name) => name !== 'default' && /^[\w$]+$/.test(name));
}

/** The text with an announcement before it, on its first line, so that lines stay where they are. */
function traced(file: string): string {
  const place = { url: Bun.pathToFileURL(file).href, dirname: dirname(file), dir: dirname(file), filename: file, path: file };
  const text = textOf(file)
    .replace(/^\uFEFF/, '')
    .replace(/^#!/, '//')
    .replace(META, (_, key: keyof typeof place) => JSON.stringify(place[key]));
  return announcement(file) + text;
}

/** What stands before a traced module's own text, on its first line. */
export function announcement(file: string): string {
  return `globalThis.entered(${JSON.stringify(file)});`;
}

function loaderOf(file: string): 'tsx' | 'jsx' | 'ts' {
  if (file.endsWith('.tsx')) return 'tsx';
  return /\.[cm]?ts$/.test(file) ? 'ts' : 'jsx';
}
