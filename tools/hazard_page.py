"""docs/hazards.md: what `migrate check` finds, from the docstrings and examples of the hazards' files."""

from __future__ import annotations

from dbarchitect.migrate import hazard_catalogue
from dbarchitect.migrate.hazard import Example, Page
from dbarchitect.migrate.hazard_catalogue import SILENT
from dbarchitect.migrate.truth import table

HEAD = """\
# Hazards of migrations

Made by `make docs` from the files in `src/dbarchitect/migrate/hazards/`; `dbarchitect migrate check` finds them.

Each statement is judged by the schema that the migrations before it have made. What it locks, rewrites and reads is
never guessed: the verdicts are held against a table of {rows} statements, measured on PostgreSQL 18
(`src/dbarchitect/migrate/truth/measured.json`, `make truth`). A table that the same file makes keeps nobody waiting.

`error` fails or loses something for sure, `warning` keeps people waiting or may fail, `info` is shown by `--notes`.
With `--statistics db:ALIAS` small tables weigh less and large ones more. A hazard is accepted by `--allow CODE`, or by
a comment before its statement: `-- dbarchitect: ignore SC05: the table has ten rows`.

TX14 and TX15 are of the moment: `migrate apply` says them before it runs, `migrate check` with `--statistics db:ALIAS`.
With ways back in the folder RB01 to RB05 speak of them; a folder without any gets one note.

Of a `DO` block the statements that its text tells are judged, each at its own line: all run unless what they make is
there already, and outside of a transaction the block is one. What EXECUTE builds stays unknown.

Some ids of what is known of migrations are no hazards here:

{silent}

## Measured

`python bench/migrate_check.py` holds both tools against the truth table. A statement is heavy when PostgreSQL refused
it, or when it read all rows of a table while a real reader or writer had to wait: 163 of 392. What a tool says of
style, lost data, names and timeouts is not counted, for neither, nor are our DL04, DL05, EN01 and RW13. We are given
the schema before the statement; squawk, which knows no schema, the statement alone. Our rules were mended after a first
run on these statements, so our row is no score on unseen ones.

| | hits | false alarms | misses | right silences | a file of five statements |
| --- | ---: | ---: | ---: | ---: | ---: |
| `dbarchitect migrate check` | 160 | 1 | 3 | 228 | 1.7 ms |
| squawk 2.70.0 | 110 | 33 | 53 | 196 | 0.3 ms |

Our three misses fail on what the text does not hold: types that do not match (INHERIT), a view whose columns would
change, and duplicates under a concurrent unique index, which are an `info` with the query that finds them. The false
alarm is a materialized view that is emptied: that takes no time, but nobody can read it afterwards. Without a schema
nobody can tell a wider varchar from a narrower one, so much of squawk's row is the price of that. Times are of one
process over 300 files on two cores.

Ways back, replayed from their texts, beside what PostgreSQL had after running them (catalogs compared by fingerprint):
of the first 191 migrations of crates.io 20 do not lead back, RB01 names 16 of these and one other; it passes over
blanks in the bodies of functions (two files), a function's setting, and the type of an expression. Of the 254 files
that `migrate plan` writes for the 200 cases of [migrations](migrate.md#measured) it names none.
"""


def page() -> str:
    """The whole page."""
    silent = "\n".join(["| id | why |", "| --- | --- |", *(f"| {code} | {why} |" for code, why in SILENT.items())])
    parts = [HEAD.format(rows=len(table.rows()), silent=silent)]
    parts.append("\n| hazard | name | |\n| --- | --- | --- |\n")
    for kind in hazard_catalogue.kinds().values():
        parts.append(f"| {kind.code} | `{kind.name}` ({kind.severity}) | {kind.says} |\n")
    for found in hazard_catalogue.pages():
        parts.append(_file(found))
    return "".join(parts)


def _file(found: Page) -> str:
    first, _, rest = found.text.partition("\n")
    codes = ", ".join(kind.code for kind in found.kinds)
    lines = [f"\n## {first.rstrip('.')}\n\n*{codes}*\n"]
    paragraph: list[str] = []
    for line in [*rest.strip().splitlines(), ""]:
        if line and not line.startswith(" "):
            lines.append(f"\n**{line.strip()}.**")
        elif line.strip().startswith("https://") or line.strip().startswith("Measured:"):
            lines.append(f" {line.strip()}")
        elif line.strip():
            paragraph.append(line.strip())
        elif paragraph:
            lines.append(f" {' '.join(paragraph)}\n")
            paragraph = []
    bad = next(example for example in found.examples if example.codes)
    good = next(example for example in found.examples if not example.codes)
    lines.append(f"\n\n{_example(bad)}\n{_example(good)}")
    return "".join(lines)


def _example(example: Example) -> str:
    said = f"Said: {', '.join(example.codes)}" if example.codes else "Nothing is said"
    title = f" ({example.title})" if example.title else ""
    before = f"{example.before.strip()}\n-- and then\n" if example.before.strip() else ""
    after = f"\n-- and its way back\n{example.down.strip()}" if example.down else ""
    after += f"\n-- and a later file\n{example.after.strip()}" if example.after else ""
    return f"{said}{title}:\n\n```sql\n{before}{example.sql.strip()}{after}\n```\n"
