"""Edits for indexes and constraints: in the extra configuration, or as a modifier of their only column."""

from __future__ import annotations

from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.finding import Edit
from dbarchitect.model.index import Index
from dbarchitect.read.drizzle.declared import Call, DeclaredColumn, DeclaredExtra
from dbarchitect.review.mending import chains, entries, extras
from dbarchitect.review.mending.entries import Words
from dbarchitect.review.mending.imports import PG_CORE, Imports
from dbarchitect.review.mending.script import Script
from dbarchitect.review.mending.site import Edits, Site, Thing
from dbarchitect.write.drizzle.naming_foreign_keys import can_be_inline


def added(place: Site, thing: Thing) -> Edits:
    """The edits that add an index or a constraint; none when they cannot be written."""
    if isinstance(thing, ForeignKey) and can_be_inline(place.table.name, thing):
        return _referring(place, thing)
    if isinstance(thing, PrimaryKey) and len(thing.columns) == 1:
        return _modifier(place, thing.columns[0], "primaryKey()")
    imports = Imports(place.script)
    words = place.words(imports)
    entry = _entry(place, words, thing) if words else None
    if entry is None:
        return ()
    made = extras.add(place.script, place.declared, thing.name, entry)
    return (*made, *imports.edits) if made else ()


def dropped(place: Site, thing: Thing) -> Edits:
    """The edits that take an index or a constraint away; none when it is not found."""
    entry = place.entry(thing)
    if entry is not None:
        return extras.take_out(place.script, place.declared, entry)
    inline = _inline(place, thing)
    if inline is None:
        return ()
    _, script, call = inline
    return (chains.remove(script, call),)


def replaced(place: Site, old: Thing, new: Thing) -> Edits:
    """The edits that put one in the place of another: in its place where both are entries."""
    entry = place.entry(old)
    if entry is None:
        gone, came = dropped(place, old), added(place, new)
        return (*gone, *came) if gone and came else ()
    imports = Imports(place.script)
    words = place.words(imports)
    if words is None:
        return ()
    if isinstance(old, Index) and isinstance(new, Index):
        small = _index_changes(words, entry, old, new)
        if small:
            return (*small, *imports.edits)
    text = _entry(place, words, new)
    return (*extras.rewrite(place.script, entry, text), *imports.edits) if text is not None else ()


def _entry(place: Site, words: Words, thing: Thing) -> str | None:
    if isinstance(thing, Index):
        needed = tuple(part.column for part in thing.parts if part.column is not None)
        return entries.index_entry(words, thing) if place.knows(needed) and not thing.include else None
    if isinstance(thing, Check):
        return entries.check_entry(words, thing)
    if not place.knows(thing.columns):
        return None
    if isinstance(thing, Unique):
        return entries.unique_entry(words, thing)
    if isinstance(thing, PrimaryKey):
        return entries.primary_key_entry(words, thing)
    if _target(thing) != place.table.key and place.leads_back(thing):
        return None  # TypeScript could infer the type of neither table
    targets = []
    for column in thing.target_columns:
        own = (thing.target_schema, thing.target_table) == place.table.key
        text = words.column(column) if own else place.target(words.imports, _target(thing), column)
        if text is None:
            return None
        targets.append(text)
    return entries.foreign_key_entry(words, thing, targets)


def _index_changes(words: Words, entry: DeclaredExtra, old: Index, new: Index) -> list[Edit]:
    """The edits of the calls that differ; none when the entry must be written anew."""
    same = (old.name, old.options, old.include, old.nulls_not_distinct, old.only)
    if same != (new.name, new.options, new.include, new.nulls_not_distinct, new.only):
        return []
    script, head = words.script, entry.chain[0]
    keys = next((call for call in entry.chain[1:] if call.name in ("on", "using", "onOnly")), None)
    where = next((call for call in entry.chain[1:] if call.name == "where"), None)
    if keys is None or (old.where is None) != (where is None):
        return []
    edits = []
    if old.unique != new.unique:
        start = head.start
        builder = words.imports.core("uniqueIndex" if new.unique else "index").rpartition(".")[2]
        edits.append(script.edit(start, start + len(head.name), builder))
    if (old.parts, old.method) != (new.parts, new.method):
        edits.append(chains.replace(script, keys, entries.keys_call(words, new)))
    if new.where != old.where:
        if where is not None:
            edits.append(
                chains.remove(script, where)
                if new.where is None
                else chains.replace(script, where, f"where({words.condition(new.where)})")
            )
        elif new.where is not None:
            edits.append(chains.append(script, entry.chain, f"where({words.condition(new.where)})"))
    return edits


def _referring(place: Site, key: ForeignKey) -> Edits:
    found = place.column(key.columns[0])
    if found is None or found[0].modifier("references") or found[0].shared:
        return ()
    column, script = found
    imports = Imports(script)
    target = place.target(imports, _target(key), key.target_columns[0])
    if target is None:
        return ()
    annotated = ""
    if place.leads_back(key):
        annotated = f": {imports.need(PG_CORE, 'AnyPgColumn', type_only=True)}"
    actions = [f"onDelete: {script.literal(key.on_delete)}"] if key.on_delete != "no action" else []
    actions += [f"onUpdate: {script.literal(key.on_update)}"] if key.on_update != "no action" else []
    tail = f", {{ {', '.join(actions)} }}" if actions else ""
    edit = script.alone(chains.append(script, column.chain, f"references((){annotated} => {target}{tail})"))
    return (edit, *imports.edits)


def _modifier(place: Site, column: str, modifier: str) -> Edits:
    found = place.column(column)
    if found is None or found[0].shared:
        return ()
    return (chains.insert(found[1], found[0].chain, modifier),)


def _inline(place: Site, thing: Thing) -> tuple[DeclaredColumn, Script, Call] | None:
    """The modifier that makes a constraint of one column."""
    names = {Unique: "unique", ForeignKey: "references", PrimaryKey: "primaryKey"}
    if isinstance(thing, Index | Check) or len(thing.columns) != 1:
        return None
    found = place.column(thing.columns[0])
    call = found[0].modifier(names[type(thing)]) if found and not found[0].shared else None
    return (found[0], found[1], call) if found and call else None


def _target(key: ForeignKey) -> tuple[str, str]:
    return key.target_schema, key.target_table


def named(place: Site, old: ForeignKey, new: ForeignKey) -> Edits:
    """The edits that make an entry, which has a name, of a foreign key that is written with its column."""
    inline = _inline(place, old)
    imports = Imports(place.script)
    words = place.words(imports)
    entry = _entry(place, words, new) if words and inline else None
    if inline is None or entry is None:
        return ()
    made = extras.add(place.script, place.declared, new.name, entry)
    return (chains.remove(inline[1], inline[2]), *made, *imports.edits) if made else ()
