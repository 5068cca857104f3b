"""Checks of days and nights, heart rates and their months, and secrets."""

from datetime import UTC, datetime
from typing import Final

from users.keyset import fetch
from users.services.checks import Check, Found, Track, count, wrong_rows
from wearables.services import heart_rate, keys, partitions
from wearables.services.devices import SAMPLES_KIND
from wearables.services.resettling import people_with_devices, resettle

# Of a device that is gone, unless a worker is about to forget them.
_NO_ONES: Final = """
    SELECT DISTINCT sample.user_id, sample.device_id FROM wearables_heartratedata sample
    WHERE sample.device_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM wearables_wearabledevice device
        WHERE device.id = sample.device_id AND device.user_id = sample.user_id
    ) AND NOT EXISTS (
        SELECT FROM users_outboxmessage promise
        WHERE promise.kind = %(kind)s
            AND promise.payload ->> 'device_id' = sample.device_id::text
    )
"""
_KIND: Final = {"kind": SAMPLES_KIND}


def _look_at_days(track: Track) -> Found:
    total = Found()
    for user_id in track(people_with_devices()):
        settled = resettle(user_id=user_id, dry_run=True)
        wrong = settled.days + settled.sleeps
        total += Found(0, wrong, (f"rows of {user_id}",) if wrong else ())
    return total + Found(count("wearables_dailyactivity") + count("wearables_sleepdata"))


def _resettle(track: Track) -> int:
    mended = 0
    for user_id in track(people_with_devices()):
        settled = resettle(user_id=user_id)
        mended += settled.days + settled.sleeps
    return mended


def _look_at_heart_rates(track: Track) -> Found:
    query = f"SELECT device_id AS id FROM ({_NO_ONES}) stray"  # noqa: S608 - our own statement
    stray = wrong_rows(query, _KIND, prefix="samples of device ")
    return Found(count("wearables_heartratedata")) + stray


def _forget_devices(track: Track) -> int:
    stray = fetch(_NO_ONES, _KIND)
    for row in track(stray):
        heart_rate.forget_device(row["user_id"], row["device_id"])
    return len(stray)


def _look_at_months(track: Track) -> Found:
    """Those of today and of the month after."""
    missing = partitions.missing_months(today=datetime.now(UTC).date(), count=1)
    return Found(2, len(missing), tuple(f"{month:%Y-%m}" for month in missing))


def _make_months(track: Track) -> int:
    return len(partitions.make_next_months(today=datetime.now(UTC).date()))


def _look_at_secrets(track: Track) -> Found:
    rotation = keys.rotate(dry_run=True)
    return Found(keys.count(), rotation.unreadable, tuple(rotation.examples))


CHECKS: Final = (
    Check(
        name="wearable-days",
        about="Days and nights follow from what their sources said.",
        look=_look_at_days,
        mend=_resettle,
    ),
    Check(
        name="heart-rates",
        about="Heart rates are of devices that are there.",
        look=_look_at_heart_rates,
        mend=_forget_devices,
    ),
    Check(
        name="heart-rate-months",
        about="This month and the next have a partition.",
        look=_look_at_months,
        mend=_make_months,
    ),
    Check(
        name="secrets",
        about="A key of WEARABLE_KEYS opens each stored secret.",
        look=_look_at_secrets,
        advice="Put the key that is missing at the end of WEARABLE_KEYS, then run rotate_keys.",
    ),
)
