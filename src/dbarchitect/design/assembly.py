"""The finished drawing as a `Schema` with intent and annotations."""

from __future__ import annotations

from dbarchitect.design.blueprint import PUBLIC, TENANT_COLUMN, TENANT_SETTING, Blueprint, TableDraft
from dbarchitect.design.descriptions import describe
from dbarchitect.model.address import address
from dbarchitect.model.annotations import Annotations
from dbarchitect.model.intent import Intent, TableIntent, Tenancy
from dbarchitect.model.origin import Origin
from dbarchitect.model.schema import Extension, Schema
from dbarchitect.model.table import Table


def assemble(plan: Blueprint) -> Schema:
    """The schema of everything that was drawn."""
    drafts = sorted(plan.tables.values(), key=lambda draft: draft.name)
    tables = {draft.name: _table(plan, draft) for draft in drafts}
    known = {table.address for table in tables.values()}
    known |= {t.index_address(i.name) for t in tables.values() for i in t.indexes}
    for table in tables.values():
        known |= {table.constraint_address(unique.name) for unique in table.uniques}
        known |= {table.constraint_address(key.name) for key in table.foreign_keys}
        known |= {table.constraint_address(check.name) for check in table.checks}
        known |= {table.constraint_address(rule.name) for rule in table.exclusions}
    intent = Intent(
        title=plan.requirements.title,
        description=plan.requirements.description,
        tenancy=Tenancy(plan.tenant.address, TENANT_COLUMN, TENANT_SETTING) if plan.tenant else None,
        tables={draft.address: _table_intent(plan, draft) for draft in drafts},
        columns={
            draft.column_address(name): column.intent for draft in drafts for name, column in draft.columns.items()
        },
        relations=dict(sorted(plan.relations.items())),
        reasons={where: plan.reasons[where] for where in sorted(plan.reasons) if where in known},
        dependencies=tuple(plan.dependencies),
    )
    return Schema(
        tables=tuple(tables.values()),
        enums=tuple(plan.enums.values()),
        functions=tuple(plan.functions.values()),
        extensions=tuple(Extension(name) for name in sorted(plan.extensions)),
        intent=intent,
        annotations=Annotations(origins=_origins(plan, drafts)),
    )


def _table(plan: Blueprint, draft: TableDraft) -> Table:
    guarded = bool(draft.policies)
    return Table(
        PUBLIC,
        draft.name,
        columns=tuple(column.column for column in draft.columns.values()),
        primary_key=draft.primary_key,
        uniques=tuple(draft.uniques),
        foreign_keys=tuple(draft.foreign_keys),
        checks=tuple(draft.checks),
        exclusions=tuple(draft.exclusions),
        indexes=tuple(draft.indexes),
        policies=tuple(draft.policies),
        row_security=guarded,
        force_row_security=guarded,
        triggers=tuple(draft.triggers),
        comment=describe(plan, draft),
    )


def _table_intent(plan: Blueprint, draft: TableDraft) -> TableIntent:
    return TableIntent(
        kind=draft.kind,
        description=describe(plan, draft),
        singular=draft.one,
        owner=draft.owner.address if draft.owner else None,
        tenant_scoped=draft.tenant_scoped,
        soft_delete=draft.soft_delete,
        append_only=draft.append_only,
        never_deleted=draft.never_deleted,
        display=draft.display,
        search=draft.search,
        access=tuple(draft.access),
        volume=draft.entity.rows,
        values=draft.values,
    )


def _origins(plan: Blueprint, drafts: list[TableDraft]) -> dict[str, tuple[Origin, ...]]:
    origins: dict[str, tuple[Origin, ...]] = {}
    convention = Origin("convention", f"profile {plan.settings.profile}")
    for draft in drafts:
        entity = draft.entity
        pattern = Origin("pattern", entity.pattern) if entity.pattern else None
        origins[draft.address] = (entity.origin or pattern or Origin("derived", f"the brief speaks of {draft.one}"),)
        for name, column in draft.columns.items():
            where = address("column", PUBLIC, draft.name, name)
            if column.intent.managed:
                origins[where] = (convention,)
            elif column.origin:
                origins[where] = (column.origin,)
    return origins
