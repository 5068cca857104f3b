"""Random edits of diaries, in random time zones: by marks, from the beginning, and by Python."""

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import TrainingDay
from social.models import Challenge, ChallengeParticipant
from social.services import challenges, standings
from tests.factories.analytics import TrainingDayFactory
from tests.factories.social import ChallengeFactory
from tests.factories.users import UserFactory
from users.localtime import reading_of
from users.models import User, UserProfile

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 8)
BEGAN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
PEOPLE = 4
ZONES = ("UTC", "Asia/Tokyo", "Pacific/Kiritimati", "Pacific/Honolulu")

days = st.dates(FIRST - dt.timedelta(days=2), LAST + dt.timedelta(days=2))
person = st.integers(0, PEOPLE - 1)
# 0.1 and 0.2 do not add up to 0.3 in floats.
volumes = st.sampled_from((0.0, 0.1, 0.2, 0.3, 50.0))
edits = st.lists(
    st.one_of(
        st.tuples(st.just("train"), person, days, volumes),
        st.tuples(st.just("delete"), person, days),
        st.tuples(st.just("join"), person),
        st.tuples(st.just("leave"), person),
        st.tuples(st.just("refresh")),
    ),
    max_size=25,
)


@dataclass
class World:
    """A challenge, and what people did, as Python remembers it."""

    challenge: Challenge
    people: list[User]
    zones: list[str]
    now: dt.datetime = BEGAN
    joined: dict[UUID, dt.date] = field(default_factory=dict)
    trained: dict[tuple[UUID, dt.date], float] = field(default_factory=dict)

    def train(self, who: int, day: dt.date, volume: float) -> None:
        user = self.people[who]
        if (user.pk, day) in self.trained:
            TrainingDay.objects.filter(user=user, date=day).update(volume=volume)
        else:
            TrainingDayFactory(user=user, date=day, volume=volume)
        self.trained[user.pk, day] = volume
        standings.mark_stale([user.pk], now=self.now)

    def delete(self, who: int, day: dt.date) -> None:
        user = self.people[who]
        TrainingDay.objects.filter(user=user, date=day).delete()
        self.trained.pop((user.pk, day), None)
        standings.mark_stale([user.pk], now=self.now)

    def join(self, who: int) -> None:
        user = self.people[who]
        if challenges.join(user_id=user.pk, challenge_id=self.challenge.pk, now=self.now):
            self.joined[user.pk] = reading_of(self.now, self.zones[who]).date()

    def leave(self, who: int) -> None:
        user = self.people[who]
        challenges.leave(user_id=user.pk, challenge_id=self.challenge.pk, now=self.now)
        self.joined.pop(user.pk, None)

    def refresh(self) -> None:
        standings.refresh(self.challenge.pk, now=self.now)

    def board(self) -> set[tuple[UUID, float, int]]:
        rows = ChallengeParticipant.objects.filter(challenge=self.challenge)
        return set(rows.values_list("user_id", "current_progress", "rank"))

    def expected(self) -> set[tuple[UUID, float, int]]:
        tenths = {
            user_id: sum(
                round(volume * 10)
                for (owner_id, day), volume in self.trained.items()
                if owner_id == user_id and max(FIRST, counts_from) <= day <= LAST
            )
            for user_id, counts_from in self.joined.items()
        }
        return {
            (user_id, number / 10, 1 + sum(other > number for other in tenths.values()))
            for user_id, number in tenths.items()
        }


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(edits=edits, zones=st.lists(st.sampled_from(ZONES), min_size=PEOPLE, max_size=PEOPLE))
def test_marks_a_recount_and_python_agree_on_every_board(db, edits, zones):
    people = [UserFactory() for _ in range(PEOPLE)]
    for user, zone in zip(people, zones, strict=True):
        UserProfile.objects.filter(user=user).update(timezone=zone)
    challenge = ChallengeFactory(challenge_type="volume", start_date=FIRST)
    world = World(challenge, people, zones)

    for name, *values in edits:
        getattr(world, name)(*values)
        world.now += dt.timedelta(hours=5)
    world.refresh()

    by_marks = world.board()
    assert by_marks == world.expected()
    assert standings.recompute(challenge.pk, now=world.now) == 0
    assert world.board() == by_marks
    assert Challenge.objects.get(pk=challenge.pk).participant_count == len(by_marks)
