"""Enums, PostgreSQL schemas and sequences: the small files beside the tables."""

from __future__ import annotations

from dbarchitect.model.schema import Sequence
from dbarchitect.write.drizzle.held import Held
from dbarchitect.write.drizzle.imports import Imports
from dbarchitect.write.drizzle.layout import Arr, Call, Node, Obj, Raw, statement
from dbarchitect.write.drizzle.naming import Names
from dbarchitect.write.drizzle.typescript import comment_text, string


def enums_file(held: Held, names: Names) -> str:
    """`enums.ts`; every enum is exported, since drizzle-kit makes no type of one that is not. '' without enums."""
    imports = Imports()
    parts = []
    for enum in held.enums:
        labels = Arr([Raw(string(label)) for label in enum.labels])
        maker = _maker(enum.schema, "pgEnum", "enum", names, imports)
        call = Call(maker, [Raw(string(enum.name)), labels])
        about = f"/** {comment_text(enum.comment)} */\n" if enum.comment else ""
        parts.append(about + statement(f"export const {names.enum(enum.schema, enum.name)} = ", call) + "\n")
    return _file(imports, parts)


def sequences_file(held: Held, names: Names) -> str:
    """`sequences.ts`; '' without sequences."""
    imports = Imports()
    parts = []
    for sequence in held.sequences:
        maker = _maker(sequence.schema, "pgSequence", "sequence", names, imports)
        options = _sequence_options(sequence)
        arguments: list[Node] = [Raw(string(sequence.name))]
        if options:
            arguments.append(Obj(options))
        about = f"/** {comment_text(sequence.comment)} */\n" if sequence.comment else ""
        variable = names.sequence(sequence.schema, sequence.name)
        parts.append(about + statement(f"export const {variable} = ", Call(maker, arguments)) + "\n")
    return _file(imports, parts)


def namespaces_file(held: Held, names: Names) -> str:
    """`namespaces.ts` with the PostgreSQL schemas beside public; '' without any."""
    comments = {namespace.name: namespace.comment for namespace in held.schema.namespaces}
    imports = Imports()
    parts = []
    for name in held.namespaces:
        call = Call(imports.core("pgSchema"), [Raw(string(name))])
        comment = comments.get(name)
        about = f"/** {comment_text(comment)} */\n" if comment else ""
        parts.append(about + statement(f"export const {names.namespace(name)} = ", call) + "\n")
    return _file(imports, parts)


def _maker(place: str, plain: str, method: str, names: Names, imports: Imports) -> str:
    if place == "public":
        return imports.core(plain)
    return f"{imports.add('./namespaces', names.namespace(place))}.{method}"


def _sequence_options(sequence: Sequence) -> list[tuple[str, Node]]:
    options = sequence.options
    pairs = (
        ("startWith", options.start), ("increment", options.increment), ("minValue", options.minimum),
        ("maxValue", options.maximum), ("cache", options.cache),
    )  # fmt: skip
    entries: list[tuple[str, Node]] = []
    for key, value in pairs:
        if value is not None:
            entries.append((key, Raw(str(value) if abs(value) < 2**53 else string(str(value)))))
    if options.cycle:
        entries.append(("cycle", Raw("true")))
    return entries


def _file(imports: Imports, parts: list[str]) -> str:
    return f"{imports.render()}\n" + "\n".join(parts) if parts else ""
