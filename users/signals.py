"""What users announces. Receivers queue work for after the commit, nothing else."""

from django.dispatch import Signal

outbox_message_written = Signal()  # message_id: UUID
job_waiting = Signal()  # label: str, job_id: UUID
clock_advanced = Signal()  # user_ids: tuple[UUID, ...]; their rows are about to change
