"""TCX, in which watches and their services write sessions as laps of points."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from wearables.readings import Reading, Source
from wearables.transfer.leaves import Leaves
from wearables.transfer.refusals import FileRefused
from wearables.transfer.sport_words import sport_of_words
from wearables.transfer.streams import Bounded, Stream
from wearables.transfer.workouts import Recorded, instant, number, workout
from wearables.transfer.xml import parse

MAX_BYTES: Final = 256 * 1024**2
MAX_POINTS: Final = 1_000_000


def read(stream: Stream) -> list[Reading]:
    """The activities of a file. Raises FileRefused."""
    document = _Document()
    for _ in parse(Bounded(stream, MAX_BYTES), document):
        pass
    readings = list(document.workouts())
    if not readings:
        raise FileRefused("no_times" if document.activities else "nothing_to_import")
    return readings


@dataclass(slots=True)
class _Lap:
    started_at: datetime | None = None
    seconds: float | None = None
    meters: float | None = None
    calories: float | None = None
    average: float | None = None
    highest: float | None = None


@dataclass(slots=True)
class _Activity:
    sport: str
    id: str = ""
    creator: str = ""
    laps: list[_Lap] = field(default_factory=list)
    samples: list[tuple[datetime, int]] = field(default_factory=list)
    first_at: datetime | None = None
    last_at: datetime | None = None


class _Document(Leaves):
    def __init__(self) -> None:
        super().__init__("TrainingCenterDatabase")
        self.activities: list[_Activity] = []
        self._points = 0
        self._at: datetime | None = None
        self._bpm: float | None = None

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Activity":
            self.activities.append(_Activity(attributes.get("Sport", "")))
        elif name == "Lap" and self.parent_is("Activity"):
            self._activity.laps.append(_Lap(instant(attributes.get("StartTime"))))
        elif name == "Trackpoint":
            self._at = self._bpm = None

    def parent_is(self, name: str) -> bool:
        """Of an element that has just begun."""
        return len(self.path) > 1 and self.path[-2] == name and bool(self.activities)

    def closed(self, name: str, text: str) -> None:
        if not self.activities:
            return
        match self.parent, name:
            case "Activity", "Id":
                self._activity.id = text
            case "Creator", "Name":
                self._activity.creator = text
            case "Trackpoint", "Time":
                self._at = instant(text)
            case "HeartRateBpm", "Value" if "Trackpoint" in self.path:
                self._bpm = number(text)
            case "Track", "Trackpoint":
                self._take_point()
            case _ if self._activity.laps:
                self._take_of_lap(name, text)

    def _take_of_lap(self, name: str, text: str) -> None:
        lap = self._activity.laps[-1]
        match self.parent, name:
            case "Lap", "TotalTimeSeconds":
                lap.seconds = number(text)
            case "Lap", "DistanceMeters":
                lap.meters = number(text)
            case "Lap", "Calories":
                lap.calories = number(text)
            case "AverageHeartRateBpm", "Value":
                lap.average = number(text)
            case "MaximumHeartRateBpm", "Value":
                lap.highest = number(text)

    def _take_point(self) -> None:
        self._points += 1
        if self._points > MAX_POINTS:
            raise FileRefused("too_many")
        activity, at = self._activity, self._at
        if at is None:
            return
        activity.first_at = min(at, activity.first_at or at)
        activity.last_at = max(at, activity.last_at or at)
        if self._bpm is not None:
            activity.samples.append((at, round(self._bpm)))

    @property
    def _activity(self) -> _Activity:
        return self.activities[-1]

    def workouts(self) -> Iterator[Reading]:
        for activity in self.activities:
            recorded = _recorded(activity)
            reading = workout(recorded) if recorded else None
            if reading is not None:
                yield reading


def _recorded(activity: _Activity) -> Recorded | None:
    laps = activity.laps
    begun = [lap.started_at for lap in laps if lap.started_at]
    start = min(begun, default=None) or instant(activity.id) or activity.first_at
    if start is None:
        return None
    ends = [_end_of(lap) for lap in laps] + [activity.last_at]
    end = max((at for at in ends if at is not None), default=start)
    return Recorded(
        source=Source(name=activity.creator[:200], kind="watch" if activity.creator else "hub"),
        sport=sport_of_words(activity.sport),
        started_at=start,
        finished_at=max(start, end),
        duration_s=_sum([lap.seconds for lap in laps]),
        distance_m=_sum([lap.meters for lap in laps]),
        calories=_sum([lap.calories for lap in laps]),
        average_heart_rate=_average(laps),
        max_heart_rate=max((lap.highest for lap in laps if lap.highest), default=None),
        samples=activity.samples,
    )


def _end_of(lap: _Lap) -> datetime | None:
    """A lap without points has only its clock."""
    if lap.started_at is None or lap.seconds is None or not 0 <= lap.seconds <= _MOST_SECONDS:
        return None
    return lap.started_at + timedelta(seconds=lap.seconds)


_MOST_SECONDS: Final = 14 * 86_400


def _sum(values: list[float | None]) -> float | None:
    told = [value for value in values if value is not None]
    return sum(told) if told else None


def _average(laps: list[_Lap]) -> float | None:
    """Of the laps' own averages, each as long as its lap; None where one does not tell."""
    told = [(lap.average, lap.seconds) for lap in laps if lap.average and lap.seconds]
    if not told or len(told) < len(laps):
        return None
    return sum(bpm * seconds for bpm, seconds in told) / sum(seconds for _, seconds in told)
