import datetime as dt

import pytest
from rest_framework.test import APIClient

from tests.factories.workouts import ExerciseFactory, WorkoutFactory
from tests.wearables.recorded import phone_of, recorded, run, store, the_workout, watch_of
from users.ids import uuid7
from users.models import SyncClock, User
from wearables.api.recordings import represent_recorded_workouts
from wearables.models import RecordedWorkout
from wearables.readings import Source
from workouts.models import Workout, WorkoutSet
from workouts.services.workouts import change_workout, delete_workout

pytestmark = pytest.mark.django_db

URL = "/api/v1/recorded-workouts/"
PHONE = Source(kind="phone")


def url(row: RecordedWorkout, verb: str = "") -> str:
    return f"{URL}{row.pk}/{verb and f'{verb}/'}"


def distances() -> list[float | None]:
    in_order = WorkoutSet.objects.order_by("distance")
    return list(in_order.values_list("distance", flat=True))


@pytest.fixture(autouse=True)
def _running(db) -> None:
    ExerciseFactory(slug="running", is_cardio=True)


@pytest.fixture
def watch_row(ana: User) -> RecordedWorkout:
    """Of a run of 5 km; with a phone's, the one that counts."""
    garmin = watch_of(ana)
    store(garmin, run())
    return recorded(garmin)


@pytest.fixture
def phone_row(ana: User, watch_row: RecordedWorkout) -> RecordedWorkout:
    """Of the same run, which the phone says was 4.9 km."""
    phone = phone_of(ana)
    store(phone, run(distance=4.9, source=PHONE))
    return recorded(phone)


def again(row: RecordedWorkout) -> RecordedWorkout:
    return RecordedWorkout.objects.get(pk=row.pk)


# --- Reading -------------------------------------------------------------------------------------


def test_the_list_costs_the_same_for_any_number(
    api: APIClient, phone_row: RecordedWorkout, watch_row, django_assert_num_queries
) -> None:
    store(watch_row.device, run("later", at=60))

    with django_assert_num_queries(2):  # the session and the page
        response = api.get(URL)

    rows = response.json()["results"]
    assert [row["started_at"][11:16] for row in rows] == ["19:00", "18:00", "18:00"]
    assert {row["device_name"] for row in rows} == {"Garmin", "Apple Health"}


def test_the_list_is_narrowed_by_day_sport_workout_device_and_dismissal(
    api: APIClient, ana: User
) -> None:
    ana.profile.timezone = "Asia/Tokyo"
    ana.profile.save()
    garmin, phone = watch_of(ana), phone_of(ana)
    store(garmin, run("a"), run("b", at=-240, sport="cycling"))
    store(phone, run("c", at=1440))
    api.delete(url(recorded(phone, "c")))

    def found(**query: object) -> str:
        ids = [row["id"] for row in api.get(URL, query).json()["results"]]
        rows = RecordedWorkout.objects.filter(pk__in=ids)
        return "".join(sorted(rows.values_list("external_id", flat=True)))

    assert found() == "abc"
    # 18:00 in UTC is 3:00 of the next day in Tokyo.
    assert found(date_after="2026-03-03", date_before="2026-03-03") == "a"
    assert found(date_before="2026-03-02") == "b"
    assert found(date_after="9999-12-31") == ""
    assert found(sport="cycling") == "b"
    assert found(workout=recorded(garmin, "a").workout_id) == "a"
    assert found(device=phone.pk) == "c"
    assert (found(dismissed="true"), found(dismissed="false")) == ("c", "ab")
    assert api.get(URL, {"sport": "quidditch"}).status_code == 400


def test_a_recording_comes_with_the_others_of_its_workout(
    api: APIClient,
    watch_row: RecordedWorkout,
    phone_row: RecordedWorkout,
    django_assert_num_queries,
) -> None:
    with django_assert_num_queries(3):  # the session, the recording, the others
        shown = api.get(url(phone_row)).json()

    assert (shown["is_primary"], shown["dismissed"]) == (False, False)
    assert shown["reason"] == "Garmin goes before it: a watch goes before a phone."
    assert [one["id"] for one in shown["others"]] == [str(watch_row.pk)]
    assert shown["workout"] == shown["others"][0]["workout"] == str(the_workout().pk)


def test_what_its_source_deleted_is_gone_but_for_the_change_feed(
    api: APIClient, ana: User, watch_row: RecordedWorkout
) -> None:
    store(watch_row.device, deleted=["run"])

    answers = api.get(URL).json()["results"], api.get(url(watch_row)).status_code
    told = represent_recorded_workouts(ana.pk, [watch_row.pk, uuid7()])

    assert answers == ([], 404)
    assert list(told) == [watch_row.pk]
    assert told[watch_row.pk]["deleted_at"] is not None
    assert told[watch_row.pk]["dismissed"] is False


def test_a_recording_whose_workout_was_deleted_is_shown_by_none(
    api: APIClient, ana: User, watch_row: RecordedWorkout
) -> None:
    delete_workout(user_id=ana.pk, workout_id=the_workout().pk)

    shown = api.get(url(watch_row)).json()
    told = represent_recorded_workouts(ana.pk, [watch_row.pk])[watch_row.pk]

    assert (shown["workout"], shown["is_primary"], shown["dismissed"]) == (None, False, True)
    assert (told["workout"], told["is_primary"], told["dismissed"]) == (None, False, True)


# --- What the person says ------------------------------------------------------------------------


def test_a_separated_recording_is_a_workout_of_its_own_and_can_be_joined_again(
    api: APIClient, watch_row: RecordedWorkout, phone_row: RecordedWorkout
) -> None:
    workout = the_workout()

    separated = api.post(url(phone_row, "separate"))
    twice = api.post(url(phone_row, "separate"))
    apart = distances()
    joined = api.post(url(phone_row, "join"), {"workout": str(workout.pk)})

    assert (separated.status_code, joined.status_code) == (200, 200)
    assert separated.json()["workout"] == twice.json()["workout"] != str(workout.pk)
    assert separated.json()["kept_apart"] is True
    assert apart == [4.9, 5.0]
    assert (joined.json()["kept_apart"], joined.json()["is_primary"]) == (False, False)
    assert distances() == [5.0]
    assert the_workout() == workout


def test_what_was_separated_leaves_its_group_to_the_next(
    api: APIClient, watch_row: RecordedWorkout, phone_row: RecordedWorkout
) -> None:
    workout = the_workout()

    api.post(url(watch_row, "separate"))

    assert workout.sets.get().distance == 4.9
    assert again(watch_row).workout.sets.get().distance == 5.0
    assert again(phone_row).workout == workout


def test_what_was_separated_stays_apart_from_what_comes_later(
    api: APIClient, ana: User, watch_row: RecordedWorkout, phone_row: RecordedWorkout
) -> None:
    api.post(url(phone_row, "separate"))

    store(watch_row.device, deleted=["run"])
    store(phone_row.device, deleted=["run"])
    store(watch_row.device, run())
    store(phone_row.device, run(distance=4.9, source=PHONE))
    store(watch_row.device, run("third", distance=5.5))

    assert distances() == [4.9, 5.0]
    third = recorded(watch_row.device, "third")
    assert third.workout == again(watch_row).workout != again(phone_row).workout


def test_a_recording_joins_a_workout_that_was_logged(
    api: APIClient, ana: User, watch_row: RecordedWorkout
) -> None:
    logged = WorkoutFactory(user=ana, start_time=dt.time(6), name="Early")
    change_workout(user_id=ana.pk, workout_id=watch_row.workout_id, content={"notes": "Nice."})

    response = api.post(url(watch_row, "join"), {"workout": str(logged.pk)})

    workout = the_workout()
    assert response.json()["made_workout"] is False
    assert (workout.pk, workout.name, workout.start_time) == (logged.pk, "Early", dt.time(6))
    assert workout.calories_burned == 300


def test_what_was_joined_stays_when_its_times_move(
    api: APIClient, ana: User, watch_row: RecordedWorkout
) -> None:
    logged = WorkoutFactory(user=ana, start_time=dt.time(6))
    api.post(url(watch_row, "join"), {"workout": str(logged.pk)})

    store(watch_row.device, run(at=300))

    assert again(watch_row).workout == the_workout() == logged


def test_the_person_chooses_what_the_workout_shows(
    api: APIClient, ana: User, watch_row: RecordedWorkout, phone_row: RecordedWorkout
) -> None:
    change_workout(
        user_id=ana.pk, workout_id=the_workout().pk, content={"name": "Mine", "notes": "Windy."}
    )

    chosen = api.post(url(phone_row, "make-primary"))
    store(watch_row.device, run(distance=5.5))

    assert (chosen.json()["is_primary"], chosen.json()["is_chosen"]) == (True, True)
    assert chosen.json()["reason"] == (
        "Apple Health goes before Garmin: you chose it. Both began at 18:00."
    )
    assert (the_workout().name, the_workout().notes) == ("Run", "Windy.")
    assert distances() == [4.9]


def test_a_choice_ends_when_the_recording_leaves(
    api: APIClient, watch_row: RecordedWorkout, phone_row: RecordedWorkout
) -> None:
    workout = the_workout()
    api.post(url(phone_row, "make-primary"))

    api.post(url(phone_row, "separate"))
    api.post(url(phone_row, "join"), {"workout": str(workout.pk)})

    assert distances() == [5.0]
    assert again(watch_row).is_primary


def test_a_dismissed_recording_counts_for_nothing_until_it_is_wanted_again(
    api: APIClient, watch_row: RecordedWorkout
) -> None:
    gone = api.delete(url(watch_row))
    twice = api.delete(url(watch_row))
    left = Workout.objects.count()
    shown = api.get(url(watch_row)).json()
    refused = api.post(url(watch_row, "make-primary"))
    api.post(url(watch_row, "separate"))

    assert (gone.status_code, twice.status_code, left) == (204, 204, 0)
    assert (shown["dismissed"], shown["workout"], shown["others"]) == (True, None, [])
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "in_no_workout")
    assert again(watch_row).dismissed_at is None
    assert distances() == [5.0]


def test_dismissing_one_of_several_leaves_the_workout_to_the_others(
    api: APIClient, watch_row: RecordedWorkout, phone_row: RecordedWorkout
) -> None:
    api.delete(url(watch_row))

    assert distances() == [4.9]
    assert again(phone_row).workout == the_workout()


def test_each_action_is_one_constant_number_of_queries(
    api: APIClient,
    watch_row: RecordedWorkout,
    phone_row: RecordedWorkout,
    django_assert_num_queries,
) -> None:
    # Who it is; a savepoint, the clock, the recording, its devices, workout and session; of the
    # new one, the profile, the workout, its exercise, its set, the recordings, the heart rates;
    # the savepoint's end and the answer.
    with django_assert_num_queries(16):
        api.post(url(phone_row, "separate"))


# --- Others --------------------------------------------------------------------------------------


ACTIONS = [
    ("get", ""),
    ("delete", ""),
    ("post", "separate"),
    ("post", "join"),
    ("post", "make-primary"),
]


@pytest.mark.parametrize(("method", "verb"), ACTIONS)
def test_a_stranger_finds_nothing_and_changes_nothing(
    bens_api: APIClient, ben: User, watch_row: RecordedWorkout, method: str, verb: str
) -> None:
    body = {"workout": str(WorkoutFactory(user=ben).pk)} if method == "post" else None
    before = list(RecordedWorkout.objects.values()), list(SyncClock.objects.values())

    response = getattr(bens_api, method)(url(watch_row, verb), body)

    assert response.status_code == 404
    assert (list(RecordedWorkout.objects.values()), list(SyncClock.objects.values())) == before
    assert bens_api.get(URL).json()["results"] == []


@pytest.mark.parametrize(("method", "verb"), ACTIONS)
def test_without_a_token_nothing_is_answered_or_changed(
    anonymous: APIClient, watch_row: RecordedWorkout, method: str, verb: str
) -> None:
    before = list(RecordedWorkout.objects.values())

    response = getattr(anonymous, method)(url(watch_row, verb))

    assert response.status_code == 401
    assert list(RecordedWorkout.objects.values()) == before


@pytest.mark.parametrize("owner", ["ben", None])
def test_a_recording_joins_nobody_elses_workout(
    api: APIClient, ben: User, watch_row: RecordedWorkout, owner: str | None
) -> None:
    workout_id = WorkoutFactory(user=ben).pk if owner else uuid7()
    before = RecordedWorkout.objects.values().get()

    response = api.post(url(watch_row, "join"), {"workout": str(workout_id)})

    error = response.json()["errors"][0]
    assert (response.status_code, error["code"], error["attr"]) == (
        400,
        "does_not_exist",
        "workout",
    )
    assert RecordedWorkout.objects.values().get() == before
