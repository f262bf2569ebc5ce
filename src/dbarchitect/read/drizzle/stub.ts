// What stands in for a module that cannot be loaded. Its names carry a mark, by which they are known where they turn up
// again: in a type, in an expression, among the labels of an enum.

const MARK = /\u27e6([^\u27e6\u27e7]*)\u27e7/;

/** The name that stands in a text in place of what could not be loaded: `module#name`; undefined when none does. */
export function missing(text: unknown): string | undefined {
  try {
    return String(text).match(MARK)?.[1];
  } catch {
    return undefined;
  }
}

// Drizzle makes a column of a builder by `setName` and `build`, so that a stubbed one knows at least its name.
const MAKER = `const make = (path, column = {}) =>
  new Proxy(function () {}.bind(), {
    get: (_, key) => {
      if (key === Symbol.toPrimitive || key === 'toString') return () => '\\u27e6' + path + '\\u27e7';
      if (key === Symbol.iterator) return function* () { globalThis.emptied?.(path); };
      if (key === 'then' || key === 'getSQL' || typeof key === 'symbol') return undefined;
      if (key === 'defineConfig') return (config) => config;
      if (key === 'setName') return (name) => { column.name ??= name; column.unnamed = column.name === name && !column.given; };
      if (key === 'build' || key === 'buildExtraConfigColumn') return () => make(path, column);
      if (key === 'buildForeignKeys') return () => [];
      if (key === 'defaultConfig' || key === 'indexConfig') return {};
      if (key === 'name' && column.name !== undefined) return column.name;
      if (key === 'keyAsName' && column.name !== undefined) return column.unnamed;
      return make(path + '.' + String(key), column);
    },
    ownKeys: (target) => { globalThis.emptied?.(path); return Reflect.ownKeys(target); },
    set: () => true,
    apply: (_, __, given) => {
      if (path.endsWith('defineConfig')) return given[0];
      const name = typeof given[0] === 'string' && !path.includes('()') ? given[0] : undefined;
      return make(path + '()', name === undefined ? { ...column } : { name, given: true });
    },
    construct: () => make('new ' + path),
  });
`;

/** A module whose exports can be called, constructed, iterated and asked for anything. */
export function stub(module: string, names: Set<string>): string {
  const exported = [...names].map((name) => `export const ${name} = make(${JSON.stringify(`${module}#${name}`)});\n`);
  return `${MAKER}export default make(${JSON.stringify(`${module}#default`)});\n${exported.join('')}`;
}
