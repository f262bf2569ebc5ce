"""Requirements whose rules speak of their own attributes, under names of every kind."""

from hypothesis import strategies as st

from dbarchitect.design.blueprint import fold, fold_field
from dbarchitect.design.brief.everyday import EVERYDAY
from dbarchitect.design.brief.requirements import (
    AccessNeed,
    Attribute,
    Dependency,
    Entity,
    Enumeration,
    Relationship,
    Requirements,
    Rule,
)  # fmt: skip

PIECES = st.sampled_from(
    ["order", "user", "select", "item", "name", "price", "status", "start", "end", "id", "count", "tags", "at",
     "email", "organization", "created", "deleted", "search", "code", "zip", "check", "it's", 'a"b', "a.b", "$$",
     "--", "/*", "\\", "x;y", "価格", "שם", "😀", "émigré", "%s", "{c}", "ctid", "w" * 40]
)  # fmt: skip
NAMES = st.lists(PIECES, min_size=1, max_size=3).map(" ".join)
SENTENCES = st.sampled_from(["", 'It\'s "so" $$; -- {x} \\', "Because."])
TYPES = st.sampled_from(["", *sorted(kind.name for kind in EVERYDAY)])
OPTIONAL = st.none() | st.booleans()
SHARED = ("mood", "size of it's")


@st.composite
def attributes(draw: st.DrawFn) -> Attribute:
    listed = draw(st.sampled_from([(), (), (), ("a", "it's"), ("draft", "x" * 70)]))
    kind = draw(TYPES)
    return Attribute(
        draw(NAMES), type="" if listed else kind, values=listed, array=draw(st.booleans()) and kind != "period",
        enumeration=draw(st.sampled_from(["", "", "", *SHARED])) if not listed else "", required=draw(OPTIONAL),
        unique=draw(st.sampled_from([None, None, None, "tenant", "global"])), search=draw(st.booleans()),
        personal=draw(st.booleans()), description=draw(SENTENCES),
    )  # fmt: skip


@st.composite
def entities(draw: st.DrawFn, name: str) -> Entity:
    own = draw(st.lists(attributes(), max_size=5))
    own = list({fold_field(attribute.name): attribute for attribute in own}.values())
    known = [attribute.name for attribute in own] or ["created at"]
    some = st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True).map(tuple)
    rules = st.builds(
        Rule, kind=st.sampled_from(["unique", "never deleted", "append only", "required together", "exactly one of",
                                    "no overlap", "at most per", "between", "at least", "check"]),
        fields=some, low=st.sampled_from(["1", *known]), high=st.sampled_from(["9", *known]), limit=st.integers(1, 3),
        scope=st.sampled_from(["tenant", "global"]), expression=st.sampled_from([f"{n} is not null" for n in known]),
        reason=SENTENCES,
    )  # fmt: skip
    needs = st.builds(AccessNeed, by=some, order=st.lists(st.sampled_from(known), max_size=1).map(tuple),
                      returning=st.lists(st.sampled_from(known), max_size=2).map(tuple),
                      description=SENTENCES)  # fmt: skip
    fds = st.builds(Dependency, some, some, st.sampled_from(["", "", "speed"]))
    return Entity(
        name, draw(SENTENCES), tuple(own), tuple(draw(st.lists(rules, max_size=2))),
        tuple(draw(st.lists(needs, max_size=2))), tuple(draw(st.lists(fds, max_size=2))), None, draw(OPTIONAL),
        draw(st.sampled_from([False, False, True])), draw(st.none() | st.integers(0, 10**9)),
    )  # fmt: skip


@st.composite
def requirements(draw: st.DrawFn) -> Requirements:
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=fold))
    things = [draw(entities(name)) for name in names]
    links = draw(st.lists(st.builds(
        Relationship, st.sampled_from(names), st.sampled_from(names),
        st.sampled_from(["many-to-one", "many-to-one", "one-to-one", "many-to-many"]), required=OPTIONAL,
        role=st.sampled_from(["", "", "owner", "it's"]), owned=OPTIONAL, reason=SENTENCES), max_size=5))  # fmt: skip
    shared = (Enumeration(SHARED[0], ("good", "bad")), Enumeration(SHARED[1], ("s", "l"), draw(
        st.sampled_from(["never", "often"]))))  # fmt: skip
    tenant = draw(st.sampled_from(["", "", names[0], "organization"]))
    return Requirements("t", "", tuple(things), tuple(links), shared, tenant, draw(OPTIONAL))
