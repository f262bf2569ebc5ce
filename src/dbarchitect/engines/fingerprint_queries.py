"""The queries behind a fingerprint, made from what PostgreSQL says about its own catalogs.

Which columns hold OIDs, and of what, comes from pg_get_catalog_foreign_keys(), so that a new server version brings
its new columns along. Every query gives (catalog, row as jsonb); `object` in a row is the identity for people.

Each special case below cost one false verdict: attnum, conkey, indkey, tgattr, stxkeys and prattrs (numbers that
remember dropped columns), relnatts, names of internal triggers (they carry OIDs), the order of access rights, a NULL
list of rights against the same rights spelled out, ownership of sequences (only in pg_depend), rights and comment of
the schema public (its OID is below 16384), namespaces of temporary tables (they stay after their first use).
"""

from __future__ import annotations

from typing import Any, Final

import psycopg

FIRST_USER_OID: Final = 16384
_CATALOGS: Final = (
    "pg_statistic pg_statistic_ext_data pg_largeobject pg_largeobject_metadata pg_depend pg_shdepend "
    "pg_subscription pg_subscription_rel pg_init_privs pg_enum pg_user_mapping"
)
SKIPPED_CATALOGS: Final = set(_CATALOGS.split())
# physical, statistical, derived, or said by name elsewhere (conkey and indkey by pg_get_*def ...)
_COLUMNS: Final = (
    "oid relfilenode relpages reltuples relallvisible relallfrozen relfrozenxid relminmxid relrewrite reltoastrelid "
    "attmissingval atthasmissing attcacheoff relhastriggers relhasindex relhassubclass relhasrules indcheckxmin "
    "enumsortorder reltype relchecks relnatts conkey confkey confdelsetcols indkey tgattr stxkeys partattrs "
    "tgparentid typarray classoid objoid objsubid"
)
SKIPPED_COLUMNS: Final = set(_COLUMNS.split())
# catalogs without an OID of their own: the column that names the object they belong to, and the catalog of that
PART_OF: Final = {
    "pg_attribute": ("attrelid", "pg_class"),
    "pg_index": ("indexrelid", "pg_class"),
    "pg_inherits": ("inhrelid", "pg_class"),
    "pg_sequence": ("seqrelid", "pg_class"),
    "pg_partitioned_table": ("partrelid", "pg_class"),
    "pg_foreign_table": ("ftrelid", "pg_class"),
    "pg_range": ("rngtypid", "pg_type"),
    "pg_aggregate": ("aggfnoid", "pg_proc"),
    "pg_ts_config_map": ("mapcfg", "pg_ts_config"),
}
ON_OBJECT: Final = {"pg_description", "pg_seclabel"}
DECOMPILED: Final = {
    "pg_attrdef.adbin": "pg_get_expr(x.adbin, x.adrelid)",
    "pg_constraint.conbin": "pg_get_constraintdef(x.oid)",
    "pg_index.indexprs": "pg_get_indexdef(x.indexrelid)",
    "pg_index.indpred": "null",
    "pg_trigger.tgqual": "case when not x.tgisinternal then pg_get_triggerdef(x.oid) end",
    "pg_rewrite.ev_action": "pg_get_ruledef(x.oid)",
    "pg_rewrite.ev_qual": "null",
    "pg_policy.polqual": "pg_get_expr(x.polqual, x.polrelid)",
    "pg_policy.polwithcheck": "pg_get_expr(x.polwithcheck, x.polrelid)",
    "pg_class.relpartbound": "pg_get_expr(x.relpartbound, x.oid)",
    "pg_proc.proargdefaults": "pg_get_expr(x.proargdefaults, 0)",
    "pg_proc.prosqlbody": "pg_get_function_sqlbody(x.oid)",
    "pg_type.typdefaultbin": "pg_get_expr(x.typdefaultbin, 0)",
    "pg_partitioned_table.partexprs": "pg_get_partkeydef(x.partrelid)",
    "pg_statistic_ext.stxexprs": "pg_get_statisticsobjdef(x.oid)",
    "pg_publication_rel.prqual": "pg_get_expr(x.prqual, x.prrelid)",
}
REWRITTEN: Final = {
    "pg_attribute.attnum": "(select count(*) from pg_attribute z where z.attrelid = x.attrelid and z.attnum > 0"
    " and not z.attisdropped and z.attnum <= x.attnum)",
    "pg_attrdef.adnum": "(select attname::text from pg_attribute z"
    " where z.attrelid = x.adrelid and z.attnum = x.adnum)",
    # of a key it tells whether its parent made it, which decides nothing
    "pg_constraint.connoinherit": "x.connoinherit and x.contype not in ('p', 'u', 'x')",
    "pg_publication_rel.prattrs": "(select array_agg(attname::text order by attname) from pg_attribute z"
    " where z.attrelid = x.prrelid and z.attnum = any(x.prattrs))",
    "pg_trigger.tgname": "case when not x.tgisinternal then x.tgname::text end",
}
# kind of object that acldefault() knows, and the column of the owner
RIGHTS: Final = {
    "pg_class.relacl": ("(case when x.relkind = 'S' then 's' else 'r' end)::\"char\"", "relowner"),
    "pg_proc.proacl": ("'f'", "proowner"),
    "pg_namespace.nspacl": ("'n'", "nspowner"),
    "pg_type.typacl": ("'T'", "typowner"),
    "pg_language.lanacl": ("'l'", "lanowner"),
    "pg_foreign_data_wrapper.fdwacl": ("'F'", "fdwowner"),
    "pg_foreign_server.srvacl": ("'S'", "srvowner"),
}
EXTRA: Final = {  # more properties of a row
    "pg_attribute": [("relkind", "(select relkind::text from pg_class z where z.oid = x.attrelid)")],
}
# identities that a cast gives much faster than pg_identify_object(); all are qualified, because search_path is empty
CASTS: Final = {
    "pg_class": "regclass",
    "pg_type": "regtype",
    "pg_proc": "regprocedure",
    "pg_operator": "regoperator",
    "pg_namespace": "regnamespace",
    "pg_authid": "regrole",
    "pg_collation": "regcollation",
}
NAMED: Final = {
    "pg_constraint": "quote_ident(x.conname) || ' on ' || case when x.conrelid <> 0 then x.conrelid::regclass::text"
    " else x.contypid::regtype::text end",
    "pg_attrdef": "'for ' || x.adrelid::regclass::text || '.' || (select quote_ident(z.attname) from pg_attribute z"
    " where z.attrelid = x.adrelid and z.attnum = x.adnum)",
}
"""What pg_identify_object() says of the rows that there are most of, told in a fifth of the time."""
HIDDEN_SPACES: Final = r"(select oid from pg_namespace where nspname ~ '^pg_(toast|temp)')"
HIDDEN_RELATIONS: Final = f"(select oid from pg_class where relnamespace in {HIDDEN_SPACES})"
# a standard schema, language or extension is kept in view: migrations grant on it, comment it, drop it
KEPT: Final = {
    "pg_namespace": "x.nspname = 'public'",
    "pg_extension": "true",
    "pg_language": "x.lanname in ('plpgsql', 'sql')",
    "pg_description": "x.classoid = 'pg_namespace'::regclass and x.objoid = 'public'::regnamespace",
}
FILTER: Final = {
    "pg_attribute": "x.attnum > 0 and not x.attisdropped",
    # an array type follows its element; a table's row type follows the table
    "pg_type": "not (x.typcategory = 'A' and x.typelem <> 0)"
    " and not exists (select 1 from pg_class z where z.oid = x.typrelid and z.relkind <> 'c')",
}

CATALOG_FOREIGN_KEYS: Final = """
    select fktable::regclass::text, fkcols[1], is_array, pktable::regclass::text
      from pg_get_catalog_foreign_keys()
     where array_length(fkcols, 1) = 1"""
CATALOG_COLUMNS: Final = """
    select c.relname::text, a.attname::text, a.atttypid::regtype::text
      from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r'
       and not c.relisshared and a.attnum > 0 and not a.attisdropped
     order by 1, a.attnum"""
DEPENDENCIES: Final = f"""
    select 'pg_depend', jsonb_build_object('object', o.identity, 'dependency', deptype::text || ' on ' || r.identity)
      from pg_depend d,
           pg_identify_object(d.classid, d.objid, d.objsubid) o,
           pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) r
     where d.objid >= {FIRST_USER_OID}
       and (d.deptype in ('e', 'x') or d.deptype in ('a', 'i') and exists
            (select 1 from pg_class c where d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relkind = 'S'))
       and not (d.classid = 'pg_class'::regclass and d.objid in {HIDDEN_RELATIONS})"""
DATABASE_SETTINGS: Final = """
    select 'pg_db_role_setting', jsonb_build_object(
             'object', case when setrole = 0 then 'the database' else setrole::regrole::text end,
             'setconfig', to_jsonb(array(select unnest(setconfig) order by 1)))
      from pg_db_role_setting
     where setdatabase = (select oid from pg_database where datname = current_database())"""
ENUM_LABELS: Final = f"""
    select 'pg_enum', jsonb_build_object('object', enumtypid::regtype::text,
                                         'labels', jsonb_agg(enumlabel order by enumsortorder))
      from pg_enum where enumtypid >= {FIRST_USER_OID} group by enumtypid"""
USER_MAPPINGS: Final = r"""
    select 'pg_user_mapping', jsonb_build_object('object', usename || ' on ' || srvname, 'umoptions', to_jsonb(array(
             select regexp_replace(o, '^(\w*password\w*)=.*$', '\1=***', 'i') from unnest(umoptions) o order by 1)))
      from pg_user_mappings"""  # a view that everybody may read, unlike the catalog

Reference = tuple[bool, str]  # (column is an array, catalog that it points to)


def build_queries(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    """One SELECT per catalog; the same for every database of a server version.

    The connection's search_path must be empty here and when the queries run.
    """
    references: dict[tuple[str, str], Reference] = {}
    for table, column, is_array, target in connection.execute(CATALOG_FOREIGN_KEYS).fetchall():
        references[table.split(".")[-1], column] = (is_array, target.split(".")[-1])
    catalogs: dict[str, list[tuple[str, str]]] = {}
    for table, column, type_name in connection.execute(CATALOG_COLUMNS).fetchall():
        catalogs.setdefault(table, []).append((column, type_name))
    queries = [_query(name, columns, references) for name, columns in catalogs.items() if name not in SKIPPED_CATALOGS]
    return [*queries, DEPENDENCIES, DATABASE_SETTINGS, ENUM_LABELS, USER_MAPPINGS]


def _query(catalog: str, columns: list[tuple[str, str]], references: dict[tuple[str, str], Reference]) -> str:
    has_oid = any(column == "oid" for column, _ in columns)
    pairs = [("object", _object(catalog, has_oid)), *EXTRA.get(catalog, [])]
    for column, type_name in columns:
        if column not in SKIPPED_COLUMNS:
            pairs.append((column, _value(catalog, column, type_name, references.get((catalog, column)))))
    texts = [f"'{key}', {expression}" for key, expression in pairs]
    chunks = [texts[i : i + 40] for i in range(0, len(texts), 40)]  # a function takes 100 arguments at most
    row = " || ".join(f"jsonb_build_object({', '.join(chunk)})" for chunk in chunks)
    where = _where(catalog, has_oid, columns, references)
    return f"select '{catalog}', {row} from pg_catalog.{catalog} x where {where}"


def _object(catalog: str, has_oid: bool) -> str:
    """SQL for the identity of the object that a row describes."""
    if catalog == "pg_attribute":
        return "x.attrelid::regclass::text || '.' || quote_ident(x.attname)"
    if catalog == "pg_trigger":
        internal = "'internal trigger of ' || (select o.identity from pg_identify_object("
        internal += "'pg_constraint'::regclass, x.tgconstraint, 0) o)"
        return f"case when x.tgisinternal then {internal} else {_identity('pg_trigger', 'x.oid')} end"
    if catalog in NAMED:
        return NAMED[catalog]
    if catalog in ON_OBJECT:
        return "(select o.type || ' ' || o.identity from pg_identify_object(x.classoid, x.objoid, x.objsubid) o)"
    if catalog in PART_OF:
        column, owner = PART_OF[catalog]
        return _identity(owner, f"x.{column}")
    return _identity(catalog, "x.oid") if has_oid else "null"


def _identity(catalog: str, expression: str) -> str:
    if catalog in CASTS:
        return f"({expression})::oid::{CASTS[catalog]}::text"
    return f"(select o.identity from pg_identify_object('pg_catalog.{catalog}'::regclass, {expression}, 0) o)"


def _value(catalog: str, column: str, type_name: str, reference: Reference | None) -> str:
    """SQL for what a column means, free of OIDs and of history."""
    qualified = f"{catalog}.{column}"
    plain = REWRITTEN.get(qualified) or DECOMPILED.get(qualified)
    if plain:
        return plain
    if type_name == "pg_node_tree":  # of a later server version: say that there is one
        return f"x.{column} is not null"
    if type_name.endswith("aclitem[]"):
        return _rights(qualified, column)
    if reference is None:
        return f"x.{column}::text"
    is_array, target = reference
    if is_array:
        order = "1" if target == "pg_authid" else "u.o"  # a policy's roles are a set
        name = f"case when u.e = 0 then '-' else {_identity(target, 'u.e')} end"
        return f"(select array_agg({name} order by {order}) from unnest(x.{column}::oid[]) with ordinality u(e, o))"
    return f"case when x.{column}::oid <> 0 then {_identity(target, f'x.{column}')} end"


def _rights(qualified: str, column: str) -> str:
    value = f"x.{column}"
    if qualified in RIGHTS:
        kind, owner = RIGHTS[qualified]
        value = f"coalesce({value}, acldefault({kind}, x.{owner}))"
    return f"(select array_agg(a::text order by a::text) from unnest({value}) a)"


def _where(
    catalog: str, has_oid: bool, columns: list[tuple[str, str]], references: dict[tuple[str, str], Reference]
) -> str:
    owner = "oid" if has_oid else PART_OF.get(catalog, ("objoid", ""))[0]
    conditions = [f"(x.{owner}::oid >= {FIRST_USER_OID} or {KEPT.get(catalog, 'false')})"]
    for column, _ in columns:
        target = None if column in SKIPPED_COLUMNS else references.get((catalog, column))
        if target == (False, "pg_namespace"):
            conditions.append(f"x.{column} not in {HIDDEN_SPACES}")
        elif target == (False, "pg_class") and (column.endswith("relid") or column == "ev_class"):
            conditions.append(f"x.{column} not in {HIDDEN_RELATIONS}")
    if catalog == "pg_namespace":
        conditions.append("x.nspname !~ '^pg_(toast|temp)'")
    if catalog in ON_OBJECT:
        conditions.append(f"not (x.classoid = 'pg_class'::regclass and x.objoid in {HIDDEN_RELATIONS})")
    if catalog in FILTER:
        conditions.append(FILTER[catalog])
    return " and ".join(conditions)
