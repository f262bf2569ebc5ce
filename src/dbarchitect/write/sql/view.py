"""Views and materialized views."""

from __future__ import annotations

from dbarchitect.errors import InputError
from dbarchitect.model.address import address
from dbarchitect.model.names import qualified
from dbarchitect.model.schema import View
from dbarchitect.sql.tokens import scan
from dbarchitect.write.sql.constraint import column_list
from dbarchitect.write.sql.options import with_clause


def view_sql(view: View) -> str:
    """CREATE VIEW or CREATE MATERIALIZED VIEW.

    Raises:
        InputError: the query holds a `;` or does not close its quotes and brackets.
    """
    query = view.definition.strip().rstrip(";").rstrip()
    tokens = scan(query)
    if not tokens or any(token.text == ";" for token in tokens):
        raise InputError("the definition is not one query", place=address("view", view.schema, view.name))
    head = f"CREATE {'MATERIALIZED VIEW' if view.materialized else 'VIEW'} {qualified(view.schema, view.name)}"
    head += f" {column_list(view.columns)}" if view.columns else ""
    tail = ""
    if view.check_option:
        tail = f"\n  WITH {'LOCAL' if view.check_option == 'local' else 'CASCADED'} CHECK OPTION"
    elif view.materialized and not view.with_data:
        tail = "\nWITH NO DATA"
    return f"{head}{with_clause(view.options)} AS\n{query}{tail}"


def drop_view_sql(view: View) -> str:
    """DROP VIEW or DROP MATERIALIZED VIEW."""
    return f"DROP {'MATERIALIZED VIEW' if view.materialized else 'VIEW'} {qualified(view.schema, view.name)}"
