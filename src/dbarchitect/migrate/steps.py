"""Operations laid out in files: each with one mode of transaction, its way back and its timeouts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dbarchitect.errors import RefusedError
from dbarchitect.migrate.company import Key, host, key_of
from dbarchitect.migrate.context import Context
from dbarchitect.migrate.hindrances import comments, hindrances
from dbarchitect.migrate.kinds import comment
from dbarchitect.migrate.kinds_of import kinds
from dbarchitect.migrate.loss import NAMES, fails, lost
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.recipe import LOCK_TIMEOUT, STAGES, Phase, Recipe, Scene, Stage, Way, recipes
from dbarchitect.model.address import parse
from dbarchitect.model.names import snake
from dbarchitect.model.plan import Hazard, Step
from dbarchitect.sql.quote import literal

SHORT, LONG = "1min", "1h"
"""How long a statement may take, and how long when it reads or writes all rows."""
_SLOW: frozenset[Stage] = frozenset({"validate", "finish"})


@dataclass(slots=True)
class _Section:
    """What goes into one file."""

    stage: Stage
    operations: list[tuple[str, str, str]] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    ups: list[tuple[str, ...]] = field(default_factory=list)
    downs: list[tuple[str, ...]] = field(default_factory=list)
    hazards: list[Hazard] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def steps(scene: Scene, allowed: frozenset[str], first: Sequence[tuple[str, str, str, str]] = ()) -> tuple[Step, ...]:
    """The files, in order; their names may still be the same (`named`).

    Args:
        scene: what is to be done.
        allowed: codes and names of hazards that are accepted: there the plain statement is good enough.
        first: renames that come before everything: (kind, address, statement, statement back).

    Raises:
        RefusedError: a new label of an enumeration is used, and the runner has one transaction for all files.
    """
    return _Layout(scene, allowed).files(first)


class _Layout:
    def __init__(self, scene: Scene, allowed: frozenset[str]) -> None:
        self.scene = scene
        self.allowed = allowed
        self.operations = scene.order.operations
        self.hazards: dict[Key, list[Hazard]] = {}
        self.phases: dict[Key, tuple[Phase, ...]] = {}
        self.holds: dict[Key, tuple[str, ...] | None] = {}
        self.absorbed: set[Key] = set()
        for operation in self.operations:
            self._choose(operation)
        self._follow()

    def _choose(self, operation: Operation) -> None:
        """Takes the first recipe that has to do with an operation, or notes why none is taken."""
        key = key_of(operation)
        found = self.hazards.setdefault(key, [])
        loss = lost(operation, self.scene.order.leader[key])
        found += [loss] if loss else []
        if not self.scene.says(key):
            return
        if operation.action == "create" and self.scene.standing(operation.element.owner):
            failure = fails(operation)
            found += [failure] if failure else []
        harms = [(recipe, harm) for recipe in recipes() if (harm := recipe.harm(operation, self.scene)) is not None]
        ways = [(recipe, way) for recipe, _ in harms if (way := self._way(recipe, operation)) is not None]
        if not ways:
            found += [self._hazard(operation, *harms[0])] if harms else []
            return
        recipe, way = max(ways, key=lambda pair: len(pair[1].absorbed))
        self.phases[key], self.holds[key] = way.phases, way.holds
        self.absorbed |= set(way.absorbed)
        if operation.kind == "enum" and self.scene.runner == "drizzle":
            self._check_labels(operation, recipe, self._accepts(recipe))

    def _accepts(self, recipe: Recipe) -> bool:
        return bool({recipe.CODE, recipe.NAME} & self.allowed)

    def _way(self, recipe: Recipe, operation: Operation) -> Way | None:
        """What the recipe gives, when this runner can run it and nobody said that the plain way is good enough."""
        if recipe.RUNNER not in ("any", self.scene.runner):
            return None
        if self._accepts(recipe) and operation.kind != "enum":
            return None
        return recipe.way(operation, self.scene)

    def _hazard(self, operation: Operation, recipe: Recipe, harm: str) -> Hazard:
        safe = self._instead(recipe, operation)
        statement = self.scene.says(key_of(operation))[0]
        return Hazard(
            recipe.CODE,
            recipe.NAME,
            "warning",
            f"{operation.address}: {harm}",
            operation.address,
            safe,
            statement,
        )

    def _instead(self, recipe: Recipe, operation: Operation) -> str:
        """The ways out of a hazard, in words: the recipe by the runner that can run it, and `--allow`."""
        if recipe.way(operation, self.scene) is None:
            return f"{recipe.SAFE} That cannot be done here; when the table is small, say --allow {recipe.NAME}."
        if recipe.RUNNER == "dbarchitect" and self.scene.runner == "drizzle":
            return (
                f"{recipe.SAFE} Drizzle's migrator runs all files in one transaction, where that cannot be: plan with "
                "--runner dbarchitect, or, when the table is small, take the plain statement with "
                f"--allow {recipe.NAME}."
            )
        return recipe.SAFE

    def _check_labels(self, operation: Operation, recipe: Recipe, accepted: bool) -> None:
        """Refuses to use a new label in the transaction that adds it."""
        user = self._user_of_labels(operation)
        if user is None:
            return
        if not accepted:
            raise RefusedError(
                f"{user} uses a label that the same plan adds, and Drizzle's migrator runs all files in one "
                "transaction: PostgreSQL refuses it there (55P04)",
                hint="Plan and deploy the label first and its use afterwards, run the files with --runner dbarchitect, "
                f"or deploy the files one by one and say so with --allow {recipe.NAME}.",
                place=operation.address,
            )
        harm = recipe.harm(operation, self.scene) or ""
        self.hazards[key_of(operation)].append(self._hazard(operation, recipe, f"{user}: {harm}"))

    def _user_of_labels(self, operation: Operation) -> str | None:
        """The address of a piece whose statements say a label that is new."""
        before, after = (element.value for element in operation.both)
        new = [literal(label) for label in after.labels if label not in before.labels]
        for other in self.operations:
            text = "\n".join(self.scene.says(key_of(other)))
            if other.address != operation.address and after.name in text and any(label in text for label in new):
                return other.address
        return None

    def _follow(self) -> None:
        """Comments on what comes later come later too."""
        for operation in self.operations:
            key = key_of(operation)
            if operation.kind != "comment" or not self.scene.says(key) or key in self.absorbed:
                continue
            waits = self.scene.order.waiting[self.scene.order.leader[key]]
            if any(self._is_late(other) for other in waits):
                up, down = self.scene.plain[key]
                if operation.action == "create":
                    down = tuple(comment.drop(operation.element, self.scene.difference.context))
                self.phases[key] = (Phase("comment", up, down, operation.action),)

    def _is_late(self, key: Key) -> bool:
        return key in self.phases and self.phases[key][0].stage != "main"

    def files(self, first: Sequence[tuple[str, str, str, str]]) -> tuple[Step, ...]:
        """All sections as steps."""
        sections = [self._renaming(first)] if first else []
        due = self._due()
        for place in range(len(self.operations) + 1):
            for stage in STAGES:
                for key, phase in due.get(place, ()):
                    if phase.stage == stage:
                        self._add(_last(sections, stage), key, phase)
            if place < len(self.operations):
                self._place(sections, self.operations[place])
        self._part(sections)
        return tuple([self._step(section) for section in sections if any(section.ups) or any(section.downs)])

    def _part(self, sections: Sequence[_Section]) -> None:
        """What goes with another piece says so itself where that one goes in another file."""
        there = self.scene.difference.context
        back = Context(there.after, there.before)
        forth = {key_of(operation): operation for operation in self.operations}
        backwards = {key_of(operation.reverse()): operation.reverse() for operation in self.operations}
        files = {key: number for number, section in enumerate(sections) for key in section.keys}
        for number, section in enumerate(sections):
            for place, key in enumerate(section.keys):
                operation = forth.get(key)
                if operation is None or bool(section.ups[place]) is bool(section.downs[place]):
                    continue
                if operation.action == "create" and section.ups[place]:
                    above = host(operation.reverse(), backwards, back)
                    if above and files.get(("create", above[1])) not in (None, number):
                        section.downs[place] = tuple(kinds()[operation.kind].drop(operation.element, back))
                elif operation.action == "drop" and section.downs[place]:
                    above = host(operation, forth, there)
                    if above and files.get(above) not in (None, number):
                        section.ups[place] = tuple(kinds()[operation.kind].drop(operation.element, there))

    def _renaming(self, first: Sequence[tuple[str, str, str, str]]) -> _Section:
        section = _Section("main")
        for kind, place, up, down in first:
            section.operations.append(("rename", kind, place))
            section.keys.append(("rename", place))
            section.ups.append((up,))
            section.downs.append((down,))
        return section

    def _due(self) -> Mapping[int, list[tuple[Key, Phase]]]:
        """The later phases by the place in the order before which they must be done."""
        places = {key_of(operation): place for place, operation in enumerate(self.operations)}
        members: dict[Key, list[int]] = {}
        for key, leader in self.scene.order.leader.items():
            members.setdefault(leader, []).append(places[key])
        due: dict[int, list[tuple[Key, Phase]]] = {}
        for operation in self.operations:
            key = key_of(operation)
            phases = [phase for phase in self.phases.get(key, ()) if phase.stage != "main"]
            if not phases or key in self.absorbed:
                continue
            after = [
                place
                for leader in self.scene.waiters(key)
                if self._holds(key, leader)
                for place in members[leader]
                if place > places[key] and key_of(self.operations[place]) not in self.absorbed
            ]
            end = min(after, default=len(self.operations))
            due.setdefault(end, []).extend((key, phase) for phase in phases)
        return due

    def _holds(self, key: Key, waiter: Key) -> bool:
        """Whether a leader that waits for an operation waits for its last phase."""
        if waiter in self.phases and self.phases[waiter][0].stage == "comment":
            return False
        held = self.holds.get(key)
        kind = next(item.kind for item in self.operations if key_of(item) == waiter)
        return held is None or kind in held

    def _place(self, sections: list[_Section], operation: Operation) -> None:
        """Puts what an operation does at its own place into the main file."""
        key = key_of(operation)
        if key in self.absorbed:
            return
        phases = self.phases.get(key)
        if phases is None:
            phases = (Phase("main", *self.scene.plain.get(key, ((), ())), operation.action),)
        for phase in phases:
            if phase.stage == "main":
                self._add(_last(sections, "main"), key, phase)

    def _add(self, section: _Section, key: Key, phase: Phase) -> None:
        operation = next(item for item in self.operations if key_of(item) == key)
        section.operations.append((phase.action, operation.kind, operation.address))
        section.keys.append(key)
        section.ups.append(phase.up)
        section.downs.append(phase.down)
        phases = self.phases.get(key, (phase,))
        if phase == phases[-1]:
            section.hazards += self.hazards.get(key, [])
            section.doubts += hindrances(operation, self.scene.difference) if phase.down else ()

    def _step(self, section: _Section) -> Step:
        lasting = [hazard for hazard in section.hazards if hazard.name in NAMES]
        slow = section.stage in _SLOW or any(hazard.code[:2] in ("RW", "SC") for hazard in section.hazards)
        slow = slow or any(hazard.code == "IX01" for hazard in section.hazards)
        again = [self.scene.again[item.address] for item in lasting if item.address in self.scene.again]
        down = [statement for statements in reversed(section.downs) for statement in statements]
        said = "".join(sorted(map(self._loss, lasting))) + (comments(section.doubts) if down else "")
        down = [said + "".join(down[:1]), *down[1:]] if said else down
        transaction = STAGES[section.stage]
        return Step(
            file=_title(section),
            transaction=transaction,
            operations=tuple(section.operations),
            up=timed([statement for statements in section.ups for statement in statements], transaction, slow),
            down=timed(down, transaction, slow or any(item.rewrites for item in again)),
            reversible="no" if not all(item.fits for item in again) else "lossy" if lasting else "exact",
            hazards=tuple(section.hazards),
        )

    def _loss(self, hazard: Hazard) -> str:
        """The comment that says what a way back does not give back, and what rows get instead."""
        message = re.sub(r"[\r\n]+", " ", hazard.message)
        instead = self.scene.again.get(hazard.address)
        if instead is None:
            return f"-- lossy: {message}; this does not bring them back.\n"
        said = re.sub(r"[\r\n]+", " ", instead.said)
        if instead.fits:
            return f"-- lossy: {message}; this does not bring them back: {said}.\n"
        return f"-- irreversible: {message}; {said}, so this fails on rows (23502) and changes nothing.\n"


def _last(sections: list[_Section], stage: Stage) -> _Section:
    """The last section when it is of that stage, else a new one."""
    if not sections or sections[-1].stage != stage:
        sections.append(_Section(stage))
    return sections[-1]


def timed(statements: Sequence[str], transaction: str, slow: bool) -> tuple[str, ...]:
    """The statements under timeouts; without a transaction they may wait, because giving up leaves a half behind.

    Args:
        statements: of one file; comments before the first one stay first.
        transaction: `one` or `none`.
        slow: one of them reads or writes all rows.
    """
    if not statements:
        return ()
    lines = _COMMENT.match(statements[0])
    said = lines[0] if lines else ""
    rest = statements[0][len(said) :]
    statements = [rest, *statements[1:]] if rest else list(statements[1:])
    if transaction == "none":
        timed = ["SET lock_timeout = 0", "SET statement_timeout = 0", *statements]
        timed += ["RESET lock_timeout", "RESET statement_timeout"]
    else:
        limit = LONG if slow else SHORT
        timed = [f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'", f"SET LOCAL statement_timeout = '{limit}'", *statements]
    timed[0] = said + timed[0]
    return tuple(timed)


_COMMENT = re.compile(r"(?:--[^\n]*\n)+")
_TITLES: Mapping[Stage, str] = {
    "values": "labels",
    "expand": "expand",
    "concurrently": "indexes",
    "backfill": "backfill",
    "validate": "validate",
    "finish": "finish",
    "comment": "comments",
}


def _title(section: _Section) -> str:
    """What the file is called: by what it does when that is one thing, else by its stage."""
    if section.stage != "main":
        return _TITLES[section.stage]
    tables = sorted({_table(place) for _, _, place in section.operations} - {""})
    if len(section.operations) == 1:
        action, kind, place = section.operations[0]
        if kind in ("column", "index", "primary key", "unique", "check", "exclusion", "foreign key"):
            return _slug([_VERBS[action], *parse(place)[1][2 if kind not in ("column", "index") else 1 :]])
    if len(tables) == 1:
        made = any((action, kind) == ("create", "table") for action, kind, _ in section.operations)
        gone = any((action, kind) == ("drop", "table") for action, kind, _ in section.operations)
        return _slug(["create" if made and not gone else "drop" if gone and not made else "change", *tables])
    return "schema"


_VERBS = {"create": "add", "drop": "drop", "alter": "change", "prepare": "prepare", "rename": "rename"}


def _table(place: str) -> str:
    """The table that an address lies in, or ''."""
    text = place.partition(":")[2] if place.startswith(("comment:", "grant:")) else place
    try:
        kind, parts = parse(text)
    except ValueError:
        return ""
    return parts[1] if len(parts) > 1 and kind not in ("index", "sequence") else ""


def _slug(words: Iterable[str]) -> str:
    return re.sub(r"[^a-z0-9]+", "_", "_".join(snake(word) for word in words).lower()).strip("_")[:48] or "change"


def named(found: Iterable[Step]) -> Iterator[Step]:
    """The steps of a plan with names that differ."""
    counts: dict[str, int] = {}
    for step in found:
        counts[step.file] = counts.get(step.file, 0) + 1
        number = counts[step.file]
        yield step if number == 1 else replace(step, file=f"{step.file}_{number}")
