// Bundles files of somebody else's project so that they can be run with nothing but drizzle-orm installed: an import
// that cannot be resolved (a missing package, an alias of the application) becomes a stub. ES modules bind names
// statically, so the names that a stub must offer are collected from the import clauses.

import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** How much of what is not the schema's own is run: all that is installed, or nothing. */
export type Reach = 'installed' | 'own';

export interface Clause {
  /** What stands between `import` or `export` and `from`. */
  names: string;
  /** The module's specifier. */
  from: string;
}

const CLAUSE = /(?:^|[;\n}])\s*(?:import|export)\s+(?!type\s)([^'";]*?)\s*from\s*['"]([^'"]+)['"]/g;

/** The import and re-export clauses of a file, those that import only types left out. */
export function clauses(file: string): Clause[] {
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, ' ');
  return [...text.matchAll(CLAUSE)].map((match) => ({ names: match[1] ?? '', from: match[2] ?? '' }));
}

/** The file that a specifier leads to; undefined when there is none. */
export function resolved(specifier: string, importer: string): string | undefined {
  try {
    return Bun.resolveSync(specifier, dirname(importer));
  } catch {
    return undefined;
  }
}

/** Whether a resolved module is a file of the project's own, not of a package. */
export function isOwn(file: string | undefined): file is string {
  return file !== undefined && file.startsWith('/') && !file.includes('/node_modules/') && existsSync(file);
}

/** Bundle `source`, a module that imports by absolute paths, and return the path of the result. */
export async function bundle(source: string, folder: string, name: string, reach: Reach): Promise<string> {
  const wanted = new Map<string, Set<string>>();
  const entry = `${folder}/${name}.entry.ts`;
  await Bun.write(entry, source);
  const built = await Bun.build({
    entrypoints: [entry],
    target: 'bun',
    outdir: folder,
    naming: `${name}.[ext]`,
    external: ['drizzle-orm', 'drizzle-orm/*', 'bun', 'bun:*', 'node:*'],
    throw: true,
    plugins: [
      {
        name: 'stub-foreign-imports',
        setup(build) {
          build.onResolve({ filter: /.*/ }, (args) => {
            const file = args.path;
            if (args.kind.startsWith('entry-point') || file.startsWith('/')) return undefined;
            if (/^(drizzle-orm(\/|$)|node:|bun:|bun$)/.test(file)) return undefined;
            const target = resolved(file, args.importer);
            if (isOwn(target) || (target !== undefined && reach === 'installed')) return undefined;
            const names = wanted.get(file) ?? new Set<string>();
            wanted.set(file, names);
            if (existsSync(args.importer)) {
              for (const clause of clauses(args.importer)) {
                if (clause.from === file) for (const each of bound(clause.names)) names.add(each);
              }
            }
            return { path: file, namespace: 'stub' };
          });
          build.onLoad({ filter: /.*/, namespace: 'stub' }, (args) => ({
            loader: 'js',
            contents: stub(args.path, wanted.get(args.path) ?? new Set()),
          }));
        },
      },
    ],
  });
  const output = built.outputs.find((file) => file.kind === 'entry-point');
  if (output === undefined) throw new Error('the bundler gave nothing back');
  return output.path;
}

/** `{ a, type B, c as d }` -> a, c */
function bound(clause: string): string[] {
  const listed = clause.match(/\{([^}]*)\}/)?.[1] ?? '';
  const words = listed.split(',').map((part) => part.trim());
  const names = words.filter((part) => part !== '' && !part.startsWith('type ')).map((part) => part.split(/\s+as\s+/)[0]!);
  return names.map((name) => name.trim()).filter((name) => name !== 'default' && /^[\w$]+$/.test(name));
}

/** A module whose exports can be called, constructed, iterated and asked for anything. */
function stub(module: string, names: Set<string>): string {
  const exported = [...names].map((name) => `export const ${name} = make(${JSON.stringify(`${module}#${name}`)});\n`);
  return `const make = (path) =>
  new Proxy(function () {}, {
    get: (_, key) =>
      key === Symbol.toPrimitive || key === 'toString' ? () => path
      : key === Symbol.iterator ? function* () {}
      : key === 'then' ? undefined
      : typeof key === 'symbol' ? undefined
      : key === 'defineConfig' ? (config) => config
      : make(path + '.' + String(key)),
    apply: (_, __, given) => (path.endsWith('defineConfig') ? given[0] : make(path + '()')),
    construct: () => make('new ' + path),
  });
export default make(${JSON.stringify(`${module}#default`)});
${exported.join('')}`;
}
