-- Sizes, use and spread of values, as the catalog and the counters have them: no query reads a table of the user's, and
-- of pg_stats only frequencies are taken, never a value. Form and parameters are those of catalog.sql.

-- name: server
select current_setting('server_version_num')::int, pg_is_in_recovery(),
       extract(epoch from now() - coalesce(d.stats_reset, pg_postmaster_start_time()))::float8 / 86400
  from pg_stat_database d
 where d.datname = current_database()

-- name: tables
-- The size of a table that somebody holds alone would have to wait for them; then the pages that VACUUM counted count.
with held as (select l.relation from pg_locks l where l.mode = 'AccessExclusiveLock' and l.relation is not null)
select c.oid, n.nspname::text, c.relname::text,
       case when /*14*/ c.reltuples >= 0 /* else: c.relpages > 0 or c.reltuples > 0 */ then c.reltuples::float8 end,
       coalesce(case when h.relation is null then pg_table_size(c.oid) end, c.relpages::bigint * 8192),
       coalesce(case when h.relation is null then pg_indexes_size(c.oid) end, 0),
       coalesce(case when h.relation is null then pg_relation_size(c.oid) end, c.relpages::bigint * 8192),
       coalesce(pg_stat_get_dead_tuples(c.oid), 0), coalesce(pg_stat_get_mod_since_analyze(c.oid), 0),
       coalesce(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)) is not null,
       coalesce(pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid)) is not null,
       coalesce(pg_stat_get_numscans(c.oid), 0),
       coalesce((select option_value::int from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'),
                100),
       (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join (select distinct relation from held) h on h.relation = c.oid
 where c.relkind in ('r', 'p', 'm')
   and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
   and (%(schemas)s::text[] is null or n.nspname = any (%(schemas)s::text[]))
   and not exists (select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
 order by n.nspname, c.relname

-- name: columns
select distinct on (s.schemaname, s.tablename, s.attname)
       s.schemaname::text, s.tablename::text, s.attname::text, s.n_distinct::float8, s.null_frac::float8,
       s.most_common_freqs[1]::float8, s.correlation::float8, s.avg_width
  from pg_stats s
 where s.schemaname !~ '^pg_' and s.schemaname <> 'information_schema'
   and (%(schemas)s::text[] is null or s.schemaname = any (%(schemas)s::text[]))
 order by s.schemaname, s.tablename, s.attname, s.inherited desc

-- name: indexes
with held as (select l.relation from pg_locks l where l.mode = 'AccessExclusiveLock' and l.relation is not null)
select n.nspname::text, t.relname::text, c.relname::text, coalesce(pg_stat_get_numscans(c.oid), 0),
       coalesce(case when not exists (select from held h where h.relation in (c.oid, t.oid))
                     then pg_relation_size(c.oid) end, c.relpages::bigint * 8192),
       x.indisvalid, x.indisready, m.amname::text, c.reltuples::float8,
       case when x.indexprs is null then
           (select array_agg(a.attname::text order by k.place)
              from unnest(x.indkey::int[]) with ordinality k(number, place)
              join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.number) end,
       coalesce((select option_value::int from pg_options_to_table(c.reloptions) where option_name = 'fillfactor'), 90)
  from pg_index x
  join pg_class c on c.oid = x.indexrelid
  join pg_class t on t.oid = x.indrelid
  join pg_namespace n on n.oid = t.relnamespace
  join pg_am m on m.oid = c.relam
 where x.indrelid = any (%(relations)s::oid[]) and c.relkind = 'i'
 order by n.nspname, c.relname
