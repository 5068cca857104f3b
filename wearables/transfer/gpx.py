"""GPX: tracks of points. It tells no calories, and distance only as far as its points do."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from wearables.readings import Reading, Source
from wearables.transfer.items import MAX_NAME, Problem
from wearables.transfer.leaves import Leaves
from wearables.transfer.refusals import FileRefused
from wearables.transfer.sport_words import sport_of_words
from wearables.transfer.streams import Bounded, Stream
from wearables.transfer.workouts import Recorded, instant, number, workout
from wearables.transfer.xml import parse

MAX_BYTES: Final = 256 * 1024**2
MAX_POINTS: Final = 1_000_000
# Of the sphere that GPX speaks of, as good as any for a run.
_EARTH_M: Final = 6_371_000


def read(stream: Stream) -> list[Reading | Problem]:
    """The tracks of a file that have times, and the names of the others. Raises FileRefused."""
    document = _Document()
    for _ in parse(Bounded(stream, MAX_BYTES), document):
        pass
    items = list(document.workouts())
    if not items:
        raise FileRefused("nothing_to_import")
    if all(isinstance(item, Problem) for item in items):
        raise FileRefused("no_times")
    return items


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Over the ground between (latitude, longitude) pairs in degrees, by the haversine formula."""
    north, east = math.radians(other[0] - one[0]), math.radians(other[1] - one[1])
    half = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(one[0]))
        * math.cos(math.radians(other[0]))
        * math.sin(east / 2) ** 2
    )
    return 2 * _EARTH_M * math.asin(min(1, math.sqrt(half)))


@dataclass(slots=True)
class _Track:
    name: str = ""
    type: str = ""
    points: int = 0
    meters: float = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    # In segments: between them it was paused.
    moving_s: float = 0
    samples: list[tuple[datetime, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Point:
    place: tuple[float, float] | None = None
    at: datetime | None = None
    bpm: float | None = None


class _Document(Leaves):
    def __init__(self) -> None:
        super().__init__("gpx")
        self.tracks: list[_Track] = []
        self._creator = ""
        self._points = 0
        self._point = _Point()
        self._last_place: tuple[float, float] | None = None
        self._last_at: datetime | None = None

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "gpx":
                self._creator = attributes.get("creator", "")
            case "trk":
                self.tracks.append(_Track())
            case "trkseg":
                self._last_place = self._last_at = None
            case "trkpt":
                self._point = _Point(_place(attributes))

    def closed(self, name: str, text: str) -> None:
        if not self.tracks:
            return
        match self.parent, name:
            case "trk", "name":
                self.tracks[-1].name = text
            case "trk", "type":
                self.tracks[-1].type = text
            case "trkpt", "time":
                self._point.at = instant(text)
            case _, "hr" if "trkpt" in self.path:
                self._point.bpm = number(text)
            case "trkseg", "trkpt":
                self._take_point(self.tracks[-1], self._point)

    def _take_point(self, track: _Track, point: _Point) -> None:
        self._points += 1
        if self._points > MAX_POINTS:
            raise FileRefused("too_many")
        track.points += 1
        if point.place is not None:
            if self._last_place is not None:
                track.meters += distance_m(self._last_place, point.place)
            self._last_place = point.place
        if point.at is not None:
            self._take_time(track, point.at, point.bpm)

    def _take_time(self, track: _Track, at: datetime, bpm: float | None) -> None:
        if self._last_at is not None:
            track.moving_s += max(0, (at - self._last_at).total_seconds())
        self._last_at = at
        track.first_at = min(at, track.first_at or at)
        track.last_at = max(at, track.last_at or at)
        if bpm is not None:
            track.samples.append((at, round(bpm)))

    def workouts(self) -> Iterator[Reading | Problem]:
        for number_of, track in enumerate(self.tracks, start=1):
            if track.points:
                name = track.name[:MAX_NAME] or f"Track {number_of}"
                yield self._reading(track) or Problem(name=name, code="no_times")

    def _reading(self, track: _Track) -> Reading | None:
        if track.first_at is None or track.last_at is None:
            return None
        return workout(
            Recorded(
                source=Source(name=self._creator[:200], kind="hub"),
                sport=sport_of_words(track.type),
                started_at=track.first_at,
                finished_at=track.last_at,
                duration_s=track.moving_s,
                distance_m=track.meters,
                name=track.name,
                samples=track.samples,
            )
        )


def _place(attributes: Mapping[str, str]) -> tuple[float, float] | None:
    latitude, longitude = number(attributes.get("lat")), number(attributes.get("lon"))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 - of the globe
        return None
    return latitude, longitude
