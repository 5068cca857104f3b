"""The last place, and boards that are made while people come, go and train."""

import datetime as dt

import pytest
from django.db import transaction

from analytics.models import TrainingDay
from social.models import Challenge, ChallengeParticipant
from social.services import challenges, standings
from tests.factories.analytics import TrainingDayFactory
from tests.factories.social import ChallengeFactory, ParticipantFactory
from tests.factories.users import UserFactory
from tests.users.races import aside, at_once, wait_for_a_blocked_connection
from users.errors import Conflict
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(hours=1)


@pytest.fixture
def week() -> Challenge:
    return ChallengeFactory(start_date=MONDAY, challenge_type="volume")


def code_of(user: User, challenge: Challenge) -> str:
    try:
        is_new = challenges.join(user_id=user.pk, challenge_id=challenge.pk, now=NOON)
    except Conflict as refused:
        return refused.code
    return "joined" if is_new else "is in it"


def count(challenge: Challenge) -> int:
    challenge.refresh_from_db()
    assert challenge.participant_count == challenge.participants.count()
    return challenge.participant_count


def test_one_of_many_gets_the_last_place(week):
    Challenge.objects.filter(pk=week.pk).update(max_participants=2)
    ParticipantFactory(challenge=week)
    people = [UserFactory() for _ in range(8)]

    codes = at_once(8, lambda number: code_of(people[number], week))

    assert sorted(codes) == ["challenge_full"] * 7 + ["joined"]
    assert count(week) == 2


def test_two_taps_of_one_person_take_one_place(week):
    person = UserFactory()

    codes = at_once(6, lambda _: code_of(person, week))

    assert sorted(codes) == ["is in it"] * 5 + ["joined"]
    assert count(week) == 1


def test_people_come_go_and_train_while_boards_are_made(week):
    rows = [ParticipantFactory(challenge=week) for _ in range(6)]
    for place, row in enumerate(rows):
        TrainingDayFactory(user=row.user, date=MONDAY, volume=100.0 * place)
    comers = [UserFactory() for _ in range(3)]

    def act(number: int) -> None:
        if number < 3:
            challenges.leave(user_id=rows[number].user_id, challenge_id=week.pk, now=NOON)
        elif number < 6:
            challenges.join(user_id=comers[number - 3].pk, challenge_id=week.pk, now=NOON)
        elif number < 9:
            standings.mark_stale([row.user_id for row in rows], now=NOON)
        else:
            standings.refresh(week.pk, now=LATER)

    at_once(12, act)
    standings.mark_stale([row.user_id for row in rows], now=LATER)
    standings.refresh(week.pk, now=LATER + dt.timedelta(seconds=1))

    assert count(week) == 6
    board = week.participants.order_by("rank").values_list("current_progress", "rank")
    assert list(board) == [(500, 1), (400, 2), (300, 3), (0, 4), (0, 4), (0, 4)]


def test_a_mark_that_comes_during_a_refresh_is_not_lost(week):
    row = ParticipantFactory(challenge=week)
    day = TrainingDayFactory(user=row.user, date=MONDAY, volume=10)
    standings.mark_stale([row.user_id], now=NOON)

    with transaction.atomic():
        standings.refresh(week.pk, now=NOON)
        later = aside(lambda: _train_more(day))
        wait_for_a_blocked_connection()
    waiting = later.result()

    assert list(waiting) == [week.pk]
    standings.refresh(week.pk, now=LATER)
    assert ChallengeParticipant.objects.get().current_progress == 20


def _train_more(day: TrainingDay) -> dict:
    TrainingDay.objects.filter(pk=day.pk).update(volume=20)
    return standings.mark_stale([day.user_id], now=NOON)


def test_nobody_joins_what_ends_at_this_moment(week):
    ParticipantFactory(challenge=week)
    person = UserFactory()
    end = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)

    with transaction.atomic():
        assert standings.finish(week.pk, now=end)
        joining = aside(lambda: code_of(person, week))
        wait_for_a_blocked_connection()

    assert joining.result() == "challenge_finished"
    assert count(week) == 1


def test_finishing_twice_tells_of_it_once(week):
    ParticipantFactory(challenge=week)
    end = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)

    assert sorted(at_once(4, lambda _: standings.finish(week.pk, now=end))) == [
        False,
        False,
        False,
        True,
    ]
