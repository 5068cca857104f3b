"""FIT, the format of watches: sessions, and days of monitoring.

A file is held back until its checksum is seen to be right; any fault in it is a named refusal.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

from fitdecode import CrcCheck, ErrorHandling, FitDataMessage, FitReader
from fitdecode.exceptions import FitCRCError, FitEOFError, FitHeaderError

from wearables.readings import Reading, SetReading, Source
from wearables.transfer.fit_days import Days, FileDays
from wearables.transfer.fit_values import at_of, integer, number, seconds, word
from wearables.transfer.refusals import FileRefused
from wearables.transfer.sport_words import sport_of_fit
from wearables.transfer.streams import Stream, head_of
from wearables.transfer.workouts import Recorded, workout, zone_name

# A day of a bicycle race is two of them.
MAX_BYTES: Final = 16 * 1024**2
# Of devices' clocks and their idea of local time, to the quarter of an hour.
_QUARTER_S: Final = 900
_MOST_OFFSET_S: Final = 14 * 3600
_BETWEEN: Final = frozenset({"transition", "multisport"})
_MAX_SETS: Final = 1000
# Watches write a record or two after they have stopped their clock.
_TAIL_S: Final = 5
_CHECKSUM_BYTES: Final = 2


def read(stream: Stream, *, zone: ZoneInfo, days: Days | None = None) -> list[Reading]:
    """All of a file. Raises FileRefused.

    ``days`` gathers the monitoring of several files, which may tell of parts of one day; without
    it, that of this file is among the readings.
    """
    body = head_of(stream, MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise FileRefused("too_large")
    file = _decoded(body, zone)
    readings: list[Reading] = [*file.workouts()]
    own = Days(zone) if days is None else days
    own.add(file.days, file.source)
    if days is None:
        readings += own.readings()
    if not readings and not (days is not None and file.days.told):
        raise FileRefused("nothing_to_import")
    return readings


def _decoded(body: bytes, zone: ZoneInfo) -> "_File":
    file = _File(zone)
    # Developers' fields may be described wrongly; we read none of them.
    reader = FitReader(
        BytesIO(body),
        processor=None,
        check_crc=CrcCheck.RAISE,
        error_handling=ErrorHandling.IGNORE,
    )
    with _named_faults(body), reader:
        for frame in reader:
            if isinstance(frame, FitDataMessage):
                file.take(frame)
        if not reader.fit_files_count:
            raise FileRefused("not_fit")
    return file


@contextmanager
def _named_faults(body: bytes) -> Iterator[None]:
    try:
        yield
    except FitCRCError:
        raise FileRefused("bad_checksum") from None
    except FitEOFError:
        raise FileRefused("truncated") from None
    except FitHeaderError:
        raise FileRefused(_header_fault(body)) from None
    except (FileRefused, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - a damaged file makes the decoder raise about anything
        raise FileRefused("unreadable") from None


def _header_fault(body: bytes) -> str:
    """Of the first part of the file, or of one that is chained to it."""
    if body[8:12] != b".FIT":
        return "not_fit"
    size = body[0] + int.from_bytes(body[4:8], "little") + _CHECKSUM_BYTES
    return "truncated" if len(body) < size else "bad_header"


@dataclass(slots=True)
class _File:
    """What has been told so far."""

    zone: ZoneInfo
    source: Source = field(default_factory=lambda: Source(kind="watch"))
    days: FileDays = field(default_factory=FileDays)
    sessions: list[FitDataMessage] = field(default_factory=list)
    sets: list[tuple[int, SetReading]] = field(default_factory=list)
    moments: "array[int]" = field(default_factory=lambda: array("q"))
    rates: "array[int]" = field(default_factory=lambda: array("h"))
    offset_s: int | None = None

    def take(self, message: FitDataMessage) -> None:
        if reader := _READERS.get(message.name):
            reader(self, message)

    def read_record(self, message: FitDataMessage) -> None:
        at, bpm = seconds(message, "timestamp"), integer(message, "heart_rate")
        # Of a heart rate that is missing, and of times since the device was switched on.
        if at is not None and bpm is not None and 0 < bpm <= _MOST_RATE:
            self.moments.append(at)
            self.rates.append(bpm)

    def read_session(self, message: FitDataMessage) -> None:
        if word(message, "sport") not in _BETWEEN:
            self.sessions.append(message)

    def read_activity(self, message: FitDataMessage) -> None:
        at, local = seconds(message, "timestamp"), integer(message, "local_timestamp")
        if at is not None and local is not None:
            offset_s = round((local - at) / _QUARTER_S) * _QUARTER_S
            if abs(offset_s) <= _MOST_OFFSET_S:
                self.offset_s = offset_s

    def read_file_id(self, message: FitDataMessage) -> None:
        """Which device it is of; that of the first part, where files are chained."""
        if not self.source.name:
            name = word(message, "product_name") or _model(message)
            self.source = Source(name=name[:200], kind="watch")

    def read_device(self, message: FitDataMessage) -> None:
        """The one that wrote the file is told once more, sometimes with a better name."""
        if word(message, "device_index") == "creator" and not self.source.name:
            self.read_file_id(message)

    def read_set(self, message: FitDataMessage) -> None:
        at = seconds(message, "start_time")
        if at is None:
            at = seconds(message, "timestamp")
        # Rests come as sets, too.
        if at is None or word(message, "set_type") != "active" or len(self.sets) >= _MAX_SETS:
            return
        reps, weight = integer(message, "repetitions"), number(message, "weight")
        duration = number(message, "duration")
        self.sets.append(
            (
                at,
                SetReading(
                    exercise=_exercise(message),
                    reps=reps,
                    weight=weight,
                    duration=None if duration is None else round(duration),
                ),
            )
        )

    def workouts(self) -> Iterator[Reading]:
        order = sorted(range(len(self.moments)), key=self.moments.__getitem__)
        moments = array("q", (self.moments[n] for n in order))
        rates = array("h", (self.rates[n] for n in order))
        begun = [
            (start, message)
            for message in self.sessions
            if (start := seconds(message, "start_time")) is not None
        ]
        begun.sort(key=lambda one: one[0])
        starts = [start for start, _ in begun]
        for start, message in begun:
            end = _end_of(message, start)
            next_start = next((one for one in starts if one > start), end + _TAIL_S + 1)
            first = bisect_left(moments, start)
            last = bisect_right(moments, max(end, min(end + _TAIL_S, next_start - 1)))
            if last > first:
                end = max(end, moments[last - 1])
            samples = [(at_of(moments[n]), rates[n]) for n in range(first, last)]
            reading = workout(self._recorded(message, at_of(start), at_of(end), samples))
            if reading is not None:
                yield reading

    def _recorded(
        self,
        message: FitDataMessage,
        start: datetime,
        end: datetime,
        samples: list[tuple[datetime, int]],
    ) -> Recorded:
        offset_s = self.offset_s
        zone = "" if offset_s is None else zone_name(offset_s, start, self.zone)
        # A set may be begun in the second before the session is.
        earliest = start - timedelta(seconds=1)
        return Recorded(
            source=self.source,
            sport=sport_of_fit(word(message, "sport"), word(message, "sub_sport")),
            started_at=start,
            finished_at=end,
            duration_s=number(message, "total_timer_time"),
            distance_m=number(message, "total_distance"),
            calories=number(message, "total_calories"),
            average_heart_rate=number(message, "avg_heart_rate"),
            max_heart_rate=number(message, "max_heart_rate"),
            elevation_gain_m=number(message, "total_ascent"),
            timezone=zone,
            samples=samples,
            sets=tuple(one for at, one in self.sets if earliest <= at_of(at) <= end),
        )


_MOST_RATE: Final = 300
_READERS: Final[dict[str, Callable[[_File, FitDataMessage], None]]] = {
    "record": _File.read_record,
    "session": _File.read_session,
    "activity": _File.read_activity,
    "file_id": _File.read_file_id,
    "device_info": _File.read_device,
    "set": _File.read_set,
    "monitoring": lambda file, message: file.days.read_monitoring(message),
    "monitoring_info": lambda file, message: file.days.read_info(message),
    "monitoring_hr_data": lambda file, message: file.days.read_resting(message),
}


def _end_of(message: FitDataMessage, start: int) -> int:
    elapsed = number(message, "total_elapsed_time")
    if elapsed is not None:
        return start + round(elapsed)
    written = seconds(message, "timestamp")
    return start if written is None else max(start, written)


def _model(message: FitDataMessage) -> str:
    """Such as "Garmin fenix5"."""
    maker = word(message, "manufacturer").replace("_", " ").title()
    product = next(
        (text for name in ("garmin_product", "favero_product") if (text := word(message, name))),
        "",
    )
    return f"{maker} {product.replace('_', ' ')}".strip()


def _exercise(message: FitDataMessage) -> str:
    """The first category that is known: a set may be of one that its watch only guesses."""
    value: Any = message.get_value("category", fallback=None)
    words = value if isinstance(value, tuple) else (value,)
    named = (one for one in words if isinstance(one, str) and one != "unknown")
    return next(named, "").replace("_", " ")
