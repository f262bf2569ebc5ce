import pytest

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check
from dbarchitect.model.table import Table
from dbarchitect.model.types import parse_type
from dbarchitect.write.drizzle.column_rules import PairRule, ValueRule, table_rules
from dbarchitect.write.drizzle.validation import regular_expression

COLUMNS = {
    "price": "numeric(10,2)", "beds": "integer", "name": "varchar(200)", "status": "varchar(50)", "tags": "text[]",
    "starts_at": "timestamptz", "ends_at": "timestamptz", "born": "date", "settings": "jsonb", "Big Name": "text",
}  # fmt: skip


def rules(*expressions: str) -> Table:
    columns = tuple(Column(name, parse_type(kind)) for name, kind in COLUMNS.items())
    return Table("public", "t", columns, checks=tuple(Check(f"c{n}", text) for n, text in enumerate(expressions)))


@pytest.mark.parametrize(
    ("expression", "column", "rule"),
    [
        ("price >= 0", "price", ValueRule(minimum="0")),
        ("(price >= (0)::numeric)", "price", ValueRule(minimum="0")),
        ("beds between 1 and 8", "beds", ValueRule(minimum="1", maximum="8")),
        ("((beds >= 1) AND (beds <= 8))", "beds", ValueRule(minimum="1", maximum="8")),
        ("beds > 0 and beds < 10", "beds", ValueRule(minimum="0", above=True, maximum="10", below=True)),
        ("char_length(name) between 2 and 5", "name", ValueRule(shortest=2, longest=5)),
        ("status in ('a', 'it''s')", "status", ValueRule(values=("a", "it's"))),
        ("((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))", "status",
         ValueRule(values=("a", "b"))),
        ("name = lower(name) and name ~ '^[a-z]+$'", "name", ValueRule(patterns=("^[a-z]+$",), lower=True)),
        ("((name)::text ~ '^[a-z]+( and )?$'::text)", "name", ValueRule(patterns=("^[a-z]+( and )?$",))),
        ("born >= date '1900-01-01'", "born", ValueRule(minimum="date '1900-01-01'")),
        ("(born >= '1900-01-01'::date)", "born", ValueRule(minimum="'1900-01-01'")),
        ("cardinality(tags) <= 3", "tags", ValueRule(longest=3)),
        ("jsonb_typeof(settings) = 'object'", "settings", ValueRule(json_object=True)),
        ('char_length("Big Name") >= 1', "Big Name", ValueRule(shortest=1)),
    ],
)  # fmt: skip
def test_checks_are_read_as_people_and_the_catalog_write_them(expression: str, column: str, rule: ValueRule) -> None:
    found = table_rules(rules(expression))
    assert found.of(column) == rule
    assert not found.unread


def test_columns_are_compared() -> None:
    found = table_rules(
        rules("starts_at < ends_at", "num_nulls(name, status) in (0, 2)", "num_nonnulls(name, born) = 1")
    )
    assert found.pairs == [PairRule("starts_at", "<", "ends_at")]
    assert found.together == [("name", "status")]
    assert found.exactly_one == [("name", "born")]


@pytest.mark.parametrize("expression", ["price > 0 or beds > 0", "price + beds > 3", "nobody > 1", "name like 'a%'"])
def test_what_is_not_understood_is_said(expression: str) -> None:
    assert [check.expression for check in table_rules(rules(expression)).unread] == [expression]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^[^@[:space:]]+@[^@[:space:]]+$", r"/^[^@\s]+@[^@\s]+$/"),
        ("^https?://", r"/^https?:\/\//"),
        ("^[[:alpha:]]+$", "/^[a-zA-Z]+$/"),
        (r"\mword\M", None),
        ("(?i)word", None),
        ("[[:punct:]]", None),
    ],
)
def test_patterns_become_javascript_only_where_they_mean_the_same(pattern: str, expected: str | None) -> None:
    assert regular_expression(pattern) == expected
