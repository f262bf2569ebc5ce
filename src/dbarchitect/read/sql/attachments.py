"""Keys and indexes of partitions as parts of their parents': made, adopted, attached, let go, as PostgreSQL does it.

While statements are replayed every part is there under its name; those that go without saying are left out of the
schema (`unsaid`), as `read.catalog_parts` has it.

Source: DefineIndex and ATExecAttachPartitionIdx in PostgreSQL's src/backend/commands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.model.constraint import Exclusion, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.inheritance import Piece, fits, is_usual_name, words_of
from dbarchitect.read.sql.drafts import Key, State, TableDraft
from dbarchitect.read.sql.naming import joined, relation_name
from dbarchitect.read.sql.replay import Replay, StatementError

KEYS = (PrimaryKey, Unique, Exclusion)


def pieces(table: TableDraft) -> Iterator[Piece]:
    """The keys and indexes of a table."""
    yield from (item for item in table.constraints.values() if isinstance(item, KEYS))
    yield from table.indexes.values()


def partitions(state: State, table: TableDraft) -> list[TableDraft]:
    """The partitions of a table, not theirs."""
    if table.partitioning is None:
        return []
    return [state.tables[key] for key in state.children.get(table.key, ()) if key in state.tables]


def hand_down(replay: Replay, table: TableDraft, piece: Piece) -> None:
    """What a partitioned table gets, its partitions get, too: of their own something that fits, or a copy."""
    for child in partitions(replay.state, table):
        _take(replay, child, piece)


def take_all(replay: Replay, parent: TableDraft, child: TableDraft) -> None:
    """A table becomes a partition: it gets what its parent has."""
    for piece in tuple(pieces(parent)):
        _take(replay, child, piece)


def _take(replay: Replay, child: TableDraft, piece: Piece) -> None:
    found = next((own for own in _in_order(replay.state, child) if not own.attached_to and fits(own, piece)), None)
    if found is not None:
        put(child, replace(found, attached_to=piece.name))
        return
    name = _name(replay.state, child, piece)
    made = replace(piece, name=name, only=False, comment=None, attached_to=piece.name)
    child.made.add(name)
    if isinstance(made, Index):
        replay.state.add_index(child, made)
    else:
        replay.state.add_constraint(child, made)
    hand_down(replay, child, made)


def _in_order(state: State, table: TableDraft) -> list[Piece]:
    """The oldest first, as PostgreSQL looks at them."""
    found = {piece.name: piece for piece in pieces(table)}
    return [found[key[1]] for key, owner in state.indexes.items() if owner == table.key and key[1] in found]


def _name(state: State, table: TableDraft, piece: Piece) -> str:
    words = joined(words_of(piece))
    if isinstance(piece, PrimaryKey):
        return relation_name(state, table.schema, table.name, None, "pkey", key=True)
    label = "key" if isinstance(piece, Unique) else "excl" if isinstance(piece, Exclusion) else "idx"
    return relation_name(state, table.schema, table.name, words, label, key=label != "idx")


def put(table: TableDraft, piece: Piece) -> None:
    """Put a key or index in the place of the one of its name."""
    if isinstance(piece, Index):
        table.indexes[piece.name] = piece
    else:
        table.constraints[piece.name] = piece


def held(table: TableDraft, name: str) -> Piece | None:
    """The key or index of that name."""
    return next((piece for piece in pieces(table) if piece.name == name), None)


def attach(replay: Replay, parent: TableDraft, name: str, child: TableDraft, own: str) -> None:
    """ALTER INDEX … ATTACH PARTITION.

    Raises:
        StatementError: PostgreSQL would refuse it.
    """
    piece, part = held(parent, name), held(child, own)
    if piece is None or part is None or child not in partitions(replay.state, parent):
        raise StatementError(f"the index {own!r} belongs to no partition of the table of {name!r}")
    other = next((item.name for item in pieces(child) if item.attached_to == name and item.name != own), None)
    if other or part.attached_to not in (None, name):
        raise StatementError(f"the index {own!r} cannot be attached to {name!r}: {other or part.attached_to!r} is")
    put(child, replace(part, attached_to=name))
    _complete(replay.state, parent, piece)


def _complete(state: State, table: TableDraft, piece: Piece) -> None:
    """An index that is ONLY the parent's is one for all when each partition has its part."""
    parts = [part for child in partitions(state, table) for part in pieces(child) if part.attached_to == piece.name]
    if len(parts) < len(partitions(state, table)) or any(part.only for part in parts) or not piece.only:
        return
    put(table, replace(piece, only=False))
    above = state.tables.get((table.partition_of.schema, table.partition_of.table)) if table.partition_of else None
    if above is not None and piece.attached_to and (upper := held(above, piece.attached_to)):
        _complete(state, above, upper)


def let_go(child: TableDraft) -> None:
    """A table is a partition no more: what it had from its parent is its own."""
    for piece in tuple(pieces(child)):
        if piece.attached_to:
            put(child, replace(piece, attached_to=None))


def parts(state: State, table: TableDraft, name: str) -> list[tuple[TableDraft, str]]:
    """What is attached to a key or index: (partition, name)."""
    return [
        (child, part.name)
        for child in partitions(state, table)
        for part in pieces(child)
        if part.attached_to == name
    ]  # fmt: skip


def rename_parts(state: State, table: TableDraft, old: str, new: str) -> None:
    """What is attached to a key or index follows its name."""
    for child, name in parts(state, table, old):
        part = held(child, name)
        if part is not None:
            put(child, replace(part, attached_to=new))


def unsaid(state: State, table: TableDraft) -> set[str]:
    """The names of what a partition has from its parent as PostgreSQL makes and names it."""
    of = table.partition_of
    parent = state.tables.get((of.schema, of.table)) if of else None
    return {piece.name for piece in pieces(table) if parent and _is_unsaid(state, table, parent, piece)}


def _is_unsaid(state: State, table: TableDraft, parent: TableDraft, piece: Piece) -> bool:
    upper = held(parent, piece.attached_to) if piece.attached_to else None
    if upper is None or upper.only or not is_usual_name(piece.name, table.name, words_of(piece)):
        return False
    if not isinstance(piece, Index) and piece.name not in table.made:
        return False
    below = [(child, held(child, name)) for child, name in parts(state, table, piece.name)]
    return all(part is not None and _is_unsaid(state, child, table, part) for child, part in below)


def own_not_nulls(state: State, table: TableDraft) -> tuple[str, ...]:
    """The columns whose NOT NULL a partition has of its own beside its parent's."""
    parent = _parent(state, table)
    if parent is None:
        return ()
    inherited = {name for name, column in parent.columns.items() if not column.nullable}
    return tuple(sorted(name for name in table.required & inherited if not table.columns[name].nullable))


def validated_checks(state: State, table: TableDraft) -> tuple[str, ...]:
    """The checks that are NOT VALID on the parent and valid for a partition."""
    parent = _parent(state, table)
    return tuple(sorted(name for name in table.validated if parent and is_unproved(state, parent, name)))


def is_unproved(state: State, table: TableDraft, name: str) -> bool:
    """Whether a check of a table, or one that it has from its parent, is NOT VALID there."""
    check = table.constraints.get(name)
    if check is not None:
        return not getattr(check, "validated", True)
    parent = _parent(state, table)
    return parent is not None and name not in table.validated and is_unproved(state, parent, name)


def is_inherited(state: State, table: TableDraft, name: str) -> bool:
    """Whether a partition has a constraint from its parent."""
    parent = _parent(state, table)
    return parent is not None and (name in parent.constraints or is_inherited(state, parent, name))


def _parent(state: State, table: TableDraft) -> TableDraft | None:
    of = table.partition_of
    key: Key = (of.schema, of.table) if of else ("", "")
    return state.tables.get(key)
