"""References of DBML: which side holds the foreign key, and the table between two sides that are both many."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import cast, get_args

from dbarchitect.model.address import address
from dbarchitect.model.constraint import Action, ForeignKey
from dbarchitect.model.names import MAX_BYTES, fit
from dbarchitect.read.block_text import Name
from dbarchitect.read.dbml_syntax import ColumnNode, Document, End, RefNode, Setting
from dbarchitect.read.dbml_tables import Context, Member, Placed, TableBuilder, setting, text_of
from dbarchitect.sql import default_names

Key = tuple[str, str]
_ACTIONS: tuple[str, ...] = get_args(Action)


class References:
    """Adds the references of a document to its tables.

    Args:
        context: where places and problems go.
        tables: every table; tables between many and many are added.
        aliases: tables by the name that `as` gives them.
    """

    def __init__(self, context: Context, tables: dict[Key, TableBuilder], aliases: Mapping[str, Key]) -> None:
        self.context, self.tables, self.aliases = context, tables, aliases

    def add(self, document: Document) -> None:
        """Every reference: those of columns first, then those that stand by themselves."""
        for node in document.refs:
            if node.name and (found := self._find(node.left if node.operator == ">" else node.right, node, quiet=True)):
                found.taken.add(node.name)
        for builder in list(self.tables.values()):
            for column in builder.member.columns:
                for item in column.settings:
                    if item.operator is not None:
                        self._ref(_inline(builder, column, item), inline=True)
        for node in document.refs:
            self._ref(node, inline=False)

    def _ref(self, node: RefNode, *, inline: bool) -> None:
        if setting(node.settings, "inactive"):
            self.context.problem("info", "an inactive reference is no foreign key", node)
            return
        left, right = self._find(node.left, node), self._find(node.right, node)
        if left is None or right is None or not self._columns(left, node.left, node):
            return
        if not self._columns(right, node.right, node):
            return
        if len(node.left.columns) != len(node.right.columns):
            self.context.problem("error", "both sides of a reference need the same number of columns", node)
            return
        if node.operator == "<>":
            self._between(left, right, node)
            return
        forward = node.operator == ">"
        if node.operator == "-":
            # dbml2sql gives the key to the right side; a column's own `ref: -` says that this column refers.
            parent_left = left.unique_over(node.left.columns) or not right.unique_over(node.right.columns)
            forward = inline or not parent_left
        child, parent = (left, right) if forward else (right, left)
        own, other = (node.left, node.right) if forward else (node.right, node.left)
        self._foreign_key(child, own.columns, parent, other.columns, node)

    def _foreign_key(
        self,
        child: TableBuilder,
        columns: tuple[str, ...],
        parent: TableBuilder,
        others: tuple[str, ...],
        node: RefNode,
    ) -> None:
        name = node.name or child.fresh(columns, "fkey")
        if any(key.name == name for key in child.foreign_keys):
            self.context.problem("error", f"two references of {child.name!r} are named {name!r}", node)
            return
        if not parent.unique_over(others):
            message = f"a foreign key needs a primary key or a unique constraint on {parent.name} ({', '.join(others)})"
            self.context.problem("warning", message, node)
        key = ForeignKey(
            name,
            columns,
            parent.schema,
            parent.name,
            others,
            on_delete=self._action(node.settings, "delete", node),
            on_update=self._action(node.settings, "update", node),
        )
        child.foreign_keys.append(key)
        self.context.place(address("constraint", child.schema, child.name, name), node.start, node.end)

    def _action(self, settings: Iterable[Setting], name: str, node: Placed) -> Action:
        written = (text_of(settings, name) or "no action").lower()
        if written not in _ACTIONS:
            near = difflib.get_close_matches(written, _ACTIONS, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            self.context.problem("error", f"{name} cannot be {written!r}{meant}", node)
            return "no action"
        return cast(Action, written)

    def _between(self, left: TableBuilder, right: TableBuilder, node: RefNode) -> None:
        """The table that dbml2sql makes of a many-to-many reference: `a_b` with the columns `a_id` and `b_id`."""
        ends = ((left, node.left.columns), (right, node.right.columns))
        names = [[fit(f"{builder.name}_{column}") for column in columns] for builder, columns in ends]
        if set(names[0]) & set(names[1]):
            names[1] = [fit(name, MAX_BYTES - 2) + "_1" for name in names[1]]
        base = fit(f"{left.name}_{right.name}")
        name = default_names.chosen(base, (), "1", ()) if (left.schema, base) in self.tables else base
        if (left.schema, name) in self.tables:
            self.context.problem("error", f"there is a table {name!r} already", node)
            return
        columns = tuple(
            ColumnNode(Name(own, node.start, node.end), "", "", False, 0, None, (_PK,), node.start, node.end) for own in
            (*names[0], *names[1])
        )  # fmt: skip
        types = {
            mine: parent.types[theirs]
            for (parent, others), own in zip(ends, names, strict=True)
            for mine, theirs in zip(own, others, strict=True)
        }
        builder = TableBuilder(left.schema, name, node, Member(columns, (), (), None), self.context, types)
        self.tables[left.schema, name] = builder
        self.context.place(address("table", left.schema, name), node.start, node.end)
        for (parent, columns_), own in zip(ends, names, strict=True):
            unnamed = RefNode(None, node.left, "<>", node.right, node.settings, node.start, node.end)
            self._foreign_key(builder, tuple(own), parent, columns_, unnamed)
        self.context.problem("info", f"the many-to-many reference becomes the table {name!r}", node)

    def _find(self, end: End, node: Placed, *, quiet: bool = False) -> TableBuilder | None:
        key = (end.schema or "public", end.table)
        if key not in self.tables and end.schema is None:
            key = self.aliases.get(end.table, key)
        found = self.tables.get(key)
        if found is None and not quiet:
            written = end.table if end.schema is None else f"{end.schema}.{end.table}"
            near = difflib.get_close_matches(end.table, sorted({name for _, name in self.tables}), n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            self.context.problem("error", f"a reference names {written!r}, which is no table here{meant}", node)
        return found

    def _columns(self, builder: TableBuilder, end: End, node: Placed) -> bool:
        missing = [name for name in end.columns if name not in builder.columns]
        if missing:
            near = difflib.get_close_matches(missing[0], sorted(builder.columns), n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            self.context.problem("error", f"the table {builder.name!r} has no column {missing[0]!r}{meant}", node)
        return not missing


_PK = Setting("pk", None, 0, 0)


def _inline(builder: TableBuilder, column: ColumnNode, item: Setting) -> RefNode:
    assert item.operator is not None
    assert item.target is not None
    own = End(builder.schema, builder.name, (column.name.text,))
    return RefNode(None, own, item.operator, item.target, column.settings, item.start, item.end)
