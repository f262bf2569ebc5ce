"""What a brief calls otherwise than before: kept when it is written, followed by what is named after it."""

import pytest

from dbarchitect.api.drafting import think
from dbarchitect.design.brief import reader, writer
from dbarchitect.design.renames import renames
from dbarchitect.errors import InputError
from dbarchitect.settings import Settings

OLD = """\
entities:
  author:
    name: person name required
    mood: one of calm, wild
  note:
    title: varchar(120) required
relationships:
  - note belongs to author (required, cascade)
"""
NEW = OLD.replace("author", "writer").replace("name: person", "full name: person")


def drawn(text):
    requirements = reader.read(text, name="brief.yaml", form="yaml")
    return requirements, think(requirements, {}, Settings()).schema


def test_what_is_named_after_a_renamed_thing_follows():
    requirements, new = drawn(NEW + "was:\n  writer: Author\n  Writer.full name: name\n")
    assert renames(requirements.was, drawn(OLD)[1], new) == {
        "table:public.authors": "writers",
        "column:public.authors.name": "full_name",
        "column:public.notes.author_id": "writer_id",
        "enum:public.author_mood": "writer_mood",
    }
    assert renames(requirements.was, new, new) == {}


def test_the_brief_keeps_what_it_says():
    requirements, _ = drawn(NEW + "was:\n  writer: author\n  writer.full name: name\n")
    again = reader.read(writer.write(requirements), name="brief.yaml", form="yaml")
    assert again.was == requirements.was == {"writer": "author", "writer.full name": "name"}


@pytest.mark.parametrize(
    ("line", "said"), [("wrter: author", "no entity"), ("writer.full nme: name", "has no 'full nme'")]
)
def test_a_line_about_nothing_is_refused_with_the_nearest_name(line, said):
    requirements, new = drawn(f"{NEW}was:\n  {line}\n")
    with pytest.raises(InputError, match=said) as refused:
        renames(requirements.was, drawn(OLD)[1], new)
    assert "Did you mean" in str(refused.value)
