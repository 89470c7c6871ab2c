#!/bin/sh
# For /docker-entrypoint-initdb.d of the postgres image, which runs it once, when the data directory is new.
# Mount schemas.sql at /tenor/schemas.sql: beside this file the image would run it by itself, without the passwords.
# The passwords come from BILLING_PASSWORD and PAYMENT_PASSWORD, or from the files named by these keys with _FILE.
set -eu

read_password() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  if [ -z "$value" ] && [ -n "$file" ]; then value=$(cat "$file"); fi
  if [ -z "$value" ]; then echo "$1 or $1_FILE is needed, the password of the service's role" >&2; exit 1; fi
  printf '%s' "$value"
}

billing_password=$(read_password BILLING_PASSWORD)
payment_password=$(read_password PAYMENT_PASSWORD)

# The server of the first start listens on its socket alone, wherever its image puts that.
for folder in /var/run/postgresql /tmp; do
  if [ -S "$folder/.s.PGSQL.5432" ]; then export PGHOST="$folder"; break; fi
done

psql --set=ON_ERROR_STOP=1 --no-psqlrc --quiet \
  --username="${POSTGRES_USER:-postgres}" --dbname="${POSTGRES_DB:-${POSTGRES_USER:-postgres}}" \
  --set=billing_password="$billing_password" --set=payment_password="$payment_password" \
  --file="${SCHEMAS_FILE:-/tenor/schemas.sql}"
