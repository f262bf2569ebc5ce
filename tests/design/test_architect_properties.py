"""Whatever the names and rules: either problems that say what is wrong, or a schema that PostgreSQL builds."""

from design.shop import SHOP
from design.strategies import requirements
from design.test_edges_postgres import check_promises
from hypothesis import HealthCheck, example, given, settings

from dbarchitect.design.architect import design
from dbarchitect.design.brief.requirements import Requirements
from dbarchitect.engines import postgres
from dbarchitect.engines.canonical import canonical
from dbarchitect.settings import Settings


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(requirements())
@example(SHOP)
def test_a_design_has_problems_or_is_built(server: postgres.Server, brief: Requirements):
    made = design(brief, Settings(profile="modern" if brief.soft_delete else "house"))
    if not any(problem.severity == "error" for problem in made.problems):
        check_promises(made.schema)
        canonical(made.schema, server)
