"""Whatever the requirements, the schema is built by PostgreSQL and keeps what every schema of ours promises."""

import pytest
from design.edge_cases import CASES
from design.shop import SHOP, draft

from dbarchitect.engines import postgres
from dbarchitect.engines.canonical import canonical
from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.codec import encode
from dbarchitect.model.schema import Schema

PROFILES = [{}, {"profile": "modern", "touch_trigger": True}]


@pytest.mark.parametrize("options", PROFILES, ids=["house", "modern"])
@pytest.mark.parametrize("name", [*CASES, "shop"])
def test_postgres_builds_it_and_it_keeps_our_promises(name: str, options: dict[str, object], server: postgres.Server):
    made = draft(CASES.get(name, SHOP), **options)
    built = canonical(made.schema, server)
    assert [table.name for table in built.tables] == [table.name for table in made.schema.tables]
    check_promises(made.schema)


@pytest.mark.parametrize("name", CASES)
def test_the_same_requirements_give_the_same_draft(name: str):
    first, second = draft(CASES[name]), draft(CASES[name])
    assert encode(first.schema) == encode(second.schema)
    assert (first.decisions, first.questions) == (second.decisions, second.questions)


def check_promises(schema: Schema) -> None:
    lookup = Lookup(schema)
    names = [table.name for table in schema.tables] + [enum.name for enum in schema.enums]
    for table in schema.tables:
        names += [access.name for access in lookup.accesses(table)] + [rule.name for rule in table.exclusions]
    assert len(set(names)) == len(names)
    assert all(len(name.encode()) <= 63 for name in names)
    for table in schema.tables:
        intent = schema.intent.tables[table.address]
        paths = lookup.accesses(table)
        for key in table.foreign_keys:
            assert lookup.index_for(table, key.columns), f"{key.name} has no index"
            assert key.on_delete != "no action" or key.deferrable
            assert schema.intent.reasons[table.constraint_address(key.name)]
        relations = [schema.intent.relations[table.constraint_address(key.name)] for key in table.foreign_keys]
        assert len(set(relations)) == len(relations)
        assert {access.index for access in intent.access} <= {path.address for path in paths} | {None}
        assert len({access.name for access in intent.access}) == len(intent.access)
        assert table.comment == intent.description != ""
        assert table.has("created_at")
        assert table.has("updated_at")
        assert table.row_security == table.force_row_security == bool(table.policies)
        assert table.row_security == (intent.tenant_scoped or intent.kind == "tenant")
        for index in table.indexes:
            assert index.columns != ("deleted_at",)
            assert len(set(index.columns)) == len(index.columns)
            assert not index.unique or index.where == ("deleted_at is null" if intent.soft_delete else None)
            wider = [p for p in paths if p.name != index.name and p.columns[: len(index.parts)] == index.columns
                     and p.method == "btree" and p.where is None]  # fmt: skip
            assert index.unique or index.method != "btree" or index.include or not wider, f"{index.name} is superfluous"
