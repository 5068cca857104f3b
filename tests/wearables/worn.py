"""A person with rows in every table of wearables, for tests of what others see and what stays."""

import datetime as dt
from dataclasses import dataclass

from django.core.files.base import ContentFile

from tests.factories.wearables import (
    ActivityImportFactory,
    AuthorizationRequestFactory,
    DailyActivityFactory,
    DailyActivitySourceFactory,
    DeviceFactory,
    HeartRateFactory,
    PhoneFactory,
    PushBatchFactory,
    RawPayloadFactory,
    RecordedWorkoutFactory,
    SleepFactory,
    SourcePriorityFactory,
    SyncRunFactory,
    WebhookEventFactory,
)
from users.models import User
from wearables.models import (
    ActivityImport,
    DailyActivity,
    HeartRateKeeping,
    RecordedWorkout,
    SleepData,
    SyncRun,
    WearableDevice,
)
from wearables.services.partitions import ensure_months
from workouts.models import Workout


@dataclass
class Worn:
    """What a person's devices brought: all of it for themselves alone."""

    ring: WearableDevice
    phone: WearableDevice
    day: DailyActivity
    sleep: SleepData
    recording: RecordedWorkout
    run: SyncRun
    imported: ActivityImport


def wear(user: User, workout: Workout, *, word: str) -> Worn:
    """Rows of all kinds; the word stands in every text, with "secret" where nobody may read it."""
    secrets = {"auth_token": f"{word} secret", "refresh_token": f"{word} secret"}
    ring = DeviceFactory(user=user, name=word, external_user_id=word, **secrets)
    phone = PhoneFactory(user=user, name=word, auth_token=f"{word} secret")
    day = DailyActivityFactory(device=ring, resting_heart_rate=54)
    DailyActivitySourceFactory(device=ring, source_name=word, resting_heart_rate=54)
    SourcePriorityFactory(user=user, devices=[str(ring.pk)])
    ensure_months([dt.date(2026, 3, 1)])
    HeartRateFactory(device=ring)
    HeartRateKeeping.objects.create(user=user, thin_from=dt.date(2026, 3, 1))
    RawPayloadFactory(device=ring)
    PushBatchFactory(device=phone, batch_id=word)
    AuthorizationRequestFactory(user=user, return_url=f"numeneon://{word}")
    WebhookEventFactory(external_user_id=word)
    imported = ActivityImportFactory.build(user=user, file_name=f"{word}.fit")
    imported.file.save(
        f"activity-imports/{imported.pk}.fit", ContentFile(f"{word} fit".encode()), save=False
    )
    imported.save()
    return Worn(
        ring=ring,
        phone=phone,
        day=day,
        sleep=SleepFactory(device=ring, source_name=word),
        recording=RecordedWorkoutFactory(device=ring, name=word, workout=workout),
        run=SyncRunFactory(device=ring),
        imported=imported,
    )
