"""Start a rule of the review or a kind of claim: working files, meant to be changed.

    python tools/new_rule.py k08_table_without_rows     (make new-rule NAME=k08_table_without_rows)
    python tools/new_rule.py every_table_has_a_key

A name that begins with a code is a rule, `review/rules/<name>.py`, whose examples are its tests; any other is a kind of
claim, `prove/claims/<name>.py`, with a test beside it. Both are found by walking their folder.
"""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLAIMS = Path("src/dbarchitect/prove/claims")
TESTS = Path("tests/prove/claims")

RULES = Path("src/dbarchitect/review/rules")

RULE = '''"""{sentence}

Why
    What goes wrong, for whom, and when.

Fix
    How to mend it, and whether that is safe.

Sources
    The manual, the seed or the reference that says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("{code}", "{kebab}", "house", "info")


def check(subject: Subject) -> Iterator[Finding]:
    """Each table without a column."""
    for table in subject.schema.tables:
        if not table.columns:
            yield RULE.finding(subject, table.address, f"{{table.name}} has no columns")


EXAMPLES = (
    sql("create table empty ();\\n", "table:public.empty"),
    sql("create table filled (id bigint primary key);\\n"),
)
'''

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
        print("Give one name in snake_case: every_table_has_a_key, or k08_table_without_rows.", file=sys.stderr)
        return 2
    rule = re.fullmatch(r"([a-z]\d\d)_(.+)", name)
    words = rule[2] if rule else name
    values = {"name": name, "sentence": f"{words.replace('_', ' ').capitalize()}.", "kebab": words.replace("_", "-")}
    values["code"] = rule[1].upper() if rule else ""
    files = {RULES / f"{name}.py": RULE} if rule else {CLAIMS / f"{name}.py": CLAIM, TESTS / f"test_{name}.py": TEST}
    taken = [str(path) for path in files if (ROOT / path).exists()]
    if taken:
        print(f"There is already {taken[0]}.", file=sys.stderr)
        return 2
    for path, template in files.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(template.format(**values), encoding="utf-8")
        print(f"{path} written")
    test = f"tests/review/test_rules.py -k {values['code']}" if rule else TESTS / f"test_{name}.py"
    print(f"Next: change it, then run .venv/bin/pytest {test}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
