"""Sessions as devices tell of them, and the diary that they make."""

import datetime as dt

from django.db import transaction

from tests.factories.wearables import EVENING, DeviceFactory, PhoneFactory
from users.models import User
from users.ownership import advance_clock
from wearables.models import RecordedWorkout, WearableDevice
from wearables.readings import Counts, Source, WorkoutReading
from wearables.services.recordings import store_workouts
from workouts.models import Workout

WATCH = Source(kind="watch")
COPY = Source(name="Connect", kind="hub", app="com.garmin.connect.mobile")


def watch_of(user: User) -> WearableDevice:
    return DeviceFactory(user=user, device_type="garmin", provider="garmin", name="Garmin")


def phone_of(user: User) -> WearableDevice:
    return PhoneFactory(user=user, name="Apple Health")


def run(
    external_id: str = "run", *, at: float = 0, minutes: float = 30, **values
) -> WorkoutReading:
    """Half an hour from six in the evening; ``at`` minutes later."""
    start = EVENING + dt.timedelta(minutes=at)
    usual = {
        "source": WATCH,
        "sport": "running",
        "started_at": start,
        "finished_at": start + dt.timedelta(minutes=minutes),
        "distance": 5.0,
        "calories": 300,
    }
    return WorkoutReading(external_id=external_id, **usual | values)


def store(device: WearableDevice, *readings: WorkoutReading, deleted=(), **values) -> Counts:
    with transaction.atomic():
        return store_workouts(
            device=device,
            readings=readings,
            deleted=deleted,
            revision=advance_clock(device.user_id),
            **values,
        )


def recorded(device: WearableDevice, external_id: str = "run") -> RecordedWorkout:
    return RecordedWorkout.objects.get(device=device, external_id=external_id)


def the_workout() -> Workout:
    return Workout.objects.get()
