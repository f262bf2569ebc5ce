"""Requirements of every kind, for properties."""

from hypothesis import strategies as st

from dbarchitect.design.brief.everyday import EVERYDAY
from dbarchitect.design.brief.place import attribute_key, entity_key
from dbarchitect.design.brief.requirements import (
    AccessNeed,
    Attribute,
    Dependency,
    Entity,
    Enumeration,
    Relationship,
    Requirements,
    Rule,
)

characters = st.characters(exclude_categories=("Cs",), exclude_characters="\x00\ufeff")
WORDS = (
    "name order user select unique required one of per default at most between and check no yes null 1 -1 2024-01-01 "
    "true — -- : # [ ] ( ) , > >= belongs to has many through via as price 0 1.10 <b> \" ' \\ rows rules purpose "
    "価格 שם 😀 émigré Order_Item orderItem"
)
words = st.sampled_from(WORDS.split())
phrases = st.lists(words, min_size=1, max_size=4).map(" ".join)
names = st.one_of(
    phrases, st.text(characters, min_size=1, max_size=12).map(lambda text: " ".join(text.split()))
).filter(lambda name: bool(name))
sentences = st.one_of(st.just(""), phrases, st.text(characters, max_size=20).map(str.strip))
texts = st.one_of(phrases, st.text(characters, max_size=12))
optional = st.none() | st.booleans()
name_lists = st.lists(names, min_size=1, max_size=3).map(tuple)
types = st.sampled_from(EVERYDAY)


@st.composite
def attributes(draw, enumerations=()):
    kind = draw(types)
    given = {argument: draw(st.none() | st.integers(0, 99)) for argument in kind.arguments}
    return Attribute(
        draw(names),
        type=draw(st.sampled_from(["", kind.name])),
        **given,
        array=draw(st.booleans()),
        mode=draw(st.sampled_from(["", *kind.modes])),
        required=draw(optional),
        unique=draw(st.sampled_from([None, "tenant", "global", "parent"])),
        default=draw(st.none() | texts),
        values=tuple(draw(st.lists(names, max_size=3, unique=True))),
        enumeration=draw(st.sampled_from(["", *enumerations])),
        minimum=draw(st.none() | texts),
        maximum=draw(st.none() | texts),
        search=draw(st.booleans()),
        personal=draw(st.booleans()),
        description=draw(sentences),
    )


rules = st.builds(
    Rule,
    kind=st.sampled_from(["unique", "no overlap", "between", "at least", "at most", "check", "never deleted",
                          "append only", "required together", "exactly one of", "at most per"]),
    fields=st.just(()) | name_lists,
    scope=st.sampled_from(["tenant", "global", "parent"]),
    low=st.none() | texts,
    high=st.none() | texts,
    limit=st.none() | st.integers(0, 10**6),
    expression=sentences,
    reason=sentences,
)  # fmt: skip
needs = st.builds(
    AccessNeed, by=st.just(()) | name_lists, order=st.just(()) | name_lists, returning=st.just(()) | name_lists,
    ranges=st.just(()) | name_lists, description=sentences,
)  # fmt: skip
dependencies = st.builds(Dependency, name_lists, name_lists, sentences)


def unique_by(key):
    def keep(items):
        return tuple({key(item.name): item for item in items}.values())

    return keep


@st.composite
def requirements(draw):
    enumerations = draw(
        st.lists(
            st.builds(
                Enumeration,
                names,
                st.lists(names, min_size=1, max_size=3, unique=True).map(tuple),
                st.sampled_from(["never", "sometimes", "often"]),
                sentences,
            ),
            max_size=2,
            unique_by=lambda item: item.name.lower().replace("_", " ").replace("-", " "),
        )
    )
    shared = [enumeration.name for enumeration in enumerations]
    listed = st.lists(attributes(shared), max_size=3).map(unique_by(lambda name: attribute_key(name)))
    entities = draw(
        st.lists(
            st.builds(
                Entity,
                names,
                sentences,
                listed,
                st.lists(rules, max_size=2).map(tuple),
                st.lists(needs, max_size=2).map(tuple),
                st.lists(dependencies, max_size=2).map(tuple),
                optional,
                optional,
                st.booleans(),
                st.none() | st.integers(0, 10**12),
                sentences,
            ),
            max_size=3,
        ).map(unique_by(lambda name: entity_key(name)))
    )
    known = st.sampled_from([entity.name for entity in entities]) if entities else None
    relationships = (
        st.lists(
            st.builds(
                Relationship,
                known,
                known,
                st.sampled_from(["many-to-one", "one-to-one", "many-to-many"]),
                optional,
                st.just("") | names,
                optional,
                st.sampled_from([None, "cascade", "set null", "restrict"]),
                listed,
                st.just("") | names,
                sentences,
            ),
            max_size=3,
        )
        if known is not None
        else st.just([])
    )
    return Requirements(
        draw(sentences),
        draw(sentences),
        entities,
        tuple(draw(relationships)),
        tuple(enumerations),
        draw(st.just("") | names),
        draw(optional),
        draw(st.dictionaries(names, sentences, max_size=2)),
        tuple(draw(st.lists(sentences, max_size=2))),
        tuple(draw(st.lists(sentences, max_size=2))),
    )
