"""relations.ts: how tables are joined by relational queries, `relations()` on 0.45 and `defineRelations()` on 1."""

from __future__ import annotations

from collections import Counter

from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.names import camel
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass
from dbarchitect.settings import Line
from dbarchitect.write.drizzle.held import Held
from dbarchitect.write.drizzle.imports import ORM, Imports
from dbarchitect.write.drizzle.layout import Arr, Arrow, Call, Node, Obj, Raw, statement
from dbarchitect.write.drizzle.naming import Names, unique_names
from dbarchitect.write.drizzle.typescript import identifier, member, property_key, string

_PLURALS = {"parent": "children", "manager": "reports", "predecessor": "successors", "original": "copies"}


@dataclass(frozen=True, slots=True)
class Relation:
    """One foreign key as relational queries see it.

    Args:
        child: the table that refers.
        key: its foreign key.
        parent: the table that is referred to.
        one: the child's property for its parent: `customer`.
        back: the parent's property for its children: `orders`, or `profile` when there is one at most.
        single: a parent has one child at most.
        label: what tells relations between the same two tables apart; '' when there is but one.
    """

    child: Table
    key: ForeignKey
    parent: Table
    one: str
    back: str
    single: bool
    label: str

    @property
    def required(self) -> bool:
        """Whether every child has a parent."""
        return not any(self.child.column(name).nullable for name in self.key.columns)


def project_relations(schema: Schema, names: Names) -> tuple[Relation, ...]:
    """Every foreign key between emitted tables with the names of both its ends, sorted by child and key.

    Args:
        schema: the schema; `intent.relations` names the child's end by constraint address.
        names: the names of the project.
    """
    tables = {table.key: table for table in Held(schema).tables}
    keys = [
        (table, key, tables[key.target_schema, key.target_table])
        for table in tables.values()
        for key in table.foreign_keys
        if (key.target_schema, key.target_table) in tables
    ]
    pairs = Counter(frozenset((child.key, parent.key)) for child, _, parent in keys)
    ones = _ones(schema, names, keys)
    backs = _backs(names, keys, ones)
    return tuple(
        Relation(
            child, key, parent, ones[child.key, key.name], backs[child.key, key.name], _single(child, key),
            f"{names.table(child).logical}_{ones[child.key, key.name]}"
            if pairs[frozenset((child.key, parent.key))] > 1 or child.key == parent.key
            else "",
        )
        for child, key, parent in keys
    )  # fmt: skip


def relations_file(schema: Schema, names: Names, line: Line) -> str:
    """The text of relations.ts; '' on 0.45 when no table refers to another."""
    relations = project_relations(schema, names)
    return _file_045(schema, names, relations) if line == "0.45" else _file_1(schema, names, relations)


_Key = tuple[tuple[str, str], str]
_Keys = list[tuple[Table, ForeignKey, Table]]


def _ones(schema: Schema, names: Names, keys: _Keys) -> dict[_Key, str]:
    named: dict[_Key, str] = {}
    for table in {child.key: child for child, _, _ in keys}.values():
        wanted = {
            key.name: _one(schema, names, table, key, parent) for child, key, parent in keys if child.key == table.key
        }
        spelled = unique_names(wanted, wanted.__getitem__, names.table(table).columns.values())
        named |= {(table.key, name): one for name, one in spelled.items()}
    return named


def _one(schema: Schema, names: Names, table: Table, key: ForeignKey, parent: Table) -> str:
    given = schema.intent.relations.get(table.constraint_address(key.name))
    if given:
        return identifier(camel(given)) if camel(given) else names.table(parent).one
    own = [column for column in key.columns if column not in _tenant_columns(schema, key)]
    if len(own) == 1 and own[0].endswith("_id") and len(own[0]) > len("_id"):
        return identifier(camel(own[0].removesuffix("_id")))
    return names.table(parent).one


def _tenant_columns(schema: Schema, key: ForeignKey) -> set[str]:
    tenancy = schema.intent.tenancy
    return {tenancy.column} if tenancy and len(key.columns) > 1 else set()


def _backs(names: Names, keys: _Keys, ones: dict[_Key, str]) -> dict[_Key, str]:
    """The parents' ends: the children's name; where several keys lead there, with the role that they play."""
    taken: dict[tuple[str, str], set[str]] = {}
    for table, _, parent in keys:
        taken.setdefault(table.key, set(names.table(table).columns.values()))
        taken.setdefault(parent.key, set(names.table(parent).columns.values()))
    for (place, _), one in ones.items():
        taken[place].add(one)
    several = Counter((child.key, parent.key) for child, _, parent in keys)
    backs: dict[_Key, str] = {}
    for child, key, parent in keys:
        one = ones[child.key, key.name]
        stem = names.table(child).one if _single(child, key) else names.table(child).many
        role = one[:1].upper() + one[1:]
        alone = several[child.key, parent.key] == 1
        wanted = (
            _PLURALS.get(one, f"{stem}By{role}") if child.key == parent.key else stem if alone else f"{stem}By{role}"
        )
        candidates = [wanted, f"{stem}By{role}", f"{stem}By{role}Of{names.table(child).many_type}"]
        number = 2
        while candidates[0] in taken[parent.key]:
            candidates = candidates[1:] or [f"{stem}By{role}{number}"]
            number += 1
        backs[child.key, key.name] = candidates[0]
        taken[parent.key].add(candidates[0])
    return backs


def _single(child: Table, key: ForeignKey) -> bool:
    unique = [set(unique.columns) for unique in child.uniques]
    if child.primary_key is not None:
        unique.append(set(child.primary_key.columns))
    return any(columns <= set(key.columns) for columns in unique)


def _file_045(schema: Schema, names: Names, relations: tuple[Relation, ...]) -> str:
    imports = Imports()
    parts = []
    for table in Held(schema).tables:
        entries: list[tuple[str, Node]] = []
        helpers = []
        for relation in relations:
            if relation.child.key == table.key:
                helpers.append("one")
                entries.append((property_key(relation.one), _one_045(relation, names, imports)))
        for relation in relations:
            if relation.parent.key == table.key:
                helpers.append("one" if relation.single else "many")
                entries.append((property_key(relation.back), _back_045(relation, names, imports)))
        if entries:
            own = names.table(table)
            imports.add(ORM, "relations")
            imports.add(f"./{own.file}", own.variable)
            used = ", ".join(helper for helper in ("one", "many") if helper in helpers)
            body = Arrow(f"({{ {used} }})", Obj(entries, expanded=True))
            call = Call("relations", [Raw(own.variable), body])
            parts.append(statement(f"export const {own.relations} = ", call) + "\n")
    return f"{imports.render()}\n" + "\n".join(parts) if parts else ""


def _one_045(relation: Relation, names: Names, imports: Imports) -> Node:
    parent = names.table(relation.parent)
    imports.add(f"./{parent.file}", parent.variable)
    key = relation.key
    ends = _fields_045(relation.label, relation.child, key.columns, relation.parent, key.target_columns, names)
    return Call("one", [Raw(parent.variable), Obj(ends)])


def _back_045(relation: Relation, names: Names, imports: Imports) -> Node:
    child = names.table(relation.child)
    imports.add(f"./{child.file}", child.variable)
    arguments: list[Node] = [Raw(child.variable)]
    if relation.label and relation.single:
        # A `one` that has a name must have fields, too.
        arguments.append(
            Obj(
                _fields_045(
                    relation.label,
                    relation.parent,
                    relation.key.target_columns,
                    relation.child,
                    relation.key.columns,
                    names,
                )
            )
        )
    elif relation.label:
        arguments.append(Obj([("relationName", Raw(string(relation.label)))]))
    return Call("one" if relation.single else "many", arguments)


def _fields_045(
    label: str, here: Table, columns: tuple[str, ...], there: Table, targets: tuple[str, ...], names: Names
) -> list[tuple[str, Node]]:
    own, other = names.table(here), names.table(there)
    fields = [Raw(member(own.variable, own.columns[name])) for name in columns]
    references = [Raw(member(other.variable, other.columns[name])) for name in targets]
    entries: list[tuple[str, Node]] = [("relationName", Raw(string(label)))] if label else []
    return [*entries, ("fields", Arr(fields)), ("references", Arr(references))]


def _file_1(schema: Schema, names: Names, relations: tuple[Relation, ...]) -> str:
    imports = Imports()
    imports.add(ORM, "defineRelations")
    variables = []
    entries: list[tuple[str, Node]] = []
    for table in Held(schema).tables:
        own = names.table(table)
        variables.append(imports.add(f"./{own.file}", own.variable))
        ends: list[tuple[str, Node]] = []
        ends += [(property_key(r.one), _one_1(r, names)) for r in relations if r.child.key == table.key]
        ends += [(property_key(r.back), _back_1(r, names)) for r in relations if r.parent.key == table.key]
        if ends:
            entries.append((own.variable, Obj(ends, expanded=True)))
    tables = f"{{ {', '.join(variables)} }}" if variables else "{}"
    if len(tables) > 60:
        tables = "{\n" + "".join(f"    {variable},\n" for variable in variables) + "  }"
        body = Arrow("(r)" if entries else "()", Obj(entries, expanded=True))
        text = f"export const relations = defineRelations(\n  {tables},\n  {body.at(2, 2, 1)},\n)\n"
    else:
        call = Call(
            "defineRelations", [Raw(tables), Arrow("(r)" if entries else "()", Obj(entries, expanded=bool(entries)))]
        )
        text = statement("export const relations = ", call) + "\n"
    return f"{imports.render()}\n{text}"


def _one_1(relation: Relation, names: Names) -> Node:
    entries = _ends_1(relation, names)
    if relation.required:
        entries.append(("optional", Raw("false")))
    return Call(f"r.one.{names.table(relation.parent).variable}", [Obj(entries)])


def _back_1(relation: Relation, names: Names) -> Node:
    helper = "one" if relation.single else "many"
    entries = [(key, value) for key, value in _ends_1(relation, names, back=True)]
    return Call(f"r.{helper}.{names.table(relation.child).variable}", [Obj(entries)])


def _ends_1(relation: Relation, names: Names, *, back: bool = False) -> list[tuple[str, Node]]:
    here = _columns_1(relation.child, relation.key.columns, names)
    there = _columns_1(relation.parent, relation.key.target_columns, names)
    ends: list[tuple[str, Node]] = [("from", there if back else here), ("to", here if back else there)]
    return [*ends, ("alias", Raw(string(relation.label)))] if relation.label else ends


def _columns_1(table: Table, columns: tuple[str, ...], names: Names) -> Node:
    own = names.table(table)
    members = [Raw(member(f"r.{own.variable}", own.columns[name])) for name in columns]
    return members[0] if len(members) == 1 else Arr(members)
