"""The extra configuration of a table, its third argument: entries put in, taken out, written otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Edit
from dbarchitect.model.names import camel
from dbarchitect.read.drizzle.declared import DeclaredExtra, DeclaredTable
from dbarchitect.review.mending.items import append, indented, items, remove
from dbarchitect.review.mending.script import Script
from dbarchitect.typescript.source import Node, arguments
from dbarchitect.write.drizzle.typescript import property_key

NEW_PARAMETER = "table"


def parameter(script: Script, table: DeclaredTable) -> str | None:
    """The name through which the extra configuration knows the table; None when entries cannot use one."""
    if table.form == "none":
        return NEW_PARAMETER if _columns(script, table) is not None else None
    if table.extras_span is None or table.form == "other":
        return None
    if table.parameter:
        return table.parameter
    return NEW_PARAMETER if _empty_parameters(script, table) is not None else None


def add(script: Script, table: DeclaredTable, name: str, entry: str) -> tuple[Edit, ...]:
    """Put an entry behind the others; where there is no extra configuration yet, the callback is added.

    Args:
        script: the file that holds the table.
        table: a table for which `parameter` gives a name.
        name: the name of the index or constraint; its property comes from it where the entries have one.
        entry: its TypeScript.
    """
    if table.form == "none":
        return (_callback(script, table, entry),)
    assert table.extras_span is not None
    node = script.node_of(table.extras_span, "array", "object")
    if node is None:
        return ()
    edits = () if table.parameter else _named(script, table)
    if table.form == "object":
        key = _key(table, name, {_key_of(script, pair) for pair in items(node)})
        return (*edits, *append(script, node, f"{property_key(key)}: {entry}"))
    return (*edits, *append(script, node, entry))


def take_out(script: Script, table: DeclaredTable, entry: DeclaredExtra) -> tuple[Edit, ...]:
    """Take an entry out; the whole argument goes with the last one."""
    element, holder = _element(script, entry)
    if element is None or holder is None:
        return ()
    call = script.node_of(table.span, "call_expression")
    if call is not None and len(items(holder)) == 1 and len(table.extras) == 1 and table.form in ("array", "object"):
        listed = arguments(call)
        outer = call.child_by_field_name("arguments")
        if len(listed) == 3 and outer is not None and _plain_callback(listed[2]):
            return (remove(script, outer, listed[2]),)
    return (remove(script, holder, element),)


def rewrite(script: Script, entry: DeclaredExtra, text: str) -> tuple[Edit, ...]:
    """Write another entry in the place of one; a property in front of it stays."""
    start, end = script.offsets(entry.span)
    return (script.edit(start, end, indented(text, script.indent(start))),)


def unwrap(script: Script, table: DeclaredTable) -> tuple[Edit, ...]:
    """Make elements of the array from what objects inside it hold; comments between them stay.

    Each property's key and the braces go; nothing else is touched, so that the entries keep their lines.
    """
    if table.extras_span is None:
        return ()
    array = script.node_of(table.extras_span, "array")
    if array is None:
        return ()
    edits: list[Edit] = []
    for element in items(array):
        if element.type == "object":
            edits += _unwrapped(script, array, element)
    return tuple(edits)


def as_array(script: Script, table: DeclaredTable) -> tuple[Edit, ...]:
    """Make an array of an object: keys and parentheses go, lines and comments stay."""
    node = script.node_of(table.extras_span, "object") if table.extras_span is not None else None
    if node is None:
        return ()
    pairs = items(node)
    if not pairs or any(pair.type != "pair" for pair in pairs):
        return ()
    outer = node.parent if node.parent is not None and node.parent.type == "parenthesized_expression" else node
    start, first = script.start(outer), script.start(pairs[0])
    inner, end = script.end(node) - 1, script.end(outer)
    opened = script.start(node) + 1
    flat = "\n" not in script.text[script.start(node) : script.end(node)]
    edits = [script.edit(start, first if flat else opened, "[")]
    for pair in pairs:
        value = pair.child_by_field_name("value")
        if value is None:
            return ()
        edits.append(script.edit(script.start(pair), script.start(value), ""))
    last, closing = script.end(pairs[-1]), inner
    while flat and script.text[closing - 1] in " ,":
        closing -= 1
    # From within the last entry on, so that an entry that another fix puts behind it, with a key, waits for the array.
    return (*edits, script.edit(last - 1, end, f"{script.text[last - 1 : closing]}]".replace("\r\n", "\n")))


def _unwrapped(script: Script, array: Node, element: Node) -> Iterator[Edit]:
    pairs = items(element)
    if not pairs or any(pair.type != "pair" for pair in pairs):
        return
    first = pairs[0]
    start, end = script.start(element), script.end(element)
    inner = script.text[start:end]
    lines = inner.split("\n")
    values = {pair.id: pair.child_by_field_name("value") for pair in pairs}
    if len(lines) > 1 and script.leads(start):
        # One text for the whole object: keys out, one step of indentation out, braces out.
        pad, deep = script.indent(start), script.indent(script.start(first))
        body = _without_keys(script, start + 1, end - 1, [(pair, values[pair.id]) for pair in pairs])
        shifted = "\n".join(_shift(line, deep, pad) for line in body.strip("\r\n").rstrip().split("\n"))
        if deep.startswith(pad):
            comma = _comma(script, end)
            text = shifted.lstrip()
            if comma is not None and text.endswith(","):
                yield script.edit(start, comma + 1, text.replace("\r\n", "\n"))
                return
            ends_in_comment = "//" in text.split("\n")[-1]
            text = text if comma is None or not ends_in_comment else f"{text}\n{pad}"
            yield script.edit(start, end, text.replace("\r\n", "\n"))
            return
    body = _without_keys(script, start + 1, end - 1, [(pair, values[pair.id]) for pair in pairs]).strip()
    body = body.removesuffix(",")
    yield script.edit(start, end, body.replace("\r\n", "\n"))


def _without_keys(script: Script, start: int, end: int, pairs: list[tuple[Node, Node | None]]) -> str:
    text, place = "", start
    for pair, value in pairs:
        if value is not None:
            text += script.text[place : script.start(pair)]
            place = script.start(value)
    return text + script.text[place:end]


def _shift(line: str, deep: str, pad: str) -> str:
    return pad + line[len(deep) :] if line.startswith(deep) else line


def _comma(script: Script, place: int) -> int | None:
    while place < len(script.text) and script.text[place] in " \t":
        place += 1
    return place if script.text[place : place + 1] == "," else None


def _callback(script: Script, table: DeclaredTable, entry: str) -> Edit:
    columns = _columns(script, table)
    assert columns is not None
    call = script.node_of(table.span, "call_expression")
    assert call is not None
    outer = call.child_by_field_name("arguments")
    assert outer is not None
    end, close = script.end(columns), script.end(outer) - 1
    between = script.text[end:close]
    lead = script.leads(script.start(columns))
    pad = script.indent(script.start(columns)) if lead else script.indent(script.start(call))
    inner = pad + script.unit
    comma = "," if _ends_with_comma(script, columns) else ""
    body = f"({NEW_PARAMETER}) => [\n{inner}{indented(entry, inner)}{comma}\n{pad}]"
    if not lead:
        kept = between.strip().removeprefix(",").strip()
        return script.edit(end - 1, close, f"{script.text[end - 1]}, {kept and f'{kept} '}{body}")
    if between.lstrip().startswith(","):
        place = end + between.index(",")
        stop = script.line_end(place)
        tail = script.text[place + 1 : stop]
        if not tail.strip() or tail.strip().startswith("//"):
            return script.edit(place, stop, f",{tail}\n{pad}{body},")
        return script.edit(place, place + 1, f",\n{pad}{body},")
    return script.edit(end - 1, end, f"{script.text[end - 1]},\n{pad}{body}")


def _ends_with_comma(script: Script, columns: Node) -> bool:
    listed = items(columns) if columns.type == "object" else ()
    if not listed or "\n" not in script.text[script.start(columns) : script.end(columns)]:
        return True
    return script.text[script.end(listed[-1]) : script.end(columns)].lstrip().startswith(",")


def _columns(script: Script, table: DeclaredTable) -> Node | None:
    """The second argument of the table's call, when it is the last one."""
    call = script.node_of(table.span, "call_expression")
    listed = arguments(call) if call is not None else ()
    return listed[1] if len(listed) == 2 else None


def _named(script: Script, table: DeclaredTable) -> tuple[Edit, ...]:
    empty = _empty_parameters(script, table)
    return (script.edit(script.start(empty), script.end(empty), f"({NEW_PARAMETER})"),) if empty is not None else ()


def _empty_parameters(script: Script, table: DeclaredTable) -> Node | None:
    call = script.node_of(table.span, "call_expression")
    listed = arguments(call) if call is not None else ()
    if len(listed) != 3 or listed[2].type != "arrow_function":
        return None
    found = listed[2].child_by_field_name("parameters")
    return found if found is not None and not items(found) else None


def _element(script: Script, entry: DeclaredExtra) -> tuple[Node | None, Node | None]:
    """The element that an entry is in its list (with its key), and that list."""
    start, end = script.offsets(entry.span)
    node = script.node(start, end)
    while node is not None and node.parent is not None:
        if node.parent.type in ("array", "object") and script.end(node) >= end:
            return node, node.parent
        node = node.parent
    return None, None


def _plain_callback(node: Node) -> bool:
    body = node.child_by_field_name("body") if node.type == "arrow_function" else None
    return body is not None and body.type in ("array", "parenthesized_expression")


def _key(table: DeclaredTable, name: str, taken: set[str]) -> str:
    short = name.removeprefix(f"{table.name}_")
    key = camel(short) or camel(name)
    if not any(word in key for word in ("Idx", "Index", "Unique", "Check", "Fk", "Pk")):
        key = f"{key}Idx" if name.endswith(("idx", "index")) else key
    found, number = key, 2
    while found in taken:
        found, number = f"{key}{number}", number + 1
    return found


def _key_of(script: Script, pair: Node) -> str:
    key = pair.child_by_field_name("key")
    return script.source.text_of(key).strip("'\"") if key is not None else ""
