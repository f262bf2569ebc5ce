"""A value becomes part of the SQL's text.

Why
    `sql.raw` and string concatenation put a value into the statement as it is: who can choose it can write SQL. In
    `sql` templates a value becomes a parameter, but not within quotes: `'${name}'` gives the literal `$1`.
    A value that is a constant of the program, a number, of a closed set by its type or validator, or looked up in a
    list is left alone, and so are tests, seeds and scripts. A parameter that is a piece of a statement by its name
    (`column`, `direction`) is left alone as long as no caller gives it what a request brings; between quotes of SQL
    stands a value, whatever its name.

Fix
    Write sql`… ${value}` without quotes; for names use `sql.identifier(name)` after a check against a list. For
    `'%${term}%'` write ${`%${term}%`}. No fix is made: whether a piece is a value or a piece of SQL must be decided.

Sources
    https://orm.drizzle.team/docs/sql#sqlraw
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.scope import File, bare, typed_template
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.query_names import aside
from dbarchitect.review.query_values import Values, substitutions
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import ORDERS, example
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node, walk

RULE = Rule("Q09", "raw-sql-with-values", "fact", "error", needs="queries")
MODULE = address("namespace", "public")


def check(subject: Subject) -> Iterator[Finding]:
    """Each `sql.raw` or text for `execute` of something that is not constant, and each value within quotes in a
    template.
    """
    if subject.queries is None:
        return
    values = Values(subject.queries.modules)
    for template in subject.queries.templates:
        if aside(template.file.path):
            continue
        if template.raw:
            said = _raw(values, template.file, template.content, "sql.raw")
        else:
            quoted = _quoted(template.file, template.content)
            said = f"{quoted} stands within quotes: the template makes it a literal, not a parameter" if quoted else ""
        if said:
            yield RULE.finding(subject, _address(subject, template.file, template.content), said, span=template.span)
    for query in subject.queries:
        given = query.links[0].arguments if query.verb == "execute" else ()
        if not given or aside(query.file.path) or bare(given[0]).type not in ("template_string", "binary_expression"):
            continue
        plain = typed_template(query.file, bare(given[0])) is None
        said = _raw(values, query.file, given[0], "execute") if plain else ""
        if said:
            yield RULE.finding(subject, _address(subject, query.file, given[0]), said, span=query.span)


def _raw(values: Values, file: File, content: Node, word: str) -> str:
    loose = next(values.loose(file, content), None)
    if loose is None:
        return ""
    text = " ".join(file.text(loose).split())
    return f"{word} puts {text[:60]} into the statement as it is: who chooses it can write SQL"


def _address(subject: Subject, file: File, content: Node) -> str:
    """The table that the SQL is about: that of the query around it, or the first one that it names."""
    for query in subject.queries or ():
        inside = query.node.start_byte <= content.start_byte < query.node.end_byte
        if query.address and query.file is file and inside:
            return query.address
    tables = subject.queries.tables if subject.queries else None
    for node in walk(content):
        if tables is not None and node.type in ("identifier", "member_expression"):
            found = tables.table(file, node)
            if found is not None and found.table is not None:
                return found.table.address
    words = set(re.findall(r"\w+", file.text(content)))
    named = [table.address for table in subject.schema.tables if table.name in words]
    return named[0] if named else MODULE


def _quoted(file: File, content: Node) -> str:
    """The first value that stands within single quotes, or ''."""
    for part, within in substitutions(file, content):
        if within and not re.match(r"\$\{\s*sql\b", file.text(part)):
            return file.text(part)
    return ""


EXAMPLES = (
    example(
        "export const f = async (status: string) =>\n"
        "  db.execute(sql.raw(`select * from orders where status = '${status}'`))\n",
        ORDERS,
    ),
    example(
        "export const f = async (status: string) =>\n  db.execute(sql`select * from orders where status = ${status}`)\n"
    ),
    example(
        "export const f = async (term: string) => {\n"
        "  return db.select().from(customers).where(sql`${customers.name} ilike '%${term}%'`).limit(9)\n}\n",
        "table:public.customers",
        title="a value within quotes",
    ),
    example(
        "const DIRECTIONS = { up: 'asc', down: 'desc' } as const\nexport const f = async (way: 'up' | 'down') =>\n"
        "  db.select().from(orders).orderBy(sql.raw(`created_at ${DIRECTIONS[way]}`)).limit(9)\n",
        title="a look-up in a fixed list",
    ),
    example(
        "export const f = async (days: number) =>\n"
        "  db.execute(sql`select now() - ${sql.raw(`interval '${Number(days)} days'`)}`)\n",
        title="a number",
    ),
    example(
        "export const list = publicProcedure.input(z.object({ path: z.string() })).query(({ ctx, input }) =>\n"
        "  ctx.db.execute(sql.raw(`select * from orders where status = '${input.path}'`)))\n",
        ORDERS,
        title="a value named like a piece of a statement",
    ),
    example(
        "export const byType = async (type: string) =>\n"
        "  db.execute(sql.raw(`select * from orders where status = '${type}'`))\n",
        ORDERS,
        title="between quotes stands a value, whatever its name",
    ),
    example(
        "app.get('/orders', async (c) => {\n  const sort = c.req.query('sort')\n"
        "  return c.json(await db.select().from(orders).orderBy(sql.raw(sort ?? 'id')).limit(9))\n})\n",
        ORDERS,
        title="what a Hono handler is asked for",
    ),
    example(
        "export async function GET(request: NextRequest) {\n"
        "  const column = request.nextUrl.searchParams.get('column')\n"
        "  return Response.json(await db.execute('select sum(' + column + ') from orders'))\n}\n",
        ORDERS,
        title="a text that is put together for execute",
    ),
    example(
        "export const list = publicProcedure.input(z.object({ order: z.enum(['asc', 'desc']) })).query(({ input }) =>\n"
        "  db.select().from(orders).orderBy(sql.raw(`created_at ${input.order}`)).limit(9))\n",
        title="a validator leaves nothing to choose",
    ),
    example(
        "const COLUMNS = ['total', 'status']\nexport const f = async (column: string) => {\n"
        "  if (!COLUMNS.includes(column)) throw new Error('no such column')\n"
        "  return db.execute(sql.raw(`select ${column} from orders`))\n}\n",
        title="looked up in a list",
    ),
    example(
        "const truncated = (column: string, unit: string) => sql.raw(`date_trunc('day', ${column}) ${unit}`)\n"
        "export const f = async () => db.select({ day: truncated('created_at', 'asc') }).from(orders).limit(9)\n",
        title="a builder of SQL that is given constants",
    ),
)
DEMONSTRATION = (
    Do("create table staff (id int primary key, name text); insert into staff values (1, 'Ann'), (2, 'Bob')"),
    Shows("select count(*) from staff where name = 'x' or 'a' = 'a'", "2",
          "the value  x' or 'a' = 'a  between quotes finds everybody"),
    Do("prepare by_name as select count(*) from staff where name = '$1'", "a parameter within quotes"),
    Shows("execute by_name", "0", "is none: the statement takes no value and looks for the text $1"),
)  # fmt: skip
