"""A draft beside a schema that is there: which tables are new, and what they become next to the old ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dbarchitect.api.joining.habits import Dressed, dress
from dbarchitect.api.joining.taken import check_names, missing_enums
from dbarchitect.design.result import Draft
from dbarchitect.errors import InputError
from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.intent import ColumnIntent, Intent
from dbarchitect.model.names import singular, snake
from dbarchitect.model.policy import Policy
from dbarchitect.model.schema import Enum, Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.read.drizzle.practice import Practice
from dbarchitect.read.drizzle.project import Export, Project
from dbarchitect.read.drizzle.style import Style
from dbarchitect.records import dataclass
from dbarchitect.write.drizzle.naming import TENANT_PREFIX
from dbarchitect.write.drizzle.naming_foreign_keys import with_line_names

Key = tuple[str, str]
_TEXT = SqlType("text")
_ENDINGS = ("Schema", "Table", "Tbl", "Model")


@dataclass(frozen=True, slots=True)
class Joint:
    """What is added, and the whole that it makes with what is there.

    Args:
        schema: the old tables, bare, and the new ones with everything; enums of both.
        fresh: the new tables.
        enums: the enums that must be made.
        known: tables of the draft that the project has, by the draft's name, as the project's (schema, name).
        dressed: columns that are written in the project's own words, by (table, column).
        notes: what the user should know.
    """

    schema: Schema
    fresh: tuple[Table, ...]
    enums: tuple[Enum, ...]
    known: Mapping[str, Key]
    dressed: Mapping[Key, Dressed]
    notes: tuple[str, ...]

    @property
    def added(self) -> Schema:
        """The new tables and enums with what the draft says of them."""
        return Schema(tables=self.fresh, enums=self.enums, intent=self.schema.intent)


def join_schemas(draft: Draft, project: Project, style: Style, practice: Practice) -> Joint:
    """Match the draft with the project and fit what is new to what is there.

    Args:
        draft: the design.
        project: the project that it joins.
        style: how the project names things.
        practice: how it writes ids and timestamps.

    Raises:
        InputError: something cannot be placed: a name that is taken, an enum with other labels, a table without a key
            of one column.
    """
    known = match_tables(draft.schema, project)
    fresh = [table for table in draft.schema.tables if table.name not in known]
    notes = [note for table in draft.schema.tables if table.name in known
             for note in _left_alone(table, project, known[table.name])]  # fmt: skip
    if fresh:
        notes += _unlike(project, practice)
    dressed: dict[Key, Dressed] = {}
    lookup = Lookup(draft.schema)
    adapted = []
    for table in fresh:
        changed, columns = dress(table, lookup, practice)
        adapted.append(changed)
        dressed |= {(table.name, name): words for name, words in columns.items()}
    adapted = [_point(table, project, known, draft.schema, notes) for table in adapted]
    adapted = _fit_types(adapted, project)
    tenant_type = _tenant_type(draft.schema, adapted)
    adapted = [replace(table, policies=tuple(_cast(p, tenant_type) for p in table.policies)) for table in adapted]
    intent = draft.schema.intent
    check_names(adapted, project)
    enums = tuple(missing_enums(adapted, draft.schema, project))
    needed = [function for function in draft.schema.functions if _calls(adapted, function.name)]
    intent = replace(intent, columns={**intent.columns, **_modes(adapted, project, intent)})
    schema = Schema(
        tables=(*(_bare(table, project) for table in project.schema.tables), *adapted),
        enums=(*project.schema.enums, *enums),
        domains=tuple(domain for domain in draft.schema.domains if _uses(adapted, domain.name)),
        functions=tuple(needed),
        extensions=draft.schema.extensions if adapted else (),
        namespaces=project.schema.namespaces,
        intent=intent,
    )
    if style.inline:
        schema = with_line_names(schema, project.line)
    new = {table.name for table in adapted}
    return Joint(
        schema, tuple(table for table in schema.tables if table.schema == "public" and table.name in new),
        enums, known, dressed, tuple(dict.fromkeys(notes)),
    )  # fmt: skip


def match_tables(schema: Schema, project: Project) -> dict[str, Key]:
    """The tables of a draft that the project has: by name, else by what their names mean, else by their exports."""
    exports = {export.key: export for export in project.of_kind("table") if export.key}
    by_name = {key[1]: key for key in exports}
    by_sense: dict[str, list[Key]] = {}
    for key, export in sorted(exports.items()):
        for sense in {_sense(key[1]), _sense(_stem(export))}:
            by_sense.setdefault(sense, []).append(key)
    found: dict[str, Key] = {}
    for table in schema.tables:
        bare = table.name.removeprefix(TENANT_PREFIX)
        if table.name in by_name:
            found[table.name] = by_name[table.name]
        elif len(by_sense.get(_sense(bare), ())) == 1:
            found[table.name] = by_sense[_sense(bare)][0]
        elif by_sense.get(_sense(bare)):
            names = ", ".join(f"{key[0]}.{key[1]}" for key in by_sense[_sense(bare)])
            raise InputError(
                f"`{table.name}` of the brief may mean several tables of the project: {names}",
                place=str(project.root),
                hint="Name the entity in the brief as the table is named.",
            )
    return found


def place_of(project: Project, key: Key) -> str:
    """The file that a table is written in, for messages."""
    export = project.export("table", key)
    return str(project.root / export.file) if export else str(project.root)


def _stem(export: Export) -> str:
    ending = next((e for e in _ENDINGS if export.name.endswith(e) and export.name != e), "")
    return export.name.removesuffix(ending)


def _sense(name: str) -> str:
    return singular(snake(name))


def _left_alone(table: Table, project: Project, key: Key) -> Iterator[str]:
    """What the brief says of a table that exists and that the project does not have: it is never changed."""
    there = next(each for each in project.schema.tables if each.key == key)
    have = {snake(column.name) for column in there.columns}
    managed = {"id", "created_at", "updated_at", "deleted_at"}
    missing = [column.name for column in table.columns if column.name not in have | managed]
    if missing:
        yield f"{key[1]} exists and stays as it is; the brief also gives it {', '.join(missing)}"


def _unlike(project: Project, practice: Practice) -> Iterator[str]:
    """Where new tables are not as the project's own."""
    places = {table.schema for table in project.schema.tables}
    if "public" not in places:
        yield f"the tables of the project are in the schema {min(places)}, the new ones in public"
    maker = next((file.path for file in project.files if "pgTableCreator(" in file.text), None)
    if maker:
        yield f"the new tables are made by pgTable, not by the creator in {maker}, and have no prefix"
    habit = practice.habit("id")
    if habit and not habit.expression and any(place[2] == habit.column.name for place in project.generated):
        yield f"the new tables have no $defaultFn for {habit.column.name}: copy it from your own, or pass it on insert"


def _point(table: Table, project: Project, known: Mapping[str, Key], draft: Schema, notes: list[str]) -> Table:
    """The table with its references to known tables led to the project's own."""
    there = {each.key: each for each in project.schema.tables}
    keys = []
    for key in table.foreign_keys:
        if key.target_table not in known:
            keys.append(key)
            continue
        target = there[known[key.target_table]]
        keys.append(_led(table, key, target, project, draft, notes))
    return replace(table, foreign_keys=tuple(keys))


def _led(table: Table, key: ForeignKey, target: Table, project: Project, draft: Schema, notes: list[str]) -> ForeignKey:
    named = {frozenset(unique.columns) for unique in target.uniques}
    if target.primary_key:
        named.add(frozenset(target.primary_key.columns))
    if frozenset(key.target_columns) in named:
        return replace(key, target_schema=target.schema, target_table=target.name)
    tenancy = draft.intent.tenancy
    own = tuple(c for c in key.columns if tenancy is None or c != tenancy.column or len(key.columns) == 1)
    primary = target.primary_key
    if primary is None or len(primary.columns) != 1 or len(own) != 1:
        what = "no primary key" if primary is None else f"the key ({', '.join(primary.columns)})"
        raise InputError(
            f"{table.name}.{own[-1]} cannot refer to {target.name}, which has {what}",
            place=place_of(project, target.key),
            hint=f"Give {target.name} a primary key of one column, or leave it out of the brief.",
        )
    if len(key.columns) > 1:
        notes.append(
            f"{table.name}.{own[0]} refers to {target.name} by {primary.columns[0]} alone: {target.name} has no unique "
            f"({', '.join(key.target_columns)}), so that the database cannot compare the tenants"
        )
    return replace(
        key, columns=own, target_schema=target.schema, target_table=target.name, target_columns=primary.columns,
        set_columns=(),
    )  # fmt: skip


def _fit_types(tables: list[Table], project: Project) -> list[Table]:
    """Every referring column gets the type of the key that it refers to."""
    by_key = {table.key: table for table in (*project.schema.tables, *tables)}
    fresh = sorted(table.key for table in tables)
    for _ in range(len(tables) + 1):
        for name in fresh:
            table = by_key[name]
            wanted: dict[str, SqlType] = {}
            for key in table.foreign_keys:
                target = by_key[key.target_schema, key.target_table]
                for own, theirs in zip(key.columns, key.target_columns, strict=True):
                    wanted[own] = _referable(target, theirs, project)
            columns = tuple(replace(c, type=wanted[c.name], default=c.default if wanted[c.name] == c.type else None)
                            if c.name in wanted else c for c in table.columns)  # fmt: skip
            by_key[name] = replace(table, columns=columns)
    return [by_key[table.key] for table in tables]


def _referable(target: Table, column: str, project: Project) -> SqlType:
    kind = target.column(column).type
    if not _known(kind, project):
        raise InputError(
            f"the type of {target.name}.{column} is {kind.name}, which we do not know, so nothing can refer to it",
            place=place_of(project, target.key),
            hint="Use a type of drizzle-orm/pg-core for the key.",
        )
    return kind


def _known(kind: SqlType, project: Project) -> bool:
    return kind.info is not None or (kind.schema, kind.name) in {(e.schema, e.name) for e in project.schema.enums}


def _tenant_type(schema: Schema, tables: list[Table]) -> SqlType | None:
    tenancy = schema.intent.tenancy
    if tenancy is None:
        return None
    for table in tables:
        if table.has(tenancy.column):
            return table.column(tenancy.column).type
    return None


def _cast(policy: Policy, kind: SqlType | None) -> Policy:
    """The policy with the tenant's setting cast to the type that the tenant's key has here."""
    if kind is None or kind.name == "uuid":
        return policy
    using, check = ((text or "").replace("::uuid", f"::{kind.sql()}") or None for text in (policy.using, policy.check))
    return replace(policy, using=using, check=check)


def _modes(tables: list[Table], project: Project, intent: Intent) -> dict[str, ColumnIntent]:
    """References to a bigint key are read as the key itself is: as numbers or as bigints."""
    modes = {}
    for table in tables:
        for key in table.foreign_keys:
            for own, theirs in zip(key.columns, key.target_columns, strict=True):
                mode = project.modes.get((key.target_schema, key.target_table, theirs))
                place = table.column_address(own)
                if mode:
                    modes[place] = replace(intent.columns.get(place, ColumnIntent()), mode=mode)
    return modes


def _bare(table: Table, project: Project) -> Table:
    """What references need of an existing table; its expressions and its own types are not ours to judge."""
    columns = tuple(
        replace(column, default=None, generated=None, type=column.type if _known(column.type, project) else _TEXT)
        for column in table.columns
    )
    return Table(table.schema, table.name, columns, table.primary_key, table.uniques)


def _calls(tables: list[Table], function: str) -> bool:
    texts = []
    for table in tables:
        texts += [str(trigger) for trigger in table.triggers]
        texts += [check.expression for check in table.checks]
        texts += [column.default or "" for column in table.columns]
        texts += [column.generated.expression for column in table.columns if column.generated]
    return any(function in text for text in texts)


def _uses(tables: list[Table], name: str) -> bool:
    return any(column.type.name == name for table in tables for column in table.columns)
