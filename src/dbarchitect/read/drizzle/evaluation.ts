// Runs modules of somebody else's project inside this process, which survives what they do: print, exit, throw, wait for
// ever, leave promises behind. A module that cannot be run is stubbed, and the rest is tried again.

import { closeSync, openSync, writeSync } from 'node:fs';

import { announcement, bundle, type Bundling, isOwn, type Reach } from './bundle.ts';

export interface Fault {
  message: string;
  /** The file that cannot be run or read, and where; '' when nobody knows. */
  file: string;
  line: number | null;
  column: number | null;
}

/** A module waits for something that does not come. */
class LateError extends Error {}

type Loose = any;
const ROUNDS = 12;
const leave = process.exit.bind(process);
const environment = process.env;
const scope = globalThis as Loose;
let current = '';

/** End this process, whatever the modules that ran have started. */
export function end(code: number): never {
  return leave(code) as never;
}

/**
 * Take from the modules what would end, spoil or betray this process; `journal` gets each module that is entered, and,
 * by the function that is handed back, each stage.
 */
export function fence(journal: string, emptied: (path: string, file: string) => void): (stage: string) => void {
  const log = openSync(journal, 'a');
  scope.entered = (file: string): void => {
    current = file;
    writeSync(log, `${file}\n`);
  };
  scope.emptied = (path: string): void => emptied(path, current);
  const refused = (what: string) => (): never => {
    throw new Error(`it calls ${what}`);
  };
  process.exit = refused('process.exit') as Loose;
  process.abort = refused('process.abort') as Loose;
  process.kill = refused('process.kill') as Loose;
  for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir', 'group'] as const) {
    (console as Loose)[name] = (): void => {};
  }
  process.stdout.write = (() => true) as Loose;
  process.stderr.write = (() => true) as Loose;
  process.on('unhandledRejection', () => {});
  process.on('uncaughtException', () => {});
  process.on('exit', () => closeSync(log));
  return (stage) => writeSync(log, `#${stage}\n`);
}

/** The module of a bundle, when it is ready within the time; `placeholders` gives every unset variable a value. */
export async function imported(path: string, placeholders: boolean, seconds: number): Promise<Loose> {
  const value = 'postgres://placeholder:placeholder@127.0.0.1:5432/placeholder';
  const get = (all: object, key: string | symbol): unknown => Reflect.get(all, key) ?? (typeof key === 'string' ? value : undefined);
  process.env = placeholders ? new Proxy(environment, { get }) : environment;
  let timer: Timer | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new LateError(`it is not ready after ${seconds} s`)), seconds * 1000);
  });
  try {
    return await Promise.race([import(`${path}?${placeholders}`), late]);
  } finally {
    clearTimeout(timer);
    process.env = environment;
  }
}

export interface Loading {
  name: string;
  /** The bundle's entry, less what has turned out to be impossible. */
  source: (avoided: ReadonlySet<string>) => string;
  given: Omit<Bundling, 'reach' | 'avoided'>;
  avoided: Set<string>;
  /** Fail rather than leave a file out. */
  strict: boolean;
  seconds: number;
}

/** Bundle and run, first with all that is installed, then alone, then without the files that fail. */
export async function load(loading: Loading): Promise<{ module: Loose; faults: Fault[]; reach: Reach }> {
  const faults: Fault[] = [];
  let first: unknown;
  for (let round = 0; round < ROUNDS; round++) {
    current = '';
    try {
      const reach = round === 0 ? 'installed' : 'own';
      const given: Bundling = { ...loading.given, avoided: loading.avoided, reach };
      const path = await bundle(loading.source(loading.avoided), `${loading.name}-${round}`, given);
      return { module: await imported(path, round > 0, loading.seconds), faults, reach };
    } catch (error) {
      first ??= error;
      if (round === 0 && !(error instanceof LateError)) continue;
      const fault = faultOf(error);
      if (loading.strict || fault.file === '' || loading.avoided.has(fault.file)) break;
      loading.avoided.add(fault.file);
      faults.push(fault);
    }
  }
  throw first;
}

/** What an error says, and the module of the project's own that it stopped. */
export function faultOf(error: unknown): Fault {
  const built = (error as Loose)?.errors?.find((each: Loose) => isOwn(each?.position?.file)) ?? error;
  const position = (built as Loose)?.position;
  const message = explained(built);
  if (isOwn(position?.file)) return { message, ...own(position) };
  const frames = framesOf(error);
  const outermost = frames.at(-1);
  const file = outermost?.file ?? current;
  const place = frames.find((frame) => frame.file === file);
  return { message, file, line: place?.line ?? null, column: place?.column ?? null };
}

/** A place in a traced module as a place in its file: the announcement stands before the first line's own text. */
function own<Place extends { file: string; line: number; column: number }>({ file, line, column }: Place): Place {
  return { file, line, column: line === 1 ? Math.max(1, column - announcement(file).length) : column } as Place;
}

/** The places in files of the project's own that an error passed through, the innermost first. */
export function framesOf(error: unknown): { file: string; line: number; column: number }[] {
  const stack = error instanceof Error ? String(error.stack) : '';
  const frames = [...stack.matchAll(/(?:\(|at )(\/[^\n()]*?):(\d+):(\d+)\)?$/gm)];
  const places = frames.map((frame) => ({ file: frame[1]!, line: Number(frame[2]), column: Number(frame[3]) }));
  return places.filter((place) => isOwn(place.file) && !place.file.startsWith(import.meta.dir)).map((place) => own(place));
}

export function explained(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.map((each) => explained(each)).join('; ');
  }
  const text = error instanceof Error || typeof (error as Loose)?.message === 'string' ? (error as Loose).message : String(error);
  return text.replaceAll(/\s+/g, ' ').trim();
}
