"""Queries on many rows: keyset lists, lists by reference and by declared access, numbered pages, full-text search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dbarchitect.model.intent import Access, Filter
from dbarchitect.model.names import pascal
from dbarchitect.records import dataclass
from dbarchitect.write.drizzle.catalogue import Parameter, QueryKind
from dbarchitect.write.drizzle.conditions import equals, live_condition, parameter_name, tenant_condition, where
from dbarchitect.write.drizzle.prose import spoken_list
from dbarchitect.write.drizzle.query import (
    PAGE_OPTIONS,
    Argument,
    Query,
    limit_argument,
    list_argument,
    query,
    value_argument,
)
from dbarchitect.write.drizzle.query_rows import spoken
from dbarchitect.write.drizzle.subject import Field, Subject
from dbarchitect.write.drizzle.typescript import property_key, string


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list.

    Args:
        fields: the columns to sort by, the key last, so that no two rows are equal.
        descending: for each field.
        keyset: whether a cursor can continue it: one direction and no NULL.
    """

    fields: tuple[Field, ...]
    descending: tuple[bool, ...]
    keyset: bool

    @property
    def references(self) -> list[str]:
        """The columns of the table object."""
        return [field.reference for field in self.fields]

    @property
    def text(self) -> str:
        """The arguments of `orderBy`."""
        pairs = zip(self.fields, self.descending, strict=True)
        return ", ".join(f"{'desc' if down else 'asc'}({field.reference})" for field, down in pairs)

    @property
    def after(self) -> str:
        """The condition that continues behind the cursor."""
        direction = "" if self.descending[0] else ", 'asc'"
        return f"after(cursor, [{', '.join(self.references)}]{direction})"


def newest_first(subject: Subject) -> Order:
    """Newest rows first; by the key where rows have no moment of creation."""
    head = (subject.created,) if subject.created else ()
    fields = (*head, *(field for field in subject.key or subject.whole_key if field not in head))
    return Order(fields, (True,) * len(fields), bool(fields))


def lists(subject: Subject) -> Iterator[Query]:
    """`listOrders`, `listOrdersByCustomer`, `listOrdersByStatus`, `pageOrders`."""
    main = next((access for access in subject.intent.access if not access.filters), None)
    order = _ordered(subject, main) if main else newest_first(subject)
    if not order.fields:
        return
    index = (main.index if main else None) or list_index(subject, order)
    name = f"list{subject.names.many_type}"
    newest = "Newest first" if order.fields[0] is subject.created and order.descending[0] else "In their own order"
    about = f"{newest}, from `cursor` on; each part costs the same, however far it is."
    yield _list(subject, "list", name, about, (), order, index)
    names = {name}
    served = set()
    for access in subject.intent.access:
        if access is main or _is_served(subject, access):
            continue
        served.add(_equalities(access))
        made = by_access(subject, access, names)
        names.add(made.spec.function)
        yield made
    for made in by_reference(subject, served):
        if made.spec.function not in names:
            yield made
    yield query(
        subject, "page", f"page{subject.names.many_type}", "page",
        f"Numbered pages for small sets; the database reads what it skips, so prefer `list{subject.names.many_type}`.",
        [Argument(Parameter("options", "page options"), PAGE_OPTIONS)], index=index,
        where=where([*tenant_condition(subject), *live_condition(subject)]), ordering=order.text,
    )  # fmt: skip


def _is_served(subject: Subject, access: Access) -> bool:
    """Whether search, a business key or the links of a junction answer it already."""
    if any(item.operator == "search" for item in access.filters) or access.limit == 1:
        return True
    linked = {name for reference in subject.links for name in subject.own_columns(reference)}
    return subject.is_junction and len(subject.links) == 2 and {f.column for f in access.filters} <= linked


def _equalities(access: Access) -> frozenset[str]:
    plain = all(f.operator == "=" for f in access.filters)
    return frozenset(f.column for f in access.filters) if plain else frozenset()


def by_reference(subject: Subject, served: set[frozenset[str]]) -> Iterator[Query]:
    """The rows that point at one parent, for each reference that no declared access serves."""
    names = {(r.key.name): r.one for r in subject.relations_out()}
    if subject.is_junction:
        return
    for reference in subject.references:
        own = subject.own_columns(reference)
        if frozenset(own) in served or reference.foreign_key.name not in names:
            continue
        fields = [subject.field(name) for name in own]
        access = subject.project.lookup.index_for(subject.table, reference.foreign_key.columns)
        one = names[reference.foreign_key.name]
        yield _list(
            subject, "list by", f"list{subject.names.many_type}By{one[:1].upper()}{one[1:]}",
            f"The {subject.many} of one {spoken(one)}, newest first.",
            [(equals(f, parameter_name(f)), value_argument(subject, f, parameter_name(f))) for f in fields],
            newest_first(subject), access.address if access else None,
        )  # fmt: skip


def by_access(subject: Subject, access: Access, taken: set[str]) -> Query:
    """A way of looking rows up that the brief asked for; `taken` are the names of the lists before it."""
    conditions = [_filter(subject, item) for item in access.filters if item.column in subject.fields]
    order = _ordered(subject, access)
    covering = [subject.field(name) for name in access.covering if name in subject.fields]
    name = f"list{subject.names.many_type}{pascal(re.sub(r'_[0-9]+$', '', access.name))}"
    if name in taken:
        name += f"SortedBy{pascal(order.fields[0].column.name)}"
    number, wanted = 2, name
    while name in taken:
        name, number = f"{wanted}{number}", number + 1
    return _list(subject, "list by", name, _describe(subject, access, order), conditions, order, access.index, covering)


def _describe(subject: Subject, access: Access, order: Order) -> str:
    said = access.description.strip().rstrip(".")
    fields = [subject.field(item.column).words for item in access.filters if item.column in subject.fields]
    plain = f"The {subject.many} by {spoken_list(fields)}" if fields else f"The {subject.many} in another order"
    about = f"{said[:1].upper()}{said[1:]}." if said.lower().startswith(("the ", "all ")) else f"{plain}: {said}."
    about = about if said else f"{plain}."
    return about if order.keyset else f"{about} The first `limit` rows; empty values leave no place for a cursor."


def _ordered(subject: Subject, access: Access) -> Order:
    usual = newest_first(subject)
    wanted = [(subject.field(name), down) for name, down in access.order if name in subject.fields]
    if not wanted:
        return usual
    last = wanted[-1][1]
    given = [field for field, _ in wanted]
    keys = [field for field in subject.key or subject.whole_key if field not in given]
    fields = (*given, *keys)
    down = (*(down for _, down in wanted), *(last for _ in keys))
    return Order(fields, down, len(set(down)) == 1 and not any(field.column.nullable for field in fields))


def _filter(subject: Subject, item: Filter) -> tuple[str, Argument]:
    field = subject.field(item.column)
    name = parameter_name(field)
    address = subject.table.column_address(item.column)
    if item.operator == "in":
        return f"inArray({field.reference}, {name})", Argument(
            Parameter(name, "values", address), f"{name}: {_array(field)}"
        )
    if item.operator == "range":
        condition = f"within({field.reference}, {name})"
        return condition, Argument(Parameter(name, "range", address), f"{name}: Range<{field.type}>")
    if item.operator == "prefix":
        return f"startsWith({field.reference}, {name})", Argument(Parameter(name, "text", address), f"{name}: string")
    if item.operator == "contains":
        if field.column.type.dimensions:
            return f"arrayContains({field.reference}, {name})", value_argument(subject, field, name)
        condition = f"sql`${{{field.reference}}} @> ${{JSON.stringify({name})}}::jsonb`"
        return condition, Argument(Parameter(name, "value", address), f"{name}: Record<string, unknown>")
    return equals(field, name), value_argument(subject, field, name)


def _array(field: Field) -> str:
    return f"{field.type}[]" if re.fullmatch(r"\w+", field.type) else f"({field.type})[]"


def _list(
    subject: Subject,
    kind: QueryKind,
    name: str,
    about: str,
    filters: Sequence[tuple[str, Argument]],
    order: Order,
    index: str | None,
    covering: Sequence[Field] = (),
) -> Query:
    """A list with a cursor, or, where the order allows none, of the first rows only."""
    columns = f"...{subject.columns_name}"
    row = subject.row_type
    if covering:
        columns = ", ".join(f"{property_key(field.prop)}: {field.reference}" for field in covering)
        properties = " | ".join(string(field.prop) for field in covering)
        row = f"Pick<{subject.names.select_type}, {properties}>"
    conditions = [*tenant_condition(subject), *(condition for condition, _ in filters), *live_condition(subject)]
    arguments = [argument for _, argument in filters]
    if order.keyset:
        return query(
            subject, kind, name, "list", about, [*arguments, list_argument()], index=index, columns=columns, row=row,
            where=where([*conditions, order.after]), order=order.references, ordering=order.text,
        )  # fmt: skip
    return query(
        subject, kind, name, "some", about, [*arguments, limit_argument()], index=index,
        columns=f"{{ {columns} }}" if covering else subject.columns_name, row=row,
        where=where(conditions), ordering=order.text,
    )  # fmt: skip


def list_index(subject: Subject, order: Order) -> str | None:
    """The index in the order of the list, behind the tenant."""
    head = (subject.tenant.column.name,) if subject.tenant else ()
    wanted = (*head, *(field.column.name for field in order.fields[:1]))
    for index in subject.table.indexes:
        if index.method == "btree" and not index.unique and index.columns[: len(wanted)] == wanted:
            return subject.table.index_address(index.name)
    return None


def search(subject: Subject) -> Iterator[Query]:
    """`searchProducts(db, organizationId, term)`."""
    name = subject.intent.search
    if not name or name not in subject.fields:
        return
    field = subject.field(name)
    keys = ", ".join(f"desc({key.reference})" for key in subject.key)
    match = f"sql`${{{field.reference}}} @@ ${{query}}`"
    rank = f"desc(sql`ts_rank(${{{field.reference}}}, ${{query}})`)"
    yield query(
        subject, "search", f"search{subject.names.many_type}", "search",
        'Best match first; `term` is what a person types: words, "a phrase", -not.',
        [Argument(Parameter("term", "text", subject.table.column_address(name)), "term: string"), limit_argument()],
        index=_search_index(subject), language=string(search_language(subject, field)),
        where=where([*tenant_condition(subject), *live_condition(subject), match]),
        ordering=", ".join(part for part in (rank, keys) if part),
    )  # fmt: skip


def _search_index(subject: Subject) -> str | None:
    """The index that the search is to use; none where row level security keeps it from doing so."""
    for access in subject.intent.access:
        if any(item.operator == "search" for item in access.filters):
            return access.index
    return None


def search_language(subject: Subject, field: Field) -> str:
    """The text search configuration that the document was made with."""
    sources = [field.column.generated.expression if field.column.generated else ""]
    used = {trigger.function for trigger in subject.table.triggers}
    sources += [f.definition for f in subject.project.schema.functions if f.name in used]
    for trigger in subject.table.triggers:
        sources.append(" ".join(trigger.arguments))
    for source in sources:
        match = re.search(r"to_tsvector\(\s*'(\w+(?:\.\w+)?)'|pg_catalog\.(\w+)", source)
        if match:
            return match[1] or match[2]
    return "simple"
