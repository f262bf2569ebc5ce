"""Whose rows are whose: which tables belong to tenants, the column that says so, and the policies that hold them apart.

Seed: multi-tenant pattern; DESIGN section 5: prefix, column, forced policies on `nullif(current_setting(…), '')`.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbarchitect.design.blueprint import TENANT_COLUMN, TENANT_SETTING, Blueprint, TableDraft, fold
from dbarchitect.design.brief.requirements import Entity, Relationship
from dbarchitect.design.prepared import Prepared
from dbarchitect.design.wording import an, capital, things
from dbarchitect.design.wordlist import wordlist
from dbarchitect.model.constraint import ForeignKey, Unique
from dbarchitect.model.names import fit, words
from dbarchitect.model.policy import Policy

IDENTITIES = frozenset({"user", "app_user", "person", "login_user"})
SATELLITES = wordlist(
    "session token account profile credential device passkey verification reset identity login factor"
)
_REFERENCE_DATA = wordlist(
    "country currency language timezone time_zone permission plan feature feature_flag unit_of_measure"
)


def scopes(plan: Blueprint, prepared: Prepared) -> dict[str, bool]:
    """For each folded entity name whether its rows belong to one tenant; junctions follow their two sides."""
    requirements = prepared.requirements
    entities = {fold(entity.name): entity for entity in requirements.entities}
    tenant = fold(requirements.tenant) if requirements.tenant else ""
    if not tenant:
        return dict.fromkeys(entities, False)
    parents: dict[str, set[str]] = {key: set() for key in entities}
    for relationship in requirements.relationships:
        parents[fold(relationship.child)].add(fold(relationship.parent))
    scoped = {key: _scoped(key, entity, parents[key], tenant) for key, entity in entities.items()}
    scoped[tenant] = False
    _spread(plan, entities, requirements.relationships, scoped, tenant)
    return scoped


def _scoped(key: str, entity: Entity, parents: set[str], tenant: str) -> bool:
    if entity.tenant is not None:
        return entity.tenant
    if tenant in parents:
        return True
    if entity.lookup or key in _REFERENCE_DATA or key in IDENTITIES:
        return False
    last = fold((words(entity.name) or [""])[-1])
    return not (parents and parents <= IDENTITIES and last in SATELLITES)


def _spread(
    plan: Blueprint,
    entities: Mapping[str, Entity],
    relationships: tuple[Relationship, ...],
    scoped: dict[str, bool],
    tenant: str,
) -> None:
    """A row that points at a tenant's row is that tenant's row too."""
    changed = True
    while changed:
        changed = False
        for relationship in relationships:
            child, parent = fold(relationship.child), fold(relationship.parent)
            if not scoped[parent] or scoped[child] or child == tenant:
                continue
            if entities[child].tenant is False:
                plan.problem(
                    f"{relationship.child} is said to belong to no tenant but refers to {relationship.parent}, whose "
                    "rows "
                    "belong to one; drop the reference or `tenant: false`",
                    relationship.origin,
                )
            scoped[child] = changed = True


def add_column(plan: Blueprint, table: TableDraft, origin: Relationship | None = None) -> None:
    """The tenant column of a table and its reference to the tenants' table."""
    tenant = plan.tenant
    if tenant is None:
        return
    table.add(TENANT_COLUMN, plan.key_type, nullable=False, managed="tenant", fields=(tenant.entity.name,))
    keeps = table.never_deleted or table.append_only
    name = table.constraint((TENANT_COLUMN,), "fk")
    table.foreign_keys.append(
        ForeignKey(name, (TENANT_COLUMN,), "public", tenant.name, ("id",), "restrict" if keeps else "cascade")
    )
    address = table.constraint_address(name)
    if _one_each(plan, table):
        table.business_keys.append((TENANT_COLUMN,))
    plan.relations[address] = fold(tenant.entity.name)
    plan.reasons[address] = (
        f"{capital(things(table))} may never be deleted, so their {tenant.one} cannot be either."
        if keeps
        else f"The rows of {an(tenant.one)} go with it; nothing is left behind for another to find."
    )


def _one_each(plan: Blueprint, table: TableDraft) -> bool:
    """Whether the brief gives each tenant one row of the table: `organization has one setting`."""
    tenant, child = fold(plan.requirements.tenant), fold(table.entity.name)
    return any(
        relationship.cardinality == "one-to-one" and fold(relationship.child) == child
        for relationship in plan.requirements.relationships
        if fold(relationship.parent) == tenant and not relationship.role
    )


def tenant_key(plan: Blueprint, table: TableDraft) -> tuple[str, ...]:
    """The columns by which a tenant's row is referred to, so that a reference carries its tenant along."""
    columns = (TENANT_COLUMN, "id")
    if not any(unique.columns == columns for unique in table.uniques):
        name = plan.index_name(table, columns, "unique")
        table.uniques.append(Unique(name, columns))
        plan.reasons[table.constraint_address(name)] = (
            f"Target of references that carry the tenant: a child cannot point at another tenant's {table.one}."
        )
    return columns


def draw_policies(plan: Blueprint) -> None:
    """Row level security for every table of a tenant and for the tenants themselves."""
    tenant = plan.tenant
    if tenant is None:
        return
    mine = f"nullif(current_setting('{TENANT_SETTING}', true), '')::{plan.key_type.sql()}"
    for table in plan.tables.values():
        column = "id" if table is tenant else TENANT_COLUMN
        if table is tenant or table.tenant_scoped:
            condition = f"{column} = {mine}"
            table.policies.append(Policy(fit(f"{table.name}_tenant_isolation"), using=condition, check=condition))


def explain(plan: Blueprint) -> None:
    """The decisions about tenancy, once for the whole schema."""
    tenant = plan.tenant
    if tenant is None:
        return
    where = tenant.address
    plan.decide(
        where,
        f"Tenants are rows of {tenant.name}; every table of a tenant carries {TENANT_COLUMN} and the prefix org_",
        "One schema for all tenants keeps migrations and connection pools single; the column makes isolation a matter "
        "of the database, the prefix shows at first sight which tables need it.",
        ("a schema per tenant", "migrations run once per tenant, and pooled connections must switch search_path"),
        ("a database per tenant", "strongest isolation; cost and operations grow with every customer"),
        topic="tenancy",
    )
    plan.decide(
        where,
        "Row level security is enabled and forced; policies compare with the transaction's app.organization_id",
        "A query that forgets its filter returns nothing instead of everything. Forced, because the owner of a table "
        "is "
        "exempt otherwise. `nullif(…, '')` because a setting that was once local to a transaction reads as an empty "
        "text "
        "afterwards, and ''::uuid is an error instead of no rows.",
        ("filters in the application only", "one forgotten where clause shows a customer another's data"),
        topic="tenancy",
    )
    plan.decide(
        where,
        f"References between rows of a tenant carry the tenant: ({TENANT_COLUMN}, x_id) → ({TENANT_COLUMN}, id)",
        "Foreign keys are checked without row level security, so a plain reference could point at another tenant's "
        "row.",
        ("plain references", "16 bytes less in each index, and isolation rests on the application"),
        topic="tenancy",
    )
    plan.decide(
        where,
        f"Deleting {an(tenant.one)} cascades to its rows, and stops where one of them is referred to with restrict",
        "A tenant with business records should not vanish by one statement: mark it as deleted, export, then purge its "
        "tables children first.",
        ("no action instead of restrict", "the same protection for single rows, and one delete removes a whole tenant"),
        topic="tenancy",
    )
    if fold(tenant.entity.name) != "organization":
        plan.decide(
            where, f"The column is called {TENANT_COLUMN} although a tenant is {an(tenant.one)}",
            "Helpers, policies and reviews look for one name in every project.",
            (f"{fold(tenant.entity.name)}_id", "reads better here; every shared helper needs the name as a parameter"),
            topic="tenancy",
        )  # fmt: skip
    _explain_globals(plan, tenant)


def _explain_globals(plan: Blueprint, tenant: TableDraft) -> None:
    free = [t for t in plan.tables.values() if not t.tenant_scoped and t is not tenant]
    people = [t for t in free if fold(t.entity.name) in IDENTITIES]
    for table in people:
        plan.decide(
            table.address,
            f"{table.name} belongs to no tenant and has no policy",
            "Somebody signs in before a tenant is known and may belong to several; tenants see people through their "
            "memberships, which do have a policy. Which tenants somebody belongs to is asked at sign-in by a role that "
            "bypasses row level security.",
            ("one row per person and tenant", "strict isolation; a person has several passwords and profiles"),
            ("a policy over memberships", "hides strangers, costs a semi-join per read, and nobody can be invited"),
            topic="tenancy",
        )
    others = sorted(t.name for t in free if t not in people and t.kind != "lookup")
    lookups = sorted(t.name for t in free if t.kind == "lookup")
    if others:
        plan.decide(
            tenant.address, f"Without a tenant: {', '.join(others)}",
            "They are the same for everybody or hang on a person, not on a tenant. Grant the application only what it "
            "needs on them: no policy stands in the way.",
            ("tenant: true in the brief", "each tenant keeps its own rows"), topic="tenancy",
        )  # fmt: skip
    if lookups:
        plan.decide(
            tenant.address, f"Lookup tables are shared by all tenants: {', '.join(lookups)}",
            "One list is easier to keep right than one per tenant; the application needs to read it only.",
            ("tenant: true in the brief", "tenants edit their own lists, and each new tenant must be seeded"),
            topic="tenancy",
        )  # fmt: skip
