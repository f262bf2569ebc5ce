"""How much of real requests the words reader finds: F1 of tables and attributes against published reference schemas.

Run: python bench/briefs.py [--cases FILE] [--show SUITE/CASE]. Prints one table; says so when there are no cases.

A table is found when its name is the same in the singular; an attribute when its table is found and its name is the
same, without the name of the table. The id and timestamps, which every table has anyway, do not count.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import defaultdict
from pathlib import Path

from dbarchitect.design.brief.place import attribute_key, entity_key
from dbarchitect.design.brief.reader import read
from dbarchitect.design.brief.requirements import Requirements
from dbarchitect.design.brief.validate import reference
from dbarchitect.errors import InputError

CASES = Path(__file__).resolve().parent.parent.parent / "shared/cases/briefs/liam_schema_bench.json"
COMMON = {"id", "created_at", "updated_at", "deleted_at"}
Tables = dict[str, set[str]]


def of_reference(schema: dict[str, dict[str, dict[str, object]]]) -> Tables:
    """The tables of a published schema."""
    return {
        entity_key(name): _columns(entity_key(name), table["columns"])  # type: ignore[arg-type]
        for name, table in schema["tables"].items()
    }


def of_requirements(found: Requirements) -> Tables:
    """The tables that our requirements will have."""
    tables: Tables = {}
    for entity in found.entities:
        key = entity_key(entity.name)
        tables[key] = _columns(key, [attribute.name for attribute in entity.attributes])
    for each in found.relationships:
        if each.cardinality == "many-to-many":
            link = entity_key(each.name) if each.name else f"{entity_key(each.child)}_{entity_key(each.parent)}"
            ends = [f"{entity_key(each.child)}_id", f"{entity_key(each.parent)}_id"]
            tables[link] = _columns(link, [*ends, *(attribute.name for attribute in each.attributes)])
        else:
            tables[entity_key(each.child)].add(f"{entity_key(reference(each))}_id")
    return tables


def _columns(table: str, names: object) -> set[str]:
    own = f"{table}_"
    keys = {attribute_key(str(name)) for name in names}  # type: ignore[attr-defined]
    return {key.removeprefix(own) or key for key in keys} - COMMON


def f1(hits: int, found: int, wanted: int) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * hits / (found + wanted) if found + wanted else 1.0


def _shown(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def score(found: Tables, wanted: Tables) -> tuple[float, float]:
    """(F1 of tables, F1 of attributes) of one case; the second is no number when the reference has no attributes."""
    both = found.keys() & wanted.keys()
    hits = sum(len(found[key] & wanted[key]) for key in both)
    count = sum(map(len, wanted.values()))
    attributes = f1(hits, sum(map(len, found.values())), count) if count else math.nan
    return f1(len(both), len(found), len(wanted)), attributes


def run(path: Path, show: str) -> None:
    """Print the table."""
    suites: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
        started = time.perf_counter()
        try:
            found = of_requirements(read(case["request"], name="request", form="words"))
        except InputError as error:
            found = {}
            if show:
                print(f"{case['suite']}/{case['case']}: {error.message[:150]}")
        seconds = time.perf_counter() - started
        wanted = of_reference(case["reference"])
        suites[case["suite"]].append((*score(found, wanted), seconds))
        if show in (f"{case['suite']}/{case['case']}", "all"):
            print(case["request"], *(f"\n{name}: {tables}" for name, tables in (("found", found), ("wanted", wanted))))
    print(f"{'suite':24} {'cases':>5} {'table F1':>9} {'attribute F1':>13} {'ms':>7}")
    for suite, scores in sorted(suites.items()):
        tables, attributes, seconds = (sum(column) / len(scores) for column in zip(*scores, strict=True))
        print(f"{suite:24} {len(scores):5} {tables:9.2f} {_shown(attributes):>13} {seconds * 1000:7.1f}")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--show", default="", help="a suite/case to print in full, or `all`")
    arguments = parser.parse_args()
    if arguments.cases.is_file():
        run(arguments.cases, arguments.show)
    else:
        print(f"no cases: {arguments.cases} is not there")


if __name__ == "__main__":
    main()
