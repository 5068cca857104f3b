"""However recordings come and go, and whatever is said of them, each session counts once."""

from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.users import UserFactory
from tests.factories.wearables import DeviceFactory
from tests.factories.workouts import ExerciseFactory
from tests.wearables.recorded import phone_of, run, store, watch_of
from wearables.models import RecordedWorkout
from wearables.readings import Source
from wearables.services import recordings
from workouts.models import Workout, WorkoutSet

pytestmark = pytest.mark.django_db

KINDS = ("watch", "ring", "phone")
NAMES = st.tuples(st.integers(0, 2), st.integers(0, 1))
STEPS = st.one_of(
    st.tuples(st.just("store"), NAMES, st.integers(1, 20)),
    st.tuples(st.just("delete"), NAMES),
    st.tuples(st.just("separate"), NAMES),
    st.tuples(st.just("join"), NAMES, NAMES),
    st.tuples(st.just("dismiss"), NAMES),
    st.tuples(st.just("choose"), NAMES),
)
Name = tuple[int, int]


class Oracle:
    """The same on paper: groups of (device, session), in the order in which they began."""

    def __init__(self) -> None:
        self.distance: dict[Name, int] = {}
        self.groups: list[list[Name]] = []
        self.apart: set[Name] = set()
        self.dismissed: set[Name] = set()
        self.deleted: set[Name] = set()
        self.chosen: set[Name] = set()

    def group_of(self, name: Name) -> list[Name] | None:
        return next((group for group in self.groups if name in group), None)

    def store(self, name: Name, distance: int) -> None:
        is_known = name in self.distance and name not in self.deleted
        self.distance[name] = distance
        self.deleted.discard(name)
        if is_known or name in self.dismissed:
            return
        alike = [group for group in self.groups if self._tells_of(group, name)]
        if alike and name not in self.apart:
            alike[0].append(name)
        elif name not in self.apart and self._is_unwanted(name):
            self.dismissed.add(name)
        else:
            self.groups.append([name])

    def _tells_of(self, group: list[Name], name: Name) -> bool:
        others = [other for other in group if other not in self.apart]
        if not others or min(others, key=self._rank)[1] != name[1]:
            return False
        # What one device tells of two times is not one session.
        return all(other[0] != name[0] for other in group)

    def _is_unwanted(self, name: Name) -> bool:
        return any(other[1] == name[1] for other in self.dismissed - self.deleted)

    def leave(self, name: Name) -> None:
        self.groups = [[one for one in group if one != name] for group in self.groups]
        self.groups = [group for group in self.groups if group]
        self.chosen.discard(name)

    def delete(self, name: Name) -> None:
        self.leave(name)
        self.deleted.add(name)

    def separate(self, name: Name) -> None:
        if self.group_of(name) != [name]:
            self.leave(name)
            self.groups.append([name])
        self.dismissed.discard(name)
        self.apart.add(name)

    def join(self, name: Name, other: Name) -> None:
        group = self.group_of(other)
        assert group is not None
        if name not in group:
            self.leave(name)
            self.group_of(other).append(name)
        self.dismissed.discard(name)
        self.apart.discard(name)

    def dismiss(self, name: Name) -> None:
        self.leave(name)
        self.dismissed.add(name)

    def choose(self, name: Name) -> None:
        self.chosen -= set(self.group_of(name))
        self.chosen.add(name)

    def kilometers(self) -> int:
        return sum(self.distance[min(group, key=self._rank)] for group in self.groups)

    def _rank(self, name: Name) -> tuple[bool, int, int]:
        # The devices are in the order of their kinds, and names in that of their first coming.
        return name not in self.chosen, name[0], list(self.distance).index(name)


class Diary:
    """The same for real. What cannot be done is left out, on paper as well."""

    def __init__(self) -> None:
        self.user = UserFactory()
        ring = DeviceFactory(user=self.user)
        self.devices = (watch_of(self.user), ring, phone_of(self.user))
        self.paper = Oracle()

    def do(self, verb: str, name: Name, more: int | Name | None = None) -> None:
        row = self._row(name)
        if verb == "store":
            self._store(name, more)
        elif row is None or (verb == "choose" and row.workout_id is None):
            return
        elif verb == "delete":
            store(self.devices[name[0]], deleted=[str(name[1])])
            self.paper.delete(name)
        elif verb == "join":
            self._join(name, row, more)
        else:
            actions = {
                "separate": recordings.separate,
                "dismiss": recordings.dismiss,
                "choose": recordings.make_primary,
            }
            actions[verb](user_id=self.user.pk, recording_id=row.pk)
            getattr(self.paper, verb)(name)

    def _store(self, name: Name, distance: int) -> None:
        device, session = name
        source = Source(kind=KINDS[device])
        reading = run(str(session), at=600 * session, distance=distance, source=source)
        store(self.devices[device], reading)
        self.paper.store(name, distance)

    def _join(self, name: Name, row: RecordedWorkout, other: Name) -> None:
        target = self._row(other)
        if target is not None and target.workout_id is not None:
            recordings.join(
                user_id=self.user.pk, recording_id=row.pk, workout_id=target.workout_id
            )
            self.paper.join(name, other)

    def _row(self, name: Name) -> RecordedWorkout | None:
        device, session = name
        rows = RecordedWorkout.objects.filter(device=self.devices[device], deleted_at=None)
        return rows.filter(external_id=str(session)).first()

    def groups(self) -> list[set[Name]]:
        """Of each workout, what is a recording of it."""
        numbers = {device.pk: number for number, device in enumerate(self.devices)}
        ids = Workout.objects.filter(user=self.user).values_list("pk", flat=True)
        found: dict[UUID | None, set[Name]] = {pk: set() for pk in ids}
        for row in RecordedWorkout.objects.filter(user=self.user).exclude(workout=None):
            found[row.workout_id].add((numbers[row.device_id], int(row.external_id)))
        return list(found.values())

    def kilometers(self) -> float:
        sets = WorkoutSet.objects.filter(user=self.user)
        return sum(sets.values_list("distance", flat=True))


def in_order(groups) -> list[list[Name]]:
    return sorted(sorted(group) for group in groups)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    first=st.lists(NAMES, min_size=2, max_size=6, unique=True),
    steps=st.lists(STEPS, min_size=2, max_size=12),
)
def test_each_session_counts_once_whatever_is_done_with_its_recordings(db, first, steps):
    with transaction.atomic():
        ExerciseFactory(slug="running", is_cardio=True)
        diary = Diary()

        for distance, name in enumerate(first, start=21):
            diary.do("store", name, distance)
        for step in steps:
            diary.do(*step)

        assert in_order(diary.groups()) == in_order(diary.paper.groups)
        assert diary.kilometers() == diary.paper.kilometers()
        transaction.set_rollback(True)
