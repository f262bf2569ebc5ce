"""The documents say what the schema is, in Markdown that no text from a brief can break."""

import re

from hypothesis import given
from hypothesis import strategies as st

from dbarchitect.model.claim import Claim, Proof
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey
from dbarchitect.model.decision import Alternative, Decision, Option, Question
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import Intent, TableIntent
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import parse_type
from dbarchitect.settings import Settings
from dbarchitect.write.report import markdown
from dbarchitect.write.report.documents import Material, documents

HOSTILE = "a | b `c` <script>alert(1)</script> [x](y) *z* # \n## heading"


def material(text: str = "What people write.") -> Material:
    users = Table("public", "users", (Column("id", parse_type("uuid"), False),), PrimaryKey("users_pkey", ("id",)))
    notes = Table(
        "public",
        "notes",
        (Column("id", parse_type("uuid"), False), Column("user_id", parse_type("uuid"), comment=text)),
        PrimaryKey("notes_pkey", ("id",)),
        foreign_keys=(ForeignKey("notes_user_id_fk", ("user_id",), "public", "users", ("id",), "cascade"),),
        checks=(Check("notes_check", "length(body) > 0 or a | b"),),
        indexes=(Index("notes_user_id_idx", (IndexPart("user_id"),)),),
        comment=text,
    )
    intent = Intent(title="Notes", description=text, tables={"table:public.notes": TableIntent(volume=2_000_000)})
    decision = Decision("table:public.notes", text, text, (Alternative(text, text),), topic="keys")
    question = Question("ids", text, "yes", (Option("yes", text),))
    proof = Proof("h", "0.45", "18.6", "house", (Claim("types", "types", None, "proved", "It compiles."),))
    return Material(
        "Notes", Schema((users, notes), intent=intent), Settings(), (decision,), (question,), proof=proof,
        migrations=("0000_init",), assumptions=(text,),
    )  # fmt: skip


def test_the_eight_parts_are_there() -> None:
    text = documents(material())["docs/design.md"]
    headings = [line for line in text.splitlines() if re.match(r"## \d\. ", line)]
    assert [heading[3] for heading in headings] == list("12345678")
    assert "`notes_user_id_idx`" in text
    assert "CASCADE" in text
    assert "2,000,000" in text


def test_the_readme_tells_how_to_start_and_what_was_proved() -> None:
    text = documents(material())["README.md"]
    for command in ("bun install --frozen-lockfile", "bun test", "bun run db:migrate", "bun run db:seed"):
        assert command in text
    assert "1 claims were proved on PostgreSQL 18.6" in text


def test_decisions_tell_the_road_not_taken_and_its_price() -> None:
    text = documents(material("Keep it"))["docs/decisions.md"]
    assert "- Instead: Keep it. Price: Keep it." in text
    assert "Not answered, so `yes` was taken." in text


def test_hostile_text_stays_text() -> None:
    for text in documents(material(HOSTILE)).values():
        assert "<script>" not in re.sub(r"`[^`]*`", "", text)
        assert "\n## heading" not in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    for text in documents(material(HOSTILE)).values():
        width = None
        for line in text.splitlines():
            if not line.startswith("|"):
                width = None
                continue
            cells = len(re.findall(r"(?<!\\)\|", line))
            width = width or cells
            assert cells == width, line


@given(st.text(max_size=60))
def test_code_holds_any_text(text: str) -> None:
    written = markdown.code(text)
    fence = re.match(r"`+", written)
    assert fence is not None
    inner = written[len(fence[0]) : -len(fence[0])]
    assert fence[0] not in re.findall(r"`+", inner)
    assert "\n" not in written


@given(st.text(max_size=60))
def test_inline_text_has_no_live_markup(text: str) -> None:
    assert re.search(r"(?<!\\)[`*_\[\]<>|#]", markdown.inline(text).replace("\\\\", "")) is None
