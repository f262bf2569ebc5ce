"""Measure the truth table again: python tools/truth.py [--check]."""

from __future__ import annotations

import argparse
import sys

from dbarchitect.engines import postgres
from dbarchitect.migrate.truth import measure, table

SETTINGS = {"autovacuum": "off"}


def main() -> int:
    """Write measured.json, or with --check say where it differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 where PostgreSQL says otherwise")
    options = parser.parse_args()
    listing = table.listing()
    with postgres.start(settings=SETTINGS) as server:
        found = list(measure.measure(server, listing.setups, listing.asked))
        text = table.dumps(found, server.version)
    if not options.check:
        table.MEASURED.write_text(text, encoding="utf-8")
        print(f"{len(found)} statements, {sum(row.sqlstate is not None for row in found)} of them refused")
        return 0
    known = {row.asked: row for row in table.rows()}
    wrong = [row for row in found if known.get(row.asked) != row]
    for row in wrong:
        print(f"{row.asked.sql}\n  now   {row}\n  known {known.get(row.asked)}", file=sys.stderr)
    return int(bool(wrong) or len(found) != len(known))


if __name__ == "__main__":
    sys.exit(main())
