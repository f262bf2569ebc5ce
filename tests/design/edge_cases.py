"""Requirements at the edges: hostile names, cycles, every type, every rule, no attributes."""

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
from dbarchitect.design.nouns import HEADS

A, E, R = Attribute, Entity, Relationship
LONG = "very " * 30
HOSTILE = 'Robert"); DROP TABLE students;--'
_ODD = ("json", "jsonb", "settings", "coordinates")


def _every_type() -> tuple[Attribute, ...]:
    plain = [A(f"plain {place}", type=kind.name) for place, kind in enumerate(EVERYDAY)]
    optional = [A(f"optional {place}", type=kind.name, required=False) for place, kind in enumerate(EVERYDAY)]
    many = [A(f"many {p}", type=k.name, array=True) for p, k in enumerate(EVERYDAY) if k.name not in ("tags", "period")]
    keys = [A(f"key {p}", type=k.name, unique="tenant") for p, k in enumerate(EVERYDAY) if k.name not in _ODD]
    return (*plain, *optional, *many, *keys)


CASES: dict[str, Requirements] = {
    "nothing": Requirements(),
    "no attributes": Requirements(entities=(E("thing"), E("order"))),
    "reserved words": Requirements(
        entities=(
            E("user", attributes=(A("select"), A("order"), A("table"), A("user"), A("check"), A("ctid"),
                                  A("group", unique="tenant"), A("position", type="position"))),
            E("order", attributes=(A("from", type="date"), A("to", type="date"), A("end", type="code")),
              rules=(Rule("check", expression="\"end\" <> 'x' and to > date '2020-01-01'"),)),
            E("select"),
        ),
        relationships=(R("order", "user"), R("select", "order"), R("select", "user", cardinality="many-to-many")),
    ),
    "hostile names": Requirements(
        tenant="公司",
        entities=(
            E("公司", attributes=(A("名前"),)),
            E(HOSTILE, description="it's \"quoted\" $$ --", attributes=(
                A("it's", description="a'b"), A('naïve "q" $$'), A("x\\y", default="a'b\\c$$"),
                A("🎉", unique="tenant"), A("state", values=("it's", 'a"b', "$$", ";--")))),
            E("مستخدم", attributes=(A("اسم"),)),
            E(LONG + "name", attributes=(A(LONG + "attribute", unique="tenant", minimum="1"),
                                         A(LONG + "attributf", unique="tenant", search=True))),
            E("!!!", attributes=(A("???"),)),
        ),
        relationships=(
            R("مستخدم", HOSTILE), R(LONG + "name", "مستخدم", role=LONG + "role"),
            R(LONG + "name", "مستخدم", cardinality="many-to-many"), R(LONG + "name", LONG + "name"),
        ),
    ),
    "cycle": Requirements(
        entities=(E("a"), E("b"), E("c")),
        relationships=(R("a", "b", required=True), R("b", "c", required=True), R("c", "a", required=True),
                       R("a", "a", required=True, role="boss")),
    ),
    "tenant in a cycle": Requirements(
        tenant="org", entities=(E("org"), E("site"), E("user")),
        relationships=(R("org", "site", role="main site", required=True),
                       R("org", "site", role="second site", required=False), R("site", "user", role="keeper")),
    ),
    "links to itself": Requirements(
        tenant="org", entities=(E("user"), E("task")),
        relationships=(
            R("user", "user", cardinality="many-to-many", role="follower", name="follow"),
            R("task", "task", cardinality="many-to-many"),
            R("task", "user", cardinality="many-to-many", name="assignment", attributes=(A("hours", type="decimal"),)),
        ),
    ),
    "link with children": Requirements(
        entities=(E("student"), E("course"), E("grade", attributes=(A("value", type="rating"),))),
        relationships=(R("student", "course", cardinality="many-to-many", name="enrollment",
                         attributes=(A("enrolled on"),)), R("grade", "enrollment")),
    ),
    "only in relationships": Requirements(relationships=(R("leaf", "branch"), R("branch", "tree"))),
    "every type": Requirements(entities=(E("thing", attributes=_every_type()),)),
    "every noun": Requirements(entities=(E("thing", attributes=tuple(A(head) for head in sorted(HEADS))),)),
    "defaults": Requirements(entities=(E("thing", attributes=(
        A("a", type="integer", default="3"), A("b", type="boolean", default="yes"),
        A("c", type="moment", default="now"), A("d", type="date", default="today"),
        A("e", type="varchar", length=20, default="it's"),
        A("f", values=("x", "y"), default="Y"), A("g", type="jsonb", default='{"a": 1}'),
        A("h", type="text", array=True, default="a, b"), A("i", type="duration", default="90 minutes"),
        A("j", type="money", default="0"), A("k", type="time", default="09:00"),
        A("l", values=("x", "y"), array=True, default="x"), A("m", type="moment", default="2030-01-01T10:00:00Z"))),)),
    "every rule": Requirements(
        entities=(
            E("note", attributes=(A("text", required=False), A("remark"), A("start", type="integer"),
                                  A("stop", type="integer"), A("span", type="period")),
              rules=(
                  Rule("exactly one of", ("post", "photo")), Rule("required together", ("text", "remark")),
                  Rule("no overlap", ("post", "start", "stop")), Rule("no overlap", ("photo", "span")),
                  Rule("between", ("start",), low="1", high="10"), Rule("at least", ("stop",), low="start"),
                  Rule("at most", ("text",), high="500"), Rule("at most per", ("post",), limit=2),
                  Rule("check", expression="stop - start < 5 or text is not null and length(remark) > 3"),
                  Rule("unique", ("start",), scope="parent"), Rule("never deleted"))),
            E("post"), E("photo"), E("log", rules=(Rule("append only"),)),
        ),
        relationships=(R("note", "post", on_delete="restrict"), R("note", "photo", on_delete="restrict")),
    ),
    "every access": Requirements(
        tenant="org",
        entities=(
            E("event", attributes=(A("kind", values=("a", "b")), A("amount"), A("tags"), A("payload"), A("title"),
                                   A("happened at", required=True)),
              access=(AccessNeed(by=("kind", "happened at"), ranges=("happened at",)), AccessNeed(by=("amount",)),
                      AccessNeed(by=("tags",)), AccessNeed(by=("payload",)), AccessNeed(order=("title",)),
                      AccessNeed(by=("device",), order=("-happened at",), returning=("kind", "title")),
                      AccessNeed(by=("org", "kind")))),
            E("device"),
        ),
        relationships=(R("event", "device"),),
    ),
    "one to one": Requirements(entities=(E("user"), E("profile", attributes=(A("bio"),))),
                               relationships=(R("profile", "user", "one-to-one"),)),
    "normalized": Requirements(
        tenant="org",
        entities=(E("stock", attributes=(
            A("bin"), A("quantity"), A("warehouse code"), A("warehouse city"), A("product code"), A("product weight")),
            rules=(Rule("unique", ("product code", "warehouse code", "quantity")),),
            dependencies=(Dependency(("warehouse code",), ("warehouse city",)),
                          Dependency(("product code",), ("product weight",)),
                          Dependency(("warehouse code", "product code"), ("bin",)))),),
    ),
    "lookups": Requirements(
        tenant="org",
        entities=(E("priority", lookup=True),
                  E("country", lookup=True, attributes=(A("code", type="country", unique="global"), A("name"))),
                  E("ticket", attributes=(A("kind", enumeration="kind"), A("prio", enumeration="priority")))),
        relationships=(R("ticket", "country"),),
        enumerations=(Enumeration("priority", ("low", "high"), "often"), Enumeration("kind", ("a", "b"), "never")),
    ),
}  # fmt: skip
