// Asks drizzle-kit's own API what it makes of a project's schema. Arguments: line, folder of the project, schema file,
// file for the answer. Standard input: the snapshot before, or null. Runs under Bun only: the order of statements
// differs between runtimes. The answer goes to a file, because a schema module may print.

type Snapshot = Record<string, unknown>;

const [line, project, schema, answer] = Bun.argv.slice(2) as [string, string, string, string];
const previous = JSON.parse(await Bun.stdin.text()) as Snapshot | null;
const kit = await import(Bun.resolveSync(line === '1' ? 'drizzle-kit/api-postgres' : 'drizzle-kit/api', project));
const exported = { ...(await import(Bun.resolveSync(schema, project))) };
const casing = line === '1' ? undefined : await configuredCasing();
const empty: Snapshot = line === '1' ? await kit.generateDrizzleJson({}) : kit.generateDrizzleJson({}, undefined, undefined, casing);
const snapshot: Snapshot = line === '1' ? await kit.generateDrizzleJson(exported) : kit.generateDrizzleJson(exported, undefined, undefined, casing);
const statements: string[] = await kit.generateMigration(previous ?? empty, snapshot);
await Bun.write(answer, JSON.stringify({ snapshot, statements }));

async function configuredCasing(): Promise<string | undefined> {
  const config = Bun.file(`${project}/drizzle.config.ts`);
  if (!(await config.exists())) return undefined;
  return (await import(`${project}/drizzle.config.ts`)).default?.casing;
}
