"""Frozen dataclasses to JSON and back, and the content hash.

Fields at their default are left out, so that the JSON stays short and a new field changes no old hash.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def encode(value: Any, *, compared_only: bool = False) -> Any:
    """A JSON value; dataclasses become objects without their default fields.

    Args:
        value: a dataclass, tuple, mapping or scalar.
        compared_only: leave out fields that take no part in equality.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        encoded = {}
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if (compared_only and not field.compare) or item == _default(field):
                continue
            encoded[field.name] = encode(item, compared_only=compared_only)
        return encoded
    if isinstance(value, Mapping):
        return {key: encode(value[key], compared_only=compared_only) for key in sorted(value)}
    if isinstance(value, tuple | list):
        return [encode(item, compared_only=compared_only) for item in value]
    return value


def decode(kind: type[T], value: Any) -> T:
    """The dataclass that `encode` made `value` from.

    Raises:
        ValueError: for a field that the dataclass has not, or a missing one.
    """
    result: T = _decode(kind, value)
    return result


def content_hash(value: Any) -> str:
    """SHA-256 (hex) over what takes part in equality."""
    text = json.dumps(encode(value, compared_only=True), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode(kind: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, Mapping):
            raise ValueError(f"expected an object for {kind.__name__}, found {value!r}")
        hints = _hints(kind)
        unknown = sorted(set(value) - set(hints))
        if unknown:
            raise ValueError(f"{kind.__name__} has no field {unknown[0]!r}")
        try:
            return kind(**{name: _decode(hints[name], item) for name, item in value.items()})
        except TypeError as error:
            raise ValueError(f"{kind.__name__}: {error}") from None
    origin = get_origin(kind)
    arguments = get_args(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _decode(next(choice for choice in arguments if choice is not type(None)), value)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_decode(arguments[0], item) for item in value)
        return tuple(_decode(choice, item) for choice, item in zip(arguments, value, strict=True))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _decode(arguments[1], item) for key, item in value.items()}
    if origin is Literal and value not in arguments:
        raise ValueError(f"expected one of {', '.join(map(str, arguments))}, found {value!r}")
    return value
