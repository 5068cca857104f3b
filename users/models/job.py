"""Background work that a person asked for and watches: an import, a generation."""

from django.db import models

from users.ownership import OwnedModel


class JobStatus(models.TextChoices):
    """Where a job stands. Some kinds have further states, in which they wait for a person."""

    PENDING = "pending", "Waiting for a worker"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class JobState(models.Model):
    """Its row is what must not be lost; a worker that claims it holds it until ``claimed_until``.

    What runs it is registered in users.services.jobs.
    """

    status = models.CharField(max_length=20, default=JobStatus.PENDING, editable=False)
    claimed_until = models.DateTimeField(
        null=True, editable=False, help_text="A worker that is silent for longer is taken as lost."
    )
    attempts = models.IntegerField(default=0, editable=False)
    error = models.CharField(max_length=500, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
        indexes = [
            # What the sweep looks for.
            models.Index(
                fields=["status", "claimed_until"],
                condition=models.Q(status__in=["pending", "running"]),
                name="%(class)s_open",
            ),
        ]

    def __str__(self) -> str:
        return self.status


class Job(JobState, OwnedModel):
    """One that the person's change feed reports."""

    class Meta(OwnedModel.Meta):
        abstract = True
        indexes = [*OwnedModel.Meta.indexes, *JobState.Meta.indexes]
