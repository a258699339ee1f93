# Shared by backup.sh and restore.sh: which programs, which database. Sourced, not run.
# shellcheck shell=bash

leftovers=() # files that are not to outlive the script
trap 'rm -f "${leftovers[@]}"' EXIT

die() {  # die CODE WORDS…: one line on standard error
    local code=$1
    shift
    echo "$(basename "$0"): $*" >&2
    exit "$code"
}

program() {  # the path of one of PostgreSQL's programs
    local folder=${EXPENSEFLOW_POSTGRES_BIN_DIR:-} found
    found=$(command -v "${folder:+$folder/}$1") ||
        die 2 "there is no $1 ${folder:+in $folder}${folder:-on the PATH}; install PostgreSQL's client programs or set EXPENSEFLOW_POSTGRES_BIN_DIR"
    echo "$found"
}

unescaped() {  # %40 becomes @
    local text=${1//\\/\\\\} # no backslash but ours means anything
    printf '%b' "${text//%/\\x}"
}

connect_by_environment() {
    # Every process of the machine may read a command line; libpq's variables only its own user.
    local url=${EXPENSEFLOW_DATABASE_URL:-} rest query='' pair
    if [ -z "$url" ]; then
        [ -n "${PGDATABASE:-}" ] || die 2 "set EXPENSEFLOW_DATABASE_URL, or PGDATABASE, PGHOST and so on"
        return
    fi
    [[ $url =~ ^postgres(ql)?(\+[a-z0-9_]+)?://(.*)$ ]] ||
        die 2 "EXPENSEFLOW_DATABASE_URL is not of the form postgresql://user:password@host:5432/name"
    rest=${BASH_REMATCH[3]}
    if [[ $rest == *\?* ]]; then query=${rest#*\?} rest=${rest%%\?*}; fi
    if [[ $rest == */* ]]; then export_unless_empty PGDATABASE "${rest#*/}" && rest=${rest%%/*}; fi
    if [[ $rest == *@* ]]; then
        local who=${rest%@*}
        rest=${rest##*@}
        export_unless_empty PGUSER "${who%%:*}"
        if [[ $who == *:* ]]; then export_unless_empty PGPASSWORD "${who#*:}"; fi
    fi
    if [[ $rest =~ ^(.*):([0-9]+)$ ]]; then rest=${BASH_REMATCH[1]} PGPORT=${BASH_REMATCH[2]}; export PGPORT; fi
    rest=${rest#[} rest=${rest%]} # an IPv6 address
    export_unless_empty PGHOST "$rest"
    while [ -n "$query" ]; do
        pair=${query%%&*}
        query=${query:$((${#pair} + 1))}
        from_query "${pair%%=*}" "${pair#*=}"
    done
}

export_unless_empty() {
    if [ -n "$2" ]; then export "$1=$(unescaped "$2")"; fi
}

from_query() {
    case $1 in
        host | port | user | password | sslmode | sslrootcert | sslcert | sslkey | sslcrl | options | gssencmode)
            export_unless_empty "PG${1^^}" "$2" ;;
        dbname) export_unless_empty PGDATABASE "$2" ;;
        connect_timeout) export_unless_empty PGCONNECT_TIMEOUT "$2" ;;
        channel_binding) export_unless_empty PGCHANNELBINDING "$2" ;;
        target_session_attrs) export_unless_empty PGTARGETSESSIONATTRS "$2" ;;
        application_name) ;;
        hostaddr | passfile | keepalives | keepalives_* | tcp_user_timeout | load_balance_hosts | require_auth | \
            requirepeer | ssl* | gss* | krbsrvname | client_encoding) to_service_file "$1" "$(unescaped "$2")" ;;
        *) die 2 "EXPENSEFLOW_DATABASE_URL has $1, which this script does not know; use the PG… variables instead" ;;
    esac
}

to_service_file() {  # what libpq takes from no variable, and what stands on a command line everybody may read
    [[ $2 != *$'\n'* ]] || die 2 "EXPENSEFLOW_DATABASE_URL has a line end in $1"
    if [ -z "${service_file:-}" ]; then
        service_file=$(mktemp) # which makes it readable by us alone
        leftovers+=("$service_file")
        export PGSERVICEFILE=$service_file PGSERVICE=expenseflow
        echo '[expenseflow]' >"$service_file"
    fi
    printf '%s=%s\n' "$1" "$2" >>"$service_file"
}

ask() {  # the answer to one question, as plain text
    "$(program psql)" --no-psqlrc --no-password --tuples-only --no-align --set ON_ERROR_STOP=1 --command "$1"
}
