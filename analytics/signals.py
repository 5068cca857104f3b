"""What analytics announces. Receivers queue work, nothing else."""

from django.dispatch import Signal

days_settled = Signal()  # user_ids: tuple[UUID, ...]; their training days have just followed
