"""Every hazard: its page and its examples, taken from its one file."""

from __future__ import annotations

import re

import pytest

from dbarchitect.migrate import checking, hazard_catalogue, loss
from dbarchitect.migrate.recipe import recipes
from dbarchitect.migrate.walk import Options
from dbarchitect.migrate.way_back import Down
from dbarchitect.review import catalogue

PAGES = hazard_catalogue.pages()
EXAMPLES = [
    pytest.param(page, example, id=f"{page.module.rpartition('.')[2]}-{place}")
    for page in PAGES
    for place, example in enumerate(page.examples)
]


def hazards(example):
    options = Options(
        postgres=example.postgres, statistics=example.statistics, drizzle=example.drizzle,
        only=frozenset(["1.sql"]), transaction=example.transaction, certain=example.certain,
        downs=None if example.down is None else {"1.sql": Down("1.down.sql", example.down)} if example.down else {},
    )  # fmt: skip
    files = {"0.sql": example.before, "1.sql": example.sql}
    checked = checking.check({**files, "2.sql": example.after} if example.after else files, options)
    return checked.hazards


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.module.rpartition(".")[2])
def test_a_hazard_is_documented(page):
    first, *_ = page.text.splitlines()
    assert first.endswith("."), "the first line is a sentence"
    assert [line for line in page.text.splitlines() if re.fullmatch(r"[A-Z]\w+( way)?", line)] == [
        "Why", "Safe way", "Sources",
    ]  # fmt: skip
    shown = {code for example in page.examples for code in example.codes}
    assert shown == set(page.by_code), "an example for each code"
    assert any(not example.codes for example in page.examples), "a good example"
    assert all(kind.code in page.text for kind in page.kinds) or len(page.kinds) == 1


def test_codes_and_names_are_unique_and_no_rules():
    kinds = [kind for page in PAGES for kind in page.kinds]
    kinds += [*hazard_catalogue.FOLDER, *hazard_catalogue.SERVER, *hazard_catalogue.CERTIFICATES]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert len({kind.name for kind in kinds}) == len(kinds)
    rules = {page.rule.code for page in catalogue.pages()}
    assert not rules & {kind.code for kind in kinds}
    assert not {kind.name for kind in kinds} & {page.rule.name for page in catalogue.pages()}


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_examples(page, example):
    own = [hazard for hazard in hazards(example) if hazard.code in page.by_code]
    assert sorted(hazard.code for hazard in own) == list(example.codes)
    for hazard in own:
        assert hazard.span is not None
        assert hazard.span.file in ("1.sql", "1.down.sql")
        assert hazard.message
        assert hazard.name == page.by_code[hazard.code].name


MERGED = """
RW01 RW02 RW03 RW04 RW05 RW06 RW07 RW08 RW09 RW10 RW11 RW12 RW13
SC01 SC02 SC03 SC04 SC05 SC06 SC07 SC08 SC09 SC10 SC11 SC12 SC13 SC14 SC15 SC16 SC17
IX01 IX02 IX03 IX04 IX05 IX06 IX07 IX08 IX09 IX10 IX11 IX12 IX13 IX14
DL01 DL02 DL03 DL04 DL05 DL06 DL07 DL08 DL09 DL10 DL11 DL12 DL13 DL14 DL15 DL16 DL17 DL18
TX01 TX02 TX03 TX04 TX05 TX06 TX07 TX08 TX09 TX10 TX11 TX12 TX13 TX14 TX15 TX16 TX17
EN01 EN02 EN03 EN04 EN05 BR01 BR02 BR03 BR04 BR05 BR06 BR07 BR08 BR09 BR10 BR11 BR12
RP01 RP02 RP03 RP04 P801 P802 P803 P804 P805 P806 DZ01 DZ02 DZ03 DZ04 RB01 RB02 RB03 RB04 RB05
"""


def test_every_id_of_the_merged_table_is_a_hazard_or_has_its_reason():
    ids, known, silent = MERGED.split(), hazard_catalogue.kinds(), hazard_catalogue.SILENT
    assert len(set(ids)) == 115
    assert set(ids) <= known.keys() | silent.keys()
    assert not known.keys() & silent.keys()
    assert known.keys() - set(ids) == {"RLS01", "CE01", "CE02", "CE03"}
    assert all(why.endswith(".") for why in silent.values())


def test_a_plan_and_a_check_call_a_hazard_the_same():
    known = hazard_catalogue.kinds()
    planned = {**{code: name for name, code in loss.NAMES.items()}, **{item.CODE: item.NAME for item in recipes()}}
    assert len(planned) > 10
    assert {code: known[code].name for code in planned} == planned


def test_a_label_that_is_added_and_used_in_files_that_run_together():
    files = {
        "0.sql": "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE t (m mood, note text);",
        "1.sql": "ALTER TYPE mood ADD VALUE 'ok';",
        "2.sql": "ALTER TABLE t ALTER COLUMN m SET DEFAULT 'ok';",
    }

    def severities(only):
        options = checking.Options(drizzle=True, only=only and frozenset(only))
        return [item.severity for item in checking.check(files, options).hazards if item.code == "EN01"]

    assert severities(["1.sql", "2.sql"]) == ["error"]
    assert severities(["2.sql"]) == []
    assert severities(None) == ["info"]
    files["2.sql"] = "UPDATE t SET note = 'x' WHERE note = 'y';"
    assert severities(["1.sql", "2.sql"]) == []


def test_a_statement_in_a_block_is_judged_once_at_its_own_place():
    block = "DO $$ BEGIN\n  BEGIN\n    {};\n  EXCEPTION WHEN others THEN null; END;\n  {};\nEND $$;"
    first = "ALTER TABLE t ALTER COLUMN n TYPE bigint"
    files = {"0.sql": "CREATE TABLE t (n int, m int);", "1.sql": block.format(first, first.replace("n TYPE", "m TYPE"))}
    checked = checking.check(files, Options(only=frozenset(["1.sql"])))
    assert [item.span.start.line for item in checked.hazards if item.code == "RW08"] == [3, 5]
    assert checked.statements == 2
    assert len({(item.code, item.address, item.span.start.line) for item in checked.hazards}) == len(checked.hazards)


def test_what_a_block_hides_is_named_once():
    block = "DO $$ BEGIN EXECUTE format('DROP TABLE %I', 't'); END $$;"
    checked = checking.check({"0.sql": "CREATE TABLE t (n int);", "1.sql": block}, Options(only=frozenset(["1.sql"])))
    assert [problem.severity for problem in checked.problems] == ["warning"]
    assert not [item for item in checked.hazards if item.code.startswith("DL")]
