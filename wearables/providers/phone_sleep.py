"""Sleep as phones send it: stages one by one, to be joined, or sessions that hold their stages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any, Final

from wearables.providers.phone_items import Odd, Sources, Tally, Times
from wearables.providers.phone_names import stage_of
from wearables.readings import HrvMethod, SleepReading, Source, Stage, StageReading

_LONGEST: Final = timedelta(hours=36)
_ASLEEP: Final[frozenset[Stage]] = frozenset({"deep", "light", "rem", "asleep"})
# A store may hold a stretch twice, as sleep and with its stages: the first of these counts.
_FIRST_TO_LAST: Final[tuple[Stage, ...]] = ("deep", "rem", "awake", "light", "asleep")
_STAGED: Final[frozenset[Stage]] = frozenset({"deep", "light", "rem"})
_MOST_STAGES: Final = 2000


@dataclass(frozen=True)
class NightSample:
    """A value that counts for the sleep that it lies in: "sdnn", "rmssd", "respiratory_rate"."""

    metric: str
    source: str
    at: datetime
    value: float
    index: int


@dataclass(frozen=True)
class _Piece:
    """A stage that came by itself; ``name`` is its id, ``index`` its place in the batch."""

    name: str
    index: int
    stage: StageReading


@dataclass
class Nights:
    """What a batch tells of sleep."""

    provider: str
    times: Times
    sources: Sources
    gap: timedelta
    samples: list[NightSample] = field(default_factory=list)
    _pieces: dict[str, list[_Piece]] = field(default_factory=lambda: defaultdict(list))
    _whole: list[tuple[Source, str, tuple[StageReading, ...], datetime, datetime]] = field(
        default_factory=list
    )
    _of_pieces: dict[str, Source] = field(default_factory=dict)

    def read(self, batch: Mapping[str, Any], tally: Tally) -> None:
        for index, item in tally.each(batch, "sleep"):
            try:
                self._take(index, item)
            except Odd as odd:
                tally.reject("sleep", index, str(odd))

    def _take(self, index: int, item: Mapping[str, Any]) -> None:
        start, end = self.times.span(item, _LONGEST)
        if start == end:
            raise Odd("It has no length.")
        source = self.sources.of(item)
        if item.get("stage") is not None:
            stage = StageReading(start=start, end=end, stage=self._stage(item["stage"]))
            self._pieces[source.name].append(_Piece(item["id"], index, stage))
            self._of_pieces[source.name] = source
            return
        told = item.get("stages") or ()
        if len(told) > _MOST_STAGES:
            raise Odd("It has too many stages.")
        stages = tuple(sorted((self._part(one, item) for one in told), key=_starts))
        self._whole.append((source, item["id"], stages, start, end))

    def _part(self, told: object, item: Mapping[str, Any]) -> StageReading:
        if not isinstance(told, dict):
            raise Odd("A stage is no object.")
        start, end = self.times.span(
            {"zoneOffset": item.get("zoneOffset"), **told}, longest=_LONGEST
        )
        return StageReading(start=start, end=end, stage=self._stage(told.get("stage")))

    def _stage(self, told: object) -> Stage:
        stage = stage_of(told, provider=self.provider)
        if stage is None:
            raise Odd("This stage is not known.")
        return stage

    def joined(self, tally: Tally) -> list[tuple[SleepReading, tuple[str, ...]]]:
        """Sleeps out of stages that came by themselves, with the ids of those.

        A sleep ends where its source is silent for longer than the gap. It has the id of its
        first stage.
        """
        sleeps = []
        for name, pieces in self._pieces.items():
            for group in _groups(pieces, self.gap):
                sleep = self._of_group(self._of_pieces[name], group)
                if sleep.end - sleep.start <= _LONGEST:
                    sleeps.append((sleep, tuple(piece.name for piece in group)))
                    continue
                for piece in group:
                    tally.reject("sleep", piece.index, "The sleep that it is of is too long.")
        return sleeps

    def whole(self) -> list[SleepReading]:
        """Sleeps that came as such. One without stages was slept through."""
        return [
            self._reading(source, name, stages, start, end, slept_through=not stages)
            for source, name, stages, start, end in self._whole
        ]

    def _of_group(self, source: Source, group: Sequence[_Piece]) -> SleepReading:
        stages = tuple(piece.stage for piece in group)
        last = max(stages, key=lambda stage: stage.end)
        return self._reading(source, group[0].name, stages, stages[0].start, last.end)

    def _reading(
        self,
        source: Source,
        name: str,
        stages: tuple[StageReading, ...],
        start: datetime,
        end: datetime,
        *,
        slept_through: bool = False,
    ) -> SleepReading:
        kinds = {stage.stage for stage in stages}
        staged = bool(kinds & _STAGED)
        minutes = _by_stage(stages, start, end)
        asleep = sum(minutes[kind] for kind in _ASLEEP) if kinds & _ASLEEP else None
        hrv, method = self._hrv(source.name, start, end)
        breathing = self._mean("respiratory_rate", source.name, start, end)
        return SleepReading(
            external_id=name,
            source=source,
            date=end.date(),
            start=start,
            end=end,
            duration=_minutes([(start, end)]) if slept_through else asleep,
            deep_sleep=minutes["deep"] if staged else None,
            light_sleep=minutes["light"] if staged else None,
            rem_sleep=minutes["rem"] if staged else None,
            awake=minutes["awake"] if staged or "awake" in kinds else None,
            hrv=hrv,
            hrv_method=method,
            respiratory_rate=breathing,
            stages=stages,
        )

    def _hrv(
        self, source: str, start: datetime, end: datetime
    ) -> tuple[float | None, HrvMethod | None]:
        methods: tuple[HrvMethod, ...] = ("rmssd", "sdnn")
        for method in methods:
            mean = self._mean(method, source, start, end)
            if mean is not None:
                return mean, method
        return None, None

    def _mean(self, metric: str, source: str, start: datetime, end: datetime) -> float | None:
        """Of the samples inside the sleep: those of its own source, else those of all."""
        inside = [one for one in self.samples if one.metric == metric and start <= one.at <= end]
        own = [one.value for one in inside if one.source == source]
        values = own or [one.value for one in inside]
        return round(fmean(values), 2) if values else None


def _starts(stage: StageReading) -> datetime:
    return stage.start


def _groups(pieces: Iterable[_Piece], gap: timedelta) -> list[list[_Piece]]:
    groups: list[list[_Piece]] = []
    until: datetime | None = None
    for piece in sorted(pieces, key=lambda one: (one.stage.start, one.stage.end, one.name)):
        if until is None or piece.stage.start - until > gap:
            groups.append([piece])
            until = piece.stage.end
        else:
            groups[-1].append(piece)
            until = max(until, piece.stage.end)
    return groups


def _by_stage(stages: Sequence[StageReading], start: datetime, end: datetime) -> dict[Stage, int]:
    """Minutes of each stage between start and end; together never more than lie there.

    Each is what it adds to those before it, so that rounding adds nothing either.
    """
    spans: list[tuple[datetime, datetime]] = []
    minutes: dict[Stage, int] = {}
    before = 0
    for kind in _FIRST_TO_LAST:
        of_kind = (one for one in stages if one.stage == kind)
        spans += [(max(one.start, start), min(one.end, end)) for one in of_kind]
        covered = _minutes(spans)
        minutes[kind], before = covered - before, covered
    return minutes


def _minutes(spans: Iterable[tuple[datetime, datetime]]) -> int:
    """What the spans cover, rounded to minutes."""
    covered = timedelta(0)
    until: datetime | None = None
    for start, end in sorted(spans):
        begin = start if until is None else max(start, until)
        if end > begin:
            covered += end - begin
            until = end
    return round(covered / timedelta(minutes=1))
