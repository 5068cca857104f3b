"""Standings: what counts, who shares a place, when they are made anew, and how they end."""

import datetime as dt
from uuid import UUID

import pytest
from celery.exceptions import OperationalError as BrokerError
from django.core.management import CommandError, call_command
from django.db import OperationalError

from analytics.models import TrainingDay
from analytics.services import refresh
from analytics.signals import days_settled
from social import receivers, tasks
from social.formulas.standings import ordinal
from social.models import Challenge, ChallengeParticipant
from social.services import challenges, standings
from social.signals import person_acted
from tests.factories.analytics import TrainingDayFactory
from tests.factories.social import ChallengeFactory, ParticipantFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import WorkoutFactory, WorkoutSetFactory
from users.ids import uuid7
from users.models import LiveEvent, Notification, OutboxMessage, User, UserProfile
from users.services import live, outbox
from workouts.models import Workout
from workouts.services.workouts import delete_workout

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
SOON = NOON + dt.timedelta(minutes=5)
AFTERWARDS = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def week(ana: User) -> Challenge:
    """From Monday to Sunday, over volume."""
    return ChallengeFactory(created_by=ana, challenge_type="volume", start_date=MONDAY)


def enter(challenge: Challenge, user: User | None = None, **values) -> ChallengeParticipant:
    return ParticipantFactory(challenge=challenge, user=user or UserFactory(), **values)


def trained(person: ChallengeParticipant, day: dt.date = MONDAY, **values) -> TrainingDay:
    return TrainingDayFactory(user=person.user, date=day, **values)


def board(challenge: Challenge) -> list[tuple[UUID, float, int | None]]:
    rows = challenge.participants.order_by("rank", "pk")
    return list(rows.values_list("user_id", "current_progress", "rank"))


def make(challenge: Challenge, *people: ChallengeParticipant, now: dt.datetime = NOON) -> None:
    """Have these counted, and the board made as soon as that is due."""
    standings.mark_stale([one.user_id for one in people], now=now)
    standings.plan([challenge.pk], now=now)
    [due_at] = Challenge.objects.filter(pk=challenge.pk).values_list("refresh_due_at", flat=True)
    assert standings.refresh(challenge.pk, now=due_at)


def in_zone(person: ChallengeParticipant, zone: str) -> ChallengeParticipant:
    UserProfile.objects.filter(user=person.user).update(timezone=zone)
    return person


# --- What counts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "reached"), [("workout", 3), ("volume", 0.3), ("distance", 12.5), ("calories", 700)]
)
def test_each_type_adds_up_its_own_number_exactly(week, kind, reached):
    Challenge.objects.filter(pk=week.pk).update(challenge_type=kind)
    person = enter(week)
    trained(person, workouts=1, volume=0.1, distance_km=5.0, calories_burned=300)
    tuesday = MONDAY + dt.timedelta(days=1)
    trained(person, tuesday, workouts=2, volume=0.2, distance_km=7.5, calories_burned=400)

    make(week, person)

    assert board(week) == [(person.user_id, reached, 1)]


def test_days_count_from_the_first_or_the_joining_to_the_last(week):
    early, late = enter(week), enter(week, counts_from=dt.date(2026, 3, 5))
    for person in (early, late):
        for day in (dt.date(2026, 3, 1), dt.date(2026, 3, 4), dt.date(2026, 3, 5)):
            trained(person, day, volume=10)
        trained(person, dt.date(2026, 3, 8), volume=100)
        trained(person, dt.date(2026, 3, 9), volume=1000)

    make(week, early, late)

    assert board(week) == [(early.user_id, 120, 1), (late.user_id, 110, 2)]


def test_equals_share_a_place_and_who_did_nothing_shares_the_last(week):
    people = [enter(week) for _ in range(5)]
    for person, volume in zip(people, (50, 80, 50, 0, 0), strict=True):
        if volume:
            trained(person, volume=volume)

    make(week, *people)

    places = {user_id: rank for user_id, _, rank in board(week)}
    assert [places[one.user_id] for one in people] == [2, 1, 2, 4, 4]


def test_an_edited_and_a_deleted_day_are_followed(week):
    first, second = enter(week), enter(week)
    day = trained(first, volume=100)
    trained(second, volume=60)
    make(week, first, second)

    TrainingDay.objects.filter(pk=day.pk).update(volume=40)
    make(week, first)
    edited = board(week)
    day.delete()
    make(week, first)

    assert edited == [(second.user_id, 60, 1), (first.user_id, 40, 2)]
    assert board(week) == [(second.user_id, 60, 1), (first.user_id, 0, 2)]


def test_the_target_is_reached_once_and_lost_with_the_workout(week):
    Challenge.objects.filter(pk=week.pk).update(target=100)
    person = enter(week)
    day = trained(person, volume=100)
    make(week, person)
    make(week, person, now=SOON)
    person.refresh_from_db()
    reached_at = person.completed_at

    day.delete()
    make(week, person, now=SOON)

    person.refresh_from_db()
    assert reached_at == NOON
    assert person.completed_at is None


def test_a_board_is_one_snapshot_that_only_marks_change(week):
    marked, unmarked = enter(week), enter(week)
    make(week, marked, unmarked)

    trained(marked, volume=10)
    trained(unmarked, volume=20)
    standings.mark_stale([marked.user_id], now=SOON)
    before = board(week)
    standings.refresh(week.pk, now=SOON)

    assert {progress for _, progress, _ in before} == {0}
    assert board(week) == [(marked.user_id, 10, 1), (unmarked.user_id, 0, 2)]


def test_only_rows_that_differ_are_written(week, django_assert_num_queries):
    people = [enter(week) for _ in range(3)]
    make(week, *people)
    Challenge.objects.filter(pk=week.pk).update(refresh_due_at=NOON)

    with django_assert_num_queries(5):  # savepoints, the lock, the ranking, the stamp
        standings.refresh(week.pk, now=NOON)

    week.refresh_from_db()
    assert standings._rank(week, now=NOON, everybody=True) == 0


# --- When ------------------------------------------------------------------------------------


def test_a_mark_is_due_at_once_and_only_the_first_asks_for_a_worker(week):
    first, second = enter(week), enter(week)

    marked = [standings.mark_stale([one.user_id], now=NOON) for one in (first, second)]

    assert marked == [{week.pk: NOON}, {}]
    assert standings.due(now=NOON) == [week.pk]


def test_the_more_take_part_the_longer_a_board_holds(week):
    person = enter(week)
    Challenge.objects.filter(pk=week.pk).update(participant_count=50_000, ranked_at=NOON)

    marked = standings.mark_stale([person.user_id], now=NOON + dt.timedelta(seconds=1))

    due_at = NOON + dt.timedelta(seconds=100)
    assert marked == {week.pk: due_at}
    assert standings.due(now=due_at - dt.timedelta(seconds=1)) == []
    assert not standings.refresh(week.pk, now=due_at - dt.timedelta(seconds=1))
    assert standings.due(now=due_at) == [week.pk]
    assert standings.refresh(week.pk, now=due_at)


def test_a_refresh_that_nobody_waits_for_does_nothing(week):
    person = enter(week)
    make(week, person)

    assert not standings.refresh(week.pk, now=SOON)
    assert not standings.refresh(uuid7(), now=SOON)

    week.refresh_from_db()
    assert (week.ranked_at, week.refresh_due_at) == (NOON, None)


def test_somebody_in_no_challenge_costs_one_query(week, ben, django_assert_num_queries):
    with django_assert_num_queries(3):  # and the savepoint
        marked = standings.mark_stale([ben.pk], now=NOON)

    assert marked == {}


def test_progress_moves_no_clock(week):
    person = enter(week)
    trained(person)
    before = ChallengeParticipant.objects.values_list("revision", "updated_at").get()

    make(week, person)

    assert ChallengeParticipant.objects.values_list("revision", "updated_at").get() == before


def test_a_logged_workout_reaches_the_board(
    week, ben, monkeypatch, django_capture_on_commit_callbacks
):
    nudges = []
    monkeypatch.setattr(
        tasks.refresh_standings, "apply_async", lambda **options: nudges.append(options)
    )
    enter(week, ben)
    workout = WorkoutFactory(user=ben, date=MONDAY)
    WorkoutSetFactory(workout=workout, reps=5, weight=100)

    with django_capture_on_commit_callbacks(execute=True):
        refresh.refresh_people([ben.pk], now=NOON)
    tasks.refresh_standings(**nudges[0]["kwargs"])
    logged = board(week)
    delete_workout(user_id=ben.pk, workout_id=workout.pk)
    with django_capture_on_commit_callbacks(execute=True):
        refresh.refresh_people([ben.pk], now=NOON)
    tasks.refresh_standings(**nudges[-1]["kwargs"])

    assert logged == [(ben.pk, 500, 1)]
    assert not Workout.objects.exists()
    assert board(week) == [(ben.pk, 0, 1)]


def test_food_marks_nobody(week, ben, django_capture_on_commit_callbacks):
    heard = []
    days_settled.connect(
        lambda *, user_ids, **_: heard.append(user_ids), weak=False, dispatch_uid=1
    )

    with django_capture_on_commit_callbacks(execute=True):
        refresh.refresh_people([ben.pk], now=NOON)

    days_settled.disconnect(dispatch_uid=1)
    assert heard == []


def test_without_a_broker_the_sweep_makes_the_board(week, monkeypatch, caplog):
    person = enter(week)
    trained(person, volume=10)

    def away(**options: object) -> None:
        raise BrokerError

    monkeypatch.setattr(tasks.refresh_standings, "apply_async", away)

    receivers.mark_standings(user_ids=(person.user_id,))

    assert "wait for the sweep" in caplog.text
    handed_out = []
    monkeypatch.setattr(
        tasks.refresh_standings, "delay", lambda **kwargs: handed_out.append(kwargs)
    )
    tasks.sweep_standings()
    assert handed_out == [{"challenge_id": str(week.pk)}]


def test_a_mark_that_waited_too_long_for_a_board_is_tried_again(week, monkeypatch):
    person = enter(week)
    again = []

    def busy(*args: object, **kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr(standings, "mark_stale", busy)
    monkeypatch.setattr(tasks.mark_standings, "delay", lambda **kwargs: again.append(kwargs))

    receivers.mark_standings(user_ids=(person.user_id,))

    assert again == [{"user_ids": [str(person.user_id)]}]


def test_open_boards_learn_that_there_is_another(week, monkeypatch):
    published = []
    monkeypatch.setattr(live, "publish_topic", lambda name, data: published.append((name, data)))
    person = enter(week)

    make(week, person)

    moment = {"id": week.pk, "ranked_at": NOON, "finished_at": None}
    assert published == [(f"challenge:{week.pk}", moment)]


def test_a_board_is_heard_by_who_sees_the_challenge(week, ana, ben):
    found = live.topic_of(f"challenge:{week.pk}")
    Challenge.objects.filter(pk=week.pk).update(is_public=False)

    assert found is not None
    topic, challenge_id = found
    assert topic.authorize(ana.pk, challenge_id)
    assert not topic.authorize(ben.pk, challenge_id)
    assert topic.state(ana.pk, challenge_id) == {
        "id": week.pk,
        "ranked_at": None,
        "finished_at": None,
    }


# --- From the beginning ----------------------------------------------------------------------


def test_a_recount_mends_what_is_wrong_and_says_how_much(week, capsys):
    right, wrong, waiting = (enter(week) for _ in range(3))
    for person in (right, wrong, waiting):
        trained(person, volume=10)
    make(week, right, wrong)
    ChallengeParticipant.objects.filter(pk=wrong.pk).write(current_progress=9.0)
    ChallengeParticipant.objects.filter(pk=waiting.pk).write(is_stale=True)

    call_command("recompute_challenges")
    call_command("recompute_challenges", challenge=week.pk)

    assert capsys.readouterr().out.splitlines() == [
        "1 challenge: 1 row was wrong.",
        "1 challenge: 0 rows were wrong.",
    ]
    assert {rank for _, _, rank in board(week)} == {1}


def test_a_recount_of_what_is_not_there_is_refused(week):
    with pytest.raises(CommandError, match="no such challenge"):
        call_command("recompute_challenges", challenge=uuid7())


def test_the_nightly_recount_takes_the_unfinished_ones(week, monkeypatch):
    ChallengeFactory(finished_at=NOON)
    handed_out = []
    monkeypatch.setattr(
        tasks.recompute_challenge, "delay", lambda **kwargs: handed_out.append(kwargs)
    )

    tasks.recompute_challenges()
    tasks.recompute_challenge(**handed_out[0])

    week.refresh_from_db()
    assert handed_out == [{"challenge_id": str(week.pk)}]
    assert week.ranked_at is not None


# --- The end ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "over_at"),
    [
        ("Pacific/Kiritimati", "2026-03-09T12:00Z"),
        ("UTC", "2026-03-09T12:00Z"),
        ("Pacific/Honolulu", "2026-03-09T22:00Z"),
    ],
)
def test_it_is_over_once_its_last_day_is_over_for_everybody(week, zone, over_at):
    enter(week)
    in_zone(enter(week), zone)
    moment = dt.datetime.fromisoformat(over_at)

    assert standings.over(now=moment - dt.timedelta(seconds=1)) == []
    assert not standings.finish(week.pk, now=moment - dt.timedelta(seconds=1))
    assert standings.over(now=moment) == [week.pk]


def test_it_lasts_as_long_as_the_day_of_who_began_it(week, ana):
    UserProfile.objects.filter(user=ana).update(timezone="Pacific/Honolulu")

    assert standings.over(now=dt.datetime(2026, 3, 9, 21, 59, tzinfo=dt.UTC)) == []
    assert standings.over(now=dt.datetime(2026, 3, 9, 22, tzinfo=dt.UTC)) == [week.pk]


def test_the_end_counts_everybody_and_nothing_changes_afterwards(week):
    people = [enter(week) for _ in range(3)]
    days = [trained(one, volume=volume) for one, volume in zip(people, (5, 9, 7), strict=True)]

    assert standings.finish(week.pk, now=AFTERWARDS)
    frozen = board(week)
    days[1].delete()

    assert frozen == [
        (people[1].user_id, 9, 1),
        (people[2].user_id, 7, 2),
        (people[0].user_id, 5, 3),
    ]
    assert standings.mark_stale([people[1].user_id], now=AFTERWARDS) == {}
    assert not standings.refresh(week.pk, now=AFTERWARDS)
    assert standings.recompute(week.pk, now=AFTERWARDS) is None
    assert not standings.finish(week.pk, now=AFTERWARDS)
    assert standings.over(now=AFTERWARDS) == []
    assert board(week) == frozen
    week.refresh_from_db()
    assert (week.finished_at, week.ranked_at) == (AFTERWARDS, AFTERWARDS)


def test_a_finished_challenge_is_neither_joined_nor_left_nor_changed(week, ana):
    person = enter(week)
    standings.finish(week.pk, now=AFTERWARDS)
    before = Challenge.objects.values().get(pk=week.pk)

    for refused in (
        lambda: challenges.join(user_id=ana.pk, challenge_id=week.pk, now=NOON),
        lambda: challenges.leave(user_id=person.user_id, challenge_id=week.pk, now=NOON),
        lambda: challenges.change_challenge(
            user_id=ana.pk, challenge_id=week.pk, content={"name": "Other"}, now=NOON
        ),
        lambda: challenges.invite(user_id=ana.pk, challenge_id=week.pk, usernames=["ana"]),
    ):
        with pytest.raises(challenges.ChallengeFinished):
            refused()

    assert Challenge.objects.values().get(pk=week.pk) == before
    assert week.participants.get() == person


def test_everybody_is_told_how_they_did_in_turns(week, monkeypatch):
    monkeypatch.setattr(standings, "RESULTS_AT_A_TIME", 2)
    people = [enter(week) for _ in range(3)]
    gone = enter(week, UserFactory(is_active=False))
    for person, volume in zip(people, (5, 9, 0), strict=True):
        trained(person, volume=volume)
    acted = []
    person_acted.connect(
        lambda *, user_ids, **_: acted.extend(user_ids), weak=False, dispatch_uid=2
    )

    tasks.finish_challenge(challenge_id=str(week.pk))
    results = OutboxMessage.objects.filter(kind="social_challenge_results")
    turns = 0
    while results.exists():
        turns += 1
        assert outbox.deliver(message_id=results.get().pk)

    person_acted.disconnect(dispatch_uid=2)
    texts = dict(Notification.objects.values_list("user_id", "text"))
    assert texts == {
        people[0].user_id: f"You came 2nd of 4 in {week.name}.",
        people[1].user_id: f"You came 1st of 4 in {week.name}.",
        people[2].user_id: f"{week.name} is over.",
    }
    assert turns == 3
    assert gone.user_id not in acted
    assert set(acted) == texts.keys() == set(LiveEvent.objects.values_list("user_id", flat=True))


def test_the_sweep_hands_out_what_is_over(week, monkeypatch):
    handed_out = []
    monkeypatch.setattr(
        tasks.finish_challenge, "delay", lambda **kwargs: handed_out.append(kwargs)
    )

    tasks.sweep_challenges()

    assert handed_out == [{"challenge_id": str(week.pk)}]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *[(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (13, "13th")],
        *[(21, "21st"), (101, "101st"), (112, "112th")],
    ],
)
def test_places_are_said_as_people_say_them(number, text):
    assert ordinal(number) == text
