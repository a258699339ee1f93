-- The two roles of ExpenseFlow's database: one owns and migrates it, one works in it.
--
--     EXPENSEFLOW_OWNER_PASSWORD=… EXPENSEFLOW_APP_PASSWORD=… \
--         psql -X -v database=expenseflow -f roles.sql postgresql://admin@host/postgres
--
-- Needs psql 14 or newer, and somebody who may create roles and databases (a superuser, or the
-- administrator of a managed server). Run it again whenever you like: before the first migration,
-- after an upgrade, to change a password, over a database that one user has owned until now.
-- The database is ExpenseFlow's own: what lies in its schema `public` goes to the owner.
--
--     expenseflow_owner   owns the schema; `expenseflow migrate` runs as it, nothing else does
--     expenseflow_app     reads and writes rows; `expenseflow serve` and `worker` run as it
--
-- Variables (-v name=value): database (the one psql is connected to; made if it is not there),
-- owner, app (other names for the roles). A password that is not given stays as it is.

\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
\if :{?database} \else \set database :DBNAME
\endif
\if :{?owner} \else \set owner expenseflow_owner
\endif
\if :{?app} \else \set app expenseflow_app
\endif
\getenv owner_password EXPENSEFLOW_OWNER_PASSWORD
\getenv app_password EXPENSEFLOW_APP_PASSWORD

-- One at a time: two at once would change the same rows of the catalogue. The lock is the session's,
-- and of one database, so another is taken after \connect.
DO $$ BEGIN PERFORM pg_advisory_lock(5219873402); END $$;

-- The roles ---------------------------------------------------------------------------------------
SELECT format('CREATE ROLE %I LOGIN', name) FROM unnest(ARRAY[:'owner', :'app']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
\if :{?owner_password}
ALTER ROLE :"owner" PASSWORD :'owner_password';
\endif
\if :{?app_password}
ALTER ROLE :"app" PASSWORD :'app_password';
\endif
-- Whoever is no superuser gives things to the owner only as a member of it.
SELECT format('GRANT %I TO CURRENT_USER', :'owner') FROM pg_roles
WHERE rolname = current_user AND NOT rolsuper AND NOT pg_has_role(:'owner', 'USAGE')
\gexec
SELECT count(*) > 0 AS too_mighty FROM pg_roles
WHERE rolname IN (:'owner', :'app')
  AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
       OR rolname = :'app' AND pg_has_role(rolname, :'owner', 'MEMBER'))
\gset
\if :too_mighty
DO $$ BEGIN
    RAISE EXCEPTION 'One of the two roles was there before and may do more than is meant for it';
END $$;
\endif

-- The database ------------------------------------------------------------------------------------
SELECT format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec
\connect :"database"
SET client_min_messages = warning;
DO $$ BEGIN PERFORM pg_advisory_lock(5219873402); END $$;
BEGIN;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC, :"owner", :"app";
GRANT CONNECT ON DATABASE :"database" TO :"owner", :"app";
-- A name without a schema means ours, and never a temporary table of somebody else's.
ALTER ROLE :"owner" IN DATABASE :"database" SET search_path = public, pg_temp;
ALTER ROLE :"app" IN DATABASE :"database" SET search_path = public, pg_temp;

-- What was made before there was an owner ---------------------------------------------------------
ALTER SCHEMA public OWNER TO :"owner";
SELECT format('ALTER %s %s OWNER TO %I', kind, name, :'owner') FROM (
    SELECT 'TABLE' AS kind, c.oid::regclass::text AS name, c.relowner AS owner, c.oid
    FROM pg_class c WHERE relnamespace = 'public'::regnamespace
      AND (relkind IN ('r', 'p', 'v', 'm') OR relkind = 'S' AND NOT EXISTS (
          -- a sequence of a column goes with its table
          SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i')))
    UNION ALL
    SELECT 'ROUTINE', p.oid::regprocedure::text, p.proowner, p.oid
    FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prokind <> 'a'
    UNION ALL
    SELECT 'TYPE', t.oid::regtype::text, t.typowner, t.oid
    FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND (typtype IN ('e', 'd')
      OR typtype = 'c' AND (SELECT relkind FROM pg_class WHERE oid = typrelid) = 'c')
) AS thing
WHERE pg_get_userbyid(thing.owner) <> :'owner' AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.objid = thing.oid AND d.deptype = 'e')
\gexec

-- What the application may do ---------------------------------------------------------------------
SET LOCAL ROLE :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC, :"app";
GRANT USAGE ON SCHEMA public TO :"app";
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, :"app";
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, :"app";
REVOKE ALL ON ALL ROUTINES IN SCHEMA public FROM PUBLIC, :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA public TO :"app";
GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO :"app";
-- The same for what later migrations make.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"app";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, USAGE ON SEQUENCES TO :"app";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON ROUTINES TO :"app";
-- Which release the schema is of, the application reads and only a migration writes. The table
-- is made here, lest the first migration makes it with the rights of all the others.
CREATE TABLE IF NOT EXISTS public.alembic_version (
    version_num varchar(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
REVOKE ALL ON public.alembic_version FROM :"app";
GRANT SELECT ON public.alembic_version TO :"app";
COMMIT;
