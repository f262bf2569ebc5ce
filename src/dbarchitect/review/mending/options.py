"""Options in a call: `timestamp('x')` becomes `timestamp('x', { withTimezone: true })`."""

from __future__ import annotations

from dbarchitect.model.finding import Edit
from dbarchitect.read.drizzle.declared import Call
from dbarchitect.review.mending.items import append, items, remove
from dbarchitect.review.mending.script import Script
from dbarchitect.typescript.source import Node
from dbarchitect.write.drizzle.typescript import property_key


def set_option(script: Script, call: Call, key: str, value: str) -> tuple[Edit, ...] | None:
    """Set an option in the object that is the call's last argument; the object is added where there is none.

    Args:
        script: the file that holds the call.
        call: the call.
        key: the option.
        value: its value as TypeScript.

    Returns:
        The edits, none when it is so already; None when the options stand somewhere else.
    """
    listed = listing(call)
    if listed is None:
        return None
    arguments = items(listed)
    entry = f"{property_key(key)}: {value}"
    if arguments and arguments[-1].type == "object":
        return _into(script, arguments[-1], key, value)
    if arguments and arguments[-1].type not in ("string", "template_string", "arrow_function", "array"):
        return None
    return _alone(script, append(script, listed, f"{{ {entry} }}"))


def drop_option(script: Script, call: Call, key: str) -> tuple[Edit, ...]:
    """Take an option out of the object that is the call's last argument; no edits when it is not there."""
    listed = listing(call)
    arguments = items(listed) if listed is not None else ()
    if not arguments or arguments[-1].type != "object":
        return ()
    for pair in items(arguments[-1]):
        if _key(script, pair) == key:
            return (remove(script, arguments[-1], pair),)
    return ()


def option(script: Script, call: Call, key: str) -> str | None:
    """The TypeScript of an option's value; None when it is not written."""
    listed = listing(call)
    for argument in items(listed) if listed is not None else ():
        for pair in items(argument) if argument.type == "object" else ():
            value = pair.child_by_field_name("value")
            if _key(script, pair) == key and value is not None:
                return script.source.text_of(value)
    return None


def listing(call: Call) -> Node | None:
    """The arguments of a call, with their parentheses."""
    listed = call.node.child_by_field_name("arguments")
    return listed if listed is not None and listed.type == "arguments" else None


def _into(script: Script, options: Node, key: str, value: str) -> tuple[Edit, ...] | None:
    for pair in items(options):
        if pair.type == "spread_element":
            return None
        old = pair.child_by_field_name("value")
        if _key(script, pair) == key and old is not None:
            if script.source.text_of(old) == value:
                return ()
            return (script.edit(script.start(old), script.end(old), value),)
    return _alone(script, append(script, options, f"{property_key(key)}: {value}"))


def _alone(script: Script, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Two fixes that set the same option otherwise must not both be made."""
    return tuple(script.alone(edit) for edit in edits)


def _key(script: Script, pair: Node) -> str:
    key = pair.child_by_field_name("key")
    return script.source.text_of(key).strip("'\"") if key is not None else ""
