"""What processes leave for each other, and under which names."""

from typing import Final

# In the cache: when the schedule last gave out something, in Unix time.
BEAT_KEY: Final = "beat"
# In the headers of a task's message, beside Celery's own.
SENT_AT: Final = "numeneon_sent_at"
REQUEST_ID: Final = "numeneon_request_id"
