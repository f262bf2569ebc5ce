"""A value becomes part of the SQL's text.

Why
    `sql.raw` and string concatenation put a value into the statement as it is: who can choose it can write SQL. In
    `sql` templates a value becomes a parameter, but not within quotes: `'${name}'` gives the literal `$1`.
    A value that is a constant of the program, a number or a look-up in a fixed list is left alone, and so are tests,
    seeds and scripts.

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
from dbarchitect.read.drizzle.query.model import Template
from dbarchitect.read.drizzle.query.scope import Binding, File, bare
from dbarchitect.read.drizzle.query.surroundings import function_name
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.query_names import aside
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import example
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node, arguments, walk

RULE = Rule("Q09", "raw-sql-with-values", "fact", "error", needs="queries")
HARMLESS = re.compile(
    r"Number|parseInt|parseFloat|Math\.\w+|String\(\s*(?:Number|Math)|\w*(?:escape|quote|sanitize|identifier)\w*|BigInt"
    r"|randomUUID|\w+\.toFixed|JSON\.stringify",
    re.IGNORECASE,
)
NUMBER = re.compile(r":\s*(?:number|bigint|boolean)\b|:\s*(?:[\"'][^\"']*[\"']\s*\|?\s*)+$")
PIECE = re.compile(
    r"table|column|field|direction|order|sort|alias|schema|prefix|cast|type|operator|^op$|index|sequence|interval|unit"
    r"|lang|config|dictionary|role|constraint|expression|expr|clause|fragment|sql|path|escaped|safe|quoted",
    re.IGNORECASE,
)
"""Parameters that are pieces of a statement by their names: those of a project's own builders of SQL."""
MODULE = address("namespace", "public")


def check(subject: Subject) -> Iterator[Finding]:
    """Each `sql.raw` of something that is not constant, and each value within quotes in a template."""
    for template in subject.queries.templates if subject.queries else ():
        if aside(template.file.path):
            continue
        if template.raw:
            loose = next(_loose(template.file, template.content, 4), None)
            if loose is not None:
                text = " ".join(template.file.text(loose).split())
                message = f"sql.raw puts {text[:60]} into the statement as it is: who chooses it can write SQL"
                yield RULE.finding(subject, _address(subject, template), message, span=template.span)
            continue
        quoted = _quoted(template)
        if quoted:
            message = f"{quoted} stands within quotes: the template makes it a literal, not a parameter"
            yield RULE.finding(subject, _address(subject, template), message, span=template.span)


def _address(subject: Subject, template: Template) -> str:
    """The table that the SQL is about: that of the query around it, or the first one that it names."""
    for query in subject.queries or ():
        inside = query.node.start_byte <= template.node.start_byte < query.node.end_byte
        if query.address and query.file is template.file and inside:
            return query.address
    tables = subject.queries.tables if subject.queries else None
    for node in walk(template.content):
        if tables is not None and node.type in ("identifier", "member_expression"):
            found = tables.table(template.file, node)
            if found is not None and found.table is not None:
                return found.table.address
    words = set(re.findall(r"\w+", template.file.text(template.content)))
    named = [table.address for table in subject.schema.tables if table.name in words]
    return named[0] if named else MODULE


def _loose(file: File, node: Node, depth: int) -> Iterator[Node]:
    """The parts of an expression that somebody else may choose."""
    node = bare(node)
    if depth == 0:
        return
    match node.type:
        case "string" | "number" | "true" | "false" | "null" | "undefined" | "unary_expression":
            return
        case "template_string":
            for part in node.named_children:
                if part.type == "template_substitution" and part.named_children:
                    yield from _loose(file, part.named_children[0], depth)
        case "binary_expression" | "ternary_expression":
            sides = node.named_children if node.type == "binary_expression" else node.named_children[1:]
            for side in sides:
                yield from _loose(file, side, depth)
        case "identifier":
            yield from _variable(file, node, depth)
        case "call_expression":
            yield from _call(file, node, depth)
        case "member_expression" | "subscript_expression":
            yield from _member(file, node)


def _variable(file: File, node: Node, depth: int) -> Iterator[Node]:
    item = file.meaning(node)
    if item is None or item.kind in ("import", "namespace", "function") or file.text(node).isupper():
        return
    if item.kind in ("const", "let") and item.value is not None and not item.path:
        for value in (item.value, *file.assigned(item)):
            yield from _loose(file, value, depth - 1)
        return
    if item.kind == "iteration" and item.value is not None:
        yield from _listed(file, item.value, node)
        return
    if item.kind == "parameter":
        annotation = file.text(item.value) if item.value is not None else ""
        plain = re.search(r":\s*string\b(?!\[)", annotation) is not None and not item.path
        if plain and not PIECE.search(item.name) and not _constant(file, item):
            yield node


def _constant(file: File, item: Binding) -> bool:
    """Whether a function of this file alone is given nothing but literals for a parameter."""
    function = item.function
    name = function_name(file, function) if function is not None else ""
    listed = function.child_by_field_name("parameters") if function is not None else None
    if not re.fullmatch(r"[\w$]+", name) or listed is None or re.search(rf"export\b[^\n]*\b{name}\b", file.source.text):
        return False
    place = next((n for n, part in enumerate(listed.named_children) if item.node.start_byte in _range(part)), 0)
    given = [
        arguments(use.parent)[place]
        for use in file.occurrences(name)
        if use.parent is not None and use.parent.type == "call_expression" and len(arguments(use.parent)) > place
    ]
    return bool(given) and not any(True for node in given for _ in _loose(file, node, 2))


def _range(node: Node) -> range:
    return range(node.start_byte, node.end_byte)


def _listed(file: File, over: Node, node: Node) -> Iterator[Node]:
    over = bare(over)
    if over.type == "member_expression" and re.search(
        r"^(?:req|request|input|body|params|query|searchParams)\b", file.text(over)
    ):
        yield node


def _call(file: File, node: Node, depth: int) -> Iterator[Node]:
    function = node.child_by_field_name("function")
    word = file.text(function) if function is not None else ""
    if HARMLESS.match(word) or function is None:
        return
    if function.type == "member_expression":
        last = function.child_by_field_name("property")
        left = function.child_by_field_name("object")
        word = file.text(last) if last is not None else ""
        if left is None:
            return
        if word in ("toLowerCase", "toUpperCase", "trim", "toString"):
            yield from _loose(file, left, depth)
        elif word in ("join", "map", "concat"):
            yield from _list(file, node, left, depth)


def _list(file: File, node: Node, left: Node, depth: int) -> Iterator[Node]:
    """A list of values that a function is given, each put between quotes."""
    over = bare(left)
    item = file.meaning(over) if over.type == "identifier" else None
    if item is None or item.kind != "parameter":
        yield from _loose(file, left, depth - 1)
        return
    for argument in arguments(node):
        body = argument.child_by_field_name("body")
        if body is not None and body.type == "template_string" and "'${" in file.text(body):
            yield body


def _member(file: File, node: Node) -> Iterator[Node]:
    """A property of a request or of input; other members are the program's own."""
    text = file.text(node)
    asked = re.match(r"(?:req|request|input|body|params|query|searchParams|ctx\.(?:req|query|params)|c\.req)\b", text)
    if asked and node.type == "member_expression" and not PIECE.search(text.rpartition(".")[2]):
        yield node


def _quoted(template: Template) -> str:
    """The first value that stands within single quotes, or ''."""
    file, content = template.file, template.content
    inside = False
    place = content.start_byte + 1
    for part in content.named_children:
        if part.type != "template_substitution":
            continue
        before = file.bytes[place : part.start_byte].decode(errors="replace")
        for piece in re.findall(r"'|--[^\n]*|/\*.*?\*/", before, re.DOTALL):
            if piece == "'":
                inside = not inside
        place = part.end_byte
        if inside and not re.match(r"\$\{\s*sql\b", file.text(part)):
            return file.text(part)
    return ""


EXAMPLES = (
    example(
        "export const f = async (status: string) =>\n"
        "  db.execute(sql.raw(`select * from orders where status = '${status}'`))\n",
        "table:public.orders",
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
)
DEMONSTRATION = (
    Do("create table staff (id int primary key, name text); insert into staff values (1, 'Ann'), (2, 'Bob')"),
    Shows("select count(*) from staff where name = 'x' or 'a' = 'a'", "2",
          "the value  x' or 'a' = 'a  between quotes finds everybody"),
    Do("prepare by_name as select count(*) from staff where name = '$1'", "a parameter within quotes"),
    Shows("execute by_name", "0", "is none: the statement takes no value and looks for the text $1"),
)  # fmt: skip
