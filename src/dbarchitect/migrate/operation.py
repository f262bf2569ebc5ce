"""What a migration does, as data: one operation for each piece that is made, changed or taken away."""

from __future__ import annotations

from typing import Literal

from dbarchitect.migrate.element import Element
from dbarchitect.records import dataclass

Action = Literal["create", "drop", "alter"]
_OPPOSITE: dict[Action, Action] = {"create": "drop", "drop": "create", "alter": "alter"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One step between two schemas.

    Args:
        action: what is done.
        before: the piece as it was; None for `create`.
        after: the piece as it will be; None for `drop`.
    """

    action: Action
    before: Element | None
    after: Element | None

    @property
    def element(self) -> Element:
        """The piece, as it will be where there is one."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def both(self) -> tuple[Element, Element]:
        """The piece before and after, of an alteration."""
        if self.before is None or self.after is None:
            raise ValueError(f"{self.action} {self.address} is no alteration")
        return self.before, self.after

    @property
    def kind(self) -> str:
        """The kind of the piece."""
        return self.element.kind

    @property
    def address(self) -> str:
        """Its address."""
        return self.element.address

    def reverse(self) -> Operation:
        """What takes it back."""
        return Operation(_OPPOSITE[self.action], self.after, self.before)
