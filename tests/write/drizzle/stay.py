"""A schema with a bit of everything that queries, seeds and tests have to cope with."""

from __future__ import annotations

from functools import cache

from dbarchitect.design.architect import design
from dbarchitect.design.brief import reader
from dbarchitect.model.schema import Schema
from dbarchitect.settings import Settings

BRIEF = """
title: Stay
tenant: organization
entities:
  organization: name required, slug unique globally
  user: name required, email unique globally
  room type:
    lookup: true
    code: code required unique
  room:
    purpose: A room that guests may book. */ ${not} `code`
    name: name required unique search
    beds: integer between 1 and 8
    price: money required
    tags: tags
    settings: settings
    size: one of small, "it's a suite" required
    address on net: ip address
  booking:
    purpose: One stay in one room.
    starts at: moment required
    ends at: moment required
    nights: quantity
    status: one of pending, confirmed, cancelled required default pending
    email: email
    phone: phone
    rules:
      - no overlap room, starts at, ends at
      - exactly one of email, phone
    access:
      - by status sorted by starts at — what is next
  booking note:
    text: long text required
  note reply:
    text: long text required
  invoice:
    number: code required unique
    due on: date required
    total: money required
    rules:
      - append only
relationships:
  - room belongs to room type (required)
  - booking belongs to room (required, restrict)
  - booking belongs to room as second room (optional, set null)
  - booking note belongs to booking (required, owned, cascade)
  - note reply belongs to booking note (required, owned, cascade)
  - booking has many users through booking guest
  - room belongs to organization (required)
  - invoice belongs to organization (required)
"""


@cache
def schema(settings: Settings | None = None) -> Schema:
    """The schema of the brief."""
    draft = design(reader.read(BRIEF, name="brief.yaml", form="yaml"), settings or Settings())
    assert not [problem for problem in draft.problems if problem.severity == "error"], draft.problems
    return draft.schema
