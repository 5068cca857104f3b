"""What users announces. Receivers queue work for after the commit, nothing else."""

from django.dispatch import Signal

outbox_message_written = Signal()  # message_id: UUID
job_waiting = Signal()  # label: str, job_id: UUID
outbox_message_tried = Signal()  # kind: str, outcome: delivered, failed or given_up, created_at
job_tried = Signal()  # label: str, outcome: ran, cancelled or failed, seconds: float
job_moved = Signal()  # job: JobState, status: str, values: what else its row says from now on
jobs_given_up = Signal()  # label: str, count: int
stream_opened = Signal()
stream_ended = Signal()
clock_advanced = Signal()  # user_ids: tuple[UUID, ...]; their rows are about to change
