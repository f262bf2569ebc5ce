"""Types that Drizzle has no builder for, as `customType`s of one file."""

from __future__ import annotations

from dbarchitect.model.names import camel
from dbarchitect.model.schema import Schema
from dbarchitect.model.types import REGISTRY, SqlType, TypeInfo
from dbarchitect.write.drizzle.layout import Arrow, Call, Obj, Raw, statement
from dbarchitect.write.drizzle.typescript import comment_text, identifier, string

FILE = "types"
UNKNOWN = SqlType("unknown")
"""The type of a view's column that nobody told us."""

_HELPERS = """
check foreignKey index pgEnum pgPolicy pgSchema pgSequence pgTable pgView primaryKey sql unique uniqueIndex
"""
_BUILDERS = {info.drizzle for info in REGISTRY.values() if info.drizzle} | set(_HELPERS.split())
_SPELLED = {"varbit": "bit varying"}  # drizzle-kit 0.31 leaves what begins with `bit` without quotes
_MEANING = {
    "tsvector": "A document prepared for full-text search.",
    "tsquery": "A full-text query.",
    "bytea": "Bytes.",
    "citext": "Text that is compared without regard to case.",
    "hstore": "Keys and values, as PostgreSQL writes them.",
    "ltree": "A path in a tree: `top.science.astronomy`.",
    "money": "An amount in the currency of the server's locale.",
    "xml": "An XML document.",
    "jsonpath": "A path into a JSON document.",
}


class CustomTypes:
    """The custom types that the tables of one project use; they are named when they are first asked for."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._names: dict[str, tuple[str, SqlType]] = {}

    def name(self, kind: SqlType) -> str:
        """The exported name for a type: `tsvector`, `varbit8`, `integerArray2`."""
        text = spelled(kind)
        if text not in self._names:
            stem = "unknownType" if kind == UNKNOWN else identifier(camel(text.replace("[]", " array ")) or "custom")
            stem = f"{stem}Type" if stem in _BUILDERS else stem
            taken = {name for name, _ in self._names.values()}
            name, number = stem, 2
            while name in taken:
                name, number = f"{stem}{number}", number + 1
            self._names[text] = name, kind
        return self._names[text][0]

    def render(self) -> str:
        """The file `types.ts`; '' when no table needs one."""
        if not self._names:
            return ""
        parts = [self._one(text) for text in sorted(self._names, key=lambda text: self._names[text][0])]
        return "import { customType } from 'drizzle-orm/pg-core'\n\n" + "\n".join(parts)

    def _one(self, text: str) -> str:
        name, kind = self._names[text]
        data = f"customType<{{ data: {self._data(kind)} }}>"
        call = Call(data, [Obj([("dataType", Arrow("()", Raw(string(text))))])])
        return f"{_about(kind)}\n{statement(f'export const {name} = ', call)}\n"

    def _data(self, kind: SqlType) -> str:
        info = kind.info or self._base(kind)
        if kind == UNKNOWN:
            return "unknown"
        element = info.typescript if info else "string"
        if not kind.dimensions:
            return element
        return (f"({element})" if " " in element and "[" not in element else element) + "[]" * kind.dimensions

    def _base(self, kind: SqlType) -> TypeInfo | None:
        domain = next((d for d in self._schema.domains if (d.schema, d.name) == (kind.schema, kind.name)), None)
        return REGISTRY.get(domain.base.name) if domain and domain.base.schema is None else None


def spelled(kind: SqlType) -> str:
    """The type as `dataType` returns it: a form that both kits write unharmed."""
    if kind == UNKNOWN:
        return "unknown"
    if kind.schema is not None:
        return kind.name + "[]" * kind.dimensions
    name = _SPELLED.get(kind.name)
    if name is None:
        return kind.sql()
    arguments = f"({', '.join(kind.arguments)})" if kind.arguments else ""
    return f"{name}{arguments}" + "[]" * kind.dimensions


def _about(kind: SqlType) -> str:
    if kind == UNKNOWN:
        return "/** A column of a view whose type is not known. */"
    meaning = _MEANING.get(kind.name) if kind.schema is None else None
    return f"/** {comment_text(meaning or f'PostgreSQL type {spelled(kind)}, which Drizzle has no builder for.')} */"
