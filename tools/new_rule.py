"""Start a new kind of claim: its file in prove/claims and its test, both working, both meant to be changed.

    python tools/new_rule.py every_table_has_a_key     (make new-rule NAME=every_table_has_a_key)

Claims are found by walking their folder, so nothing else has to be told.
"""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLAIMS = Path("src/dbarchitect/prove/claims")
TESTS = Path("tests/prove/claims")

CLAIM = '''"""{sentence}"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.claim import Claim
from dbarchitect.model.table import Table
from dbarchitect.prove.context import Context
from dbarchitect.prove.verdict import failed, proved

KIND = "{name}"
STATEMENT = "{sentence}"
RANK = 20


def check(context: Context) -> Iterator[Claim]:
    """Read the migrated catalog, not the declaration."""
    for table in context.actual.tables:
        statement = f"{{table.name}} has a primary key."
        reason = fault(table)
        if reason is None:
            yield proved(KIND, table.address, statement)
        else:
            yield failed(KIND, table.address, statement, reason)


def fault(table: Table) -> str | None:
    """What is wrong with the table, naming the culprit, or None."""
    return None if table.primary_key else f"{{table.name}} has no primary key"
'''

TEST = '''"""{sentence} The claim holds for what we emit, and breaks for what it forbids."""

import pytest

from dbarchitect.model.constraint import PrimaryKey
from dbarchitect.model.table import Table
from dbarchitect.prove.claims.{name} import fault

GOOD = Table("public", "users", primary_key=PrimaryKey("users_pkey", ("id",)))
BAD = Table("public", "users")


@pytest.mark.parametrize(("table", "reason"), [(GOOD, None), (BAD, "users has no primary key")])
def test_{name}(table, reason):
    assert fault(table) == reason
'''


def main(arguments: list[str]) -> int:
    """Write the two files, unless one of them is there."""
    name = arguments[0] if len(arguments) == 1 else ""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name):
        print("Give one name in snake_case, such as every_table_has_a_key.", file=sys.stderr)
        return 2
    sentence = f"{name.replace('_', ' ').capitalize()}."
    files = {CLAIMS / f"{name}.py": CLAIM, TESTS / f"test_{name}.py": TEST}
    taken = [str(path) for path in files if (ROOT / path).exists()]
    if taken:
        print(f"There is already {taken[0]}.", file=sys.stderr)
        return 2
    for path, template in files.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(template.format(name=name, sentence=sentence), encoding="utf-8")
        print(f"{path} written")
    print(f"Next: change both, then run .venv/bin/pytest {TESTS / f'test_{name}.py'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
