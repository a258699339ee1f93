#!/usr/bin/env bash
set -euo pipefail
shopt -s inherit_errexit
umask 077 # it holds everything
# shellcheck source=deploy/postgres.sh
source "$(dirname "${BASH_SOURCE[0]}")/postgres.sh"

usage() {
    cat <<'END'
backup.sh FOLDER: everything ExpenseFlow knows, as it is at one moment, while it goes on working.

Writes FOLDER/expenseflow-TIME.dump (pg_dump's custom format), beside it TIME.dump.sha256 and
TIME.dump.version (schema, PostgreSQL, when), and prints the name of the first. A file with that
name is whole. Not in it: the signing key and the settings; keep those where you keep secrets.

The database is EXPENSEFLOW_DATABASE_URL (a direct address, not that of a pooler), or libpq's
PGHOST, PGDATABASE, PGUSER, PGPASSWORD or PGPASSFILE; the programs are those of
EXPENSEFLOW_POSTGRES_BIN_DIR, or on the PATH. They must not be older than the server.
END
}

case "${1:-}" in
    -h | --help) usage && exit 0 ;;
    '' | -*) usage >&2 && exit 2 ;;
esac
[ $# = 1 ] || { usage >&2 && exit 2; }
folder=$1
[ -d "$folder" ] || die 2 "there is no folder $folder"

pg_dump=$(program pg_dump)
pg_restore=$(program pg_restore)
program psql >/dev/null
connect_by_environment

taken=$(date -u +%Y%m%dT%H%M%SZ)
file=$folder/expenseflow-$taken.dump
[ ! -e "$file" ] || die 1 "there is a $file already"
partial=$file.partial
halves=("$partial" "$file.sha256" "$file.version")
trap 'rm -f "${leftovers[@]}" "${halves[@]}"' EXIT

schema=$(ask "SELECT version_num FROM alembic_version") || die 1 "the database does not answer, or is not one of ExpenseFlow's"
server=$(ask "SHOW server_version")
"$pg_dump" --no-password --format=custom --file="$partial" || die 1 "pg_dump failed; nothing was written"
"$pg_restore" --list "$partial" >/dev/null || die 1 "what pg_dump wrote cannot be read"

printf 'schema %s\npostgresql %s\ntaken %s\n' "$schema" "$server" "$taken" >"$file.version"
sum=$(sha256sum "$partial")
printf '%s  %s\n' "${sum%% *}" "$(basename "$file")" >"$file.sha256"
mv "$partial" "$file"
halves=()
echo "$file"
