"""What a user may choose about the projects that we make; every verb takes one `Settings`."""

from __future__ import annotations

from typing import Literal

from dbarchitect.records import dataclass

Profile = Literal["house", "modern"]
Line = Literal["0.45", "1"]
Ids = Literal["explicit", "default-fn"]
Runtime = Literal["bun", "node"]

PROFILES: tuple[Profile, ...] = ("house", "modern")
LINES: tuple[Line, ...] = ("0.45", "1")


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices that change what is emitted; a project's manifest records them, so that a second run repeats the first.

    Args:
        profile: `house` keeps the seed's rules, `modern` emits text, bigint identity and no blanket deletedAt.
        drizzle: the line of Drizzle ORM that the project is written for.
        ids: `explicit` makes every insert pass its id, `default-fn` adds `$defaultFn(() => Bun.randomUUIDv7())`.
        runtime: where the project runs; on `node` a documented fallback stands in for `Bun.randomUUIDv7()`.
        touch_trigger: add a trigger that moves updated_at for writes that bypass the ORM.
    """

    profile: Profile = "house"
    drizzle: Line = "0.45"
    ids: Ids = "explicit"
    runtime: Runtime = "bun"
    touch_trigger: bool = False
