"""What social announces. Receivers queue work for after the commit, nothing else."""

from django.dispatch import Signal

person_acted = Signal()  # user_ids: tuple[UUID, ...]; something that achievements may count
