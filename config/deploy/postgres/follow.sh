#!/bin/bash
# A replica: a copy of the primary on the first start, and what it writes from there on. The slot
# keeps for it what it has not read yet; drop the slot when the replica goes for good.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # A copy that was interrupted left a part, and its slot.
  rm -rf "$PGDATA"
  psql --host "${PRIMARY:-postgres}" --username numeneon --dbname numeneon --command \
    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
     WHERE slot_name = 'replica' AND NOT active"
  pg_basebackup --host "${PRIMARY:-postgres}" --username numeneon --pgdata "$PGDATA" \
    --write-recovery-conf --create-slot --slot replica --checkpoint fast
fi
exec postgres "$@"
