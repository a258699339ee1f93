#!/usr/bin/env bash
set -euo pipefail
shopt -s inherit_errexit
# shellcheck source=deploy/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

usage() {
    cat <<'END'
restore.sh FILE.dump: what backup.sh wrote, into an empty database: all of it or nothing.

Refuses a file that is not the one its checksum was made of, and a database that holds anything.
Then run `expenseflow migrate` (the backup may be of an older release), and start ExpenseFlow with
the same signing key, else everybody has to sign in again. Jobs that ran are taken up again.

The database is EXPENSEFLOW_DATABASE_URL, as its owner and not through a pooler, or libpq's PGHOST,
PGDATABASE, PGUSER, PGPASSWORD or PGPASSFILE; the programs are those of
EXPENSEFLOW_POSTGRES_BIN_DIR, or on the PATH. Who may do what comes from the new database, not from
the backup: run deploy/postgres/roles.sql there before.
END
}

case "${1:-}" in
    -h | --help) usage && exit 0 ;;
    '' | -*) usage >&2 && exit 2 ;;
esac
[ $# = 1 ] || { usage >&2 && exit 2; }
file=$1
[ -f "$file" ] || die 2 "there is no file $file"
[ -f "$file.sha256" ] || die 2 "there is no $file.sha256, so nobody can tell whether the backup is whole"

pg_restore=$(program pg_restore)
program psql >/dev/null
connect_by_environment

read -r wanted _ <"$file.sha256"
sum=$(sha256sum "$file")
[ "${sum%% *}" = "$wanted" ] || die 1 "$file is not what was written when the backup was taken: its checksum differs"

# What roles.sql has made beforehand is no content: who may write this table is said there.
prepared=$(ask "SELECT to_regclass('public.alembic_version') IS NOT NULL") || die 1 "the database does not answer"
# What an extension has brought along is not ours: with one the database is as empty as without.
objects=$(ask "SELECT count(*) FROM (
        SELECT 'pg_class'::regclass AS catalog, oid, relnamespace AS place FROM pg_class
        WHERE relkind NOT IN ('i', 'I') AND relname <> 'alembic_version'
        UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc
        UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type WHERE typtype IN ('e', 'd', 'r')
    ) AS thing JOIN pg_namespace n ON n.oid = thing.place
    WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.deptype = 'e' AND d.classid = thing.catalog AND d.objid = thing.oid)")
if [ "$prepared" = t ]; then objects=$((objects + $(ask "SELECT count(*) FROM alembic_version"))); fi
[ "$objects" = 0 ] || die 1 "the database is not empty ($objects objects); restore into a new one, so that nothing is mixed up"

contents=$(mktemp)
leftovers+=("$contents")
"$pg_restore" --list "$file" | {
    if [ "$prepared" = t ]; then grep -v -E ' (TABLE|CONSTRAINT) public alembic_version '; else cat; fi
} >"$contents"
name=$(ask "SELECT current_database()")
"$pg_restore" --no-password --single-transaction --exit-on-error --no-owner --no-privileges \
    --use-list="$contents" --dbname="$name" "$file" || die 1 "nothing was restored: see above"
ask ANALYZE >/dev/null
echo "restored: schema $(ask "SELECT version_num FROM alembic_version"), $(ask "SELECT count(*) FROM report_generation_jobs") report jobs, $(ask "SELECT count(*) FROM expense_reports") reports"
