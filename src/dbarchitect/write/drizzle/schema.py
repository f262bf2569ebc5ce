"""The schema files of a project: one text a table, the same bytes on both lines of Drizzle (DESIGN, section 5)."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.names import title
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.columns import ColumnWriter
from dbarchitect.write.drizzle.columns_custom import FILE as TYPES
from dbarchitect.write.drizzle.columns_custom import CustomTypes
from dbarchitect.write.drizzle.constraints import check_extra, foreign_key_extra, inline_reference, key_extras
from dbarchitect.write.drizzle.enums import enums_file, namespaces_file, sequences_file
from dbarchitect.write.drizzle.held import Held
from dbarchitect.write.drizzle.imports import PG_CORE, Imports
from dbarchitect.write.drizzle.indexes import index_extra
from dbarchitect.write.drizzle.layout import WIDTH, Arrow, Call, Lines, Node, Obj, Raw, Spread, chain, statement
from dbarchitect.write.drizzle.naming import Names
from dbarchitect.write.drizzle.policies import policy_extra
from dbarchitect.write.drizzle.relations import relations_file
from dbarchitect.write.drizzle.schema_sections import section_titles
from dbarchitect.write.drizzle.typescript import comment, comment_text, line_comment, string
from dbarchitect.write.drizzle.views import views_file

FOLDER = "src/db/schema"


def schema_files(schema: Schema, settings: Settings) -> dict[str, str]:
    """The files under `src/db/schema` by their path in the project.

    Args:
        schema: the schema; its intent gives comments, sections and the names of relations.
        settings: the line decides about relations.ts and about which foreign keys need a name; `ids` about ids.
    """
    held = Held(schema)
    names = Names(schema)
    custom = CustomTypes(schema)
    writer = TableWriter(held, names, settings, custom)
    files = {names.table(table).file: writer.file(table) for table in held.tables}
    files["enums"] = enums_file(held, names)
    files["namespaces"] = namespaces_file(held, names)
    files["sequences"] = sequences_file(held, names)
    files["views"] = views_file(held, names, settings, custom)
    files[TYPES] = custom.render()
    files["relations"] = relations_file(schema, names, settings.drizzle)
    present = {name: text for name, text in files.items() if text}
    index = "".join(f"export * from './{name}'\n" for name in sorted(present) if name != TYPES)
    return {f"{FOLDER}/{name}.ts": text for name, text in sorted({**present, "index": index}.items())}


class TableWriter:
    """Writes the file of one table after another.

    Args:
        held: what Drizzle holds of the schema.
        names: the names of the project.
        settings: for the line and `ids`.
        custom: where types without a builder are collected.
    """

    def __init__(self, held: Held, names: Names, settings: Settings, custom: CustomTypes) -> None:
        self._held = held
        self._schema = schema = held.schema
        self._names = names
        self._settings = settings
        self._custom = custom
        self._lookup = Lookup(schema)
        self._reach = _reachable(schema)

    def file(self, table: Table) -> str:
        """The whole text of a table's file."""
        imports = Imports()
        body = self._definition(table, imports)
        names = self._names.table(table)
        types = _alias(names.select_type, f"typeof {names.variable}.$inferSelect")
        types += _alias(names.insert_type, f"typeof {names.variable}.$inferInsert")
        return f"{imports.render()}\n{self._about(table)}\n{body}\n\n{types}"

    def _about(self, table: Table) -> str:
        heading = title(self._names.table(table).logical) or table.name
        purpose = self._lookup.intent(table).description or table.comment or ""
        more = self._elsewhere(table)
        companion = f"\n\nThe companion migration adds {more}." if more else ""
        if not purpose.lower().startswith(heading.lower()):
            purpose = f"{heading} - {purpose}" if purpose else heading
        return comment(purpose + companion)

    def _elsewhere(self, table: Table) -> str:
        """What belongs to the table and only SQL can say, in words."""
        held = self._held
        parts = []
        if table.key in held.replaced:
            parts.append(f"what makes this table special ({held.replaced[table.key]})")
        if table.force_row_security:
            parts.append("FORCE ROW LEVEL SECURITY")
        names = [f"exclusion {exclusion.name}" for exclusion in table.exclusions]
        names += [f"foreign key {key.name}" for key in table.foreign_keys if not held.foreign_key(key)]
        names += [f"check {check.name}" for check in table.checks if held.check_reason(check)]
        names += [f"index {index.name}" for index in table.indexes if held.index_reason(index)]
        names += [f"policy {policy.name}" for policy in table.policies if held.policy_reason(table, policy)]
        names += [f"trigger {trigger.name}" for trigger in table.triggers]
        parts += names
        return ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1] if parts else ""

    def _definition(self, table: Table, imports: Imports) -> str:
        names = self._names.table(table)
        maker = self._maker(table, imports)
        inline = {
            column.name: inline_reference(self._held, table, column.name, self._settings.drizzle)
            for column in table.columns
        }
        columns = self._columns(table, inline, imports)
        extras = list(self._extras(table, inline, imports))
        arguments: list[Node] = [Raw("TABLE_NAME"), columns]
        if extras:
            uses = any("table." in node.at(0, 0) or "table[" in node.at(0, 0) for _, node in extras)
            parameters = "(table)" if uses else "()"
            if any(self._circular(table, key, inline) for key in table.foreign_keys):
                # Two tables that refer to each other: without it TypeScript would infer one type from the other.
                parameters += f": {imports.add(PG_CORE, 'PgTableExtraConfigValue', type_only=True)}[]"
            arguments.append(Arrow(parameters, Lines(extras)))
            call: Node = Spread(maker, arguments)
        else:
            call = Call(maker, arguments)
        if table.row_security and not any(self._held.policy_reason(table, policy) is None for policy in table.policies):
            call = chain(call, [Call("enableRLS")])
        declaration = statement(f"export const {names.variable} = ", call)
        return f"const TABLE_NAME = {string(table.name)}\n{declaration}"

    def _maker(self, table: Table, imports: Imports) -> str:
        if table.schema == "public":
            return imports.core("pgTable")
        return f"{imports.add('./namespaces', self._names.namespace(table.schema))}.table"

    def _columns(self, table: Table, inline: dict[str, ForeignKey | None], imports: Imports) -> Obj:
        writer = ColumnWriter(self._held, self._names, self._settings, self._custom, imports)
        titles = section_titles(self._lookup, table, self._settings.runtime)
        entries: list[tuple[str, Node]] = []
        comments: dict[str, str] = {}
        for column in table.columns:
            key = self._names.column(table, column.name)
            reference = inline[column.name]
            cyclic = reference is not None and self._leads_back(table, reference)
            entries.append((key, writer.column(table, column, reference, cyclic=cyclic)))
            lines = list(self._column_comments(table, column, reference, titles.get(column.name)))
            if lines:
                before = "" if not comments and len(entries) == 1 else "\n" * bool(titles.get(column.name))
                comments[key] = before + "\n".join(lines)
        return Obj(entries, expanded=bool(entries), comments=comments)

    def _column_comments(
        self, table: Table, column: Column, reference: ForeignKey | None, section: str | None
    ) -> Iterator[str]:
        if section:
            yield f"// {section}"
        meaning = self._lookup.column_intent(table, column.name).description or column.comment or ""
        if meaning:
            one = f"/** {comment_text(meaning)} */"
            yield one if len(one) + 4 <= WIDTH else comment(meaning, width=WIDTH - 4)
        if reference is not None:
            reason = self._reason(table.constraint_address(reference.name))
            if reason:
                yield reason
            elif self._held.foreign_key_reason(reference):
                yield _narrowed(reference)

    def _reason(self, address: str) -> str:
        reason = self._schema.intent.reasons.get(address, "")
        return line_comment(reason, width=WIDTH - 4) if reason else ""

    def _extras(
        self, table: Table, inline: dict[str, ForeignKey | None], imports: Imports
    ) -> Iterator[tuple[str, Node]]:
        for name, node in key_extras(table, self._names, imports):
            yield self._reason(table.constraint_address(name)), node
        written = {key.name for key in inline.values() if key is not None}
        for key in table.foreign_keys:
            if key.name in written or not self._held.foreign_key(key):
                continue
            lines = [self._reason(table.constraint_address(key.name))]
            if self._held.foreign_key_reason(key):
                lines.append(_narrowed(key))
            node = foreign_key_extra(table, key, self._names, imports)
            yield "\n".join(line for line in lines if line), node
        for index in sorted(table.indexes, key=lambda index: (not index.unique, index.name)):
            if self._held.index_reason(index) is None:
                node = index_extra(table, index, self._names, imports)
                yield self._reason(table.index_address(index.name)), node
        for check in table.checks:
            if self._held.check_reason(check) is None:
                node = check_extra(table, check, self._names, imports)
                yield self._reason(table.constraint_address(check.name)), node
        for policy in table.policies:
            if self._held.policy_reason(table, policy) is None:
                node = policy_extra(table, policy, self._names, imports)
                yield self._reason(table.policy_address(policy.name)), node

    def _circular(self, table: Table, key: ForeignKey, inline: dict[str, ForeignKey | None]) -> bool:
        """Whether the key stands in the extra configuration and its target leads back to the table."""
        if key in inline.values() or not self._held.foreign_key(key):
            return False
        return (key.target_schema, key.target_table) != table.key and self._leads_back(table, key)

    def _leads_back(self, table: Table, key: ForeignKey) -> bool:
        target = (key.target_schema, key.target_table)
        return target == table.key or table.key in self._reach.get(target, frozenset())


def _alias(name: str, definition: str) -> str:
    flat = f"export type {name} = {definition}"
    return f"{flat}\n" if len(flat) <= WIDTH else f"export type {name} =\n  {definition}\n"


def _narrowed(key: ForeignKey) -> str:
    reason = Held.foreign_key_reason(key)
    if key.set_columns:
        columns = ", ".join(key.set_columns)
        return line_comment(f"The companion migration narrows {key.on_delete} to {columns}.", width=WIDTH - 4)
    return line_comment(f"The companion migration adds {reason}.", width=WIDTH - 4)


def _reachable(schema: Schema) -> dict[tuple[str, str], frozenset[tuple[str, str]]]:
    """Which tables each table leads to by foreign keys, itself included when it lies on a cycle."""
    direct = {
        table.key: {(key.target_schema, key.target_table) for key in table.foreign_keys} for table in schema.tables
    }
    reach = {}
    for start in direct:
        seen: set[tuple[str, str]] = set()
        waiting = list(direct[start])
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                waiting.extend(direct.get(key, ()))
        reach[start] = frozenset(seen)
    return reach
