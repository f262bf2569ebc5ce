"""Any Drizzle project is read as Drizzle itself sees it, with the place of everything."""

import shutil
from dataclasses import replace

import pytest
from read.drizzle_runtime.files import NEWER, WIDE, make

from dbarchitect.engines import toolchain
from dbarchitect.engines.canonical import canonical
from dbarchitect.model.column import Identity, SequenceOptions
from dbarchitect.model.policy import Policy
from dbarchitect.model.schema import Extension, Namespace, Sequence
from dbarchitect.model.types import SqlType
from dbarchitect.read.database import read as read_catalog
from dbarchitect.read.drizzle.evaluation import Request, evaluate
from dbarchitect.read.drizzle.source import read


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make(tmp_path_factory.mktemp("wide"), WIDE)


@pytest.fixture(scope="module")
def wide(folder):
    return read(folder, base=folder.parent)


def table(result, name):
    return next(each for each in result.schema.tables if each.name == name)


def test_what_is_no_table(wide):
    schema = wide.schema
    assert [(e.name, e.labels) for e in schema.enums] == [("role", ("owner", "member"))]
    assert schema.namespaces == (Namespace("shop"),)
    assert Sequence("public", "numbers", options=SequenceOptions(100, 10, cycle=True)) in schema.sequences
    owned = next(each for each in schema.sequences if each.owned_by)
    assert (owned.name, owned.owned_by, owned.type) == (
        "orders_Number_seq", ("shop", "orders", "Number"), SqlType("integer")
    )  # fmt: skip
    assert {each.name for each in schema.extensions} == {"citext", "vector"}
    views = {view.name: view for view in schema.views}
    assert set(views) == {"open_orders", "totals"}
    assert views["open_orders"].columns == ("id", "mail")
    assert views["open_orders"].options == (("security_invoker", "true"),)
    assert (views["totals"].materialized, views["totals"].with_data) == (True, False)


def test_only_what_is_exported_counts(wide):
    assert [each.name for each in wide.schema.tables] == ["app_teams", "lines", "orders"]


def test_policies(wide):
    teams = table(wide, "app_teams")
    assert teams.row_security
    assert teams.policies == (
        Policy("teams_read", "select", False, ("drizzle_reader", "drizzle_writer"), "true"),
        Policy("teams_write", "insert", True, ("drizzle_reader",), None, "true"),
    )
    assert (table(wide, "lines").row_security, table(wide, "lines").policies) == (True, ())


def test_columns_and_indexes(wide):
    orders = table(wide, "orders")
    assert orders.column("id").identity == Identity(True, SequenceOptions(start=5, cache=3))
    assert (orders.column("due").default, orders.column("none").default) == ("'2026-01-02'", "'null'::jsonb")
    assert orders.column("lasts").type.sql() == "interval day to second(3)"
    indexes = {index.name: index for index in orders.indexes}
    assert indexes["orders_tags_idx"].options == (("fastupdate", "false"),)
    data = indexes["orders_data_idx"].parts[0]
    assert (data.column, data.opclass) == ("data", "jsonb_path_ops")
    assert indexes["orders_near_idx"].parts[0].opclass == "vector_cosine_ops"
    newest = indexes["orders_team_id_seen_index"].parts[1]
    assert (newest.descending, newest.nulls_first) == (True, False)


def test_places_and_the_rest(wide, folder):
    assert (wide.line, wide.casing, wide.static, wide.problems) == ("0.45", "", False, ())
    assert (wide.root, wide.config) == (folder, f"{folder.name}/drizzle.config.ts")
    assert wide.out == f"{folder.name}/migrations"
    spans = wide.schema.annotations.spans
    for each in wide.schema.tables:
        places = [each.address, *(each.column_address(column.name) for column in each.columns)]
        places += [each.index_address(index.name) for index in each.indexes]
        keys = [each.primary_key, *each.uniques, *each.foreign_keys, *each.checks]
        places += [each.constraint_address(key.name) for key in keys if key]
        assert [place for place in places if place not in spans] == []
    span = spans["column:public.app_teams.created_at"][0]
    assert span.file == f"{folder.name}/src/lib/columns.ts"
    assert span.file in wide.texts


def test_the_text_alone_says_the_same(wide, folder):
    text = read(folder, base=folder.parent, static=True)
    assert (text.static, text.out) == (True, wide.out)
    computed = {"the default of the column due of orders", "the query of the view open_orders"}
    assert {problem.message.partition(" was not read")[0] for problem in text.problems} == computed
    for kind in ("enums", "sequences", "namespaces", "extensions"):
        assert getattr(text.schema, kind) == getattr(wide.schema, kind)
    assert [view.name for view in text.schema.views] == [view.name for view in wide.schema.views]
    for one, other in zip(text.schema.tables, wide.schema.tables, strict=True):
        columns = [replace(column, default=None) if column.name == "due" else column for column in other.columns]
        assert one == replace(other, columns=tuple(columns))


def created(folder, line, database):
    """What PostgreSQL holds after drizzle-kit has had its way."""
    packages = toolchain.install(line) / "node_modules"
    request = Request(folder, packages, folder / "drizzle.config.ts", whole=True)
    bundled = evaluate(request)[1]
    kit = folder / "kit"
    kit.mkdir()
    (kit / "schema.js").write_text(bundled, encoding="utf-8")
    project = toolchain.Project(kit, line)
    with project.link():
        statements = project.kit_snapshot(schema="schema.js").statements
    shutil.rmtree(kit)
    with database.connect() as connection:
        for extension in ("citext", "vector"):
            connection.execute(f"create extension {extension}")
        for statement in statements:
            connection.execute(statement)
        return read_catalog(connection).schema


@pytest.mark.parametrize(("line", "files"), [("0.45", WIDE), ("1", NEWER)])
def test_drizzle_kit_creates_the_same(line, files, tmp_path, database, request):
    folder = make(tmp_path, files)
    ours = request.getfixturevalue("wide") if files is WIDE else read(folder, base=folder)
    assert (ours.line, ours.problems) == (line, ())
    extensions = tuple(Extension(name) for name in ("citext", "vector"))
    mine = canonical(replace(ours.schema, extensions=extensions))
    theirs = created(folder, line, database)
    for kind in ("tables", "enums", "views", "sequences", "namespaces"):
        assert getattr(mine, kind) == getattr(theirs, kind)


def test_one_file_and_a_folder_without_configuration(tmp_path):
    folder = make(tmp_path, {name: text for name, text in WIDE.items() if name != "drizzle.config.ts"})
    one = read(folder / "src/schema/teams.ts", base=folder)
    assert [each.name for each in one.schema.tables] == ["app_teams"]
    whole = read(folder, base=folder)
    assert [each.name for each in whole.schema.tables] == ["app_teams", "lines", "orders"]
    assert (whole.config, whole.out) == ("", "")


def test_the_drizzle_that_is_installed_is_used(tmp_path):
    folder = make(tmp_path, WIDE)
    packages = folder / "node_modules"
    packages.mkdir()
    ours = toolchain.install("0.45") / "node_modules" / "drizzle-orm"
    shutil.copytree(
        ours, packages / "drizzle-orm", ignore=shutil.ignore_patterns("*.map", "*.cjs", "*.d.ts", "*.d.cts")
    )
    keys = packages / "drizzle-orm" / "pg-core" / "foreign-keys.js"
    keys.write_text(keys.read_text().replace('join("_")}_fk', 'join("_")}_theirs'))
    result = read(folder, base=folder)
    assert [key.name for key in table(result, "orders").foreign_keys] == ["orders_team_id_app_teams_id_theirs"]
