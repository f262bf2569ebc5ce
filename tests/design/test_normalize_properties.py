"""The dependency engine against brute force on small universes, and the promises of synthesis."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from dbarchitect.design.normalize.chase import is_lossless, lost, preserves
from dbarchitect.design.normalize.dependency import (
    FD,
    bits,
    candidate_keys,
    closure,
    equivalent,
    implies,
    minimal_cover,
    prime_attributes,
    project,
)  # fmt: skip
from dbarchitect.design.normalize.forms import is_3nf, is_bcnf, violations
from dbarchitect.design.normalize.synthesis import synthesize

SIZES = st.integers(1, 6)


@st.composite
def relations(draw: st.DrawFn) -> tuple[int, list[FD]]:
    """A universe of at most six attributes and a few dependencies over it."""
    size = draw(SIZES)
    everything = (1 << size) - 1
    masks = st.integers(0, everything)
    pairs = draw(st.lists(st.tuples(st.integers(1, everything), masks), max_size=6))
    return everything, [FD(left, right) for left, right in pairs if right]


def slow_closure(start: int, dependencies: list[FD]) -> int:
    found = start
    while True:
        more = found
        for fd in dependencies:
            if fd.left & ~more == 0:
                more |= fd.right
        if more == found:
            return found
        found = more


def slow_keys(everything: int, dependencies: list[FD]) -> set[int]:
    positions = list(bits(everything))
    keys: set[int] = set()
    for count in range(len(positions) + 1):
        for chosen in combinations(positions, count):
            mask = sum(1 << bit for bit in chosen)
            if any(key & ~mask == 0 for key in keys):
                continue
            if slow_closure(mask, dependencies) == everything:
                keys.add(mask)
    return keys


@given(relations(), st.integers(0, 63))
def test_closure_agrees_with_brute_force_and_is_monotone_and_idempotent(relation, start):
    everything, dependencies = relation
    start &= everything
    found = closure(start, dependencies)
    assert found == slow_closure(start, dependencies)
    assert start & ~found == 0
    assert closure(found, dependencies) == found
    assert found & ~closure(start | 1, dependencies) == 0


@given(relations())
def test_candidate_keys_are_those_of_brute_force(relation):
    everything, dependencies = relation
    keys, complete = candidate_keys(everything, dependencies)
    assert complete
    assert set(keys) == slow_keys(everything, dependencies)


@given(relations())
def test_a_minimal_cover_says_the_same_and_nothing_in_it_can_go(relation):
    _, dependencies = relation
    cover = minimal_cover(dependencies)
    assert equivalent(cover, dependencies)
    for fd in cover:
        assert fd.right.bit_count() == 1
        assert not implies([other for other in cover if other != fd], fd)
        assert all(not implies(cover, FD(fd.left & ~(1 << bit), fd.right)) for bit in bits(fd.left))


def slow_is_3nf(attributes: int, dependencies: list[FD]) -> bool:
    """By the definition, over every subset of the attributes."""
    keys = {
        mask for mask in range(attributes + 1)
        if mask & ~attributes == 0 and attributes & ~slow_closure(mask, dependencies) == 0
    }  # fmt: skip
    minimal = [key for key in keys if not any(other != key and other & ~key == 0 for other in keys)]
    prime = prime_attributes(minimal)
    for left in range(attributes + 1):
        if left & ~attributes or left in keys:
            continue
        right = slow_closure(left, dependencies) & attributes & ~left
        if right & ~prime:
            return False
    return True


@settings(max_examples=200)
@given(relations())
def test_synthesis_is_in_3nf_lossless_and_keeps_every_dependency(relation):
    everything, dependencies = relation
    parts = [part.attributes for part in synthesize(everything, dependencies)]
    assert everything == prime_attributes(parts)
    assert is_lossless(everything, parts, dependencies)
    assert preserves(parts, dependencies)
    assert all(slow_is_3nf(part, dependencies) for part in parts)
    for part in synthesize(everything, dependencies):
        for key in part.keys:
            assert part.attributes & ~closure(key, dependencies) == 0


@given(relations())
def test_the_normal_form_of_a_relation_agrees_with_the_definition(relation):
    everything, dependencies = relation
    assert is_3nf(everything, dependencies) == slow_is_3nf(everything, dependencies)
    assert not is_bcnf(everything, dependencies) or is_3nf(everything, dependencies)


@given(relations(), st.integers(1, 63))
def test_projection_holds_exactly_what_follows_within_the_attributes(relation, attributes):
    everything, dependencies = relation
    attributes &= everything
    projected = project(attributes, dependencies)
    for mask in range(attributes + 1):
        if mask & ~attributes == 0:
            assert closure(mask, projected) & attributes == slow_closure(mask, dependencies) & attributes


def test_keys_stop_at_their_limit_and_say_so():
    pairs = [FD(1 << 2 * i, 2 << 2 * i) for i in range(6)] + [FD(2 << 2 * i, 1 << 2 * i) for i in range(6)]
    keys, complete = candidate_keys((1 << 12) - 1, pairs, limit=10)
    assert len(keys) == 10
    assert not complete


def test_the_chase_sees_a_join_that_adds_rows_and_a_dependency_that_gets_lost():
    abc = 0b111
    assert not is_lossless(abc, [0b011, 0b110], [])
    assert is_lossless(abc, [0b011, 0b110], [FD(0b010, 0b100)])
    assert lost([0b011, 0b101], [FD(0b001, 0b010), FD(0b010, 0b100)]) == [FD(0b010, 0b100)]


def test_each_violation_names_the_lowest_form_that_it_breaks():
    order, product, name, city, zip_code = (1 << bit for bit in range(5))
    everything = (1 << 5) - 1
    dependencies = [FD(order | product, zip_code), FD(product, name), FD(zip_code, city)]
    found = {(v.form, v.dependency) for v in violations(everything, dependencies)}
    assert found == {("2NF", FD(product, name)), ("3NF", FD(zip_code, city))}
    street = [FD(0b011, 0b100), FD(0b100, 0b010)]
    assert [v.form for v in violations(0b111, street)] == ["BCNF"]
