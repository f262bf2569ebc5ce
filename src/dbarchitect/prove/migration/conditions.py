"""On which rows a statement fails: from what PostgreSQL says, the query that finds them."""

from __future__ import annotations

import re
from typing import Any, Final

from dbarchitect.errors import InputError
from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.prove.migration.running import Refused
from dbarchitect.records import dataclass
from dbarchitect.sql.parser import Node, parse_statement
from dbarchitect.sql.quote import literal
from dbarchitect.sql.statements import split
from dbarchitect.sql.tokens import Token, scan, split_top

DATA: Final = {
    "23502", "23503", "23505", "23514", "23P01", "22001", "22003", "22P02", "22007", "22008", "22023", "2200M", "42804",
    "22P03", "22032",
}  # fmt: skip
"""States that depend on the rows that are there."""
_ENUM: Final = re.compile(
    r"create\s+type\s+(?:(?:\"[^\"]+\"|\w+)\.)?(\"[^\"]+\"|\w+)\s+as\s+enum\s*\((.*)\)\s*\Z", re.IGNORECASE | re.DOTALL
)
_BLOCK: Final = re.compile(
    r"do\s+(?:language\s+plpgsql\s+)?(?P<tag>\$\w*\$)\s*begin\b(?P<body>.*?)(?:\bexception\s+when\b.*)?\bend\b\s*;?\s*(?P=tag)",
    re.IGNORECASE | re.DOTALL,
)
_WITHIN: Final = re.compile(r'SQL statement "(.*)"\nPL/pgSQL function inline_code_block line \d+ at ', re.DOTALL)
_DETAIL: Final = re.compile(r"Key \((?P<columns>.+?)\)=\(", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Offenders:
    """The rows of one table that a statement fails on.

    Args:
        table: the table.
        where: the condition that they meet; the table is called `r`.
        query: the query that shows them to people.
        spare: which of several rows that clash may stay: a condition on `r` and its ctid; '' when none may.
    """

    table: tuple[str, str]
    where: str
    query: str
    spare: str = ""

    @property
    def delete(self) -> str:
        """The statement that takes them away, but for one of those that clash."""
        return f"delete from {qualified(*self.table)} r where {self.chosen}"

    @property
    def chosen(self) -> str:
        """The condition of those that `delete` takes away."""
        return self.spare or self.where

    @property
    def total(self) -> str:
        """The query that counts all rows of the table."""
        return f"select count(*) from {qualified(*self.table)}"

    @property
    def count(self) -> str:
        """The query that counts them."""
        return f"select count(*) from {qualified(*self.table)} r where {self.where}"


def offenders(refused: Refused, statements: tuple[str, ...], schema: Schema) -> Offenders | None:
    """The rows that made a statement fail.

    Args:
        refused: what PostgreSQL said.
        statements: all statements of the migration: a constraint may be made by one and validated by another.
        schema: as it was before the migration.

    Returns:
        None when they cannot be told.
    """
    refused = _within(refused)
    table = _table(refused, schema)
    if table is None or refused.sqlstate not in DATA:
        return None
    makers = {
        "23502": _nulls, "23505": _duplicates, "23503": _orphans, "23514": _check, "23P01": _excluded,
    }  # fmt: skip
    return makers.get(refused.sqlstate, _misfits)(refused, statements, schema, table)


def _within(refused: Refused) -> Refused:
    """What was refused within a DO block, as if it stood by itself: PostgreSQL says the statement, EXECUTE's too."""
    found = _WITHIN.search(refused.diag.context or "")
    return refused if found is None else refused.of(found[1])


def _table(refused: Refused, schema: Schema) -> Table | None:
    lookup = Lookup(schema)
    named = (refused.diag.schema_name or "", refused.diag.table_name or "")
    if named[1]:
        return next((table for table in schema.tables if table.key == named), None)
    try:
        ((_, fields),) = parse_statement(refused.statement).items()
    except (InputError, ValueError):
        return None
    relation = fields.get("relation") if isinstance(fields, dict) else None
    if not relation:
        return None
    place = relation.get("schemaname"), relation.get("relname")
    return next((t for t in lookup.schema.tables if t.name == place[1] and t.schema == (place[0] or t.schema)), None)


def _shown(table: Table, where: str) -> str:
    return f"select * from {qualified(*table.key)} r where {where}"


def _nulls(refused: Refused, statements: tuple[str, ...], schema: Schema, table: Table) -> Offenders | None:
    column = refused.diag.column_name
    if column is None:
        return None
    where = f"r.{quote(column)} is null" if table.has(column) else "true"  # a new column: every row lacks it
    return Offenders(table.key, where, _shown(table, where))


def _duplicates(refused: Refused, statements: tuple[str, ...], schema: Schema, table: Table) -> Offenders | None:
    detail = _DETAIL.search(refused.diag.message_detail or "")
    if detail is None:
        return None
    name = qualified(*table.key)
    keys = split_top(detail["columns"])
    condition = _predicate(refused.statement)
    both = " and ".join(f"{_of(key, table, 'o')} is not distinct from {_of(key, table, 'r')}" for key in keys)
    distinct = "nulls not distinct" not in refused.statement.lower()
    given = [f"{_of(key, table, 'r')} is not null" for key in keys if distinct]
    own = [condition] if condition else []
    within = " and ".join([*own, *given]) or "true"
    others = f"select from {name} o where o.ctid <> r.ctid and {both}" + (
        f" and ({_renamed(condition)})" if own else ""
    )
    earlier = others.replace("o.ctid <> r.ctid", "o.ctid < r.ctid")
    listed = ", ".join(keys)
    query = f"select {listed}, count(*) from {name} r where {within} group by {listed} having count(*) > 1"
    return Offenders(table.key, f"{within} and exists ({others})", query, f"{within} and exists ({earlier})")


def _of(key: str, table: Table, alias: str) -> str:
    """A key as PostgreSQL names it in a detail, with the columns of one of two rows."""
    try:
        tokens = scan(key)
    except InputError:
        return key
    names = {column.name for column in table.columns}
    return _with_alias(key, tokens, names, alias)


def _with_alias(text: str, tokens: tuple[Token, ...], names: set[str], alias: str) -> str:
    parts, done = [], 0
    for token in tokens:
        if token.name in names and text[token.end : token.end + 1] != "(":
            parts += [text[done : token.start], f"{alias}."]
            done = token.start
    return "".join([*parts, text[done:]])


def _renamed(condition: str) -> str:
    return condition.replace("r.", "o.") if " r." in f" {condition}" else condition


def _predicate(statement: str) -> str:
    """The condition of a partial index."""
    try:
        tokens = scan(statement)
    except InputError:
        return ""
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.is_word("where"):
            return statement[token.end :].strip()
    return ""


def _orphans(refused: Refused, statements: tuple[str, ...], schema: Schema, table: Table) -> Offenders | None:
    found = _constraint(refused, statements, "CONSTR_FOREIGN")
    if found is None:
        known = next((key for key in table.foreign_keys if key.name == refused.diag.constraint_name), None)
        if known is None:
            return None
        own, target = list(known.columns), (known.target_schema, known.target_table)
        theirs = list(known.target_columns)
    else:
        detail = _DETAIL.search(refused.diag.message_detail or "")
        own = [_word(name) for name in split_top(detail["columns"])] if detail else _strings(found.get("fk_attrs"))
        relation = found["pktable"]
        place = next(
            (
                t
                for t in schema.tables
                if t.name == relation["relname"] and t.schema == relation.get("schemaname", t.schema)
            ),
            None,
        )
        if place is None:
            return _without_parents(table, own, str(relation["relname"]), statements)
        target = place.key
        theirs = _strings(found.get("pk_attrs")) or list(place.primary_key.columns if place.primary_key else ())
    if not own or len(own) != len(theirs) or not all(table.has(name) for name in own):
        return None
    given = " and ".join(f"r.{quote(name)} is not null" for name in own)
    pairs = " and ".join(f"p.{quote(t)} = r.{quote(o)}" for t, o in zip(theirs, own, strict=True))
    where = f"{given} and not exists (select from {qualified(*target)} p where {pairs})"
    return Offenders(table.key, where, _shown(table, where))


def _without_parents(table: Table, own: list[str], parent: str, statements: tuple[str, ...]) -> Offenders | None:
    """The parent is made by the migration itself, and nothing is put into it: every row that names one is at fault."""
    puts = re.compile(rf"insert\s+into\s+[^\s(]*\b{re.escape(parent)}\b", re.IGNORECASE)
    if not own or not all(table.has(name) for name in own) or any(puts.search(text) for text in statements):
        return None
    where = " and ".join(f"r.{quote(name)} is not null" for name in own)
    return Offenders(table.key, where, _shown(table, where))


def _check(refused: Refused, statements: tuple[str, ...], schema: Schema, table: Table) -> Offenders | None:
    name = refused.diag.constraint_name
    known = next((check.expression for check in table.checks if check.name == name), None)
    texts = [refused.statement, *(text for text in statements if name and name in text)]
    expression = known or next((found for text in texts if (found := _expression(text, name))), None)
    if expression is None:
        return None
    where = f"not ({expression})"
    return Offenders(table.key, where, _shown(table, where))


def _expression(statement: str, name: str | None) -> str | None:
    """What stands in the parentheses of CHECK, of the constraint with that name when it is written."""
    try:
        tokens = scan(statement)
    except InputError:
        return None
    places = [place for place, token in enumerate(tokens) if token.is_word("check")]
    named = [place for place in places if place and tokens[place - 1].name == name]
    for place in named or places[:1]:
        depth = 0
        for token in tokens[place + 1 :]:
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if depth == 0:
                return statement[tokens[place + 1].end : token.start].strip()
    return None


def _excluded(refused: Refused, statements: tuple[str, ...], schema: Schema, table: Table) -> Offenders | None:
    found = _constraint(refused, statements, "CONSTR_EXCLUSION")
    if found is None:
        return None
    pairs = []
    for item in found.get("exclusions", []):
        element, operators = item["List"]["items"]
        column = element.get("IndexElem", {}).get("name")
        operator = _strings(operators.get("List", {}).get("items", []))
        if column is None or not operator:
            return None
        pairs.append(f"o.{quote(column)} {operator[-1]} r.{quote(column)}")
    both = " and ".join(pairs)
    others = f"select from {qualified(*table.key)} o where o.ctid <> r.ctid and {both}"
    where = f"exists ({others})"
    return Offenders(table.key, where, _shown(table, where), f"exists ({others.replace('<>', '<', 1)})")


def _misfits(refused: Refused, statements: tuple[str, ...], schema: Schema, table: Table) -> Offenders | None:
    """Values that the new type of a column does not take."""
    found = _new_type(refused.statement)
    made = _made_enums(statements)
    misfits = []
    for column, kind in found:
        text = f"r.{quote(column)}::text"
        if table.has(column):
            labels = made.get(_word(kind.rpartition(".")[2]))
            fits = f"{text} in ({labels})" if labels else f"pg_input_is_valid({text}, {literal(kind)})"
            misfits.append(f"r.{quote(column)} is not null and not {fits}")
    if not misfits:
        return None
    where = " or ".join(f"({part})" for part in misfits) if len(misfits) > 1 else misfits[0]
    return Offenders(table.key, where, _shown(table, where))


def _made_enums(statements: tuple[str, ...]) -> dict[str, str]:
    """{name: its labels as literals} of the enumerations that a migration makes: they are gone when it fails."""
    found = {}
    for statement in statements:
        match = _ENUM.match(statement)
        if match:
            found[_word(match[1])] = match[2].strip()
    return {name: labels for name, labels in found.items() if labels}


def _new_type(statement: str) -> list[tuple[str, str]]:
    """(column, type) of each ALTER COLUMN … TYPE of a statement."""
    found = []
    for part in split_top(statement):
        match = re.search(
            r"\balter\s+(?:column\s+)?(\"(?:[^\"]|\"\")+\"|[\w$]+)\s+(?:set\s+data\s+)?type\s+(.+?)"
            r"(?:\s+collate\s.*|\s+using\s.*)?\Z",
            part.strip(),
            re.IGNORECASE | re.DOTALL,
        )
        if match:
            found.append((_word(match[1]), match[2].strip()))
    return found


def _constraint(refused: Refused, statements: tuple[str, ...], kind: str) -> Any:
    """The node of the constraint that was refused, from the statement or from the one that made it."""
    name = refused.diag.constraint_name
    for text in (part for statement in (refused.statement, *statements) for part in _parts(statement)):
        try:
            node = parse_statement(text)
        except (InputError, ValueError):
            continue
        for found in _constraints(node):
            if found.get("contype") == kind and (found.get("conname") in (name, None)):
                return found
    return None


def _parts(statement: str) -> tuple[str, ...]:
    """The statement itself, or those that a DO block guards, as Drizzle wrote them for foreign keys."""
    block = _BLOCK.match(statement)
    if block is None:
        return (statement,)
    return tuple(piece.text for piece in split(block["body"]))


def _constraints(node: Node) -> list[Any]:
    commands = node.get("AlterTableStmt", {}).get("cmds", [])
    found = []
    for command in commands:
        definition = command.get("AlterTableCmd", {}).get("def", {})
        if "Constraint" in definition:
            found.append(definition["Constraint"])
        for inner in definition.get("ColumnDef", {}).get("constraints", []):
            found.append(inner["Constraint"])
    return found


def _strings(nodes: Any) -> list[str]:
    return [node["String"]["sval"] for node in nodes or [] if "String" in node]


def _word(text: str) -> str:
    text = text.strip()
    return text[1:-1].replace('""', '"') if text.startswith('"') else text.lower()
