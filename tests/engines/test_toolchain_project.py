import os

import pytest
from engines import toolchain_sample as sample

from dbarchitect.engines import toolchain
from dbarchitect.errors import EngineError

LINES = ("0.45", "1")


@pytest.fixture(params=LINES)
def project(request, tmp_path):
    """The sample project of each line, with its packages linked."""
    made = sample.make(tmp_path / "sample", request.param)
    with made.link():
        yield made


@pytest.fixture
def old(tmp_path):
    """The sample project of the older line alone, for what does not depend on the line."""
    made = sample.make(tmp_path / "sample", "0.45")
    with made.link():
        yield made


def test_a_good_project_has_no_problem(project):
    assert project.typecheck().problems == ()
    assert project.check_format().problems == ()
    assert project.lint().problems == ()


def test_a_wrong_type_is_found_at_its_place(project):
    sample.change(project, "src/db/schema/orders.ts", "uuid('id')", "uuid(7)")
    checked = project.typecheck()
    assert not checked.passed
    problem = checked.problems[0]
    assert (problem.file, problem.line, problem.code) == ("src/db/schema/orders.ts", 8, "TS2345")
    assert str(problem).startswith("src/db/schema/orders.ts:8:")


def test_a_broken_tsconfig_is_a_problem(old):
    (old.folder / "tsconfig.json").write_text("{", encoding="utf-8")
    assert not old.typecheck().passed


def test_format_mends_what_check_format_finds(old):
    sample.change(old, "src/db/schema/enums.ts", "['draft', 'paid']", "[ 'draft','paid' ]")
    found = old.check_format()
    assert [problem.file for problem in found.problems] == ["src/db/schema/enums.ts"]
    assert old.format().passed
    assert old.check_format().passed
    assert (old.folder / "src/db/schema/enums.ts").read_text() == sample.FILES["src/db/schema/enums.ts"]


def test_what_cannot_be_parsed_is_a_problem(old):
    sample.change(old, "src/db/schema/enums.ts", "export const", "export konst")
    assert {problem.file for problem in old.format().problems} == {"src/db/schema/enums.ts"}


def test_lint_names_rule_and_place(old):
    sample.write(old.folder, {"src/bad.ts": "let x: any = 1;\nexport const y = x;\n"})
    checked = old.lint()
    assert {problem.file for problem in checked.problems} == {"src/bad.ts"}
    assert "lint/suspicious/noExplicitAny" in {problem.code for problem in checked.problems}
    assert {problem.line for problem in checked.problems} == {1}


def test_the_kit_makes_a_snapshot_and_its_statements(project):
    first = project.kit_snapshot()
    assert len([text for text in first.statements if text.startswith("CREATE TABLE")]) == 2
    assert any("CREATE POLICY" in text for text in first.statements)
    assert project.kit_snapshot(first.snapshot).statements == []
    sample.change(project, "src/db/schema/enums.ts", "'paid'", "'paid', 'sent'")
    assert project.kit_snapshot(first.snapshot).statements[0].endswith("ADD VALUE 'sent';")


def test_the_kit_gives_the_same_statements_each_time(project):
    first, second = project.kit_snapshot(), project.kit_snapshot()
    assert first.statements == second.statements
    anonymous = [{k: v for k, v in r.snapshot.items() if k != "id"} for r in (first, second)]
    assert anonymous[0] == anonymous[1]


def test_casing_of_the_config_reaches_the_kit(old):
    sample.change(old, "src/db/schema/orders.ts", "numeric('total', {", "numeric({")
    sample.change(old, "src/db/schema/orders.ts", "  total:", "  grandTotal:")
    assert any('"grandTotal"' in text for text in old.kit_snapshot().statements)
    sample.change(old, "drizzle.config.ts", "dialect:", "casing: 'snake_case', dialect:")
    assert any('"grand_total"' in text for text in old.kit_snapshot().statements)


def test_a_schema_that_prints_does_not_disturb_the_answer(project):
    sample.change(project, "src/db/schema/enums.ts", "export const", "console.log('{}');\nexport const")
    assert project.kit_snapshot().statements


def test_a_schema_that_cannot_be_loaded_is_an_error_that_says_why(project):
    sample.change(project, "src/db/schema/index.ts", "./orders", "./nowhere")
    with pytest.raises(EngineError, match="nowhere"):
        project.kit_snapshot()
    with pytest.raises(EngineError, match="nowhere"):
        project.kit_generate_changes()


def test_a_rename_is_asked_and_that_is_an_error(project):
    before = project.kit_snapshot().snapshot
    sample.change(project, "src/db/schema/orders.ts", "numeric('total'", "numeric('amount'")
    with pytest.raises(EngineError, match="asks whether something was renamed"):
        project.kit_snapshot(before)
    entry = toolchain.journal.Entry("initial", "select 1;\n", before, toolchain.journal.EPOCH)
    sample.write(project.folder / "drizzle", toolchain.journal.folder(project.line, [entry]))
    with pytest.raises(EngineError, match="asks whether something was renamed"):
        project.kit_generate_changes()


def test_generate_in_an_empty_folder_would_add_everything_and_adds_nothing(project):
    added = project.kit_generate_changes()
    assert len(added) == 1
    assert 'CREATE TABLE "org_orders"' in added[0]
    assert not (project.folder / "drizzle").exists()


def test_generate_sees_no_secret_of_the_project(project):
    sample.write(project.folder, {".env": "LEAK=yes\n"})
    sample.change(
        project, "drizzle.config.ts", "export default",
        "if (process.env['LEAK']) throw new Error('leaked');\nexport default",
    )  # fmt: skip
    assert project.kit_generate_changes()


def test_tests_are_counted(old):
    tested = old.test()
    assert tested.passed
    assert (tested.passes, tested.failures, tested.skips) == (1, 0, 1)


def test_a_failing_test_is_named(old):
    text = "import { expect, test } from 'bun:test';\n\ntest('the sky is green', () => expect(1).toBe(2));\n"
    sample.write(old.folder, {"test/sky.test.ts": text})
    tested = old.test()
    assert not tested.passed
    assert (tested.passes, tested.failures) == (1, 1)
    assert [problem.file for problem in tested.problems] == ["test/sky.test.ts"]
    assert tested.problems[0].message.startswith("the sky is green")
    assert "Expected: 2" in tested.problems[0].message
    assert old.test("sum").passed


@pytest.mark.parametrize("text", ["throw new Error('at the top');\n", "import './nowhere';\n", "process.exit(0);\n"])
def test_a_test_file_that_cannot_run_fails(old, text):
    sample.write(old.folder, {"test/broken.test.ts": text})
    assert not old.test().passed


def test_no_tests_is_no_success(old):
    (old.folder / "test/sum.test.ts").unlink()
    assert not old.test().passed


def test_a_script_gets_its_arguments_and_only_the_given_environment(old):
    sample.write(
        old.folder, {"src/show.ts": "console.log(Bun.argv.slice(2), process.env['A'], process.env['USER']);\n"}
    )
    finished = old.script("src/show.ts", "--rows", "5", env={"A": "b"})
    assert finished.stdout == '[ "--rows", "5" ] b undefined\n'
    with pytest.raises(EngineError, match=r"src/none\.ts"):
        old.script("src/none.ts")


def test_migrate_reports_a_database_that_is_not_there(old):
    sample.write(old.folder, {"drizzle/meta/_journal.json": '{"version":"7","dialect":"postgresql","entries":[]}'})
    checked = old.migrate("postgres://nobody@127.0.0.1:9/none")
    assert not checked.passed
    assert "ECONNREFUSED" in checked.problems[0].message or "refused" in checked.problems[0].message


def test_the_link_comes_and_goes(tmp_path):
    project = sample.make(tmp_path, "0.45")
    link = tmp_path / "node_modules"
    with project.link() as packages:
        assert packages == link
        assert os.readlink(link) == str(toolchain.install("0.45") / "node_modules")
    assert not link.is_symlink()


def test_a_link_left_by_a_killed_run_is_replaced_and_taken_away(tmp_path):
    project = sample.make(tmp_path, "0.45")
    (tmp_path / "node_modules").symlink_to("/nonexistent")
    with project.link():
        assert project.typecheck().passed
    assert not (tmp_path / "node_modules").is_symlink()


def test_packages_of_the_user_stay(tmp_path):
    project = sample.make(tmp_path, "0.45")
    (tmp_path / "node_modules").mkdir()
    with project.link():
        assert not (tmp_path / "node_modules").is_symlink()
    assert (tmp_path / "node_modules").is_dir()


def test_without_packages_the_error_says_what_to_run(tmp_path):
    project = sample.make(tmp_path, "0.45")
    with pytest.raises(EngineError, match="bun install"):
        project.typecheck()
    with pytest.raises(EngineError, match="bun install"):
        project.kit_generate_changes()
