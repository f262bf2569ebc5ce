"""`test/`: what `bun test` runs on PGlite as the application's role, one file a table and one for the helpers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

from dbarchitect.facts.lookup import Reference
from dbarchitect.sql.tokens import scan
from dbarchitect.write.drizzle.catalogue import QueryKind, QuerySpec
from dbarchitect.write.drizzle.code import Known, render
from dbarchitect.write.drizzle.column_rules import TableRules, ValueRule, table_rules
from dbarchitect.write.drizzle.messages import check_columns, keys
from dbarchitect.write.drizzle.queries import project_queries
from dbarchitect.write.drizzle.query_rows import business_keys
from dbarchitect.write.drizzle.query_soft_delete import keepers, parts, stands_alone
from dbarchitect.write.drizzle.seeds import maker, most_rows, row_values
from dbarchitect.write.drizzle.subject import Field, Project, Subject
from dbarchitect.write.drizzle.typescript import member, string

# Extensions that PGlite brings; the tests of a schema that needs another one cannot run.
CONTRIB_WORDS = """
amcheck bloom btree_gin btree_gist citext cube dict_int dict_xsyn earthdistance fuzzystrmatch hstore intarray
isn lo ltree pg_trgm pgcrypto seg tablefunc tcn unaccent uuid-ossp
"""
CONTRIB = frozenset(CONTRIB_WORDS.split())


def test_files(project: Project) -> dict[str, str]:
    """The files under `test` by their path in the project."""
    line = project.settings.drizzle
    tenancy = project.lookup.tenancy
    namespaces = sorted({table.schema for table in project.schema.tables} | {"public"})
    extensions = sorted(e.name for e in project.schema.extensions if e.name in CONTRIB)
    files = {
        "test/database.ts": render(
            "test/database.ts.j2", line=line, namespaces=[_quoted(name) for name in namespaces],
            role=_quoted(tenancy.role if tenancy else "app_user"),
            extensions=[(name.replace("-", "_"), name) for name in extensions],
        ),
        "test/helpers.test.ts": render(
            "test/helpers.test.ts.j2", tenancy=tenancy, numeric=project.tenant_type == "number"
        ),
    }  # fmt: skip
    known = Known(_modules(project))
    for subject in project.subjects:
        if subject.key:
            text = _body(subject)
            files[f"test/{subject.names.file}.test.ts"] = known.file(text)
    return files


def _quoted(name: str) -> str:
    """An SQL identifier for the inside of a template literal."""
    from dbarchitect.model.names import quote
    from dbarchitect.write.drizzle.typescript import template

    return template(quote(name))


def _body(subject: Subject) -> str:
    given = {field.column.name: field for field, value in row_values(subject) if value != "null"}
    specs = {query.spec.function: query.spec for query in project_queries(subject)}
    kinds: dict[str, QuerySpec | None] = dict.fromkeys(get_args(QueryKind))
    kinds |= {spec.kind: spec for spec in reversed(specs.values())}
    rules = table_rules(subject.table)
    few = bool(subject.intent.values) or 0 < most_rows(subject) <= (9 if _shared(subject) else 3)
    return render(
        "test/table.test.ts.j2",
        subject=subject,
        kinds=kinds,
        make=maker(subject),
        row="0" if few or subject.is_root else "2 * TENANTS",
        next_row="1" if few or subject.is_root else "3 * TENANTS",
        key=[given_value(field) for field in subject.key],
        at_key=_at_key(subject),
        tenant="ours, " if subject.tenant else "",
        change=_change(subject, given, rules),
        going=[_part(part.subject, part.reference, subject) for part in parts(subject) if part.level == 1],
        keeping=[_part(child, reference, subject) for child, reference in keepers(subject)],
        conflicts=list(_conflicts(subject, given, rules)) if not few and not subject.is_root else [],
        broken=list(_broken(subject, given, rules)) if not subject.is_root else [],
        search=_search_text(subject, given),
        calls=[(spec, _call(spec, given)) for spec in specs.values() if _callable(spec, given, rules)],
        refused=[t.arguments[0] for t in subject.table.triggers if t.function == "refuse_change" and t.arguments][:1],
        # A tenant whose id PostgreSQL counts is made by a role that bypasses row level security.
        inserts=not (subject.is_root and subject.counted),
    )  # fmt: skip


def _shared(subject: Subject) -> bool:
    """Whether the rows are everybody's in a project of tenants: its limit then counts them all."""
    return subject.tenant is None and subject.project.root is not None


def given_value(field: Field) -> str:
    """The value that the seeded row has in a column; where its type allows none, the test insists on one."""
    value = member("row", field.prop)
    column = field.column
    return value if not column.nullable and column.default is None and not field.made else f"given({value})"


def _at_key(subject: Subject) -> str:
    conditions = [f"eq({field.reference}, {given_value(field)})" for field in subject.key]
    return conditions[0] if len(conditions) == 1 else f"and({', '.join(conditions)})"


def _part(child: Subject, reference: Reference, parent: Subject) -> dict[str, Any]:
    """A child's table and the condition that finds the rows of `row`."""
    tenant = child.tenant.column.name if child.tenant else None
    own = [name for name in reference.foreign_key.columns if name != tenant]
    fields = list(parent.key)
    pairs = zip(own, fields, strict=False)
    conditions = [f"eq({child.field(name).reference}, {given_value(field)})" for name, field in pairs]
    if stands_alone(child, reference, parent):
        conditions.append(f"ne({parent.key[0].reference}, {given_value(parent.key[0])})")
    where = conditions[0] if len(conditions) == 1 else f"and({', '.join(conditions)})"
    return {
        "table": child.names.variable,
        "where": where,
        "many": child.many,
        "mark": child.soft.prop if child.soft else None,
    }


def _change(subject: Subject, given: dict[str, Field], rules: TableRules) -> Field | None:
    """A column that may be changed to what another row has, without hurting anything."""
    if not subject.can_change:
        return None
    referring = {name for reference in subject.references for name in reference.foreign_key.columns}
    unique = {name for u in subject.table.uniques for name in u.columns}
    unique |= {name for index in subject.table.indexes if index.unique for name in index.columns}
    unique |= {name for exclusion in subject.table.exclusions for name in _excluded(exclusion.elements)}
    bound = {name for pair in rules.pairs for name in (pair.left, pair.right)}
    bound |= {name for names in (*rules.together, *rules.exactly_one) for name in names}
    bound |= {name for check in rules.unread for name in check_columns(subject, check)}
    for field in subject.changeable:
        name = field.column.name
        kind = field.column.type
        plain = kind.category in ("text", "integer", "boolean", "decimal") or kind.schema is not None
        free = name in given and name not in referring | unique | bound and field in subject.readable
        if free and plain and not kind.dimensions and kind.name != "char":
            return field
    return None


def _excluded(elements: Any) -> Iterator[str]:
    for element in elements:
        if element.column:
            yield element.column
        for token in scan(element.expression or ""):
            if token.name:
                yield token.name


def _conflicts(subject: Subject, given: dict[str, Field], rules: TableRules) -> Iterator[dict[str, Any]]:
    """Business keys, each with the columns that a second row copies and what a person is told."""
    messages = {name: (message, fields) for name, message, fields in keys(subject)}
    alternating = {name for names in rules.exactly_one for name in names}
    for _, columns, address in business_keys(subject):
        name = address.rsplit(".", 1)[-1].strip('"')
        if set(columns) <= given.keys() - alternating and name in messages and set(columns) <= _written(subject):
            yield {
                "constraint": name,
                "fields": [subject.field(column).prop for column in columns],
                "words": " and ".join(subject.field(column).words for column in columns),
                "message": messages[name][0],
                "marked": messages[name][1],
            }


def _written(subject: Subject) -> set[str]:
    return {field.column.name for field in subject.writable}


def _broken(subject: Subject, given: dict[str, Field], rules: TableRules) -> Iterator[dict[str, Any]]:
    """A value for each column with a simple check that the check refuses."""
    alternating = {name for names in rules.exactly_one for name in names}
    possible = given.keys() & _written(subject) - alternating
    for check in subject.table.checks:
        columns = check_columns(subject, check)
        if len(columns) != 1 or check in rules.unread or columns[0] not in possible:
            continue
        field = subject.field(columns[0])
        alone = table_rules(replace(subject.table, checks=(check,)))  # a second check must not hide the first
        bad = _bad(field, alone.of(columns[0]))
        if bad is not None:
            yield {"field": field, "value": bad, "constraint": check.name}


def _bad(field: Field, rule: ValueRule) -> str | None:
    kind = field.column.type
    if kind.dimensions or kind.schema is not None or field.intent.mode not in ("", "string", "number"):
        return None
    low = rule.minimum
    if low and re.fullmatch(r"-?\d+(\.0*)?", low) and kind.category in ("integer", "decimal"):
        value = int(float(low)) - (0 if rule.above else 1)
        return string(str(value)) if kind.category == "decimal" and field.intent.mode != "number" else str(value)
    if kind.category == "text" and (rule.values or rule.patterns):
        return string("~")
    return None


def _search_text(subject: Subject, given: dict[str, Field]) -> Field | None:
    """A text column that the search document is made of."""
    name = subject.intent.search
    if not name or name not in subject.fields:
        return None
    generated = subject.field(name).column.generated
    if generated is None:
        return None
    used = [token.name for token in scan(generated.expression) if token.name in given]
    texts = (given[column] for column in used if column)
    return next((f for f in texts if f.column.type.category == "text" and f in subject.readable), None)


_CALLED = frozenset({"get by", "list by", "details", "joined", "related", "report"})


def _callable(spec: QuerySpec, given: dict[str, Field], rules: TableRules) -> bool:
    if spec.kind not in _CALLED:
        return False
    alternating = {name for names in rules.exactly_one for name in names}
    needed = {
        _column(parameter.column)
        for parameter in spec.parameters
        if parameter.kind in ("value", "values", "text", "id")
    }
    return needed <= given.keys() - alternating


def _column(address: str | None) -> str:
    from dbarchitect.model.address import parse

    return parse(address)[1][-1] if address else ""


def _call(spec: QuerySpec, given: dict[str, Field]) -> dict[str, Any]:
    """The arguments of a query after the database, and how its result shows that rows were found."""
    arguments = []
    for parameter in spec.parameters:
        field = given.get(_column(parameter.column))
        if parameter.kind == "tenant":
            arguments.append("ours")
        elif parameter.kind == "moment":
            arguments.append("new Date(0)" if parameter.name == "from" else "new Date('2100-01-01')")
        elif parameter.kind == "range":
            arguments.append("{}")
        elif parameter.kind in ("limit", "list options", "page options") or field is None:
            continue
        elif parameter.kind == "values":
            arguments.append(f"[{given_value(field)}]")
        elif parameter.kind == "text":
            arguments.append(f"String({given_value(field)})")
        elif field.column.type.category == "json":
            arguments.append("{}")
        else:
            arguments.append(given_value(field))
    listed = spec.kind in ("list by", "joined") and any(p.kind == "list options" for p in spec.parameters)
    single = spec.kind in ("get by", "details")
    return {"arguments": "".join(f", {text}" for text in arguments), "single": single, "listed": listed}


def _modules(project: Project) -> dict[str, list[str]]:
    modules: dict[str, list[str]] = {
        "bun:test": ["afterAll", "beforeAll", "describe", "expect", "test"],
        "drizzle-orm": ["and", "eq", "isNull", "ne"],
        "../src/db/database": ["type Database"],
        "../src/db/soft-delete": ["active", "StillInUseError"],
        "../src/db/tenant": ["withTenant"],
        "../src/db/seeds/values": ["organizationOf", "TENANTS"],
        "./database": ["failure", "given", "openDatabase", "remove", "type TestDatabase"],
        "../src/db/schema": [subject.names.variable for subject in project.subjects],
    }
    for subject in project.subjects:
        names = subject.names
        modules[f"../src/db/queries/{names.file}"] = [query.spec.function for query in project_queries(subject)]
        modules[f"../src/db/seeds/{names.file}"] = [maker(subject)]
        modules[f"../src/db/validation/{names.file}"] = [f"new{names.one_type}Input", f"{names.one}ChangesInput"]
    return modules
