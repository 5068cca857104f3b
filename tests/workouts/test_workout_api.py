"""The diary over HTTP."""

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import time_machine
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from users.ids import uuid7
from workouts.models import Exercise, Workout, WorkoutSet

URL = "/api/v1/workouts/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def bench(db) -> Exercise:
    return ExerciseFactory(name="Bench Press")


def detail(workout) -> str:
    return f"{URL}{getattr(workout, 'pk', workout)}/"


def push_day(bench: Exercise, **changes):
    return {
        "name": "Push day",
        "date": "2026-03-02",
        "start_time": "18:00:00",
        "end_time": "19:15:00",
        "sets": [
            {"exercise": str(bench.pk), "reps": 5, "weight": 100.0, "rpe": 8},
            {"exercise": str(bench.pk), "reps": 5, "weight": 102.5, "rpe": 9},
        ],
        **changes,
    }


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


class TestLogging:
    def test_a_workout_is_logged_with_its_sets_in_one_request(self, api, ana, bench):
        response = api.post(URL, push_day(bench))

        assert response.status_code == 201
        answer = response.json()
        assert (answer["duration"], answer["tonnage"]) == (75, 1012.5)
        [group] = answer["exercises"]
        assert (group["exercise_name"], group["exercise_id"]) == ("Bench Press", str(bench.pk))
        assert [(s["set_number"], s["weight"], s["one_rm"]) for s in group["sets"]] == [
            (1, 100.0, 112.5),
            (2, 102.5, 115.3125),
        ]
        assert answer["sets"] == [s["id"] for s in group["sets"]]
        assert Workout.objects.get().user == ana

    def test_it_takes_the_same_number_of_statements_for_2_and_for_60_sets(
        self, api, bench, django_assert_num_queries
    ):
        sets = [{"exercise": str(bench.pk), "reps": 5, "weight": n} for n in range(60)]

        # Whose token; savepoint, clock, workout, sets, release; zone; workout and sets again.
        with django_assert_num_queries(9):
            few = api.post(URL, push_day(bench))
        with django_assert_num_queries(9):
            many = api.post(URL, push_day(bench, sets=sets))

        assert (few.status_code, many.status_code) == (201, 201)
        assert len(many.json()["sets"]) == 60

    def test_exercises_stand_in_the_order_of_their_first_set(self, api, bench):
        squat = ExerciseFactory(name="Squat")
        order = [squat, bench, squat, bench]
        sets = [{"exercise": str(e.pk), "reps": n} for n, e in enumerate(order, start=1)]

        answer = api.post(URL, push_day(bench, sets=sets)).json()

        shown = [(g["exercise_name"], [s["reps"] for s in g["sets"]]) for g in answer["exercises"]]
        assert shown == [("Squat", [1, 3]), ("Bench Press", [2, 4])]

    def test_the_owner_comes_from_the_token_whatever_the_body_says(self, api, ana, ben, bench):
        body = push_day(bench, user=str(ben.pk), user_id=str(ben.pk), in_progress=True, revision=9)

        response = api.post(URL, body)

        assert response.status_code == 201
        workout = Workout.objects.get()
        assert (workout.user, workout.in_progress) == (ana, False)

    def test_anothers_custom_exercise_does_not_exist(self, api, ben, bench):
        secret = CustomExerciseFactory(created_by=ben, name="Secret lift")
        sets = [{"exercise": str(bench.pk)}, {"exercise": str(secret.pk)}]

        response = api.post(URL, push_day(bench, sets=sets))

        assert response.status_code == 400
        assert errors_of(response) == [("sets.1.exercise", "does_not_exist")]
        assert Workout.objects.count() == 0

    @pytest.mark.parametrize(
        ("change", "attr"),
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 101}, "name"),
            ({"name": "a\x00b"}, None),
            ({"date": "2026-02-30"}, "date"),
            ({"date": "0001-01-01"}, "date"),
            ({"date": "9999-12-31"}, "date"),
            ({"date": None}, "date"),
            ({"start_time": "25:00"}, "start_time"),
            ({"duration": -1}, "duration"),
            ({"duration": 10**30}, "duration"),
            ({"calories_burned": 20_001}, "calories_burned"),
            ({"timezone": "Mars/Olympus"}, "timezone"),
            ({"workout_plan_id": "x"}, "workout_plan_id"),
            ({"id": "x"}, "id"),
            ({"sets": "x"}, "sets"),
            ({"sets": [{}]}, "sets.0.exercise"),
            ({"started_at": "2026-03-02T18:00:00Z"}, "started_at"),
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_is_stored(self, api, bench, change, attr):
        response = api.post(URL, push_day(bench, **change))

        assert response.status_code == 400
        assert attr in {error["attr"] for error in response.json()["errors"]}
        assert (Workout.objects.count(), WorkoutSet.objects.count()) == (0, 0)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("reps", -1),
            ("reps", 10_001),
            ("reps", 1.5),
            ("weight", -0.5),
            ("weight", 2000.5),
            ("weight", "nan"),
            ("weight", "inf"),
            ("weight", True),
            ("weight", 10**400),
            ("duration", -1),
            ("distance", -1),
            ("rpe", 0),
            ("rpe", 11),
            ("set_number", 0),
            ("notes", "x" * 201),
        ],
    )
    def test_a_set_out_of_range_is_named_with_its_place(self, api, bench, field, value):
        good, bad = {"exercise": str(bench.pk)}, {"exercise": str(bench.pk), field: value}

        response = api.generic(
            "POST", URL, json.dumps(push_day(bench, sets=[good, bad])), "application/json"
        )

        assert response.status_code == 400
        if value != 10**400:  # that is no number of JSON's to begin with
            assert [attr for attr, _ in errors_of(response)] == [f"sets.1.{field}"]
        assert Workout.objects.count() == 0

    def test_two_sets_of_one_number_are_refused(self, api, bench):
        sets = [{"exercise": str(bench.pk), "set_number": 1}] * 2

        response = api.post(URL, push_day(bench, sets=sets))

        assert errors_of(response) == [("sets", "duplicate_set_number")]

    def test_a_number_that_meets_a_counted_one_is_refused_as_well(self, api, bench):
        sets = [{"exercise": str(bench.pk)}, {"exercise": str(bench.pk), "set_number": 1}]

        response = api.post(URL, push_day(bench, sets=sets))

        assert (response.status_code, errors_of(response)) == (
            400,
            [("sets", "duplicate_set_number")],
        )

    def test_a_set_id_that_is_taken_says_so(self, api, ana, bench):
        taken = WorkoutSetFactory(workout=WorkoutFactory(user=ana))
        sets = [{"id": str(taken.pk), "exercise": str(bench.pk)}]

        response = api.post(URL, push_day(bench, sets=sets))

        assert (response.status_code, errors_of(response)) == (409, [(None, "id_taken")])
        assert Workout.objects.count() == 1

    def test_at_most_500_sets_are_taken(self, api, bench):
        response = api.post(URL, push_day(bench, sets=[{"exercise": str(bench.pk)}] * 501))

        assert (response.status_code, Workout.objects.count()) == (400, 0)

    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            ("{", "application/json", 400),
            ('{"name": "\\ud800"}', "application/json", 400),
            ('{"name": NaN}', "application/json", 400),
            ("[" * 100_000 + "]" * 100_000, "application/json", 400),
            ('{"a":' * 40 + "1" + "}" * 40, "application/json", 400),
            ("[]", "application/json", 400),
            ('"text"', "application/json", 400),
            ("null", "application/json", 400),
            ("name=x", "application/x-www-form-urlencoded", 415),
            ('{"name": "' + "x" * 1_048_576 + '"}', "application/json", 413),
        ],
    )
    def test_no_body_gives_a_500(self, api, body, kind, status):
        response = api.generic("POST", URL, body, content_type=kind)

        assert response.status_code == status
        assert response.json()["errors"]


class TestRepeating:
    def test_the_same_id_twice_makes_one_row(self, api, bench):
        body = push_day(bench, id=str(uuid7()))

        first, second = api.post(URL, body), api.post(URL, body)

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert (Workout.objects.count(), WorkoutSet.objects.count()) == (1, 2)

    def test_a_retry_after_an_edit_answers_the_edited_row(self, api, bench):
        body = push_day(bench, id=str(uuid7()))
        api.post(URL, body)
        api.patch(detail(body["id"]), {"name": "Renamed"})

        retry = api.post(URL, body)

        assert (retry.status_code, retry.json()["name"]) == (200, "Renamed")

    def test_the_same_id_with_other_content_is_a_conflict(self, api, bench):
        body = push_day(bench, id=str(uuid7()))
        api.post(URL, body)

        response = api.post(URL, {**body, "name": "Pull day"})

        assert (response.status_code, errors_of(response)) == (409, [(None, "id_taken")])
        assert Workout.objects.get().name == "Push day"

    def test_anothers_id_is_a_conflict_that_tells_nothing(self, api, ben, bench):
        theirs = WorkoutFactory(user=ben, name="Ben's secret")

        response = api.post(URL, push_day(bench, id=str(theirs.pk)))

        assert (response.status_code, errors_of(response)) == (409, [(None, "id_taken")])
        assert b"secret" not in response.content
        theirs.refresh_from_db()
        assert theirs.user == ben

    def test_a_late_retry_does_not_bring_a_deleted_workout_back(self, api, bench):
        body = push_day(bench, id=str(uuid7()))
        api.post(URL, body)
        api.delete(detail(body["id"]))

        response = api.post(URL, body)

        assert (response.status_code, errors_of(response)) == (409, [(None, "deleted")])
        assert Workout.objects.count() == 0

    def test_an_idempotency_key_does_the_same_without_an_id(self, api, bench):
        body = push_day(bench)

        first = api.post(URL, body, headers={"Idempotency-Key": "k1"})
        second = api.post(URL, body, headers={"Idempotency-Key": "k1"})
        other = api.post(URL, {**body, "name": "X"}, headers={"Idempotency-Key": "k1"})

        assert (first.status_code, second.status_code, other.status_code) == (201, 200, 422)
        assert first.json() == second.json()
        assert Workout.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_identical_creates_at_once_make_one_row():
    ana, bench = UserFactory(username="ana"), ExerciseFactory()
    body = push_day(bench, id=str(uuid7()))
    start = Barrier(16)

    def create(_: int) -> int:
        client = client_of(ana)
        start.wait()
        try:
            return client.post(URL, body).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(create, range(16)))

    assert statuses == [200] * 15 + [201]
    assert (Workout.objects.count(), WorkoutSet.objects.count()) == (1, 2)


class TestTimes:
    def test_instants_are_shown_as_the_persons_clock_showed_them(self, api, ana, bench):
        ana.profile.timezone = "Asia/Tokyo"
        ana.profile.save()
        body = push_day(
            bench, started_at="2026-03-02T20:30:00Z", finished_at="2026-03-02T21:10:00Z"
        )
        for name in ("date", "start_time", "end_time"):
            del body[name]

        answer = api.post(URL, body).json()

        shown = [
            answer[name] for name in ("date", "start_time", "end_time", "duration", "timezone")
        ]
        assert shown == ["2026-03-03", "05:30:00", "06:10:00", 40, "Asia/Tokyo"]

    def test_an_end_before_the_start_is_on_the_next_day(self, api, bench):
        answer = api.post(URL, push_day(bench, start_time="23:30", end_time="00:45")).json()

        assert (answer["date"], answer["duration"]) == ("2026-03-02", 75)
        assert answer["finished_at"] == "2026-03-03T00:45:00Z"

    def test_a_night_in_which_the_clocks_go_back_is_an_hour_longer(self, api, bench):
        body = push_day(
            bench,
            timezone="America/New_York",
            date="2026-10-31",
            start_time="23:00",
            end_time="03:00",
        )

        answer = api.post(URL, body).json()

        assert answer["duration"] == 300

    @pytest.mark.parametrize(
        ("date", "start", "end", "minutes"),
        [
            ("2025-10-26", "02:50", "02:10", 20),  # the clocks went back between them
            ("2025-10-26", "01:30", "03:30", 180),
            ("2025-03-30", "01:30", "03:30", 60),
        ],
    )
    def test_a_night_of_changed_clocks_has_the_length_that_was_lived(
        self, *, api, bench, date, start, end, minutes
    ):
        body = push_day(bench, timezone="Europe/Vienna", date=date, start_time=start, end_time=end)

        assert api.post(URL, body).json()["duration"] == minutes

    @pytest.mark.parametrize("name", ["start_time", "end_time"])
    def test_a_time_that_no_clock_showed_is_refused(self, api, bench, name):
        times = {"start_time": "01:30", "end_time": "04:00", name: "02:30"}
        body = push_day(bench, timezone="Europe/Vienna", date="2025-03-30", **times)

        response = api.post(URL, body)

        assert (response.status_code, errors_of(response)) == (400, [(name, "skipped_time")])
        assert Workout.objects.count() == 0

    def test_a_local_time_with_an_offset_is_refused(self, api, bench):
        response = api.post(URL, push_day(bench, start_time="10:00+05:00"))

        assert errors_of(response) == [("start_time", "invalid")]

    @pytest.mark.parametrize(
        "change", [{"duration": 5}, {"timezone": "Europe/Vienna"}, {"name": "Renamed"}]
    )
    def test_a_change_that_gives_no_time_moves_no_instant(self, api, change):
        body = {
            "name": "Long",
            "started_at": "2025-10-26T01:30:00Z",  # the second half past two of that night
            "finished_at": "2025-10-27T07:30:00Z",
            "timezone": "Europe/Vienna",
        }
        workout = api.post(URL, body).json()

        answer = api.patch(detail(workout["id"]), change).json()

        assert [answer[name] for name in ("started_at", "finished_at", "duration")] == [
            "2025-10-26T01:30:00Z",
            "2025-10-27T07:30:00Z",
            1800,
        ]

    def test_another_time_zone_changes_what_the_clock_showed_and_not_when_it_was(self, api, bench):
        workout = api.post(URL, push_day(bench)).json()

        answer = api.patch(detail(workout["id"]), {"timezone": "America/New_York"}).json()

        assert (answer["started_at"], answer["start_time"]) == ("2026-03-02T18:00:00Z", "13:00:00")

    def test_without_an_end_the_given_duration_stays(self, api, bench):
        body = push_day(bench, duration=50)
        del body["end_time"]

        answer = api.post(URL, body).json()

        assert (answer["duration"], answer["finished_at"]) == (50, None)

    def test_an_end_before_the_start_as_instants_is_refused(self, api, bench):
        body = {
            "name": "X",
            "started_at": "2026-03-02T20:00:00Z",
            "finished_at": "2026-03-02T19:00:00Z",
        }

        response = api.post(URL, body)

        assert (response.status_code, errors_of(response)) == (400, [("finished_at", "invalid")])

    def test_a_workout_is_started_and_finished(self, api):
        with time_machine.travel("2026-03-02T18:00:00Z", tick=False):
            started = api.post(f"{URL}start/", {"name": "Legs"}).json()
        with time_machine.travel("2026-03-02T18:47:30Z", tick=False):
            finished = api.post(f"{detail(started['id'])}finish/", {}).json()

        assert (started["in_progress"], started["date"]) == (True, "2026-03-02")
        assert (finished["in_progress"], finished["duration"]) == (False, 48)
        assert (finished["end_time"], finished["finished_at"]) == (
            "18:47:30",
            "2026-03-02T18:47:30Z",
        )

    def test_one_workout_runs_at_a_time(self, api):
        api.post(f"{URL}start/", {})

        response = api.post(f"{URL}start/", {})

        assert (response.status_code, errors_of(response)) == (409, [(None, "already_running")])
        assert Workout.objects.count() == 1

    def test_a_finished_workout_cannot_be_finished_again(self, api, ana):
        workout = WorkoutFactory(user=ana)

        response = api.post(f"{detail(workout)}finish/", {})

        assert (response.status_code, errors_of(response)) == (409, [(None, "not_in_progress")])

    @pytest.mark.parametrize("by", ["id", "key"])
    def test_a_start_or_a_copy_that_is_repeated_is_made_once(self, api, ana, by):
        original = WorkoutSetFactory(workout=WorkoutFactory(user=ana)).workout
        for url in (f"{URL}start/", f"{detail(original)}duplicate/"):
            body = {"id": str(uuid7())} if by == "id" else {}
            headers = {"Idempotency-Key": url} if by == "key" else {}

            first = api.post(url, body, headers=headers)
            second = api.post(url, body, headers=headers)

            assert (first.status_code, second.status_code) == (201, 200)
            assert first.json() == second.json()
        assert Workout.objects.count() == 3

    def test_a_workout_begins_at_a_whole_second(self, api):
        with time_machine.travel("2026-03-02T14:25:41.027593Z", tick=False):
            answer = api.post(f"{URL}start/", {}).json()

        assert (answer["start_time"], answer["started_at"]) == ("14:25:41", "2026-03-02T14:25:41Z")

    def test_workouts_of_the_same_second_are_all_on_some_page(self, api, bench):
        for fraction in ("050000", "200000", "027593"):
            api.post(URL, push_day(bench, start_time=f"08:00:00.{fraction}"))

        seen, url = [], f"{URL}?page_size=1"
        while url and len(seen) < 10:
            page = api.get(url).json()
            seen += [row["id"] for row in page["results"]]
            url = page["next"]

        assert len(seen) == len(set(seen)) == 3


class TestReading:
    def test_a_workout_is_read_in_three_queries(self, api, ana, django_assert_num_queries):
        workout = WorkoutFactory(user=ana)
        for position in range(1, 31):
            WorkoutSetFactory(workout=workout, position=position)

        with django_assert_num_queries(3):  # whose token, the workout, its sets
            response = api.get(detail(workout))

        assert len(response.json()["exercises"]) == 30

    def test_the_answer_has_the_fields_of_the_specification(self, api, ana):
        workout = WorkoutSetFactory(workout=WorkoutFactory(user=ana)).workout

        answer = api.get(detail(workout)).json()

        assert {"id", "name", "date", "duration", "notes", "sets", "exercises"} <= answer.keys()
        [group] = answer["exercises"]
        assert {"exercise_name", "exercise_id", "sets"} <= group.keys()
        assert {
            "set_number",
            "weight",
            "reps",
            "duration",
            "distance",
            "one_rm",
        } <= group["sets"][0].keys()

    def test_it_agrees_with_the_orm(self, api, ana):
        workout = WorkoutSetFactory(workout=WorkoutFactory(user=ana), reps=3, weight=90).workout
        WorkoutSetFactory(workout=workout, position=999, reps=None, duration=60)

        answer = api.get(detail(workout)).json()

        stored = Workout.objects.get()
        rows = list(stored.sets.in_order())
        assert answer["sets"] == [str(row.pk) for row in rows]
        assert answer["tonnage"] == sum(row.reps * row.weight for row in rows if row.reps)
        for name in ("name", "duration", "notes", "is_public", "timezone"):
            assert answer[name] == getattr(stored, name)

    def test_the_list_costs_the_same_for_any_number_of_workouts(
        self, api, ana, django_assert_num_queries
    ):
        for week in range(3):
            date = dt.date(2026, 3, 2) - dt.timedelta(weeks=week)
            WorkoutSetFactory(workout=WorkoutFactory(user=ana, date=date), reps=5, weight=100)

        with django_assert_num_queries(2):  # whose token, the page
            rows = api.get(URL).json()["results"]

        assert [row["date"] for row in rows] == ["2026-03-02", "2026-02-23", "2026-02-16"]
        assert [(r["sets_count"], r["exercises_count"], r["tonnage"]) for r in rows] == [
            (1, 1, 500.0)
        ] * 3

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("date_after=2026-03-02", ["C", "B"]),
            ("date_before=2026-03-02", ["B", "A"]),
            ("date_after=2026-03-02&date_before=2026-03-02", ["B"]),
            ("q=heavy", ["C"]),
            ("q=B", ["B"]),
            ("q=%25", []),
            ("is_public=true", ["A"]),
            ("in_progress=true", ["C"]),
            ("updated_since=2100-01-01T00:00:00Z", []),
        ],
    )
    def test_filters_narrow_the_list(self, api, ana, query, names):
        WorkoutFactory(user=ana, name="A", date=dt.date(2026, 3, 1), is_public=True)
        WorkoutFactory(user=ana, name="B", date=dt.date(2026, 3, 2))
        WorkoutFactory(
            user=ana, name="C", date=dt.date(2026, 3, 3), notes="Felt HEAVY", in_progress=True
        )

        response = api.get(f"{URL}?{query}")

        assert [row["name"] for row in response.json()["results"]] == names

    def test_an_exercise_filter_does_not_double_the_totals(self, api, ana, bench):
        workout = WorkoutFactory(user=ana)
        for position in (1, 2):
            WorkoutSetFactory(
                workout=workout, exercise=bench, position=position, set_number=position
            )
        WorkoutSetFactory(workout=workout, position=3)
        WorkoutFactory(user=ana, name="Without")

        [row] = api.get(f"{URL}?exercise={bench.pk}").json()["results"]

        assert (row["sets_count"], row["tonnage"]) == (3, 1500.0)

    @pytest.mark.parametrize(
        "query",
        [
            "date_after=x",
            "date_after=99999-01-01",
            "exercise=x",
            "plan_run=x",
            "page_size=0",
            "page_size=101",
            "page_size=" + "9" * 29,
            "page_size=٣",
            "cursor=x",
            "cursor=W2ZhbHNlXQ",
            "cursor=W2ZhbHNlLDEsMiwzXQ",
            "q=%00",
            "updated_since=x",
        ],
    )
    def test_a_bad_parameter_is_a_400_that_names_it(self, api, query):
        response = api.get(f"{URL}?{query}")

        assert response.status_code == 400
        assert response.json()["errors"][0]["attr"] == query.partition("=")[0]


@given(
    days=st.lists(st.integers(0, 5), min_size=0, max_size=25),
    page_size=st.integers(1, 7),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pages_hold_every_row_once_in_order_both_ways(days, page_size, ana):
    Workout.objects.all().delete()
    for day in days:
        WorkoutFactory(user=ana, date=dt.date(2026, 3, 1) + dt.timedelta(days=day))
    api = client_of(ana)
    expected = [
        str(pk)
        for pk in Workout.objects.order_by("-date", "-start_time", "-id").values_list(
            "pk", flat=True
        )
    ]

    forwards, pages, url = [], [], f"{URL}?page_size={page_size}"
    while url:
        page = api.get(url).json()
        pages.append([row["id"] for row in page["results"]])
        forwards += pages[-1]
        last, url = page, page["next"]
    backwards = []
    while last["previous"]:
        last = api.get(last["previous"]).json()
        backwards.insert(0, [row["id"] for row in last["results"]])

    assert forwards == expected
    assert backwards == pages[:-1]


class TestChanging:
    def test_put_replaces_the_workout_and_its_sets(self, api, ana, bench):
        workout = WorkoutSetFactory(workout=WorkoutFactory(user=ana, notes="old")).workout

        answer = api.put(detail(workout), push_day(bench)).json()

        assert (answer["notes"], len(answer["sets"]), answer["duration"]) == ("", 2, 75)
        assert WorkoutSet.objects.count() == 2

    def test_replacing_60_sets_takes_a_constant_number_of_statements(
        self, api, ana, bench, django_assert_num_queries
    ):
        workout = WorkoutFactory(user=ana)
        sets = [{"exercise": str(bench.pk)} for _ in range(60)]

        with django_assert_num_queries(13):
            first = api.put(detail(workout), push_day(bench, sets=sets))
        with django_assert_num_queries(13):
            second = api.put(detail(workout), push_day(bench, sets=sets[:2]))

        assert (len(first.json()["sets"]), len(second.json()["sets"])) == (60, 2)

    def test_patch_changes_the_given_fields_alone(self, api, ana):
        workout = WorkoutSetFactory(workout=WorkoutFactory(user=ana, notes="keep")).workout

        answer = api.patch(detail(workout), {"name": "New", "end_time": "18:30"}).json()

        assert (answer["name"], answer["notes"], answer["duration"]) == ("New", "keep", 30)
        assert len(answer["sets"]) == 1

    def test_a_new_date_moves_both_ends(self, api, bench):
        workout = api.post(URL, push_day(bench)).json()

        answer = api.patch(detail(workout["id"]), {"date": "2026-03-05"}).json()

        assert (answer["started_at"], answer["finished_at"]) == (
            "2026-03-05T18:00:00Z",
            "2026-03-05T19:15:00Z",
        )

    def test_a_refused_change_leaves_everything_as_it_was(self, api, ana, bench):
        workout = WorkoutSetFactory(workout=WorkoutFactory(user=ana)).workout
        before = api.get(detail(workout)).json()
        unknown = [{"exercise": str(bench.pk)}, {"exercise": str(uuid7())}]

        response = api.patch(detail(workout), {"name": "New", "sets": unknown})

        assert (response.status_code, errors_of(response)[0][0]) == (400, "sets.1.exercise")
        assert api.get(detail(workout)).json() == before

    def test_deleting_takes_the_sets_along(self, api, ana):
        workout = WorkoutSetFactory(workout=WorkoutFactory(user=ana)).workout

        response = api.delete(detail(workout))

        assert response.status_code == 204
        assert (Workout.objects.count(), WorkoutSet.objects.count()) == (0, 0)

    def test_a_duplicate_has_the_same_sets_today(self, api, ana):
        workout = WorkoutFactory(user=ana, notes="old", is_public=True)
        WorkoutSetFactory(workout=workout, position=1, reps=5, weight=100, rpe=9, notes="hard")

        with time_machine.travel("2026-05-01T07:00:00Z", tick=False):
            copy = api.post(f"{detail(workout)}duplicate/").json()

        [group] = copy["exercises"]
        [row] = group["sets"]
        assert (copy["date"], copy["name"], copy["is_public"]) == ("2026-05-01", "Push day", False)
        assert (row["reps"], row["weight"], row["rpe"], row["notes"]) == (5, 100.0, None, "")
        assert Workout.objects.count() == 2
