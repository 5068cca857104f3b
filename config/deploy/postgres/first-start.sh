#!/bin/bash
# Runs once, when the database is made: what holds for every connection, since behind PgBouncer no
# connection is ours to set, and who may follow as a replica.
set -euo pipefail

psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 <<'SQL'
ALTER ROLE numeneon SET statement_timeout = '30s';
ALTER ROLE numeneon SET lock_timeout = '10s';
ALTER ROLE numeneon SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE numeneon SET max_parallel_workers_per_gather = 0;
ALTER ROLE numeneon SET jit = off;
SQL
echo "host replication numeneon all scram-sha-256" >> "$PGDATA/pg_hba.conf"
