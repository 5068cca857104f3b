from users.models.account import ErasedIdentity, ExternalIdentity, Session, Trainer, User
from users.models.export import AccountExport
from users.models.job import Job, JobState, JobStatus
from users.models.live import LiveEvent
from users.models.notification import Notification, NotificationActor, PushDevice
from users.models.outbox import IdempotencyKey, OutboxMessage
from users.models.profile import UserProfile, UserSettings
from users.models.staff import AuditEntry, AuditHead, HealthDisclosure, StaffAction
from users.models.sync import SyncClock, Tombstone

__all__ = [
    "AccountExport",
    "AuditEntry",
    "AuditHead",
    "ErasedIdentity",
    "ExternalIdentity",
    "HealthDisclosure",
    "IdempotencyKey",
    "Job",
    "JobState",
    "JobStatus",
    "LiveEvent",
    "Notification",
    "NotificationActor",
    "OutboxMessage",
    "PushDevice",
    "Session",
    "StaffAction",
    "SyncClock",
    "Tombstone",
    "Trainer",
    "User",
    "UserProfile",
    "UserSettings",
]
