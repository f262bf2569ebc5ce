"""A Mermaid diagram of any schema keeps to Mermaid's grammar."""

import re

from hypothesis import HealthCheck, given, settings
from strategies import schemas

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import ForeignKey, PrimaryKey, Unique
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import parse_type
from dbarchitect.write import mermaid

ENTITY = r'(?:[A-Za-z_]\w*|"[^"\n]+")'
WORD = r"[A-Za-z][\w()\[\]-]*"
LINES = [
    re.compile(r"erDiagram"),
    re.compile(rf"  {ENTITY} \{{", re.ASCII),
    re.compile(rf'    {WORD} {WORD}(?: (?:PK|FK|UK)(?:, (?:PK|FK|UK))*)?(?: "[^"\n]*")?', re.ASCII),
    re.compile(r"  \}"),
    re.compile(rf'  {ENTITY} (?:\|o|\|\|)--(?:o\{{|o\|) {ENTITY} : "[^"\n]*"', re.ASCII),
]  # fmt: skip


def misfits(text: str) -> list[str]:
    return [line for line in text.splitlines() if not any(pattern.fullmatch(line) for pattern in LINES)]


def table(name: str, *columns: tuple[str, str], keys: tuple[ForeignKey, ...] = (), unique: str = "") -> Table:
    made = tuple(Column(column, parse_type(kind), nullable=column != "id") for column, kind in columns)
    uniques = (Unique(f"{name}_key", (unique,)),) if unique else ()
    return Table("public", name, made, PrimaryKey(f"{name}_pkey", ("id",)), uniques, keys)


def test_keys_and_cardinality_are_told() -> None:
    parent = table("users", ("id", "uuid"), ("email", "varchar(320)"), unique="email")
    one = ForeignKey("p_fk", ("user_id",), "public", "users", ("id",))
    profile = table("profiles", ("id", "uuid"), ("user_id", "uuid"), keys=(one,), unique="user_id")
    post = table("posts", ("id", "uuid"), ("user_id", "uuid"), keys=(one,))
    text = mermaid.write(Schema((parent, profile, post)))
    assert "    varchar(320) email UK" in text
    assert '  users |o--o| profiles : "user_id"' in text
    assert '  users |o--o{ posts : "user_id"' in text
    assert misfits(text) == []


def test_names_that_mermaid_cannot_take_are_spelled_and_told() -> None:
    text = mermaid.write(Schema((table('or"der', ("id", "uuid"), ("名前", "text"), ("to tal", "numeric(12,2)")),)))
    assert misfits(text) == []
    assert '"名前"' in text
    assert "to_tal" in text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schemas())
def test_any_schema_keeps_to_the_grammar(schema: Schema) -> None:
    assert misfits(mermaid.write(schema)) == []
