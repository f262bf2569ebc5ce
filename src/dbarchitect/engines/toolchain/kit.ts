// Asks drizzle-kit's own API what it makes of a project's schema. Arguments: line, folder of the project, schema file,
// file for the answer. Standard input: the snapshot before, or null. Runs under Bun only: the order of statements
// differs between runtimes. The answer goes to a file, because a schema module may print.

type Snapshot = Record<string, unknown>;

const [line, project, schema, answer] = Bun.argv.slice(2) as [string, string, string, string];
const previous = JSON.parse(await Bun.stdin.text()) as Snapshot | null;
const kit = await import(Bun.resolveSync(line === '1' ? 'drizzle-kit/api-postgres' : 'drizzle-kit/api', project));

try {
  const exported = { ...(await import(Bun.resolveSync(schema, project))) };
  const snapshot = line === '1' ? await kit.generateDrizzleJson(exported) : await olderSnapshot(exported);
  const before = previous ?? (line === '1' ? await kit.generateDrizzleJson({}) : await olderSnapshot({}));
  const statements: string[] = await kit.generateMigration(before, snapshot);
  await Bun.write(answer, JSON.stringify({ snapshot, statements }));
} catch (error) {
  console.error(`error: ${error instanceof Error ? explained(error) : String(error)}`);
  process.exit(1);
}

async function olderSnapshot(exported: Record<string, unknown>): Promise<Snapshot> {
  const config = `${project}/drizzle.config.ts`;
  const casing = (await Bun.file(config).exists()) ? (await import(config)).default?.casing : undefined;
  return kit.generateDrizzleJson(exported, undefined, undefined, casing);
}

/** Line 1 lists what it wants to know in a field of its error. */
function explained(error: Error & { missingHints?: unknown; hints?: unknown }): string {
  const questions = error.missingHints ?? error.hints;
  const text = error.message.replaceAll(/\s+/g, ' ');
  return questions === undefined ? text : `${text} ${JSON.stringify(questions)}`;
}
