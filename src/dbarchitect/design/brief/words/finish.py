"""From the draft to requirements: packs, tenancy, rules that waited, and what was assumed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dbarchitect.design.brief import attribute_list, packs
from dbarchitect.design.brief.place import Text, attribute_key, entity_key
from dbarchitect.design.brief.requirements import Attribute, Entity, Relationship, Requirements
from dbarchitect.design.brief.validate import reference
from dbarchitect.design.brief.words import vocabulary
from dbarchitect.design.brief.words.interpreter import Interpreter
from dbarchitect.design.brief.words.nouns import noun
from dbarchitect.design.brief.words.phrases import Wishes
from dbarchitect.design.brief.words.requests import Request
from dbarchitect.design.brief.words.waiting import Waiting, refers
from dbarchitect.errors import InputError
from dbarchitect.model.names import singular, words
from dbarchitect.model.origin import Origin

TENANTS = ("organization", "company", "tenant", "workspace", "organisation", "team", "account")


def asked_pack(text: str) -> packs.Pack | None:
    """The pack that a phrase such as `an online shop` asks for."""
    said = [singular(word) for word in words(text)]
    best: tuple[int, packs.Pack] | None = None
    for pack in packs.packs():
        for phrase in pack.asked:
            wanted = [singular(word) for word in words(phrase)]
            here = any(said[at : at + len(wanted)] == wanted for at in range(len(said) - len(wanted) + 1))
            if here and (best is None or len(wanted) > best[0]):
                best = (len(wanted), pack)
    return best[1] if best else None


def nothing(source: Text, count: int) -> InputError:
    """The error for words that name no thing to store."""
    read = " ".join(source.text.split())
    shown = read[:80] + (" …" if len(read) > 80 else "")
    sentences = "1 sentence" if count == 1 else f"{count} sentences"
    hint = (
        "Forms that work: `each organization has many products` · `product: name, sku unique, price` · "
        "`user(name, email unique) 1-n post(title, body)`. "
        f"Packs: {', '.join(packs.names())} (`an online shop`, `a blog`)."
    )
    return InputError(
        f"nothing in these words names a thing to store; read {sentences}: {shown!r}", hint=hint, place=source.name
    )


class Finisher:
    """Makes requirements of a draft.

    Args:
        source: the text.
        interpreter: holds the draft.
        wishes: what holds for the whole brief.
        requests: what was asked for, with offsets.
    """

    def __init__(
        self, source: Text, interpreter: Interpreter, wishes: Wishes, requests: list[tuple[Request, int]]
    ) -> None:
        self.source = source
        self.interpreter = interpreter
        self.draft = interpreter.draft
        self.wishes = wishes
        self.requests = requests
        self.assumptions: list[str] = []
        self.pack = next((found for asked, _ in requests if (found := asked_pack(asked.rest))), None)
        if self.pack is None and wishes.tenant == "yes" and not self.draft.things and requests:
            self.pack = packs.pack("commerce")

    @property
    def asks_for_something(self) -> bool:
        """Whether the words ask for a pack, for tenants, or for bookings that do not overlap."""
        return self.pack is not None or self.wishes.tenant == "yes" or any(thing for thing, *_ in self.wishes.overlaps)

    def requirements(self) -> Requirements:
        """Everything, settled but not checked."""
        self._references()
        self._bookings()
        self._meetings()
        if not self.draft.things:
            return self._whole(self.pack or packs.pack("commerce"))
        found = Requirements(entities=self.draft.entities(), relationships=self.draft.relationships())
        found = replace(found, soft_delete=self.wishes.soft_delete)
        found = self._tenant(self._core(found))
        table = (
            bool(self.requests)
            and all(asked.kind == "table" for asked, _ in self.requests)
            and len(found.entities) == 1
        )
        found = self._related(packs.complete(found, relate=not table))
        found = self._named(self._events(found))
        waiting = Waiting(self.interpreter, self.wishes, self.assumptions)
        found = waiting.keep(found)
        found = self._referred(found)
        self._assume(found)
        return replace(found, assumptions=(*found.assumptions, *self.assumptions), unread=self._unread())

    # packs

    def _whole(self, pack: packs.Pack) -> Requirements:
        asked, start = self.requests[0] if self.requests else (Request("schema", self.source.text, 0), 0)
        origin = self.interpreter.origin(start, start + len(asked.rest))
        found = packs.whole(pack, origin)
        self.assumptions.append(
            f"The words name no things of their own, so all of the pack {pack.name} was taken: {pack.about}"
        )
        if found.tenant and self.wishes.tenant == "no":
            self.assumptions.append("There is a single tenant, so what only serves several of them was left out.")
            found = packs.single(found)
        elif found.tenant and self.wishes.tenant != "yes":
            self.assumptions.append(
                f"Several {found.tenant}s share the database, each seeing its own rows; say `single-tenant` for one."
            )
        soft = found.soft_delete if self.wishes.soft_delete is None else self.wishes.soft_delete
        return replace(found, soft_delete=soft, assumptions=tuple(self.assumptions), unread=self._unread())

    def _core(self, found: Requirements) -> Requirements:
        """`a schema for users` means what belongs to users too; `a table for users` does not."""
        wanted = [asked for asked, _ in self.requests if asked.kind == "schema"]
        if not wanted or self.draft.ties or len(found.entities) > 1 or found.entities[0].attributes:
            return self._required(found) if wanted and self.pack else found
        match = packs.find(entity_key(found.entities[0].name))
        if match is None:
            return found
        pack, entity = match
        return self._add(found, pack, pack.core.get(entity_key(entity.name), ()))

    def _required(self, found: Requirements) -> Requirements:
        """`a blog with posts` needs the author of a post: required parents of a pack that was asked for."""
        if self.pack is None:
            return found
        there = {entity_key(entity.name) for entity in found.entities}
        own = {self.pack.synonyms.get(key, key) for key in there}
        needed = [
            entity_key(each.parent)
            for each in self.pack.requirements.relationships
            if entity_key(each.child) in own and each.required and entity_key(each.parent) not in own
        ]
        return self._add(found, self.pack, needed)

    def _add(self, found: Requirements, pack: packs.Pack, keys: Iterable[str]) -> Requirements:
        there = {pack.synonyms.get(key, key) for key in (entity_key(entity.name) for entity in found.entities)}
        added = [
            packs.brought(entity, pack.home(key))
            for key in dict.fromkeys(keys)
            if key not in there and (entity := pack.entity(key)) is not None
        ]
        if added:
            names = ", ".join(entity.name for entity in added)
            self.assumptions.append(f"Not named, but part of it in the pack {pack.name}: {names}.")
        return replace(found, entities=(*found.entities, *added))

    # tenancy

    def _tenant(self, found: Requirements) -> Requirements:
        wish = self.wishes.tenant
        if wish in ("", "no"):
            return found
        names = {entity_key(entity.name): entity.name for entity in found.entities}
        known = [key for key in map(entity_key, TENANTS) if key in names]
        key = entity_key(wish) if wish != "yes" else (known or ["organization"])[0]
        if key not in names:
            match = packs.find(key)
            why = Origin("pattern", match[0].name if match else "tenancy")
            name = Attribute("name", "name", required=True, origin=why)
            entity = (
                packs.brought(match[1], match[0].name)
                if match
                else Entity(key.replace("_", " "), attributes=(name,), origin=why)
            )
            entity = replace(entity, name=key.replace("_", " "))
            found = replace(found, entities=(entity, *found.entities))
            self.assumptions.append(f"The tenants are called {entity.name}; each row belongs to one of them.")
            names[key] = entity.name
        return replace(found, tenant=names[key])

    # what is assumed

    def _references(self) -> None:
        """`customer id` among the properties of an order is the order's customer."""
        for thing in self.draft.things.values():
            for key in list(thing.attributes):
                parent = key.removesuffix("_id")
                if key == parent or parent == entity_key(thing.name) or parent not in self.draft.things:
                    continue
                origin = thing.attributes.pop(key).origin or thing.origin
                tied = {(tie.left, tie.right) for tie in self.draft.ties}
                if (entity_key(thing.name), parent) not in tied and (parent, entity_key(thing.name)) not in tied:
                    self.draft.tie(thing.name, parent, "belongs", None, origin)

    def _referred(self, found: Requirements) -> Requirements:
        """A property that is the reference of a relationship is said twice."""
        columns = {
            (entity_key(each.child), f"{entity_key(reference(each))}_id")
            for each in found.relationships
            if refers(each)
        }
        entities = []
        for entity in found.entities:
            own = entity_key(entity.name)
            kept = tuple(each for each in entity.attributes if (own, attribute_key(each.name)) not in columns)
            entities.append(entity if len(kept) == len(entity.attributes) else replace(entity, attributes=kept))
        return replace(found, entities=tuple(entities))

    def _bookings(self) -> None:
        """`bookings of a room must not overlap` names both, even when nothing else does."""
        for thing, per, start, end in self.wishes.overlaps:
            child, parent = noun(thing), noun(per)
            if child is None or parent is None or child.key == parent.key:
                continue
            origin = self.interpreter.origin(start, end)
            booking, room = self.draft.thing(child.name, origin), self.draft.thing(parent.name, origin)
            if not any({tie.left, tie.right} == {child.key, parent.key} for tie in self.draft.ties):
                self.draft.tie(booking.name, room.name, "belongs", True, origin)
            booking.event = True

    def _meetings(self) -> None:
        """`students, courses and enrollments`: an enrollment of which nothing is said ties the other two."""
        meeting = {entity_key(name) for name in (*vocabulary.LINKS.values(), *vocabulary.THINGS.values())}
        tied = {key for tie in self.draft.ties for key in (tie.left, tie.right)}
        free = [key for key in self.draft.things if key not in tied]
        for key in [each for each in free if each in meeting and not self.draft.things[each].attributes]:
            others = [each for each in free if each not in meeting]
            if len(others) != 2:
                continue
            self.draft.things[key].event = True
            for other in others:
                self.draft.tie(key, other, "belongs", True, Origin("pattern", key.replace("_", " ")))
            names = " and ".join(self.draft.things[other].name for other in others)
            self.assumptions.append(f"{self.draft.things[key].name} is taken to tie {names}.")

    def _related(self, found: Requirements) -> Requirements:
        """`relationships between authors and books`: when nothing else says how, many-to-many."""
        asked = any(asked.kind == "relationships" for asked, _ in self.requests)
        if not asked or found.relationships or len(found.entities) < 2:
            return found
        pairs = list(zip(found.entities, found.entities[1:], strict=False))
        added = []
        for first, second in pairs:
            self.assumptions.append(
                f"{first.name} and {second.name} are taken as many-to-many; say so if each {second.name} has only one "
                f"{first.name}."
            )
            added.append(
                Relationship(first.name, second.name, "many-to-many", origin=Origin("pattern", "many-to-many"))
            )
        return replace(found, relationships=tuple(added))

    def _events(self, found: Requirements) -> Requirements:
        """What verbs made gets the properties that such a thing usually has."""
        entities = []
        for entity in found.entities:
            thing = self.draft.things.get(entity_key(entity.name))
            pieces = vocabulary.EVENT_PROPERTIES.get(entity.name, ()) if thing is not None and thing.event else ()
            if pieces and not entity.attributes:
                lines = [line for piece in pieces if (line := attribute_list.attribute(piece, {}))]
                why = Origin("pattern", entity.name)
                entity = replace(entity, attributes=tuple(replace(line.attribute, origin=why) for line in lines))
            entities.append(entity)
        return replace(found, entities=tuple(entities))

    def _named(self, found: Requirements) -> Requirements:
        """A thing of which nothing is said has at least a name, unless it only ties others together."""
        children = [entity_key(each.child) for each in found.relationships if refers(each)]
        parents = {entity_key(each.parent) for each in found.relationships}
        entities = []
        for entity in found.entities:
            key = entity_key(entity.name)
            if not entity.attributes and (children.count(key) < 2 or key in parents):
                why = Origin("pattern", "name")
                entity = replace(entity, attributes=(Attribute("name", "name", required=True, origin=why),))
            entities.append(entity)
        return replace(found, entities=tuple(entities))

    def _assume(self, found: Requirements) -> None:
        for entity in found.entities:
            assumed = [each for each in entity.attributes if each.origin is not None and each.origin.kind == "pattern"]
            if not assumed or entity.pattern or len(assumed) < len(entity.attributes):
                continue
            source = assumed[0].origin.text if assumed[0].origin else ""
            where = f" (pack {source})" if source in packs.names() else ""
            names = ", ".join(each.name for each in assumed)
            self.assumptions.append(f"Nothing was said about the properties of {entity.name}; assumed{where}: {names}.")

    def _unread(self) -> tuple[str, ...]:
        pieces = [" ".join(self.source.text[start:end].split()) for start, end in sorted(set(self.interpreter.unread))]
        return tuple(dict.fromkeys(piece[:300] for piece in (*pieces, *self.interpreter.unread_text) if piece))[:200]
