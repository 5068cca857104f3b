from wearables.models.daily import (
    DailyActivity,
    DailyActivitySource,
    SleepData,
    SleepRole,
    SourceMetric,
    SourcePriority,
)
from wearables.models.device import (
    AuthorizationRequest,
    ConnectionMode,
    DeviceStatus,
    DeviceType,
    ProviderState,
    Revocation,
    WearableDevice,
    WebhookSubscription,
)
from wearables.models.heart import HeartRateData, HeartRateKeeping
from wearables.models.importing import ActivityImport, FileFormat
from wearables.models.sync import PushBatch, RawPayload, SyncKind, SyncRun, WebhookEvent
from wearables.models.workout import RecordedWorkout

__all__ = [
    "ActivityImport",
    "AuthorizationRequest",
    "ConnectionMode",
    "DailyActivity",
    "DailyActivitySource",
    "DeviceStatus",
    "DeviceType",
    "FileFormat",
    "HeartRateData",
    "HeartRateKeeping",
    "ProviderState",
    "PushBatch",
    "RawPayload",
    "RecordedWorkout",
    "Revocation",
    "SleepData",
    "SleepRole",
    "SourceMetric",
    "SourcePriority",
    "SyncKind",
    "SyncRun",
    "WearableDevice",
    "WebhookEvent",
    "WebhookSubscription",
]
