"""What a brief calls otherwise than before (`was`), as renames of tables and columns."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from dbarchitect.design.blueprint import fold, fold_field
from dbarchitect.errors import InputError
from dbarchitect.model.address import address
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table

_PREFIX = "org_"
_ENDINGS = ("", "_id", "_at")


def renames(was: Mapping[str, str], old: Schema, new: Schema) -> dict[str, str]:
    """The renames that a brief declares, and those that follow: a reference to a renamed table is renamed with it.

    Args:
        was: what things were called before, by what they are called now, in the words of the brief.
        old: the schema of the run before.
        new: the schema now.

    Returns:
        The new name by the old address (`table:public.authors`, `column:public.notes.author_id`); lines about what
        is no longer there are done, and say nothing.

    Raises:
        InputError: a line names what the brief does not have.
    """
    _check(was, new)
    moved = dict(_tables(was, old, new))
    found = {before.address: after.name for before, after in moved.values() if before.name != after.name}
    for before, after in _pairs(moved, old, new):
        declared = dict(_columns(was, before, after))
        found |= declared
        gone = {name for name in _names(before) - _names(after) if before.column_address(name) not in declared}
        come = _names(after) - _names(before) - set(declared.values())
        found |= dict(_references(before, after, gone, come, {old.name: new.name for old, new in moved.values()}))
        found |= dict(_enums(before, after, found, old, new))
    return found


def _check(was: Mapping[str, str], new: Schema) -> None:
    """Refuse lines about what the brief does not have."""
    for now in sorted(was):
        entity, dot, attribute = now.rpartition(".")
        table = _table(entity if dot else now, new.tables)
        if table is None:
            word = entity if dot else now
            raise _nothing(f"was: {word!r} is no entity of the brief", word, [item.name for item in new.tables])
        if dot and _column(attribute, table) is None:
            raise _nothing(f"was: {entity} has no {attribute!r}", attribute, sorted(_names(table)))


def _tables(was: Mapping[str, str], old: Schema, new: Schema) -> Iterator[tuple[str, tuple[Table, Table]]]:
    for now, then in sorted(was.items()):
        if "." in now:
            continue
        after, before = _table(now, new.tables), _table(then, old.tables)
        if after is not None and before is not None and before.key not in {table.key for table in new.tables}:
            yield now, (before, after)


def _pairs(moved: Mapping[str, tuple[Table, Table]], old: Schema, new: Schema) -> Iterator[tuple[Table, Table]]:
    """Tables before with what they are now."""
    renamed = {after.key: before for before, after in moved.values()}
    known = {table.key: table for table in old.tables}
    for table in new.tables:
        before = renamed.get(table.key) or known.get(table.key)
        if before is not None:
            yield before, table


def _columns(was: Mapping[str, str], before: Table, after: Table) -> Iterator[tuple[str, str]]:
    for now, then in sorted(was.items()):
        entity, dot, attribute = now.rpartition(".")
        if not dot or _table(entity, (after,)) is None:
            continue
        name = _column(attribute, after)
        old = _column(then.rpartition(".")[2], before)
        if name is not None and old is not None and old != name and not after.has(old):
            yield before.column_address(old), name


def _references(
    before: Table, after: Table, gone: set[str], come: set[str], moved: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Columns that refer to a renamed table, where there is no doubt which one is which."""
    for was, now in sorted(moved.items()):
        old = {name for key in before.foreign_keys if key.target_table == was for name in key.columns} & gone
        new = {name for key in after.foreign_keys if key.target_table == now for name in key.columns} & come
        if len(old) == len(new) == 1:
            yield before.column_address(min(old)), min(new)


def _enums(
    before: Table, after: Table, found: Mapping[str, str], old: Schema, new: Schema
) -> Iterator[tuple[str, str]]:
    """Enumerations that are called after what was renamed."""
    gone = {enum.name for enum in old.enums} - {enum.name for enum in new.enums}
    come = {enum.name for enum in new.enums} - {enum.name for enum in old.enums}
    for column in before.columns:
        name = found.get(before.column_address(column.name), column.name)
        if column.type.schema and column.type.name in gone and after.has(name):
            now = after.column(name).type
            if now.schema == column.type.schema and now.name in come:
                yield address("enum", column.type.schema, column.type.name), now.name


def _table(word: str, tables: Iterable[Table]) -> Table | None:
    wanted = fold(word)
    for table in tables:
        if word == table.name or wanted in (fold(table.name), fold(table.name.removeprefix(_PREFIX))):
            return table
    return None


def _column(word: str, table: Table) -> str | None:
    wanted = fold_field(word)
    return next((wanted + ending for ending in _ENDINGS if table.has(wanted + ending)), None)


def _names(table: Table) -> set[str]:
    return {column.name for column in table.columns}


def _nothing(message: str, word: str, known: list[str]) -> InputError:
    near = difflib.get_close_matches(word, known, n=1)
    return InputError(message, hint=f"Did you mean {near[0]!r}?" if near else "`was` is `name now: name before`.")
