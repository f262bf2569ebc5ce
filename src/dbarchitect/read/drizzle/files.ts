// Which files make up a schema: those that drizzle.config names, and those that they import.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { clauses, isOwn, resolved, textOf } from './bundle.ts';

const SOURCE = /\.(ts|tsx|mts|cts|js|mjs|cjs|jsx)$/;
const TYPES = /\.d\.[cm]?ts$/;

export interface Files {
  /** The files that are named. */
  named: string[];
  /** They and, after them, what they import of the project's own. */
  all: string[];
}

/** The files that patterns name: a file, a folder or a pattern each, sought in the first folder that has some. */
export function matching(patterns: string[], folders: string[]): { files: string[]; folder: string } {
  for (const folder of folders) {
    const found = [...new Set(patterns.flatMap((pattern) => inFolder(pattern, folder)))];
    if (found.length > 0) return { files: found, folder };
  }
  return { files: [], folder: folders[0] ?? '' };
}

function inFolder(pattern: string, folder: string): string[] {
  const whole = resolve(folder, pattern);
  if (existsSync(whole)) return sources(whole);
  const glob = new Bun.Glob(pattern.replace(/^\.\//, ''));
  const names = [...glob.scanSync({ cwd: folder, onlyFiles: false })].sort();
  return names.filter((name) => !name.includes('node_modules')).flatMap((name) => sources(join(folder, name)));
}

/** The file itself, or the source files that lie directly in the folder. */
function sources(path: string): string[] {
  const inner = statSync(path).isDirectory() ? readdirSync(path).sort().map((name) => join(path, name)) : [path];
  return inner.filter((file) => SOURCE.test(file) && !TYPES.test(file) && statSync(file).isFile());
}

/**
 * The files and what they import, as far as it can matter to a schema: a file that speaks of Drizzle's tables, and a
 * file that only passes on, lead further; any other (constants, a service of the application) ends the way.
 */
export function withImports(named: string[], workspace: string): Files {
  const all = [...named];
  const known = new Set(all);
  for (const file of all) {
    if (!named.includes(file) && !leads(file)) continue;
    for (const clause of clauses(file)) {
      const target = resolved(clause.from, file, workspace);
      if (!isOwn(target) || known.has(target) || !SOURCE.test(target) || TYPES.test(target)) continue;
      known.add(target);
      all.push(target);
    }
  }
  return { named, all };
}

function leads(file: string): boolean {
  const text = textOf(file);
  return text.includes('drizzle-orm/pg-core') || !/^\s*(import|const|let|var|function|class)\b/m.test(text);
}

/** The files that a file passes on by `export … from`. */
export function passedOn(file: string, workspace: string): string[] {
  const text = textOf(file);
  const exports = [...text.matchAll(/(?:^|[;\n}])\s*export\s+[^'";]*?\s*from\s*['"]([^'"]+)['"]/g)];
  return exports.map((match) => resolved(match[1]!, file, workspace)).filter((target) => isOwn(target));
}
