"""Sessions of a run over HTTP: what to do today, what was done, and what follows from it."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    GymFactory,
    TrainingMaxFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from tests.users.races import at_once
from tests.workouts.following import (
    MONDAY,
    WORKOUTS,
    at,
    barbell,
    decisions,
    done,
    errors_of,
    five_three_one,
    fives,
    follow,
    loads,
    log,
    plan,
    run_url,
    session_body,
    sets_of,
    stored,
    today,
)
from users.ids import uuid7
from workouts.models import Exercise, PlanRun, RuleEvaluation, Workout, WorkoutSet
from workouts.selectors import runs as run_selectors
from workouts.services import replays
from workouts.training.replay import replay

pytestmark = pytest.mark.django_db


@pytest.fixture
def squat(db) -> Exercise:
    return barbell("Squat")


@pytest.fixture
def bench(db) -> Exercise:
    return barbell("Bench Press")


@pytest.fixture
def run(api, squat) -> dict:
    """Three times five, three times a week, from that Monday on."""
    return follow(api, plan([fives(squat)]))


def day(number: int) -> dt.date:
    """The nth day of the run, from 0."""
    return MONDAY + dt.timedelta(days=number)


def begin(api, run, **body) -> dict:
    response = api.post(run_url(run, "start/"), body)
    assert response.status_code == 201, response.content
    return response.json()


def detail(workout) -> str:
    return f"{WORKOUTS}{workout['id']}/"


def set_url(row) -> str:
    return f"/api/v1/workout-sets/{row['id']}/"


def train(api, run, *reps: int | None, on: dt.date = MONDAY) -> dict:
    """Begin the next session, note these repetitions set by set, and finish it."""
    with at(on, hour=18):
        workout = begin(api, run)
        for row, count in zip(sets_of(workout), reps, strict=True):
            if count is not None:
                assert api.patch(set_url(row), {"reps": count}).status_code == 200
    with at(on, hour=19):
        response = api.post(f"{detail(workout)}finish/", {})
    assert response.status_code == 200, response.content
    return response.json()


def load_of(api, run) -> float:
    return api.get(run_url(run)).json()["state"]["lift"]["load_kg"]


def wave(api, ana, squat, bench) -> dict:
    """5/3/1 with a maximum of 140 kg and one of 100 kg, each lift once a week."""
    TrainingMaxFactory(user=ana, exercise=squat, value_kg=126)
    for_bench = WorkoutFactory(user=ana, date=day(-3))
    WorkoutSetFactory(workout=for_bench, exercise=bench, reps=1, weight=100)
    return follow(
        api,
        plan(
            [five_three_one(squat, "squat", increment_kg=5.0)],
            [five_three_one(bench, "bench")],
            days_per_week=2,
            duration_weeks=8,
            cycle_weeks=4,
        ),
    )


class TestToday:
    def test_it_says_what_to_do_with_which_plates_and_why(self, api, ana, squat):
        GymFactory(
            user=ana,
            is_default=True,
            inventory={"plates": [{"weight_kg": kg, "pairs": 2} for kg in (20, 10, 5)]},
        )
        warm_up = {
            "set_type": "warm_up",
            "count": 1,
            "reps_min": 5,
            "load_type": "percent_of_first",
            "load_value": 50.0,
            "rest_seconds": 30,
        }
        work = {"count": 2, "reps_min": 5, "reps_max": 8, "rpe": 8.0, "tempo": "3-1-X-0"}
        run = follow(
            api,
            plan(
                [
                    fives(
                        squat,
                        start_load_kg=104.0,
                        planned_sets=[warm_up, work],
                        rest_seconds=180,
                        superset=1,
                        unilateral=True,
                        notes="Slowly.",
                    )
                ]
            ),
        )

        with at(MONDAY):
            answer = today(api, run)

        session = answer["session"]
        [exercise] = session["exercises"]
        light, *heavy = exercise["sets"]
        assert (answer["run"], answer["status"], answer["message"]) == (
            run["id"],
            "active",
            "Session 1 of 12: Day 1.",
        )
        facts = ("session_number", "sessions_total", "week", "cycle_week", "is_deload", "workout")
        assert [session[name] for name in facts] == [1, 12, 1, 1, False, None]
        assert (exercise["exercise"], exercise["name"], exercise["decision"]) == (
            str(squat.pk),
            "Squat",
            None,
        )
        assert (exercise["superset"], exercise["unilateral"], exercise["notes"]) == (
            1,
            True,
            "Slowly.",
        )
        assert (light["target"]["load_kg"], light["plates_kg"]) == (50.0, [10.0, 5.0])
        assert light["why"] == "50 % of the load of the first work set 100 kg = 50 kg"
        assert (light["target"]["set_type"], light["target"]["rest_seconds"]) == ("warm_up", 30)
        assert [one["target"]["load_kg"] for one in heavy] == [100.0, 100.0]
        assert heavy[0]["plates_kg"] == [20.0, 20.0]
        assert heavy[0]["why"] == "working load 104 kg, loaded as 100 kg"
        assert heavy[0]["target"] == {
            "set_type": "normal",
            "reps_min": 5,
            "reps_max": 8,
            "load_kg": 100.0,
            "load_type": "working",
            "exact_kg": 104.0,
            "percent": None,
            "rpe": 8.0,
            "rir": None,
            "duration_seconds": None,
            "distance_km": None,
            "rest_seconds": 180,
            "tempo": "3-1-X-0",
        }

    def test_it_names_the_last_decision(self, api, run):
        train(api, run, 5, 5, 5)

        [exercise] = today(api, run)["session"]["exercises"]

        assert exercise["decision"] == {
            "session_number": 1,
            "action": "raise",
            "reason": "All 3 sets of 5 at 100 kg were done,"
            " so the load goes up by 2.5 kg from 100 kg to 102.5 kg.",
        }

    def test_days_follow_each_other(self, api, squat, bench):
        run = follow(
            api,
            plan([fives(squat)], [fives(bench, track="press", start_load_kg=60.0)]),
        )

        seen = []
        for _ in range(3):
            session = today(api, run)["session"]
            seen.append((session["session_number"], session["focus"]))
            api.post(run_url(run, "skip/"))

        assert seen == [(1, "Day 1"), (2, "Day 2"), (3, "Day 1")]

    def test_a_deload_week_is_easier(self, api, squat):
        run = follow(
            api,
            plan(
                [fives(squat)],
                days_per_week=1,
                cycle_weeks=2,
                deload={"weeks": [2], "load_percent": 80, "sets_percent": 50},
            ),
        )
        api.post(run_url(run, "skip/"))

        session = today(api, run)["session"]

        assert (session["is_deload"], session["cycle_week"]) == (True, 2)
        assert loads({"session": session}) == [80.0, 80.0]

    @pytest.mark.parametrize("sessions", [0, 1, 5])
    def test_it_costs_the_same_for_any_number_of_sessions(
        self, *, api, run, squat, sessions, django_assert_num_queries
    ):
        for _ in range(sessions):
            log(api, run, *[done(squat, 5, 100)] * 3)

        # Whose token, the run with its version, its sessions, the zone; exercises, training
        # maxima, gym, one-repetition maxima; the last decisions.
        with django_assert_num_queries(9):
            today(api, run)

    def test_an_exercise_that_is_in_no_catalogue_has_a_name(self, api, run):
        planned = {"name": "Tyre flips", "sets": 2, "reps": "8"}
        other = follow(api, plan([planned], name="Strongman"))

        [exercise] = today(api, other)["session"]["exercises"]
        with at(MONDAY):
            workout = begin(api, other)

        assert (exercise["name"], exercise["exercise"], len(exercise["sets"])) == (
            "Tyre flips",
            None,
            2,
        )
        assert workout["sets"] == []

    def test_an_exercise_that_was_deleted_since_is_a_name(self, api, ana, squat):
        mine = CustomExerciseFactory(created_by=ana, name="Odd Lift")
        odd = fives(mine, track="odd", start_load_kg=40.0)
        run = follow(api, plan([odd, fives(squat)]))

        deleted = api.delete(f"/api/v1/exercises/{mine.pk}/")
        exercises = today(api, run)["session"]["exercises"]
        workout = train(api, run, 5, 5, 5)

        assert deleted.status_code == 204
        assert [(one["name"], one["exercise"], len(one["sets"])) for one in exercises] == [
            ("Odd Lift", None, 3),
            ("Squat", str(squat.pk), 3),
        ]
        assert {row["exercise"] for row in sets_of(workout)} == {str(squat.pk)}
        assert load_of(api, run) == 102.5


class TestDoing:
    def test_a_session_begins_as_a_running_workout_with_targets(self, api, run, squat):
        with at(MONDAY):
            workout = begin(api, run)
            answer = today(api, run)

        assert (workout["in_progress"], workout["name"], workout["date"]) == (
            True,
            "Day 1",
            "2026-03-02",
        )
        assert (workout["plan_run_id"], workout["session_number"], workout["workout_plan_id"]) == (
            run["id"],
            1,
            run["plan"],
        )
        rows = sets_of(workout)
        assert [(r["set_number"], r["weight"], r["reps"]) for r in rows] == [
            (1, 100.0, None),
            (2, 100.0, None),
            (3, 100.0, None),
        ]
        [exercise] = answer["session"]["exercises"]
        assert [r["target"] for r in rows] == [one["target"] for one in exercise["sets"]]
        assert {r["planned_exercise_id"] for r in rows} == {exercise["planned_exercise_id"]}
        assert answer["session"]["workout"] == workout["id"]
        assert api.get(WORKOUTS).json()["results"][0]["sets_count"] == 0

    def test_what_was_done_raises_the_load_and_is_explained(self, api, run):
        workout = train(api, run, 5, 5, 5)

        [decision] = decisions(api, run)
        planned = sets_of(workout)[0]["planned_exercise_id"]
        assert decision == {
            "id": decision["id"],
            "session_number": 1,
            "planned_exercise_id": planned,
            "name": "Squat",
            "track": "lift",
            "rule": "linear",
            "action": "raise",
            "reason": "All 3 sets of 5 at 100 kg were done,"
            " so the load goes up by 2.5 kg from 100 kg to 102.5 kg.",
            "inputs": {
                "rule": "linear",
                "cycle_end": False,
                "sets": [
                    {
                        "hit": True,
                        "reps": 5,
                        "load_kg": 100.0,
                        "target_reps": 5,
                        "target_load_kg": 100.0,
                    }
                ]
                * 3,
                "increment_kg": 2.5,
                "successes": 1,
                "failures": 3,
                "decrease_percent": 10.0,
            },
            "before": decision["before"] | {"load_kg": 100.0, "successes": 0, "failures": 0},
            "after": decision["after"] | {"load_kg": 102.5, "successes": 0, "failures": 0},
            "evaluated_at": decision["evaluated_at"],
        }
        assert loads(today(api, run)) == [102.5] * 3

    def test_a_set_that_was_left_out_is_a_failure(self, api, run):
        workout = train(api, run, 5, 5, None)

        [decision] = decisions(api, run)
        assert (decision["action"], decision["after"]["failures"]) == ("keep", 1)
        assert decision["reason"] == (
            "Only 2 of 3 sets reached the target. First failure: the load stays at 100 kg;"
            " it gets easier after 3 in a row."
        )
        assert workout["tonnage"] == 1000.0
        assert api.get(WORKOUTS).json()["results"][0]["sets_count"] == 2

    def test_a_third_failure_takes_ten_percent_off(self, api, run):
        for number in range(3):
            train(api, run, 5, 5, 3, on=day(2 * number))

        assert [one["action"] for one in decisions(api, run)] == ["lower", "keep", "keep"]
        assert load_of(api, run) == 90.0

    def test_a_session_in_which_nothing_was_done_is_no_failure(self, api, run):
        train(api, run, None, None, None)

        [decision] = decisions(api, run)
        assert (decision["action"], load_of(api, run)) == ("hold", 100.0)

    def test_what_is_done_in_a_running_session_counts_when_it_is_finished(self, api, run):
        with at(MONDAY):
            workout = begin(api, run)
            for row in sets_of(workout):
                api.patch(set_url(row), {"reps": 5})
            while_it_runs = (decisions(api, run), load_of(api, run))
            revision = stored(run).revision
            api.post(f"{detail(workout)}sets/", done(barbell("Curl"), 10, 20))
            again = (decisions(api, run), load_of(api, run), stored(run).revision)
            api.post(f"{detail(workout)}finish/", {})

        assert while_it_runs == ([], 100.0)
        assert again == ([], 100.0, revision)
        assert load_of(api, run) == 102.5

    def test_a_warm_up_and_an_added_set_do_not_count(self, api, run, squat):
        with at(MONDAY):
            workout = begin(api, run)
            for row in sets_of(workout):
                api.patch(set_url(row), {"reps": 5})
            for extra in (done(squat, 1, 60, set_type="warm_up"), done(squat, 1, 100)):
                api.post(f"{detail(workout)}sets/", extra)
            api.post(f"{detail(workout)}finish/", {})

        assert load_of(api, run) == 102.5

    def test_more_than_was_asked_for_moves_on_from_there(self, api, run):
        with at(MONDAY):
            workout = begin(api, run)
            for row in sets_of(workout):
                api.patch(set_url(row), {"reps": 5, "weight": 110})
            api.post(f"{detail(workout)}finish/", {})

        [decision] = decisions(api, run)
        assert decision["reason"].startswith("You lifted 110 kg instead of 100 kg.")
        assert load_of(api, run) == 112.5

    def test_one_workout_runs_at_a_time(self, api, run):
        with at(MONDAY):
            begin(api, run)
            again = api.post(run_url(run, "start/"), {})

        assert (again.status_code, errors_of(again)) == (409, [(None, "already_running")])
        assert Workout.objects.count() == 1

    def test_a_session_that_could_not_begin_leaves_no_workout(self, api, run):
        api.post(run_url(run, "finish/"))

        refused = api.post(run_url(run, "start/"), {})

        assert (refused.status_code, errors_of(refused)) == (409, [(None, "run_finished")])
        assert Workout.objects.count() == 0

    @pytest.mark.parametrize("by", ["id", "key"])
    def test_a_beginning_that_is_repeated_is_one_session(self, api, run, by):
        body = {"id": str(uuid7())} if by == "id" else {}
        headers = {"Idempotency-Key": "k"} if by == "key" else {}

        first = api.post(run_url(run, "start/"), body, headers=headers)
        second = api.post(run_url(run, "start/"), body, headers=headers)
        api.post(f"{detail(first.json())}finish/", {})
        late = api.post(run_url(run, "start/"), body, headers=headers)

        assert [r.status_code for r in (first, second, late)] == [201, 200, 200]
        assert first.json() == second.json()
        assert late.json()["in_progress"] is False
        assert Workout.objects.count() == 1

    def test_a_body_weight_lift_is_loaded_with_the_body(self, api, ana):
        ana.profile.body_weight_kg = 80
        ana.profile.save()
        pull_up = ExerciseFactory(name="Pull-up", load_type="bodyweight", bodyweight_share=1)
        sets = [{"count": 2, "reps_min": 5, "load_type": "bodyweight"}]
        run = follow(api, plan([fives(pull_up, start_load_kg=10.0, planned_sets=sets)]))

        workout = train(api, run, 5, 5)

        assert [(r["weight"], r["load_type"], r["load"]) for r in sets_of(workout)] == [
            (10.0, "bodyweight", 90.0)
        ] * 2
        assert load_of(api, run) == 12.5

    def test_help_instead_of_a_load_is_less_than_was_asked_for(self, api):
        pull_up = ExerciseFactory(name="Pull-up", load_type="bodyweight")
        sets = [{"count": 1, "reps_min": 5, "load_type": "bodyweight"}]
        run = follow(api, plan([fives(pull_up, start_load_kg=10.0, planned_sets=sets)]))

        log(api, run, done(pull_up, 5, 20, load_type="assisted"))

        [decision] = decisions(api, run)
        assert (decision["action"], decision["inputs"]["sets"][0]["load_kg"]) == ("keep", -20.0)
        assert load_of(api, run) == 10.0

    def test_no_help_where_help_was_asked_for_is_harder(self, api):
        pull_up = ExerciseFactory(name="Assisted Pull-up", load_type="assisted")
        sets = [{"count": 1, "reps_min": 5, "load_type": "assisted", "load_value": 20.0}]
        run = follow(api, plan([fives(pull_up, start_load_kg=20.0, planned_sets=sets)]))

        log(api, run, done(pull_up, 5, 5, load_type="bodyweight"))

        assert load_of(api, run) == 0.0

    def test_a_lift_by_effort_that_went_as_asked_is_not_lowered_by_rounding(self, api, ana, squat):
        GymFactory(
            user=ana,
            is_default=True,
            inventory={"plates": [{"weight_kg": kg, "pairs": 2} for kg in (20, 10, 5)]},
        )
        rule = {"kind": "rpe", "target_reps": 5, "target_rpe": 8.0}
        run = follow(
            api,
            plan(
                [
                    fives(
                        squat,
                        start_load_kg=104.0,
                        progression=rule,
                        planned_sets=[{"count": 1, "reps_min": 5, "rpe": 8.0}],
                    )
                ]
            ),
        )

        log(api, run, done(squat, 5, 100, rpe=8))
        as_asked = load_of(api, run)
        log(api, run, done(squat, 5, 100, rpe=9))

        hard, kept = decisions(api, run)
        assert (as_asked, kept["action"], kept["reason"]) == (
            104.0,
            "keep",
            "The best set speaks for a maximum of 123.3 kg; for 5 reps at RPE 8, 81.1 % of it are"
            " 100 kg. That is 104 kg as it was loaded, so the load stays.",
        )
        assert (hard["action"], load_of(api, run)) == ("lower", pytest.approx(100 * 81.1 / 83.7))


class TestFiveThreeOne:
    def test_two_weeks_with_one_failed_session(self, api, ana, squat, bench):
        run = wave(api, ana, squat, bench)
        asked, weights = [], []

        for number, reps in enumerate([(5, 5, 8), (5, 5, 6), (3, 3, 5), (3, 3, 1)]):
            answer = today(api, run)
            asked.append(loads(answer))
            weights.append(
                [row["weight"] for row in sets_of(train(api, run, *reps, on=day(number)))]
            )

        assert (
            asked
            == weights
            == [
                [82.5, 95.0, 107.5],
                [57.5, 67.5, 77.5],
                [87.5, 100.0, 112.5],
                [62.5, 72.5, 80.0],
            ]
        )
        assert [(one["track"], one["action"], one["reason"]) for one in decisions(api, run)] == [
            (
                "bench",
                "keep",
                "Only 2 of 3 sets reached the target. 1 session of the cycle fell short so far,"
                " so the training max stays at its end.",
            ),
            (
                "squat",
                "keep",
                "All 3 sets were done. If the rest of the cycle goes as well, the training max"
                " goes up by 5 kg.",
            ),
            (
                "bench",
                "keep",
                "All 3 sets were done. If the rest of the cycle goes as well, the training max"
                " goes up by 2.5 kg.",
            ),
            (
                "squat",
                "keep",
                "All 3 sets were done. If the rest of the cycle goes as well, the training max"
                " goes up by 5 kg.",
            ),
        ]
        answer = today(api, run)
        [exercise] = answer["session"]["exercises"]
        assert loads(answer) == [95.0, 107.5, 120.0]
        assert exercise["sets"][0]["why"] == (
            "75 % of your training max 126 kg = 94.5 kg, loaded as 95 kg"
        )
        assert exercise["decision"]["session_number"] == 3

    def test_the_cycle_is_judged_at_its_end(self, api, ana, squat, bench):
        run = wave(api, ana, squat, bench)
        for number in range(8):
            is_failed = number == 3
            waves = [(5, 5, 8), (3, 3, 5), (1, 1, 2), (5, 5, 5)][number // 2]
            train(api, run, *((3, 3, 1) if is_failed else waves), on=day(number))

        state = api.get(run_url(run)).json()["state"]
        last = {one["track"]: one for one in decisions(api, run)[:2]}

        assert {track: one["training_max_kg"] for track, one in state.items()} == {
            "squat": 131.0,
            "bench": 90.0,
        }
        assert (last["squat"]["action"], last["bench"]["action"]) == ("raise", "keep")
        assert last["bench"]["reason"] == (
            "1 session of the cycle fell short, so the training max stays at 90 kg."
        )
        assert loads(today(api, run)) == [85.0, 97.5, 112.5]  # 65, 75 and 85 % of 131


class TestOffline:
    def test_a_logged_session_gets_its_targets_and_what_was_left_out(self, api, run, squat):
        workout = log(
            api,
            run,
            done(squat, 8, 60, set_type="warm_up"),
            done(squat, 5, 100),
            done(squat, 4, 100, rpe=9.5),
        )

        rows = sets_of(workout)
        assert [(r["set_number"], r["reps"], r["weight"]) for r in rows] == [
            (1, 8, 60.0),
            (2, 5, 100.0),
            (3, 4, 100.0),
            (4, None, None),
        ]
        assert [r["target"] and r["target"]["load_kg"] for r in rows] == [None, *[100.0] * 3]
        assert len({r["planned_exercise_id"] for r in rows}) == 1
        assert (workout["session_number"], workout["workout_plan_id"], workout["name"]) == (
            1,
            run["plan"],
            "Session",
        )
        assert (workout["in_progress"], workout["tonnage"]) == (False, 900.0)
        [decision] = decisions(api, run)
        assert decision["reason"].startswith("Only 1 of 3 sets reached the target.")

    def test_sets_of_an_exercise_that_is_planned_twice_fill_both(self, api, squat):
        main = fives(squat, planned_sets=[{"count": 2, "reps_min": 5}])
        back_off = fives(
            squat,
            track="light",
            start_load_kg=60.0,
            planned_sets=[{"count": 2, "reps_min": 10}],
        )
        run = follow(api, plan([main, back_off]))

        workout = log(
            api,
            run,
            *[done(squat, 5, 100)] * 2,
            *[done(squat, 10, 60)] * 2,
            done(squat, 12, 40),
        )

        rows = sets_of(workout)
        assert [r["target"] and r["target"]["load_kg"] for r in rows] == [
            *(100.0, 100.0, 60.0, 60.0),
            None,
        ]
        state = api.get(run_url(run)).json()["state"]
        assert (state["lift"]["load_kg"], state["light"]["load_kg"]) == (102.5, 62.5)

    def test_a_set_may_name_what_it_was_planned_as(self, api, run, squat, bench):
        planned = today(api, run)["session"]["exercises"][0]["planned_exercise_id"]

        workout = log(
            api,
            run,
            *[done(bench, 5, 100, planned_exercise_id=planned)] * 3,
            done(squat, 1, 140),
        )

        rows = sets_of(workout)
        assert [r["target"] is not None for r in rows] == [True, True, True, False]
        assert load_of(api, run) == 102.5

    def test_a_planned_exercise_of_another_plan_is_not_taken(self, api, run, squat, bench):
        workout = log(api, run, done(bench, 5, 60, planned_exercise_id=str(uuid7())))

        assert [(r["exercise"], r["planned_exercise_id"] is None) for r in sets_of(workout)] == [
            (str(bench.pk), True),
            *[(str(squat.pk), False)] * 3,
        ]

    def test_numbers_that_the_phone_gave_are_kept(self, api, run, squat):
        workout = log(
            api, run, done(squat, 5, 100, set_number=7), done(squat, 5, 100, set_number=2)
        )

        assert [(r["set_number"], r["reps"]) for r in sets_of(workout)] == [
            (7, 5),
            (2, 5),
            (8, None),
        ]

    def test_a_session_never_has_more_sets_than_a_workout_may(self, api, run, squat, bench):
        workout = log(api, run, *[done(bench, 5, 60)] * 498)

        assert len(workout["sets"]) == 500

    def test_a_session_without_sets_is_one_in_which_all_was_left_out(self, api, run):
        workout = log(api, run)

        assert [r["reps"] for r in sets_of(workout)] == [None] * 3
        assert decisions(api, run)[0]["action"] == "hold"

    def test_a_session_is_logged_once(self, api, run, squat):
        body = session_body(run, *[done(squat, 5, 100)] * 3, session_number=1)
        first = api.post(WORKOUTS, body)
        before = api.get(run_url(run)).json()

        second = api.post(WORKOUTS, {**body, "name": "Again"})

        assert (first.status_code, second.status_code) == (201, 409)
        assert errors_of(second) == [(None, "session_taken")]
        assert (Workout.objects.count(), WorkoutSet.objects.count()) == (1, 3)
        assert api.get(run_url(run)).json() == before

    def test_the_database_itself_keeps_a_second_one_out(self, api, run, squat, monkeypatch):
        log(api, run, *[done(squat, 5, 100)] * 3)
        monkeypatch.setattr(run_selectors.History, "taken", set())

        response = api.post(WORKOUTS, session_body(run, session_number=1))

        assert response.status_code == 409
        assert response.json()["errors"][0]["detail"] == (
            "This session of the plan has its workout."
        )
        assert Workout.objects.count() == 1

    @pytest.mark.parametrize("by", ["id", "key"])
    def test_a_session_that_is_sent_twice_is_stored_once(self, api, run, squat, by):
        body = session_body(run, *[done(squat, 5, 100)] * 3)
        if by == "id":
            body["id"] = str(uuid7())
        headers = {"Idempotency-Key": "k"} if by == "key" else {}

        first = api.post(WORKOUTS, body, headers=headers)
        second = api.post(WORKOUTS, body, headers=headers)

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert (Workout.objects.count(), load_of(api, run)) == (1, 102.5)

    def test_sessions_may_come_in_any_order(self, api, run, squat):
        hit, missed = [done(squat, 5, 100)] * 3, [done(squat, 3, 100)] * 3
        for number, sets in [(3, missed), (1, hit), (2, missed)]:
            log(api, run, *sets, session_number=number)

        assert [(one["session_number"], one["action"]) for one in decisions(api, run)] == [
            (3, "keep"),
            (2, "keep"),
            (1, "raise"),
        ]
        assert today(api, run)["session"]["session_number"] == 4

    def test_a_skipped_session_may_be_done_after_all_once_it_is_taken_back(self, api, run, squat):
        api.post(run_url(run, "skip/"))
        body = session_body(run, *[done(squat, 5, 100)] * 3, session_number=1)

        refused = api.post(WORKOUTS, body)
        api.delete(run_url(run, "skipped/1/"))
        taken = api.post(WORKOUTS, body)

        assert (refused.status_code, taken.status_code) == (409, 201)
        assert errors_of(refused) == [(None, "session_taken")]

    def test_while_a_session_is_done_the_next_one_is_not_logged(self, api, run, squat):
        with at(MONDAY):
            begin(api, run)

        unnamed = api.post(WORKOUTS, session_body(run, done(squat, 5, 100)))
        same = api.post(WORKOUTS, session_body(run, session_number=1))
        ahead = api.post(WORKOUTS, session_body(run, session_number=2))

        assert [r.status_code for r in (unnamed, same, ahead)] == [409, 409, 201]
        assert today(api, run)["session"]["session_number"] == 1
        assert Workout.objects.count() == 2

    def test_a_paused_run_takes_what_was_done_before(self, api, run, squat):
        api.post(run_url(run, "pause/"), {})

        workout = log(api, run, *[done(squat, 5, 100)] * 3)

        assert (workout["session_number"], load_of(api, run)) == (1, 102.5)

    @pytest.mark.parametrize(
        ("change", "attr"),
        [
            ({"session_number": 0}, "session_number"),
            ({"session_number": 13}, "session_number"),
            ({"session_number": 365}, "session_number"),
            ({"session_number": "first"}, "session_number"),
            ({"plan_run_id": "x"}, "plan_run_id"),
            ({"plan_run_id": str(uuid7())}, "plan_run_id"),
            ({"sets": [{"exercise": str(uuid7()), "reps": 5}]}, "sets.0.exercise"),
        ],
    )
    def test_what_is_wrong_is_named_and_stores_nothing(self, api, run, change, attr):
        before = api.get(run_url(run)).json()

        response = api.post(WORKOUTS, session_body(run, **change))

        assert (response.status_code, errors_of(response)[0][0]) == (400, attr)
        assert (Workout.objects.count(), WorkoutSet.objects.count()) == (0, 0)
        assert api.get(run_url(run)).json() == before

    def test_a_finished_run_takes_no_session(self, api, run, squat):
        api.post(run_url(run, "finish/"))

        response = api.post(WORKOUTS, session_body(run, done(squat, 5, 100)))

        assert (response.status_code, errors_of(response)) == (409, [(None, "run_finished")])
        assert Workout.objects.count() == 0

    def test_the_day_of_a_session_says_which_maxima_were_known(self, api, ana, squat):
        workout = WorkoutFactory(user=ana, date=day(1))
        WorkoutSetFactory(workout=workout, exercise=squat, reps=1, weight=120)
        share = {"count": 1, "reps_min": 5, "load_type": "percent_1rm", "load_value": 50.0}
        run = follow(api, plan([fives(squat, progression=None, planned_sets=[share])]))

        before = log(api, run, date=str(day(0)))
        instants = {"started_at": f"{day(1)}T01:00:00Z", "timezone": "America/New_York"}
        body = {"name": "Still the day before", "plan_run_id": run["id"], **instants}
        night = api.post(WORKOUTS, body).json()
        after = log(api, run, date=str(day(1)))

        assert [sets_of(one)[0]["target"]["load_kg"] for one in (before, night, after)] == [
            None,
            None,
            60.0,
        ]

    def test_it_takes_the_same_number_of_statements_for_any_number_of_sets(
        self, *, api, run, squat, django_assert_num_queries
    ):
        log(api, run, *[done(squat, 5, 100)] * 3)

        # Whose token; savepoint, clock, zone; run, sessions, version, exercises, training
        # maxima, gym, one-repetition maxima; workout, sets; run, sessions, sets, decisions, the
        # new one, the run; release; the answer.
        for count in (2, 60):
            body = session_body(run, *[done(squat, 5, 100)] * count)
            with django_assert_num_queries(22):
                assert api.post(WORKOUTS, body).status_code == 201


class TestChanging:
    def test_another_number_of_reps_moves_what_came_after(self, api, run):
        first = train(api, run, 5, 5, 5)
        train(api, run, 5, 5, 5, on=day(2))

        api.patch(set_url(sets_of(first)[2]), {"reps": 3})

        assert [(one["action"], one["after"]["load_kg"]) for one in decisions(api, run)] == [
            ("raise", 102.5),
            ("keep", 100.0),
        ]
        assert load_of(api, run) == 102.5

    def test_a_deleted_session_never_was(self, api, run):
        train(api, run, 5, 5, 5)
        second = train(api, run, 5, 5, 5, on=day(2))

        response = api.delete(detail(second))

        assert (response.status_code, load_of(api, run)) == (204, 102.5)
        assert [one["session_number"] for one in decisions(api, run)] == [1]
        assert today(api, run)["session"]["session_number"] == 2

    def test_a_session_that_is_deleted_while_it_is_done_can_begin_again(self, api, run):
        with at(MONDAY):
            api.delete(detail(begin(api, run)))

            again = begin(api, run)

        assert (again["session_number"], stored(run).status) == (1, "active")

    @pytest.mark.parametrize("how", ["instance", "queryset", "sets", "update"])
    def test_a_change_past_the_api_counts_as_well(self, api, run, how):
        train(api, run, 5, 5, 5)
        second = train(api, run, 5, 5, 5, on=day(2))
        row = Workout.objects.get(pk=second["id"])

        if how == "instance":
            row.delete()
        elif how == "queryset":
            Workout.objects.filter(pk=row.pk).delete()
        elif how == "sets":
            row.sets.all().delete()
        else:
            WorkoutSet.objects.filter(workout=row).update(reps=3)

        assert load_of(api, run) == 102.5

    def test_reading_twice_changes_nothing(self, api, run, squat):
        log(api, run, *[done(squat, 5, 100)] * 3)
        log(api, run, *[done(squat, 3, 100)] * 3)
        Workout.objects.filter(session_number=2).delete()

        def everything() -> list:
            shown = [api.get(run_url(run, a)).json() for a in ("", "today/", "decisions/")]
            return [*shown, list(RuleEvaluation.objects.order_by("pk").values()), stored(run)]

        first, second = everything(), everything()

        assert first == second
        assert first[-1].revision == second[-1].revision

    def test_a_decision_that_stays_the_same_keeps_its_row(self, api, run):
        first = train(api, run, 5, 5, 5)
        train(api, run, 5, 5, 4, on=day(2))
        before = all_decisions()

        api.patch(set_url(sets_of(first)[0]), {"rpe": 7})

        changed, kept = all_decisions()
        assert kept == before[1]
        assert changed["inputs"]["sets"][0]["rir"] == 3.0
        assert changed["id"] != before[0]["id"]

    def test_a_renamed_session_does_not_touch_its_run(self, api, run):
        first = train(api, run, 5, 5, 5)
        before = (stored(run).revision, all_decisions())

        api.patch(detail(first), {"notes": "Felt light.", "name": "Heavy day"})
        answer = api.get(run_url(run))

        assert answer.status_code == 200
        assert (stored(run).revision, all_decisions()) == before

    def test_a_state_is_stored_only_with_a_change_that_the_feed_sees(self, api, run):
        revision = stored(run).revision

        train(api, run, 5, 5, 5)

        moved = stored(run)
        assert moved.revision > revision
        assert moved.revision == Workout.objects.get().revision

    def test_replaced_sets_keep_what_was_asked_for(self, api, run, squat):
        workout = train(api, run, 5, 5, 5)
        a, b, c = sets_of(workout)

        # The second one by its id, one without an id, and the others left out.
        answer = api.patch(
            detail(workout),
            {"sets": [done(squat, 6, 101, id=b["id"]), done(squat, 7, 102)]},
        ).json()

        rows = sets_of(answer)
        assert [(r["reps"], r["weight"]) for r in rows] == [(6, 101.0), (7, 102.0), (None, None)]
        assert (rows[0]["id"], rows[2]["id"]) == (b["id"], c["id"])
        assert rows[1]["id"] not in {a["id"], b["id"], c["id"]}
        assert [r["target"] for r in rows] == [b["target"], a["target"], c["target"]]
        assert {r["planned_exercise_id"] for r in rows} == {a["planned_exercise_id"]}
        assert decisions(api, run)[0]["reason"].startswith("Only 2 of 3 sets")

    def test_a_replaced_session_is_the_same_session(self, api, run, squat):
        workout = train(api, run, 5, 5, 3)
        body = session_body(run, *[done(squat, 5, 100)] * 3, session_number=1)

        with_run = api.put(detail(workout), body)
        del body["plan_run_id"], body["session_number"]
        without = api.put(detail(workout), body)

        for response in (with_run, without):
            answer = response.json()
            assert (response.status_code, answer["session_number"]) == (200, 1)
            assert (answer["plan_run_id"], answer["workout_plan_id"]) == (run["id"], run["plan"])
            assert [r["target"]["load_kg"] for r in sets_of(answer)] == [100.0] * 3
        assert load_of(api, run) == 102.5

    def test_an_added_set_that_keeps_its_id_stays_an_added_set(self, api, run, squat):
        workout = train(api, run, 5, 5, None)
        extra = api.post(f"{detail(workout)}sets/", done(squat, 5, 100)).json()
        a, b, c = sets_of(workout)

        answer = api.patch(
            detail(workout),
            {"sets": [done(squat, 5, 100, id=row["id"]) for row in (a, b, extra)]},
        ).json()

        rows = sets_of(answer)
        assert [(r["id"], r["target"] is None) for r in rows] == [
            (a["id"], False),
            (b["id"], False),
            (extra["id"], True),
            (c["id"], False),
        ]
        assert rows[3]["reps"] is None

    def test_a_planned_set_that_is_removed_was_left_out(self, api, run):
        workout = train(api, run, 5, 5, 5)

        response = api.delete(set_url(sets_of(workout)[2]))

        assert response.status_code == 204
        rows = sets_of(api.get(detail(workout)).json())
        assert [(row["reps"], row["target"] is None) for row in rows] == [
            (5, False),
            (5, False),
            (None, False),
        ]
        assert (load_of(api, run), decisions(api, run)[0]["action"]) == (100.0, "keep")

    def test_sets_in_another_order_keep_their_targets(self, api, run):
        workout = train(api, run, 5, 5, 3)
        order = list(reversed(workout["sets"]))

        answer = api.put(f"{detail(workout)}sets/order/", {"order": order}).json()

        rows = sets_of(answer)
        assert [r["reps"] for r in rows] == [3, 5, 5]
        assert all(r["target"] for r in rows)
        assert load_of(api, run) == 100.0

    def test_what_a_set_was_planned_as_does_not_change(self, api, run):
        row = sets_of(train(api, run, 5, 5, 5))[0]

        answer = api.patch(set_url(row), {"planned_exercise_id": str(uuid7()), "target": None})

        assert answer.status_code == 200
        assert answer.json()["planned_exercise_id"] == row["planned_exercise_id"]
        assert answer.json()["target"] == row["target"]

    @pytest.mark.parametrize("name", ["plan_run_id", "session_number", "workout_plan_id"])
    @pytest.mark.parametrize("method", ["patch", "put"])
    def test_a_session_does_not_leave_its_run(self, *, api, run, squat, name, method):
        workout = train(api, run, 5, 5, 5)
        before = api.get(detail(workout)).json()
        other = 2 if name == "session_number" else str(uuid7())

        for value in (other, None):
            change = {name: value}
            if method == "put":
                change = {**session_body(run, *[done(squat, 5, 100)] * 3), **change}
            response = getattr(api, method)(detail(workout), change)
            assert (response.status_code, errors_of(response)) == (400, [(name, "invalid")])

        assert api.get(detail(workout)).json() == before

    def test_a_workout_does_not_join_a_run_later(self, api, run, ana):
        workout = {"id": str(WorkoutFactory(user=ana).pk)}

        response = api.patch(detail(workout), {"plan_run_id": run["id"]})

        assert (response.status_code, errors_of(response)) == (400, [("plan_run_id", "invalid")])
        assert today(api, run)["session"]["session_number"] == 1

    def test_a_copy_of_a_session_is_no_session(self, api, run):
        workout = train(api, run, 5, 4, None)

        copy = api.post(f"{detail(workout)}duplicate/").json()

        assert (copy["plan_run_id"], copy["session_number"], copy["workout_plan_id"]) == (
            None,
            None,
            None,
        )
        assert [(r["reps"], r["target"], r["planned_exercise_id"]) for r in sets_of(copy)] == [
            (5, None, None),
            (4, None, None),
        ]
        assert today(api, run)["session"]["session_number"] == 2
        assert len(decisions(api, run)) == 1

    def test_a_session_of_a_finished_run_may_still_be_mended(self, api, run):
        workout = train(api, run, 5, 5, 3)
        api.post(run_url(run, "finish/"))

        api.patch(set_url(sets_of(workout)[2]), {"reps": 5})

        assert load_of(api, run) == 102.5

    def test_a_session_that_is_finished_after_its_run_counts(self, api, run):
        with at(MONDAY):
            workout = begin(api, run)
            for row in sets_of(workout):
                api.patch(set_url(row), {"reps": 5})
            api.post(run_url(run, "finish/"))
            api.post(f"{detail(workout)}finish/", {})

        assert (stored(run).status, load_of(api, run)) == ("finished", 102.5)

    def test_every_run_can_be_settled_at_once(self, api, run, squat):
        other = follow(api, plan([fives(squat)], name="Other"))
        for one in (run, other):
            log(api, one, *[done(squat, 5, 100)] * 3)
        WorkoutSet.objects.filter(workout__plan_run=run["id"]).update(reps=3)

        first, second = replays.settle_all(), replays.settle_all()

        assert (first, second) == ((2, 1), (2, 0))
        assert [stored(one).state["lift"]["load_kg"] for one in (run, other)] == [100.0, 102.5]


class TestDecisions:
    def test_they_are_filtered_and_paged(self, api, squat, bench):
        run = follow(api, plan([fives(squat), fives(bench, track="press", start_load_kg=60.0)]))
        for _ in range(3):
            log(api, run, *[done(squat, 5, 100)] * 3, *[done(bench, 5, 60)] * 3)

        def told(query: str) -> list[tuple[int, str]]:
            return [(one["session_number"], one["track"]) for one in decisions(api, run, query)]

        assert told("") == [(n, track) for n in (3, 2, 1) for track in ("press", "lift")]
        assert told("?session_number=2") == [(2, "press"), (2, "lift")]
        assert told("?track=lift") == [(3, "lift"), (2, "lift"), (1, "lift")]
        first = api.get(run_url(run, "decisions/?page_size=4")).json()
        second = api.get(first["next"]).json()
        assert [len(page["results"]) for page in (first, second)] == [4, 2]
        assert second["next"] is None

    @pytest.mark.parametrize("query", ["session_number=x", "session_number=0", "cursor=x"])
    def test_a_bad_parameter_is_named(self, api, run, query):
        response = api.get(run_url(run, f"decisions/?{query}"))

        assert (response.status_code, errors_of(response)[0][0]) == (
            400,
            query.partition("=")[0],
        )

    @pytest.mark.parametrize("action", ["", "decisions/"])
    def test_they_cost_the_same_for_any_number_of_sessions(
        self, *, api, run, squat, action, django_assert_num_queries
    ):
        # Whose token, the run, its pauses or the decisions, its sessions.
        with django_assert_num_queries(4):
            api.get(run_url(run, action))
        for _ in range(4):
            log(api, run, *[done(squat, 5, 100)] * 3)
        with django_assert_num_queries(4):
            answer = api.get(run_url(run, action))

        assert answer.status_code == 200

    def test_another_runs_decisions_are_not_shown(self, api, run, squat):
        other = follow(api, plan([fives(squat)], name="Other"))
        log(api, run, *[done(squat, 5, 100)] * 3)

        assert (len(decisions(api, run)), decisions(api, other)) == (1, [])


ACTS = st.one_of(
    st.tuples(st.just("log"), st.lists(st.integers(0, 6), max_size=4), st.none()),
    st.tuples(st.just("log"), st.lists(st.integers(0, 6), max_size=4), st.integers(1, 8)),
    st.tuples(st.just("edit"), st.integers(0, 20), st.integers(0, 6)),
    st.tuples(st.just("replace"), st.integers(0, 6), st.lists(st.integers(0, 6), max_size=4)),
    st.tuples(st.just("delete"), st.integers(0, 6), st.booleans()),
    st.tuples(st.just("remove"), st.integers(0, 20), st.none()),
    st.tuples(st.just("skip"), st.none(), st.none()),
    st.tuples(st.just("unskip"), st.integers(1, 8), st.none()),
    st.tuples(st.just("begin"), st.none(), st.none()),
    st.tuples(st.just("finish"), st.none(), st.none()),
    st.tuples(st.just("read"), st.none(), st.none()),
)


class Person:
    """Does what a history says, as far as it can be done."""

    def __init__(self, api, run, exercises) -> None:
        self.api, self.run, self.exercises = api, run, exercises

    def do(self, act: str, one, other) -> None:
        """Whatever is refused is refused in words, and None is what nobody could ask for."""
        status = getattr(self, act)(one, other)
        assert status in {200, 201, 204, 404, 409, None}, (act, status)

    def log(self, reps, number):
        sets = [done(exercise, n, 100) for exercise in self.exercises for n in reps]
        named = {} if number is None else {"session_number": number}
        return self.api.post(WORKOUTS, session_body(self.run, *sets, **named)).status_code

    def edit(self, place, reps):
        row = self._nth(WorkoutSet.objects.order_by("pk"), place)
        if row is not None:
            url = f"/api/v1/workout-sets/{row.pk}/"
            return self.api.patch(url, {"reps": reps, "weight": 90 + 5 * reps}).status_code
        return None

    def replace(self, place, reps):
        workout = self._nth(Workout.objects.order_by("pk"), place)
        if workout is not None:
            sets = [done(self.exercises[0], n, 100) for n in reps]
            return self.api.patch(f"{WORKOUTS}{workout.pk}/", {"sets": sets}).status_code
        return None

    def delete(self, place, past_the_api):
        workout = self._nth(Workout.objects.order_by("pk"), place)
        if workout is None:
            return None
        if past_the_api:
            workout.delete()
            return None
        return self.api.delete(f"{WORKOUTS}{workout.pk}/").status_code

    def remove(self, place, _):
        row = self._nth(WorkoutSet.objects.order_by("pk"), place)
        return row and self.api.delete(f"/api/v1/workout-sets/{row.pk}/").status_code

    def skip(self, *_):
        return self.api.post(run_url(self.run, "skip/")).status_code

    def unskip(self, number, _):
        return self.api.delete(run_url(self.run, f"skipped/{number}/")).status_code

    def begin(self, *_):
        return self.api.post(run_url(self.run, "start/"), {}).status_code

    def finish(self, *_):
        running = Workout.objects.filter(in_progress=True).first()
        return running and self.api.post(f"{WORKOUTS}{running.pk}/finish/", {}).status_code

    def read(self, *_):
        return self.api.get(run_url(self.run, "today/")).status_code

    def _nth(self, rows, place):
        found = list(rows)
        return found[place % len(found)] if found else None


@given(history=st.lists(ACTS, min_size=3, max_size=14))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_was_done_a_run_stands_where_a_replay_from_scratch_puts_it(
    history, ana, squat, bench
):
    Workout.objects.all().delete()
    PlanRun.objects.all().delete()
    api = client_of(ana)
    run = follow(
        api,
        plan(
            [fives(squat), five_three_one(bench, "bench")],
            [fives(bench, track="press", progression={"kind": "double"}, start_load_kg=60.0)],
            days_per_week=2,
            duration_weeks=4,
            cycle_weeks=2,
        ),
        starts=[{"track": "bench", "training_max_kg": 90.0}],
    )
    person = Person(api, run, [squat, bench])

    for act in history:
        person.do(*act)
    shown = api.get(run_url(run)).json()["state"]
    told = all_decisions()

    row = stored(run)
    past = run_selectors.history(row)
    scratch = replay(
        plan=run_selectors.plan_of(row),
        start=run_selectors.start_of(row).states,
        sessions=run_selectors.sessions(row, past),
        upcoming=past.next_number,
    )
    assert shown == {track: state.as_json() for track, state in scratch.states.items()}
    assert [(one["session_number"], one["track"], one["reason"]) for one in told] == [
        (one.session_number, one.track, one.decision.reason) for one in scratch.evaluations
    ]
    RuleEvaluation.objects.all().delete()
    PlanRun.objects.update(replayed=None, state={})
    assert api.get(run_url(run)).json()["state"] == shown
    forgotten = {"id", "evaluated_at"}
    assert without(all_decisions(), forgotten) == without(told, forgotten)


def all_decisions() -> list[dict]:
    return list(RuleEvaluation.objects.order_by("session_number", "place").values())


def without(rows: list[dict], names: set[str]) -> list[dict]:
    return [{name: row[name] for name in row.keys() - names} for row in rows]


class TestRaces:
    @pytest.mark.django_db(transaction=True)
    def test_of_two_beginnings_at_once_one_is_a_session(self):
        ana = UserFactory()
        run = follow(client_of(ana), plan([fives(barbell("Squat"))]))
        apis = [client_of(ana) for _ in range(4)]

        statuses = at_once(4, lambda n: apis[n].post(run_url(run, "start/"), {}).status_code)

        assert sorted(statuses) == [201, 409, 409, 409]
        assert (Workout.objects.count(), WorkoutSet.objects.count()) == (1, 3)

    @pytest.mark.django_db(transaction=True)
    def test_of_two_finishes_at_once_one_counts(self):
        ana = UserFactory()
        api = client_of(ana)
        run = follow(api, plan([fives(barbell("Squat"))]))
        workout = begin(api, run)
        for row in sets_of(workout):
            api.patch(set_url(row), {"reps": 5})
        apis = [client_of(ana) for _ in range(4)]

        statuses = at_once(4, lambda n: apis[n].post(f"{detail(workout)}finish/", {}).status_code)

        assert sorted(statuses) == [200, 409, 409, 409]
        assert (len(decisions(api, run)), load_of(api, run)) == (1, 102.5)

    @pytest.mark.django_db(transaction=True)
    def test_sessions_that_arrive_at_once_take_different_numbers(self):
        ana, squat = UserFactory(), barbell("Squat")
        api = client_of(ana)
        run = follow(api, plan([fives(squat)]))
        apis = [client_of(ana) for _ in range(4)]
        body = session_body(run, *[done(squat, 5, 100)] * 3)

        statuses = at_once(4, lambda n: apis[n].post(WORKOUTS, body).status_code)

        assert statuses == [201] * 4
        numbers = Workout.objects.order_by("session_number").values_list(
            "session_number", flat=True
        )
        assert list(numbers) == [1, 2, 3, 4]
        assert len(decisions(api, run)) == 4

    @pytest.mark.django_db(transaction=True)
    def test_readers_at_once_settle_a_run_once(self):
        ana, squat = UserFactory(), barbell("Squat")
        api = client_of(ana)
        run = follow(api, plan([fives(squat)]))
        log(api, run, *[done(squat, 5, 100)] * 3)
        log(api, run, *[done(squat, 5, 102.5)] * 3)
        Workout.objects.get(session_number=2).delete()
        apis = [client_of(ana) for _ in range(4)]

        answers = at_once(4, lambda n: apis[n].get(run_url(run)).json()["state"])

        assert [answer["lift"]["load_kg"] for answer in answers] == [102.5] * 4
        assert RuleEvaluation.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_of_a_skip_and_a_beginning_at_once_both_know_of_the_other(self):
        ana = UserFactory()
        run = follow(client_of(ana), plan([fives(barbell("Squat"))]))
        apis = [client_of(ana) for _ in range(2)]
        urls = [run_url(run, "start/"), run_url(run, "skip/")]

        began, skipped = at_once(2, lambda n: apis[n].post(urls[n], {}).status_code)

        taken = run_selectors.history(PlanRun.objects.get()).rows
        assert began == 201
        assert (skipped, [row["number"] for row in taken]) in [(409, [1]), (200, [1, 2])]


def test_a_long_run_is_settled_in_the_same_number_of_statements(
    api, squat, django_assert_num_queries
):
    run = follow(api, plan([fives(squat)], days_per_week=7, duration_weeks=52))
    row = stored(run)
    planned = row.version.document["days"][0]["exercises"][0]["id"]
    target = today(api, run)["session"]["exercises"][0]["sets"][0]["target"]

    for first, last in ((1, 2), (3, 60)):
        for number in range(first, last + 1):
            workout = WorkoutFactory(user=row.user, plan_run=row, session_number=number)
            WorkoutSetFactory(
                workout=workout, exercise=squat, planned_exercise_id=planned, target=target
            )
        # Whose token, the run, its pauses, its sessions; savepoint, clock, the run and its
        # sessions again; version, sets, decisions, the new ones, the run, release.
        with django_assert_num_queries(14):
            shown = api.get(run_url(run)).json()

    assert shown["state"]["lift"]["load_kg"] == 100 + 60 * 2.5
    assert RuleEvaluation.objects.count() == 60


class TestLate:
    """Sessions that a phone sends in another order than they were done."""

    def test_a_session_that_is_logged_again_is_asked_what_it_was_asked(self, api, run, squat):
        loads = (100, 102.5, 105)
        logged = [
            log(api, run, *[done(squat, 5, kg)] * 3, session_number=n + 1)
            for n, kg in enumerate(loads)
        ]
        before = load_of(api, run), decisions(api, run)
        api.delete(detail(logged[0]))

        again = log(api, run, *[done(squat, 5, 100)] * 3, session_number=1)

        assert [row["target"]["load_kg"] for row in sets_of(again)] == [100.0] * 3
        after = load_of(api, run), decisions(api, run)
        assert after[0] == before[0] == 107.5
        assert [one["reason"] for one in after[1]] == [one["reason"] for one in before[1]]

    def test_sessions_in_the_opposite_order_end_where_the_others_do(self, api, run, squat):
        for number, load in ((3, 105), (2, 102.5), (1, 100)):
            log(api, run, *[done(squat, 5, load)] * 3, session_number=number)

        assert load_of(api, run) == 107.5
        assert {one["action"] for one in decisions(api, run)} == {"raise"}
