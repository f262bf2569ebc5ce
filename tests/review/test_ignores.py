"""Comments that ignore a finding: what they cover, and what becomes of those that cover nothing."""

import pytest

from dbarchitect.review import engine, ignores
from dbarchitect.review.options import Options
from dbarchitect.review.subjects import of_texts

TABLES = """\
create table a (id bigint primary key);
{before}create table b (
  id bigint primary key,
  {inside}a_id bigint references a (id){after}
);
create table c (id bigint primary key, a_id bigint references a (id));
"""


def found(text):
    review = engine.review([of_texts({"schema.sql": text})], Options(select=("R01", "X01")))
    return [(finding.code, finding.address) for finding in review.findings], review.summary["ignored"]


IGNORE = "-- dbarchitect: ignore R01: three rows\n"
LEFT = [("R01", "constraint:public.c.c_a_id_fkey")]
BOTH = [("R01", "constraint:public.b.b_a_id_fkey"), *LEFT]


def test_without_an_ignore_both_are_found():
    assert found(TABLES.format(before="", inside="", after="")) == (BOTH, 0)


@pytest.mark.parametrize(
    "where",
    [
        {"before": IGNORE, "inside": "", "after": ""},
        {"before": "", "inside": IGNORE + "  ", "after": ""},
        {"before": "", "inside": "", "after": " -- dbarchitect: ignore R01: three rows"},
        {"before": "", "inside": "", "after": " /* dbarchitect-ignore T01, R01 */"},
        {"before": "-- dbarchitect-ignore R\n-- why it is so\n", "inside": "", "after": ""},
    ],
    ids=["before the statement", "before the line", "at the end", "several codes", "a family, and another comment"],
)
def test_an_ignore_covers_what_follows_or_its_line(where):
    assert found(TABLES.format(**where)) == (LEFT, 1)


def test_an_ignore_of_a_file_covers_all():
    text = "-- dbarchitect: ignore-file R01: generated\n" + TABLES.format(before="", inside="", after="")
    assert found(text) == ([], 2)


def test_what_covers_nothing_is_a_finding():
    text = TABLES.format(before="-- dbarchitect: ignore R01: long gone\n", inside="", after="").replace(
        "a_id bigint references a (id)\n);", "a_id bigint\n);"
    )
    assert found(text) == ([("X01", "namespace:public"), *LEFT], 0)


def test_an_ignore_of_a_rule_that_did_not_run_is_no_finding():
    text = "-- dbarchitect: ignore T01: not asked\n" + TABLES.format(before="", inside="", after="")
    review = engine.review([of_texts({"schema.sql": text})], Options(select=("R01", "X01")))
    assert [finding.code for finding in review.findings] == ["R01", "R01"]


def test_a_misspelt_code_is_named():
    text = "-- dbarchitect: ignore Y77: what\ncreate table a (id bigint primary key);\n"
    (finding,) = engine.review([of_texts({"schema.sql": text})], Options(select=("X01",))).findings
    assert "Y77" in finding.message


def test_reasons_and_places_are_read():
    text = "const a = 1;\n// dbarchitect-ignore R01, T01: seven rows, never more\nconst b = {\n  c: 2,\n};\n"
    first, second = ignores.find({"schema.ts": text}, {})
    assert (first.code, second.code) == ("R01", "T01")
    assert first.reason == second.reason == "seven rows, never more"
    assert (first.first, first.last) == (3, 5)
    assert str(first.span) == "schema.ts:2:1"


def test_an_ignore_at_the_end_of_a_file_covers_nothing_and_does_no_harm():
    assert [item.first for item in ignores.find({"a.ts": "const a = 1;\n// dbarchitect-ignore R01"}, {})] == [3]
    assert ignores.find({"a.sql": "-- dbarchitect: ignore R01"}, {})[0].code == "R01"
