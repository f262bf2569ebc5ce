"""What hangs on addresses: where an element stands in sources, why it is there, and what it was called before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from dbarchitect.model.origin import Origin
from dbarchitect.model.source import Span
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class Annotations:
    """Side tables by address; the canonical reading re-attaches them (DESIGN, section 4).

    Args:
        spans: several for one element: created here, altered there.
        origins: why it is there.
        was: the address that an element had before it was renamed.
    """

    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)
