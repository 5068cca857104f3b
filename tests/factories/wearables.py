"""The plainest valid rows of what wearables bring."""

import datetime as dt
import hashlib
import zlib

import factory
from factory.django import DjangoModelFactory

from tests.factories.users import UserFactory
from wearables.models import (
    ActivityImport,
    AuthorizationRequest,
    DailyActivity,
    DailyActivitySource,
    HeartRateData,
    ProviderState,
    PushBatch,
    RawPayload,
    RecordedWorkout,
    Revocation,
    SleepData,
    SourcePriority,
    SyncRun,
    WearableDevice,
    WebhookEvent,
    WebhookSubscription,
)

DAY = dt.date(2026, 3, 2)
EVENING = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
LATER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


class DeviceFactory(DjangoModelFactory):
    """An Oura ring that the person has signed in to; its token lasts."""

    class Meta:
        model = WearableDevice

    user = factory.SubFactory(UserFactory)
    device_type = "oura"
    provider = "oura"
    connection_mode = "oauth"
    external_user_id = factory.Sequence(lambda n: f"person-{n}")
    device_id = factory.LazyAttribute(lambda one: f"{one.provider}:{one.external_user_id}")
    name = "Oura Ring"
    auth_token = "access-token"
    refresh_token = "refresh-token"
    token_expires_at = LATER


class PhoneFactory(DeviceFactory):
    """An Apple Watch whose data the phone sends."""

    device_type = "apple_watch"
    provider = "apple_watch"
    connection_mode = "push"
    name = "Apple Watch"
    external_user_id = ""
    device_id = factory.Sequence(lambda n: f"phone-{n}")
    auth_token = "push-secret"
    refresh_token = ""
    token_expires_at = None


class FileDeviceFactory(DeviceFactory):
    """What uploaded files are of."""

    device_type = "other"
    provider = "other"
    connection_mode = "file"
    name = "Files"
    external_user_id = ""
    device_id = factory.Sequence(lambda n: f"files-{n}")
    auth_token = ""
    refresh_token = ""
    token_expires_at = None


class DailyActivityFactory(DjangoModelFactory):
    """The day as it counts, of one device."""

    class Meta:
        model = DailyActivity

    user = factory.SelfAttribute("device.user")
    device = factory.SubFactory(DeviceFactory)
    date = DAY
    steps = 8000


class DailyActivitySourceFactory(DjangoModelFactory):
    class Meta:
        model = DailyActivitySource

    user = factory.SelfAttribute("device.user")
    device = factory.SubFactory(DeviceFactory)
    date = DAY
    source_kind = "ring"
    steps = 8000


class SourcePriorityFactory(DjangoModelFactory):
    class Meta:
        model = SourcePriority

    user = factory.SubFactory(UserFactory)
    metric = "steps"


class SleepFactory(DjangoModelFactory):
    """The night before DAY, eight hours in bed and seven asleep."""

    class Meta:
        model = SleepData

    user = factory.SelfAttribute("device.user")
    device = factory.SubFactory(DeviceFactory)
    external_id = factory.Sequence(lambda n: f"sleep-{n}")
    source_kind = "ring"
    date = DAY
    sleep_start = factory.LazyAttribute(
        lambda sleep: dt.datetime.combine(sleep.date, dt.time(), dt.UTC) - dt.timedelta(hours=1)
    )
    sleep_end = factory.LazyAttribute(lambda sleep: sleep.sleep_start + dt.timedelta(hours=8))
    duration = 420
    role = "main"


class RecordedWorkoutFactory(DjangoModelFactory):
    """A run of half an hour that is in no diary yet."""

    class Meta:
        model = RecordedWorkout

    user = factory.SelfAttribute("device.user")
    device = factory.SubFactory(DeviceFactory)
    external_id = factory.Sequence(lambda n: f"workout-{n}")
    source_kind = "watch"
    sport = "running"
    started_at = EVENING
    finished_at = factory.LazyAttribute(lambda one: one.started_at + dt.timedelta(minutes=30))
    timezone = "UTC"


class ActivityImportFactory(DjangoModelFactory):
    """One that is done, and whose file is gone."""

    class Meta:
        model = ActivityImport

    user = factory.SubFactory(UserFactory)
    file_name = "run.fit"
    size_bytes = 1000
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).digest())
    format = "fit"
    status = "done"


class SyncRunFactory(DjangoModelFactory):
    """One that was asked for and is done."""

    class Meta:
        model = SyncRun

    user = factory.SelfAttribute("device.user")
    device = factory.SubFactory(DeviceFactory)
    kind = "manual"
    status = "done"


class AuthorizationRequestFactory(DjangoModelFactory):
    """A sign-in that has just begun; ``state`` is what the browser brings back."""

    class Meta:
        model = AuthorizationRequest

    class Params:
        state = factory.Sequence(lambda n: f"state-of-thirty-two-characters-{n:06}")

    user = factory.SubFactory(UserFactory)
    provider = "oura"
    connection_mode = "oauth"
    state_digest = factory.LazyAttribute(lambda one: hashlib.sha256(one.state.encode()).digest())
    redirect_uri = "http://testserver/api/v1/wearables/oura/callback/"


class ProviderStateFactory(DjangoModelFactory):
    class Meta:
        model = ProviderState

    slug = "oura"


class WebhookSubscriptionFactory(DjangoModelFactory):
    class Meta:
        model = WebhookSubscription

    provider = "oura"
    subject = factory.Sequence(lambda n: f"sleep.create.{n}")
    external_id = factory.Sequence(lambda n: f"subscription-{n}")


class WebhookEventFactory(DjangoModelFactory):
    class Meta:
        model = WebhookEvent

    provider = "oura"
    key = factory.Sequence(lambda n: f"event-{n}")


class RawPayloadFactory(DjangoModelFactory):
    class Meta:
        model = RawPayload

    user = factory.SelfAttribute("device.user")
    device = factory.SubFactory(DeviceFactory)
    data_type = "sleep"
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).digest())
    body = zlib.compress(b"{}")
    received_at = EVENING


class PushBatchFactory(DjangoModelFactory):
    class Meta:
        model = PushBatch

    user = factory.SelfAttribute("device.user")
    device = factory.SubFactory(PhoneFactory)
    batch_id = factory.Sequence(lambda n: f"batch-{n}")
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).digest())
    answer = factory.Dict({})


class HeartRateFactory(DjangoModelFactory):
    """A sample; the partition of its month has to be there (services.partitions)."""

    class Meta:
        model = HeartRateData

    user = factory.SelfAttribute("device.user")
    device = factory.SubFactory(DeviceFactory)
    timestamp = factory.Sequence(lambda n: EVENING + dt.timedelta(seconds=n))
    heart_rate = 60


class RevocationFactory(DjangoModelFactory):
    """A grant that is still to be taken back."""

    class Meta:
        model = Revocation

    provider = "oura"
    connection_mode = "oauth"
    external_user_id = factory.Sequence(lambda n: f"gone-{n}")
    account_digest = factory.LazyAttribute(
        lambda one: hashlib.sha256(f"{one.provider} {one.external_user_id}".encode()).digest()
    )
    auth_token = "access-token"
    refresh_token = "refresh-token"
