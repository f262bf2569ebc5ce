"""The diagram is well-formed, shows every table and reference, and nothing in a name escapes into it."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import NASTY

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import ForeignKey, PrimaryKey
from dbarchitect.model.intent import ColumnIntent, Intent, TableIntent, Tenancy
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import parse_type
from dbarchitect.write import svg
from dbarchitect.write.svg.boxes import boxes, shorten
from dbarchitect.write.svg.drawing import draw

SPACE = "{http://www.w3.org/2000/svg}"


def table(name: str, *parents: str, nullable: bool = False) -> Table:
    columns = [Column("id", parse_type("uuid"), nullable=False)]
    columns += [Column(f"{parent}_id", parse_type("uuid"), nullable) for parent in parents]
    columns.append(Column("created_at", parse_type("timestamptz"), nullable=False))
    keys = tuple(ForeignKey(f"{name}_{p}_fk", (f"{p}_id",), "public", p, ("id",)) for p in parents)
    return Table("public", name, tuple(columns), PrimaryKey(f"{name}_pkey", ("id",)), foreign_keys=keys)


def words(text: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(text).iter(f"{SPACE}text")]


def lines(text: str) -> int:
    return sum(element.get("class") == "relation" for element in ET.fromstring(text).iter(f"{SPACE}g"))


def test_every_table_column_and_reference_is_drawn() -> None:
    text = svg.write(Schema((table("users"), table("posts", "users"), table("comments", "posts", "users"))))
    assert {"users", "posts", "comments", "users_id", "posts_id"} <= set(words(text))
    assert lines(text) == 3


def test_the_same_schema_gives_the_same_bytes() -> None:
    schema = Schema((table("users"), table("posts", "users")))
    assert svg.write(schema) == svg.write(schema)


def test_lines_to_the_tenant_give_way_to_the_others() -> None:
    names = [f"t{number}" for number in range(4)]
    tables = [table("organizations"), *(table(name, "organizations") for name in names)]
    intent = Intent(
        tenancy=Tenancy("table:public.organizations", "organizations_id"),
        tables={f"table:public.{name}": TableIntent(tenant_scoped=True) for name in names},
    )
    text = svg.write(Schema(tuple(tables), intent=intent))
    assert lines(text) == 0
    assert any("are left out" in word for word in words(text))


def test_moments_of_a_row_share_one_line() -> None:
    intent = Intent(columns={"column:public.users.created_at": ColumnIntent(managed="created_at")})
    (box,) = boxes(Schema((table("users"),), intent=intent))
    assert [row.name for row in box.rows] == ["id", "created at"]


def test_a_large_schema_shows_keys_only() -> None:
    drawn = boxes(Schema(tuple(table(f"t{number}") for number in range(61))))
    assert {row.name for box in drawn for row in box.rows} == {"id"}


@pytest.mark.parametrize(("text", "longest", "short"), [("abc", 3, "abc"), ("abcd", 3, "ab…")])
def test_shorten(text: str, longest: int, short: str) -> None:
    assert shorten(text, longest) == short


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(NASTY), min_size=1, max_size=3, unique=True), st.text(max_size=30))
def test_no_name_escapes_its_element(names: list[str], title: str) -> None:
    """Drawn at made-up places, since the layout sees no names."""
    drawn = boxes(Schema(tuple(table(name) for name in names)))
    places = {"width": 10, "height": 10, "nodes": [{"x": 0, "y": 0} for _ in drawn], "edges": []}
    shown = words(draw(title, drawn, [], places, ""))
    readable = [name for name in names if name.isprintable()]
    assert {" ".join(name.split()) for name in readable} <= {" ".join(word.split()) for word in shown}
