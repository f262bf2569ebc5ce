-- Our own catalog queries. `-- name: x` starts a query. `/*18*/ expression /* else: other */` holds for servers from
-- version 18 on; older ones get the other expression. Parameters: names in `schemas`, OIDs in `namespaces` and
-- `relations`. The reader sets search_path to pg_catalog, so that every name outside of it is qualified.

-- name: namespaces
select n.oid, n.nspname::text,
       exists (select from pg_depend d
                where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
  from pg_namespace n
 where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
   and (%(schemas)s::text[] is null or n.nspname = any (%(schemas)s::text[]))
 order by n.nspname

-- name: relations
select c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.relpersistence::text,
       c.relrowsecurity, c.relforcerowsecurity, c.relreplident::text, c.reloptions, t.reloptions,
       pg_get_expr(c.relpartbound, c.oid),
       case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
       case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
       c.relispopulated,
       case when c.relreplident = 'i' then
           (select i.relname::text from pg_index x join pg_class i on i.oid = x.indexrelid
             where x.indrelid = c.oid and x.indisreplident) end,
       c.reloftype <> 0, c.reltablespace <> 0, am.amname::text
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_class t on t.oid = c.reltoastrelid and t.reloptions is not null
  left join pg_am am on am.oid = c.relam
 where c.relnamespace = any (%(namespaces)s::oid[])
   and c.relkind in ('r', 'p', 'v', 'm', 'c')
   and not exists (select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
 order by n.nspname, c.relname

-- name: extensions
select e.oid, e.extname::text, n.nspname::text, e.extversion, a.default_version, a.comment
  from pg_extension e
  join pg_namespace n on n.oid = e.extnamespace
  left join pg_available_extensions a on a.name = e.extname
 where e.extname <> 'plpgsql'

-- name: types
select t.oid, t.typname::text, n.nspname::text,
       case when t.typinput = 'array_in'::regproc then t.typelem end,
       exists (select from pg_depend d
                where d.classid = 'pg_type'::regclass and d.deptype = 'e'
                  and d.objid = case when t.typinput = 'array_in'::regproc then t.typelem else t.oid end)
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
 where t.oid >= 16384

-- name: columns
select a.attrelid, a.attnum, a.attname::text, a.atttypid, format_type(a.atttypid, a.atttypmod), a.attndims,
       a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text,
       case when a.attcollation <> t.typcollation then cn.nspname::text end,
       case when a.attcollation <> t.typcollation then co.collname::text end,
       a.attislocal, a.attcollation,
       a.attstorage <> t.typstorage or /*14*/ a.attcompression <> '' /* else: false */
       or coalesce(a.attstattarget, -1) >= 0 or a.attoptions is not null
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_collation co on co.oid = a.attcollation
  left join pg_namespace cn on cn.oid = co.collnamespace
 where a.attrelid = any (%(relations)s::oid[]) and a.attnum > 0 and not a.attisdropped
 order by a.attrelid, a.attnum

-- name: constraints
select con.oid, con.conrelid, con.contypid, con.conname::text, con.contype::text, con.condeferrable, con.condeferred,
       con.convalidated, /*18*/ con.conenforced /* else: true */, con.conkey, con.connoinherit,
       /*18*/ con.conperiod /* else: false */, con.conindid,
       case when con.contype = 'c' then pg_get_expr(con.conbin, con.conrelid) end,
       fn.nspname::text, f.relname::text,
       array(select a.attname::text from unnest(con.confkey) with ordinality k(attnum, place)
               join pg_attribute a on a.attrelid = con.confrelid and a.attnum = k.attnum order by k.place),
       con.confdeltype::text, con.confupdtype::text, con.confmatchtype::text,
       /*15*/ con.confdelsetcols /* else: null::int2[] */,
       array(select case when o.oprnamespace = 'pg_catalog'::regnamespace then o.oprname::text
                         else format('OPERATOR("%%s".%%s)', replace(opn.nspname, '"', '""'), o.oprname) end
               from unnest(con.conexclop) with ordinality k(op, place)
               join pg_operator o on o.oid = k.op
               join pg_namespace opn on opn.oid = o.oprnamespace
              order by k.place),
       con.conparentid <> 0
  from pg_constraint con
  left join pg_class f on f.oid = con.confrelid
  left join pg_namespace fn on fn.oid = f.relnamespace
 where (con.contype in ('p', 'u', 'f', 'c', 'x')
        or con.contype = 'n' and (con.connoinherit or not con.convalidated))
   and (con.conparentid = 0 or con.contype in ('p', 'u', 'x'))
   and (con.conrelid = any (%(relations)s::oid[]) and (con.conislocal or con.conparentid <> 0)
        or con.contypid <> 0 and con.connamespace = any (%(namespaces)s::oid[]))

-- name: beside_parents
select con.conrelid, con.contype::text, coalesce(a.attname, con.conname)::text
  from pg_constraint con
  join pg_class c on c.oid = con.conrelid and c.relispartition
  left join pg_attribute a on con.contype = 'n' and a.attrelid = con.conrelid and a.attnum = con.conkey[1]
 where con.conrelid = any (%(relations)s::oid[]) and con.coninhcount > 0
   and (con.contype = 'n' and con.conislocal
        or con.contype = 'c' and con.convalidated
           and exists (select from pg_inherits h
                         join pg_constraint p on p.conrelid = h.inhparent and p.conname = con.conname
                        where h.inhrelid = con.conrelid and p.contype = 'c' and not p.convalidated
                          and /*18*/ p.conenforced /* else: true */))
 order by 3

-- name: indexes
select i.indexrelid, i.indrelid, c.relname::text, am.amname::text, i.indisunique, i.indnkeyatts, i.indkey::int2[],
       i.indoption::int2[], i.indisvalid, c.relkind = 'I',
       /*15*/ i.indnullsnotdistinct /* else: false */, c.reloptions, pg_get_expr(i.indpred, i.indrelid),
       (select h.inhparent from pg_inherits h where h.inhrelid = i.indexrelid),
       case when i.indexprs is not null then
           array(select case when i.indkey[n - 1] = 0 then pg_get_indexdef(i.indexrelid, n, false) end
                   from generate_series(1, i.indnkeyatts::int) n order by n) end,
       i.indclass::oid[], i.indcollation::oid[], i.indisclustered, c.reltablespace <> 0
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_am am on am.oid = c.relam
 where i.indrelid = any (%(relations)s::oid[])

-- name: index_keys
select a.attrelid, a.attnum, a.atttypid, a.attoptions
  from pg_index i join pg_attribute a on a.attrelid = i.indexrelid
 where i.indrelid = any (%(relations)s::oid[]) and (i.indexprs is not null or a.attoptions is not null)

-- name: opclasses
select o.oid, n.nspname::text, o.opcname::text, o.opcmethod, o.opcdefault, o.opcintype
  from pg_opclass o join pg_namespace n on n.oid = o.opcnamespace

-- name: collations
select c.oid, n.nspname::text, c.collname::text
  from pg_collation c join pg_namespace n on n.oid = c.collnamespace
 where c.oid in (select unnest(i.indcollation::oid[]) from pg_index i where i.indrelid = any (%(relations)s::oid[]))

-- name: policies
select p.oid, p.polrelid, p.polname::text, p.polcmd::text, p.polpermissive,
       array(select coalesce(r.rolname::text, 'public') from unnest(p.polroles) k(role)
               left join pg_roles r on r.oid = k.role order by 1),
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
  from pg_policy p
 where p.polrelid = any (%(relations)s::oid[])

-- name: triggers
select t.oid, t.tgrelid, t.tgname::text, t.tgtype, fn.nspname::text, f.proname::text, t.tgargs, t.tgattr::int2[],
       case when t.tgqual is not null then pg_get_triggerdef(t.oid) end,
       t.tgconstraint <> 0, t.tgdeferrable, t.tginitdeferred, t.tgoldtable::text, t.tgnewtable::text,
       t.tgenabled::text, t.tgconstrrelid <> 0
  from pg_trigger t
  join pg_proc f on f.oid = t.tgfoid
  join pg_namespace fn on fn.oid = f.pronamespace
 where t.tgrelid = any (%(relations)s::oid[]) and not t.tgisinternal and t.tgparentid = 0

-- name: inherits
select h.inhrelid, h.inhparent, n.nspname::text, c.relname::text
  from pg_inherits h join pg_class c on c.oid = h.inhparent join pg_namespace n on n.oid = c.relnamespace
 where h.inhrelid = any (%(relations)s::oid[])
 order by h.inhrelid, h.inhseqno

-- name: sequences
select c.oid, n.nspname::text, c.relname::text, format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin,
       s.seqmax, s.seqcache, s.seqcycle, d.deptype::text, d.refobjid, d.refobjsubid,
       c.relpersistence::text
  from pg_sequence s
  join pg_class c on c.oid = s.seqrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid
                       and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
 where c.relnamespace = any (%(namespaces)s::oid[])
   and not exists (select from pg_depend e
                    where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')

-- name: enums
select t.oid, n.nspname::text, t.typname::text,
       array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder)
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
 where t.oid >= 16384 and t.typtype = 'e' and t.typnamespace = any (%(namespaces)s::oid[])
   and not exists (select from pg_depend d
                    where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')

-- name: domains
select t.oid, n.nspname::text, t.typname::text, t.typbasetype, format_type(t.typbasetype, t.typtypmod), t.typndims,
       t.typnotnull, pg_get_expr(t.typdefaultbin, 0),
       case when t.typcollation <> b.typcollation then cn.nspname::text end,
       case when t.typcollation <> b.typcollation then co.collname::text end
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  join pg_type b on b.oid = t.typbasetype
  left join pg_collation co on co.oid = t.typcollation
  left join pg_namespace cn on cn.oid = co.collnamespace
 where t.oid >= 16384 and t.typtype = 'd' and t.typnamespace = any (%(namespaces)s::oid[])
   and not exists (select from pg_depend d
                    where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')

-- name: composites
select t.oid, t.typrelid
  from pg_type t join pg_class c on c.oid = t.typrelid
 where c.relkind = 'c' and t.typrelid = any (%(relations)s::oid[])

-- name: ranges
select t.oid, n.nspname::text, t.typname::text, r.rngsubtype, format_type(r.rngsubtype, null),
       /*14*/ (select m.typname::text from pg_type m where m.oid = r.rngmultitypid) /* else: null::text */,
       /*14*/ (select mn.nspname::text from pg_type m join pg_namespace mn on mn.oid = m.typnamespace
                where m.oid = r.rngmultitypid) /* else: null::text */,
       case when r.rngcollation <> s.typcollation then cn.nspname::text end,
       case when r.rngcollation <> s.typcollation then co.collname::text end,
       case when not oc.opcdefault then ocn.nspname::text end,
       case when not oc.opcdefault then oc.opcname::text end,
       r.rngcanonical <> 0 or r.rngsubdiff <> 0
  from pg_range r
  join pg_type t on t.oid = r.rngtypid
  join pg_namespace n on n.oid = t.typnamespace
  join pg_type s on s.oid = r.rngsubtype
  join pg_opclass oc on oc.oid = r.rngsubopc
  join pg_namespace ocn on ocn.oid = oc.opcnamespace
  left join pg_collation co on co.oid = r.rngcollation
  left join pg_namespace cn on cn.oid = co.collnamespace
 where t.oid >= 16384 and t.typnamespace = any (%(namespaces)s::oid[])
   and not exists (select from pg_depend d
                    where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')

-- name: functions
select p.oid, n.nspname::text, p.proname::text, p.prokind::text,
       array_to_string(array(select format_type(k.type, null) from unnest(p.proargtypes) with ordinality k(type, place)
                              order by k.place), ', '),
       pg_get_functiondef(p.oid)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
 where p.oid >= 16384 and p.prokind in ('f', 'p', 'w') and p.pronamespace = any (%(namespaces)s::oid[])
   and not exists (select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i'))

-- name: statistics
select s.oid, n.nspname::text, s.stxname::text, pg_get_statisticsobjdef(s.oid)
  from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
 where s.stxnamespace = any (%(namespaces)s::oid[])

-- name: comments
select d.classoid::regclass::text, d.objoid, d.objsubid, d.description
  from pg_description d
 where d.objoid >= 16384

-- name: grants
with holder(class, oid, sub, owner, acl, base) as (
    select 'pg_class', c.oid, 0, c.relowner, c.relacl,
           acldefault(case c.relkind when 'S' then 's'::"char" else 'r'::"char" end, c.relowner)
      from pg_class c
     where c.oid >= 16384 and c.relacl is not null and c.relnamespace = any (%(namespaces)s::oid[])
    union all
    select 'pg_class', a.attrelid, a.attnum, c.relowner, a.attacl, null::aclitem[]
      from pg_attribute a join pg_class c on c.oid = a.attrelid
     where a.attacl is not null and a.attrelid = any (%(relations)s::oid[]) and not a.attisdropped
    union all
    select 'pg_proc', p.oid, 0, p.proowner, p.proacl, acldefault('f', p.proowner)
      from pg_proc p
     where p.oid >= 16384 and p.proacl is not null and p.pronamespace = any (%(namespaces)s::oid[])
    union all
    select 'pg_type', t.oid, 0, t.typowner, t.typacl, acldefault('T', t.typowner)
      from pg_type t
     where t.oid >= 16384 and t.typacl is not null and t.typnamespace = any (%(namespaces)s::oid[])
    union all
    select 'pg_namespace', n.oid, 0, n.nspowner, n.nspacl,
           coalesce((select i.initprivs from pg_init_privs i
                      where i.classoid = 'pg_namespace'::regclass and i.objoid = n.oid and i.objsubid = 0),
                    acldefault('n', n.nspowner))
      from pg_namespace n where n.nspacl is not null and n.oid = any (%(namespaces)s::oid[])
), given as (
    select h.class, h.oid, h.sub, x.grantee, lower(x.privilege_type) as privilege, bool_or(x.is_grantable) as grantable,
           bool_or(exists (select from aclexplode(h.base) b
                            where b.grantee = x.grantee and b.privilege_type = x.privilege_type
                              and b.is_grantable = x.is_grantable)) as usual
      from holder h, aclexplode(h.acl) x
     where x.grantee <> h.owner
     group by 1, 2, 3, 4, 5
), revoked as (
    select distinct h.class, h.oid, h.sub
      from holder h, aclexplode(h.base) b
     where b.grantee = 0
       and not exists (select from given g
                        where (g.class, g.oid, g.sub) = (h.class, h.oid, h.sub) and g.grantee = 0
                          and g.privilege = lower(b.privilege_type))
)
select g.class, g.oid, g.sub, coalesce(r.rolname::text, 'public'), g.privilege, g.grantable
  from given g left join pg_roles r on r.oid = g.grantee
 where not g.usual
    or g.grantee = 0 and exists (select from revoked v where (v.class, v.oid, v.sub) = (g.class, g.oid, g.sub))
union all
select class, oid, sub, 'public', null, false from revoked

-- name: problems
with member as materialized (select classid, objid from pg_depend where deptype = 'e'),
spare(kind, class, oid, name) as (
    select 'aggregate', 'pg_proc'::regclass, p.oid, p.oid::regprocedure::text
      from pg_proc p where p.oid >= 16384 and p.prokind = 'a' and p.pronamespace = any (%(namespaces)s::oid[])
    union all
    select 'operator', 'pg_operator'::regclass, o.oid, o.oid::regoperator::text
      from pg_operator o where o.oid >= 16384 and o.oprnamespace = any (%(namespaces)s::oid[])
    union all
    select 'operator class', 'pg_opclass'::regclass, o.oid, o.opcname::text
      from pg_opclass o where o.oid >= 16384 and o.opcnamespace = any (%(namespaces)s::oid[])
    union all
    select 'cast', 'pg_cast'::regclass, c.oid, format_type(c.castsource, null) || ' as ' || format_type(c.casttarget, null)
      from pg_cast c
     where c.oid >= 16384
       and not exists (select from pg_depend d
                        where d.classid = 'pg_cast'::regclass and d.objid = c.oid and d.deptype = 'i')
    union all
    select 'collation', 'pg_collation'::regclass, c.oid, c.oid::regcollation::text
      from pg_collation c where c.oid >= 16384 and c.collnamespace = any (%(namespaces)s::oid[])
    union all
    select 'conversion', 'pg_conversion'::regclass, c.oid, c.conname::text
      from pg_conversion c where c.oid >= 16384 and c.connamespace = any (%(namespaces)s::oid[])
    union all
    select 'text search configuration', 'pg_ts_config'::regclass, c.oid, c.oid::regconfig::text
      from pg_ts_config c where c.oid >= 16384 and c.cfgnamespace = any (%(namespaces)s::oid[])
    union all
    select 'text search dictionary', 'pg_ts_dict'::regclass, d.oid, d.oid::regdictionary::text
      from pg_ts_dict d where d.oid >= 16384 and d.dictnamespace = any (%(namespaces)s::oid[])
    union all
    select 'text search parser', 'pg_ts_parser'::regclass, d.oid, d.prsname::text
      from pg_ts_parser d where d.oid >= 16384 and d.prsnamespace = any (%(namespaces)s::oid[])
    union all
    select 'foreign table', 'pg_class'::regclass, c.oid, c.oid::regclass::text
      from pg_class c
     where c.oid >= 16384 and c.relkind = 'f' and c.relnamespace = any (%(namespaces)s::oid[])
    union all
    select 'foreign server', 'pg_foreign_server'::regclass, s.oid, s.srvname::text from pg_foreign_server s
    union all
    select 'foreign data wrapper', 'pg_foreign_data_wrapper'::regclass, w.oid, w.fdwname::text
      from pg_foreign_data_wrapper w
    union all
    select 'event trigger', 'pg_event_trigger'::regclass, e.oid, e.evtname::text from pg_event_trigger e
    union all
    select 'publication', 'pg_publication'::regclass, p.oid, p.pubname::text from pg_publication p
    union all
    select 'subscription', 'pg_subscription'::regclass, s.oid, s.subname::text
      from pg_subscription s join pg_database d on d.oid = s.subdbid where d.datname = current_database()
    union all
    select 'rule', 'pg_rewrite'::regclass, r.oid, r.rulename || ' on ' || r.ev_class::regclass::text
      from pg_rewrite r where r.oid >= 16384 and r.rulename <> '_RETURN' and r.ev_class = any (%(relations)s::oid[])
    union all
    select case t.typtype when 'b' then 'base type' else 'shell type' end, 'pg_type'::regclass, t.oid,
           format_type(t.oid, null)
      from pg_type t
     where t.oid >= 16384 and t.typtype in ('b', 'p') and t.typelem = 0 and t.typnamespace = any (%(namespaces)s::oid[])
       and t.typinput <> 'array_in'::regproc
    union all
    select 'language', 'pg_language'::regclass, l.oid, l.lanname::text from pg_language l where l.oid >= 16384
    union all
    select 'access method', 'pg_am'::regclass, a.oid, a.amname::text from pg_am a where a.oid >= 16384
    union all
    select 'transform', 'pg_transform'::regclass, t.oid, format_type(t.trftype, null) from pg_transform t where t.oid >= 16384
)
select kind, name from spare s where not exists (select from member m where m.classid = s.class and m.objid = s.oid)
union all
select 'security label of', l.objoid::regclass::text
  from pg_seclabel l where l.classoid = 'pg_class'::regclass and l.objoid = any (%(relations)s::oid[])
order by 1, 2
