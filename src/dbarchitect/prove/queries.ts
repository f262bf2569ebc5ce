// Calls every emitted query function of a project on its seeded rows, in transactions that are rolled back.
// Argument: the folder of the project. Standard input: an `Assignment`. The answer, an `Outcome` for each task in
// order, goes to the file that the assignment names, because a project may print.
// `open` is a copy of the database without row level security: there only the queries' own filters keep tenants apart.

import { AsyncLocalStorage } from 'node:async_hooks'

type Row = Record<string, unknown>
type Parameter = { name: string; kind: string; property: string | null; properties: string[] }
type Task = {
  module: string
  function: string
  kind: string
  table: string
  secured: boolean
  root: boolean
  tenantProperty: string | null
  key: string[]
  deletedAt: string | null
  makesId: 'uuid' | 'database' | 'nobody'
  undo: string | null
  parameters: Parameter[]
}
type Assignment = {
  answer: string
  url: string
  open: string
  setting: string | null
  tenants: [string, string] | null
  numeric: boolean
  tasks: Task[]
}
type Statement = { text: string; values: unknown[] }
type Fault = { state: string | null; constraint: string | null; message: string }
type Outcome = {
  status: 'fine' | 'empty' | 'no row' | 'refused' | 'error'
  rows: number
  column: string | null
  fault: Fault | null
  statements: Statement[]
  attacks: string[]
  leaks: string[]
  cursor: string | null
}

const READS = new Set(['get', 'get by', 'list', 'list by', 'page', 'search', 'details', 'joined', 'related', 'report'])
const KEYED = new Set(['get', 'details', 'update', 'soft delete', 'restore', 'delete', 'unlink'])
/** What constraints and triggers say; another row may please them. */
const RULES = /^(23|P0001)/
const CANDIDATES = 40
/** New rows that take one value from another row each, where an old row may not go. */
const MIXTURES = 100
const AT_ONCE = 4
const UNBORN =
  'the database makes its id, and row level security accepts the row of a tenant inside withTenant of that id only: ' +
  'create tenants as a role that bypasses it'

const [project] = Bun.argv.slice(2) as [string]
const load = async (path: string) => import(Bun.resolveSync(path, project))
const assignment = (await Bun.stdin.json()) as Assignment
const { and, asc, eq, isNull, sql } = await load('drizzle-orm')

/** What the driver sent for the call that is under way; several are, at times. */
const hearing = new AsyncLocalStorage<{ heard: Statement[] }>()
const listen = () => {
  const store = hearing.getStore()
  if (store) store.heard = []
}
const pg = await load('pg')
const Client = (pg.default ?? pg).Client
const send = Client.prototype.query
Client.prototype.query = function (this: unknown, first: unknown, ...rest: unknown[]) {
  const config = (typeof first === 'string' ? { text: first } : first) as { text?: string; values?: unknown[] }
  const values = config.values ?? (Array.isArray(rest[0]) ? rest[0] : [])
  if (config?.text && /^\s*(select|insert|update|delete|with)/i.test(config.text)) {
    hearing.getStore()?.heard.push({ text: config.text, values: values.map(plain) })
  }
  return send.call(this, first, ...rest)
}

const { connect } = await load('./src/db/client')
const schema = await load('./src/db/schema')
const { withTenant } = assignment.tenants ? await load('./src/db/tenant') : { withTenant: undefined }
type Tenant = string | number
const tenants = (assignment.numeric ? assignment.tenants?.map(Number) : assignment.tenants) as [Tenant, Tenant] | null
const closed = connect(assignment.url, { max: AT_ONCE })
const open = connect(assignment.open, { max: AT_ONCE })

class Undo extends Error {
  constructor(readonly value: unknown) {
    super('undo')
  }
}

/** The result of `act` as `tenant`; whatever it wrote is undone. */
const trying = async (db: any, task: Task, tenant: Tenant | null, act: (tx: any) => Promise<unknown>): Promise<any> => {
  const run = async (tx: any) => {
    throw new Undo(await act(tx))
  }
  try {
    if (task.secured && tenant !== null) await withTenant(db, tenant, run)
    else await db.transaction(run)
  } catch (error) {
    if (error instanceof Undo) return error.value
    throw error
  }
}

const become = async (tx: any, tenant: Tenant | null) => {
  if (tenant !== null) await tx.execute(sql`select set_config(${assignment.setting}, ${String(tenant)}, true)`)
}

const owned = (task: Task, tenant: Tenant | null) => {
  const table = schema[task.table]
  if (tenant === null) return undefined
  if (task.tenantProperty) return eq(table[task.tenantProperty], tenant)
  return task.root ? eq(table[task.key[0] as string], tenant) : undefined
}

const rowsOf = new Map<string, Row[]>()
const sample = async (task: Task, tenant: Tenant | null): Promise<Row[]> => {
  const place = `${task.table} ${task.secured || task.tenantProperty ? tenant : ''}`
  const known = rowsOf.get(place)
  if (known) return known
  const table = schema[task.table]
  const found: Row[] = await trying(closed.db, task, tenant, (tx) =>
    tx
      .select()
      .from(table)
      .where(and(owned(task, tenant), task.deletedAt ? isNull(table[task.deletedAt]) : undefined))
      .orderBy(...task.key.map((name) => asc(table[name])))
      .limit(CANDIDATES),
  )
  rowsOf.set(place, found)
  return found
}

const given = (value: unknown) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)
const word = (text: unknown) => /'([\p{L}\p{N}]{2,})'/u.exec(String(text))?.[1] ?? null

const usable = (task: Task, row: Row): string | null => {
  for (const { kind, property } of task.parameters) {
    if (property === null || kind === 'tenant' || kind === 'moment') continue
    if (!given(row[property])) return property
    if (task.kind === 'search' && word(row[property]) === null) return property
  }
  return null
}

const beyond = (value: unknown): unknown => {
  if (value instanceof Date) return new Date(value.getTime() + 86_400_000)
  if (typeof value === 'number') return value + 1
  if (typeof value === 'bigint') return value + 1n
  const text = String(value)
  if (/^-?\d+(\.\d+)?$/.test(text)) return String(Number(text) + 1)
  return /^\d{4}-\d\d-\d\d/.test(text) ? '9999-12-31' : `${text}~`
}

const chosen = (row: Row, names: string[]): Row =>
  Object.fromEntries(names.filter((name) => name in row).map((name) => [name, row[name]]))

const argumentsOf = (task: Task, row: Row, tenant: Tenant | null, rows: Row[], values?: Row): unknown[] =>
  task.parameters.map((parameter) => {
    const value = parameter.property === null ? undefined : row[parameter.property]
    if (parameter.kind === 'tenant') return tenant
    if (parameter.kind === 'new row') return values
    if (parameter.kind === 'changes') return chosen(row, parameter.properties)
    if (parameter.kind === 'values') return [value]
    if (parameter.kind === 'range') return { from: value, until: beyond(value) }
    if (parameter.kind === 'text') return task.kind === 'search' ? word(value) : String(value).slice(0, 3)
    if (parameter.kind === 'moment') {
      const moments = rows.map((each) => (each[parameter.property as string] as Date).getTime())
      return parameter.name === 'from' ? new Date(Math.min(...moments)) : new Date(Math.max(...moments) + 1000)
    }
    return parameter.property === null ? undefined : value
  })

const modules = new Map<string, Record<string, (...values: unknown[]) => Promise<unknown>>>()
const functionOf = async (task: Task, name = task.function) => {
  if (!modules.has(task.module)) modules.set(task.module, await load(`./${task.module}`))
  const found = modules.get(task.module)?.[name]
  if (typeof found !== 'function') throw new Error(`${task.module} exports no function ${name}`)
  return found
}

const size = (result: any): number => {
  if (result === undefined || result === null || result === false) return 0
  if (Array.isArray(result)) return result.length
  return Array.isArray(result.items) ? result.items.length : 1
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return value instanceof Date ? value.toISOString() : value
}
const json = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? inner.toString() : inner)) ?? 'undefined'

const faultOf = (error: unknown): Fault => {
  let inner: any = error
  while (inner?.cause) inner = inner.cause
  const state = typeof inner?.code === 'string' && /^[0-9A-Z]{5}$/.test(inner.code) ? inner.code : null
  const message = String(inner?.message ?? inner).split('\n')[0] as string
  return { state, constraint: inner?.constraint ?? null, message }
}
const refusal = (error: unknown) => {
  const { state } = faultOf(error)
  return (error as Error)?.name === 'StillInUseError' || (state !== null && RULES.test(state))
}

const matching = (task: Task, row: Row) => and(...task.key.map((name) => eq(schema[task.table][name], row[name])))
const mark = (tx: any, task: Task, row: Row) =>
  tx
    .update(schema[task.table])
    .set({ [task.deletedAt as string]: new Date() })
    .where(matching(task, row))

/** A value of the same shape beside this one: `N-19` for `N-18`. */
const neighbour = (value: unknown): unknown => {
  if (typeof value === 'number') return value + 1
  if (typeof value !== 'string') return value
  const next = (found: string) => (/[zZ9]/.test(found) ? ({ z: 'a', Z: 'A', 9: '0' }[found] ?? found) : after(found))
  const after = (found: string) => String.fromCharCode(found.charCodeAt(0) + 1)
  return value.replace(/[a-z0-9](?=[^a-z0-9]*$)/i, next)
}

/** What `create` says of a tenant that it cannot be in the name of before it exists. */
class Unborn extends Error {}

/** A new row is an old one with a new id; where its other keys clash, the old one makes way or lends one value less. */
const create = async (
  task: Task,
  row: Row,
  rows: Row[],
  tenant: Tenant | null,
  foreign: Tenant | null,
): Promise<unknown> => {
  const wanted = task.parameters.find((parameter) => parameter.kind === 'new row') as Parameter
  const values = chosen(row, wanted.properties)
  const id = task.key.at(-1) as string
  const fresh = { ...values }
  if (task.makesId === 'uuid') fresh[id] = Bun.randomUUIDv7()
  if (task.makesId === 'database') delete fresh[id]
  const act = await functionOf(task)
  const ways: [Row, (tx: any) => Promise<unknown>][] = [[fresh, async () => undefined]]
  if (task.deletedAt) ways.push([fresh, (tx) => mark(tx, task, row)])
  ways.push([values, (tx) => tx.delete(schema[task.table]).where(matching(task, row))])
  const content = wanted.properties.filter((name) => name in fresh && name !== id)
  for (const name of content) ways.push([{ ...fresh, [name]: neighbour(fresh[name]) }, async () => undefined])
  const mixed = rows.flatMap((other) => content.map((name) => ({ ...fresh, [name]: other[name] })))
  for (const each of mixed.slice(0, MIXTURES)) ways.push([each, async () => undefined])
  let last: unknown
  for (const [made, prepare] of foreign ? ways.slice(0, 1) : ways) {
    try {
      return await trying(closed.db, task, tenant, async (tx) => {
        await prepare(tx)
        if (task.root && made[id] === undefined) throw new Unborn(UNBORN)
        if (task.root) await become(tx, foreign ? tenant : (made[id] as Tenant))
        listen()
        return act(tx, ...argumentsOf(task, row, foreign ?? tenant, [row], made))
      })
    } catch (error) {
      // A neighbour of an enum's label is none.
      if (/^22/.test(faultOf(error).state ?? '') && made !== fresh && made !== values) continue
      last = error
      if (!refusal(error)) throw error
    }
  }
  throw last
}

type Call = { db: any; context: Tenant | null; tenant: Tenant | null; row: Row; rows: Row[]; home: Tenant | null }

/** One call; what a restore or a link needs is done before, at home. */
const call = async (task: Task, { db, context, tenant, row, rows, home }: Call, more?: unknown[]): Promise<any> => {
  const act = await functionOf(task)
  return trying(db, task, home, async (tx) => {
    if (task.kind === 'restore') {
      if (task.undo && home === context) {
        await (await functionOf(task, task.undo))(tx, ...argumentsOf(task, row, home, rows))
      } else await mark(tx, task, row)
    }
    if (task.kind === 'link' && task.deletedAt && home === context) await mark(tx, task, row)
    if (context !== home) await become(tx, context)
    listen()
    const content = chosen(row, task.parameters.find((parameter) => parameter.kind === 'new row')?.properties ?? [])
    return act(tx, ...(more ?? argumentsOf(task, row, tenant, rows, content)))
  })
}

const ownCall = async (task: Task, mine: Tenant | null, outcome: Outcome): Promise<Row | null> => {
  const rows = await sample(task, mine)
  const fitting = rows.filter((row) => usable(task, row) === null)
  if (!fitting.length) {
    outcome.status = 'no row'
    outcome.column = rows[0] ? usable(task, rows[0]) : null
    return null
  }
  for (const row of fitting) {
    try {
      const own = { db: closed.db, context: mine, tenant: mine, row, rows, home: mine }
      const result = task.kind === 'create' ? await create(task, row, rows, mine, null) : await call(task, own)
      outcome.statements = [...(hearing.getStore()?.heard ?? [])]
      outcome.rows = size(result)
      outcome.status = outcome.rows ? 'fine' : 'empty'
      if (outcome.rows || !READS.has(task.kind)) return row
    } catch (error) {
      outcome.statements = [...(hearing.getStore()?.heard ?? [])]
      outcome.fault = faultOf(error)
      outcome.status = refusal(error) || error instanceof Unborn ? 'refused' : 'error'
      if (outcome.status === 'error') return row
    }
  }
  return fitting[0] ?? null
}

/** Two pages of one row are one page of two rows. */
const continues = async (task: Task, mine: Tenant | null, row: Row): Promise<string | null> => {
  const place = task.parameters.findIndex((parameter) => parameter.kind === 'list options')
  if (place < 0) return null
  const own = { db: closed.db, context: mine, tenant: mine, row, rows: [row], home: mine }
  const listed = async (options: Row) => {
    const values = argumentsOf(task, row, mine, [row])
    values[place] = options
    return call(task, own, values)
  }
  const both = await listed({ limit: 2 })
  const first = await listed({ limit: 1 })
  if (both.items.length < 2) return first.nextCursor === null ? null : 'the last part of the list names a next one'
  if (first.nextCursor === null) return 'a part of the list names no next one'
  const second = await listed({ limit: 1, cursor: first.nextCursor })
  return json([...first.items, ...second.items]) === json(both.items) ? null : 'the cursor skips or repeats rows'
}

const answer = async (act: () => Promise<unknown>): Promise<{ result?: unknown; fault?: Fault }> => {
  try {
    return { result: await act() }
  } catch (error) {
    return { fault: faultOf(error) }
  }
}

/** What another tenant's ids bring, with row level security and, by the query's own filter, without. */
const attack = async (task: Task, mine: Tenant, theirs: Tenant, own: Row, outcome: Outcome) => {
  const rows = await sample(task, theirs)
  const row = rows.find((each) => usable(task, each) === null)
  if (!row) return
  const filtered = task.parameters.some((parameter) => parameter.kind === 'tenant')
  const tried = async (attack: string, act: () => Promise<unknown>) => {
    const { result, fault } = await answer(act)
    outcome.attacks.push(attack)
    if (fault && !refusesOthers(fault)) outcome.leaks.push(`${attack}: ${fault.state ?? ''} ${fault.message}`)
    else if (size(result)) outcome.leaks.push(`${attack}: ${size(result)} rows`)
  }
  const foreign = { context: mine, row, rows, home: task.kind === 'restore' ? theirs : mine }
  if (task.kind === 'create') {
    if (outcome.status === 'fine') await tried('a row for another tenant', () => create(task, row, [], mine, theirs))
    return
  }
  const alone = KEYED.has(task.kind) || task.kind === 'link' || filtered
  if (alone) {
    const name = filtered ? "another tenant's id and rows" : "another tenant's rows"
    await tried(name, () => call(task, { db: closed.db, tenant: theirs, ...foreign }))
  }
  if (!alone && READS.has(task.kind)) {
    const { result } = await answer(() => call(task, { db: closed.db, tenant: mine, ...foreign, row: own, home: mine }))
    outcome.attacks.push('a list with rows of others')
    if (typeof theirs === 'string' && json(result).includes(theirs)) outcome.leaks.push("a list with rows of others: it has the other tenant's id")
  }
  if (!filtered) return
  if (KEYED.has(task.kind)) {
    await tried('rows of another tenant', () => call(task, { db: closed.db, tenant: mine, ...foreign }))
    await tried('rows of another tenant, without row level security', () =>
      call(task, { db: open.db, tenant: mine, ...foreign }),
    )
  }
  if (READS.has(task.kind)) {
    const asked = { context: mine, tenant: mine, rows: await sample(task, mine), home: mine }
    for (const each of [own, row]) {
      const secured = await answer(() => call(task, { db: closed.db, row: each, ...asked }))
      const bare = await answer(() => call(task, { db: open.db, row: each, ...asked }))
      if (json(secured) !== json(bare)) {
        outcome.leaks.push('without row level security it returns other rows: it does not filter by tenant')
        break
      }
    }
    outcome.attacks.push('the same rows without row level security')
  }
}

const refusesOthers = ({ state }: Fault) => state === '42501' || state === '23503'

const judge = async (task: Task): Promise<Outcome> => {
  const outcome: Outcome = {
    status: 'error',
    rows: 0,
    column: null,
    fault: null,
    statements: [],
    attacks: [],
    leaks: [],
    cursor: null,
  }
  const [mine, theirs] = tenants ?? [null, null]
  try {
    const row = await ownCall(task, mine, outcome)
    if (row && outcome.status !== 'error') {
      if (outcome.status === 'fine') outcome.cursor = await continues(task, mine, row)
      if (task.secured && mine !== null && theirs !== null) await attack(task, mine, theirs, row, outcome)
    }
  } catch (error) {
    outcome.status = 'error'
    outcome.fault = faultOf(error)
  }
  return outcome
}

/** Reads side by side; writes one after the other, since they would wait for each other's locks. */
const outcomes = new Map<Task, Outcome>()
const work = async (tasks: Task[]) => {
  for (let task = tasks.pop(); task; task = tasks.pop()) {
    outcomes.set(task, await hearing.run({ heard: [] }, judge, task))
  }
}
const reads = assignment.tasks.filter((task) => READS.has(task.kind)).reverse()
await Promise.all(Array.from({ length: AT_ONCE }, () => work(reads)))
await work(assignment.tasks.filter((task) => !READS.has(task.kind)).reverse())
await Bun.write(assignment.answer, json(assignment.tasks.map((task) => outcomes.get(task))))
await closed.close()
await open.close()
