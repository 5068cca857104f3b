"""Following plans over HTTP: runs, what there is to load, and how much of a plan was kept."""

import datetime as dt

import pytest
from django.db import IntegrityError

from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    GymFactory,
    TrainingMaxFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from tests.workouts.following import (
    LINEAR,
    MONDAY,
    PLANS,
    RUNS,
    WORKOUTS,
    at,
    barbell,
    create_plan,
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
    stored,
    today,
)
from users.ids import uuid7
from workouts.models import (
    Exercise,
    ExerciseEquipment,
    Gym,
    PlanPause,
    PlanRun,
    RuleEvaluation,
    SkippedSession,
    TrainingMax,
    Workout,
)

GYMS, MAXES = "/api/v1/gyms/", "/api/v1/training-maxes/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def squat(db) -> Exercise:
    return barbell("Squat")


@pytest.fixture
def run(api, squat) -> dict:
    """Three times five, from that Monday on."""
    return follow(api, plan([fives(squat)]))


def day(number: int) -> dt.date:
    """The nth day of the run, from 0."""
    return MONDAY + dt.timedelta(days=number)


class TestStarting:
    def test_a_run_follows_the_plan_as_it_is_now(self, api, ana, squat):
        made = create_plan(api, plan([fives(squat)]))

        with at(MONDAY):
            response = api.post(RUNS, {"plan": made["id"]})

        assert response.status_code == 201
        run = response.json()
        assert {name: run[name] for name in ("plan", "version", "name", "gym", "status")} == {
            "plan": made["id"],
            "version": 1,
            "name": "Three times five",
            "gym": None,
            "status": "active",
        }
        assert (run["started_on"], run["finished_on"], run["pauses"]) == ("2026-03-02", None, [])
        assert run["state"]["lift"]["load_kg"] == 100.0
        assert stored(run).user == ana

    def test_it_begins_on_the_persons_own_day(self, api, ana, squat):
        ana.profile.timezone = "Asia/Tokyo"
        ana.profile.save()
        made = create_plan(api, plan([fives(squat)]))

        with at(MONDAY, hour=20):
            run = api.post(RUNS, {"plan": made["id"]}).json()

        assert run["started_on"] == "2026-03-03"

    def test_anothers_plan_is_copied_first(self, api, bens_api, squat):
        made = create_plan(bens_api, plan([fives(squat)], is_public=True))

        response = api.post(RUNS, {"plan": made["id"]})

        assert (response.status_code, errors_of(response)) == (400, [("plan", "does_not_exist")])
        assert PlanRun.objects.count() == 0

    @pytest.mark.parametrize(
        ("change", "attr", "code"),
        [
            ({"plan": None}, "plan", "null"),
            ({"plan": "x"}, "plan", "invalid"),
            ({"gym": "x"}, "gym", "invalid"),
            ({"gym": str(uuid7())}, "gym", "does_not_exist"),
            ({"started_on": "2026-02-30"}, "started_on", "invalid"),
            ({"started_on": "1969-12-31"}, "started_on", "out_of_range"),
            ({"starts": [{}]}, "starts.0.track", "invalid"),
            ({"starts": [{"track": "bench"}]}, "starts.0.track", "does_not_exist"),
            ({"starts": [{"exercise": str(uuid7())}]}, "starts.0.exercise", "does_not_exist"),
            ({"starts": [{"track": "lift", "load_kg": -1}]}, "starts.0.load_kg", "min_value"),
            ({"starts": [{"track": "lift", "one_rm_kg": 90}]}, "starts.0.one_rm_kg", "invalid"),
            ({"starts": [{"track": "lift"}] * 101}, "starts.non_field_errors", "max_length"),
        ],
    )
    def test_what_is_wrong_is_named_and_begins_nothing(self, *, api, squat, change, attr, code):
        made = create_plan(api, plan([fives(squat)]))

        response = api.post(RUNS, {"plan": made["id"], **change})

        assert (response.status_code, errors_of(response)) == (400, [(attr, code)])
        assert PlanRun.objects.count() == 0

    def test_anothers_gym_does_not_exist(self, api, ben, squat):
        made, theirs = create_plan(api, plan([fives(squat)])), GymFactory(user=ben)

        response = api.post(RUNS, {"plan": made["id"], "gym": str(theirs.pk)})

        assert (response.status_code, errors_of(response)) == (400, [("gym", "does_not_exist")])
        assert PlanRun.objects.count() == 0

    def test_a_plan_without_an_exercise_cannot_be_followed(self, api):
        made = create_plan(api, plan([]))

        response = api.post(RUNS, {"plan": made["id"]})

        assert (response.status_code, errors_of(response)) == (409, [(None, "empty_plan")])
        assert PlanRun.objects.count() == 0

    def test_a_plan_is_followed_once_at_a_time(self, api, run):
        response = api.post(RUNS, {"plan": run["plan"]})

        assert (response.status_code, errors_of(response)) == (409, [(None, "already_following")])
        assert PlanRun.objects.count() == 1

    def test_the_database_itself_keeps_a_second_open_run_out(self, run):
        twin = stored(run)
        twin.pk = uuid7()
        twin._state.adding, twin._stored = True, None

        with pytest.raises(IntegrityError, match="planrun_one_open_per_plan"):
            twin.save()

    def test_two_plans_are_followed_side_by_side(self, api, run, squat):
        other = follow(api, plan([fives(squat, start_load_kg=60)], name="Other"))

        assert loads(today(api, run)) == [100.0] * 3
        assert loads(today(api, other)) == [60.0] * 3

    def test_a_finished_plan_may_be_followed_again_and_again(self, api, squat, run):
        runs = [run]
        for _ in range(2):
            log(api, runs[-1], *[done(squat, 5, 100)] * 3)
            api.post(run_url(runs[-1], "finish/"))
            runs.append(api.post(RUNS, {"plan": run["plan"]}).json())

        shown = api.get(f"{RUNS}?plan={run['plan']}").json()["results"]
        assert [(one["id"], one["status"]) for one in shown] == [
            (runs[2]["id"], "active"),
            (runs[1]["id"], "finished"),
            (runs[0]["id"], "finished"),
        ]
        assert [one["state"]["lift"]["load_kg"] for one in shown] == [100.0, 102.5, 102.5]

    @pytest.mark.parametrize("by", ["id", "key"])
    def test_a_start_that_is_repeated_makes_one_run(self, api, squat, by):
        made = create_plan(api, plan([fives(squat)]))
        body = {"plan": made["id"], "starts": [{"track": "lift", "load_kg": 80.0}]}
        if by == "id":
            body["id"] = str(uuid7())
        headers = {"Idempotency-Key": "k"} if by == "key" else {}

        first = api.post(RUNS, body, headers=headers)
        second = api.post(RUNS, body, headers=headers)
        other = api.post(RUNS, {**body, "starts": []}, headers=headers)

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert other.status_code == (409 if by == "id" else 422)
        assert PlanRun.objects.count() == 1


class TestWhereLiftsBegin:
    def test_a_load_that_the_person_names_goes_before_that_of_the_plan(self, api, squat):
        run = follow(api, plan([fives(squat)]), starts=[{"track": "lift", "load_kg": 80.0}])

        assert run["state"]["lift"]["load_kg"] == 80.0
        assert loads(today(api, run)) == [80.0] * 3

    def test_an_exercise_names_all_of_its_tracks(self, api, squat):
        light = fives(squat, track="light", start_load_kg=60.0)

        run = follow(
            api,
            plan([fives(squat)], [light]),
            starts=[{"exercise": str(squat.pk), "load_kg": 70.0}],
        )

        assert {track: one["load_kg"] for track, one in run["state"].items()} == {
            "lift": 70.0,
            "light": 70.0,
        }

    def test_a_planned_exercise_without_a_track_is_named_by_its_id(self, api, squat):
        planned = {"id": str(uuid7()), **fives(squat)}
        del planned["track"]

        run = follow(api, plan([planned]), starts=[{"track": planned["id"], "load_kg": 72.5}])

        assert run["state"][planned["id"]]["load_kg"] == 72.5

    def test_a_training_max_that_was_stored_is_where_a_wave_begins(self, api, ana, squat):
        TrainingMaxFactory(user=ana, exercise=squat, value_kg=150, valid_from=day(-30))
        TrainingMaxFactory(user=ana, exercise=squat, value_kg=126, valid_from=MONDAY)
        TrainingMaxFactory(user=ana, exercise=squat, value_kg=200, valid_from=day(1))
        TrainingMaxFactory(exercise=squat, value_kg=250, valid_from=MONDAY)

        run = follow(api, plan([five_three_one(squat, "squat")], cycle_weeks=4))

        assert run["state"]["squat"]["training_max_kg"] == 126.0
        assert loads(today(api, run)) == [82.5, 95.0, 107.5]

    def test_the_best_maximum_of_the_half_year_is_where_a_wave_begins_else(self, api, ana, squat):
        for reps, weight, date in [
            (1, 140.0, day(0)),
            (5, 100.0, day(-10)),
            (1, 180.0, day(-180)),
            (1, 200.0, day(1)),
        ]:
            workout = WorkoutFactory(user=ana, date=date)
            WorkoutSetFactory(workout=workout, exercise=squat, reps=reps, weight=weight)

        run = follow(api, plan([five_three_one(squat, "squat")], cycle_weeks=4))

        assert run["state"]["squat"]["training_max_kg"] == 126.0

    def test_a_maximum_that_is_named_goes_before_what_is_known(self, api, ana, squat):
        TrainingMaxFactory(user=ana, exercise=squat, value_kg=90, valid_from=MONDAY)
        workout = WorkoutFactory(user=ana, date=day(-1))
        WorkoutSetFactory(workout=workout, exercise=squat, reps=1, weight=100)

        run = follow(
            api,
            plan([five_three_one(squat, "squat")], cycle_weeks=4),
            starts=[{"exercise": str(squat.pk), "one_rm_kg": 140.0}],
        )

        assert run["state"]["squat"]["training_max_kg"] == 126.0

    def test_a_training_max_that_is_named_goes_before_everything(self, api, ana, squat):
        TrainingMaxFactory(user=ana, exercise=squat, value_kg=90, valid_from=MONDAY)

        run = follow(
            api,
            plan([five_three_one(squat, "squat")], cycle_weeks=4),
            starts=[{"track": "squat", "training_max_kg": 110.0}],
        )

        assert run["state"]["squat"]["training_max_kg"] == 110.0

    def test_a_maximum_that_is_named_holds_for_every_session(self, api, ana, squat):
        share = {"count": 1, "reps_min": 5, "load_type": "percent_1rm", "load_value": 75.0}
        run = follow(
            api,
            plan([fives(squat, progression=None, planned_sets=[share])]),
            starts=[{"exercise": str(squat.pk), "one_rm_kg": 140.0}],
        )

        first = today(api, run)
        with at(MONDAY):
            log(api, run, done(squat, 5, 105))
            second = today(api, run)
            WorkoutSetFactory(
                workout=WorkoutFactory(user=ana, date=MONDAY), exercise=squat, reps=1, weight=160
            )
            third = today(api, run)

        assert [loads(answer) for answer in (first, second, third)] == [[105.0], [105.0], [120.0]]

    def test_where_nothing_is_known_the_person_chooses(self, api, squat):
        run = follow(api, plan([fives(squat, start_load_kg=None)]))

        [exercise] = today(api, run)["session"]["exercises"]
        assert [one["target"]["load_kg"] for one in exercise["sets"]] == [None] * 3
        assert "choose the load" in exercise["sets"][0]["why"]


class TestLifeOfARun:
    def test_a_pause_freezes_and_going_on_ends_it(self, api, run):
        with at(day(3)):
            paused = api.post(run_url(run, "pause/"), {"reason": "Flu"}).json()
            again = api.post(run_url(run, "pause/"), {"reason": "Still"}).json()
            answer = today(api, run)
            refused = api.post(run_url(run, "start/"), {})
        with at(day(10)):
            resumed = api.post(run_url(run, "resume/")).json()

        pause = {"starts_on": "2026-03-05", "ends_on": None, "reason": "Flu"}
        assert (paused["status"], paused["pauses"]) == ("paused", [pause])
        assert again["pauses"] == [pause]
        assert (answer["session"], answer["message"]) == (
            None,
            "This run is paused. Resume it to go on.",
        )
        assert (refused.status_code, errors_of(refused)) == (409, [(None, "run_paused")])
        assert Workout.objects.count() == 0
        assert (resumed["status"], resumed["pauses"]) == (
            "active",
            [{**pause, "ends_on": "2026-03-12"}],
        )

    def test_a_run_that_is_not_paused_cannot_be_resumed(self, api, run):
        before = api.get(run_url(run)).json()

        response = api.post(run_url(run, "resume/"))

        assert (response.status_code, errors_of(response)) == (409, [(None, "not_paused")])
        assert api.get(run_url(run)).json() == before

    def test_a_run_is_finished_once_and_ends_its_pause(self, api, run):
        with at(day(3)):
            api.post(run_url(run, "pause/"), {})
        with at(day(5)):
            finished = api.post(run_url(run, "finish/")).json()
        with at(day(9)):
            again = api.post(run_url(run, "finish/")).json()
            refused = [
                api.post(run_url(run, action), {})
                for action in ("start/", "skip/", "pause/", "resume/")
            ]

        assert (finished["status"], finished["finished_on"]) == ("finished", "2026-03-07")
        assert finished["pauses"][0]["ends_on"] == "2026-03-07"
        assert again == finished
        assert [response.status_code for response in refused] == [409] * 4
        assert [errors_of(response)[0][1] for response in refused] == [
            *["run_finished"] * 3,
            "not_paused",
        ]
        assert today(api, run)["message"] == "This run is finished."
        assert (SkippedSession.objects.count(), Workout.objects.count()) == (0, 0)

    @pytest.mark.parametrize("reason", ["x" * 101, None, ["x"]])
    def test_a_bad_reason_is_named_and_pauses_nothing(self, api, run, reason):
        response = api.post(run_url(run, "pause/"), {"reason": reason})

        assert (response.status_code, errors_of(response)[0][0]) == (400, "reason")
        assert (stored(run).status, PlanPause.objects.count()) == ("active", 0)

    def test_a_run_stays_on_its_version_when_the_plan_is_edited(self, api, run, squat):
        edited = api.get(f"{PLANS}{run['plan']}/").json()
        edited["days"][0]["exercises"][0] |= {"start_load_kg": 60.0, "sets": None, "reps": None}
        edited["days"][0]["exercises"][0]["planned_sets"] = [{"count": 1, "reps_min": 20}]
        response = api.put(f"{PLANS}{run['plan']}/", edited)
        assert response.status_code == 200, response.content

        shown = api.get(run_url(run)).json()
        api.post(run_url(run, "finish/"))
        anew = api.post(RUNS, {"plan": run["plan"]}).json()

        assert (shown["version"], loads(today(api, run | {"id": anew["id"]}))) == (1, [60.0])
        assert anew["version"] == 2
        assert stored(run).version.document["days"][0]["exercises"][0]["start_load_kg"] == 100.0

    def test_an_edited_plan_does_not_change_what_an_open_run_asks_for(self, api, run):
        edited = api.get(f"{PLANS}{run['plan']}/").json()
        edited["days"][0]["exercises"][0]["start_load_kg"] = 60.0
        edited["name"] = "Renamed"

        api.put(f"{PLANS}{run['plan']}/", edited)

        assert loads(today(api, run)) == [100.0] * 3
        assert api.get(run_url(run)).json()["name"] == "Three times five"

    def test_a_plan_is_over_after_its_last_session(self, api, squat):
        run = follow(api, plan([fives(squat)], days_per_week=1, duration_weeks=2))
        for _ in range(2):
            log(api, run, *[done(squat, 5, 100)] * 3)

        answer = today(api, run)
        refused = [
            api.post(run_url(run, "start/"), {}),
            api.post(run_url(run, "skip/")),
            api.post(
                WORKOUTS,
                {
                    "name": "X",
                    "date": "2026-03-20",
                    "start_time": "10:00",
                    "plan_run_id": run["id"],
                },
            ),
        ]

        assert (answer["status"], answer["session"], answer["message"]) == (
            "active",
            None,
            "There is no session left.",
        )
        assert [r.status_code for r in refused] == [409] * 3
        assert [errors_of(r) for r in refused] == [[(None, "run_finished")]] * 3
        assert Workout.objects.count() == 2

    def test_no_session_is_left_when_the_last_ones_were_skipped(self, api, squat):
        run = follow(api, plan([fives(squat)], days_per_week=1, duration_weeks=2))
        for _ in range(2):
            api.post(run_url(run, "skip/"))

        answer = today(api, run)

        assert (answer["session"], answer["message"]) == (None, "There is no session left.")

    def test_the_diary_can_be_narrowed_to_the_sessions_of_a_run(self, api, bens_api, run, squat):
        other = follow(api, plan([fives(squat)], name="Other"))
        first, second = (log(api, run, *[done(squat, 5, 100)] * 3)["id"] for _ in range(2))
        log(api, other, *[done(squat, 5, 100)] * 3)

        mine = api.get(f"{WORKOUTS}?plan_run={run['id']}").json()["results"]
        bens = bens_api.get(f"{WORKOUTS}?plan_run={run['id']}").json()["results"]

        assert {row["id"] for row in mine} == {first, second}
        assert bens == []

    def test_a_run_that_is_forgotten_leaves_its_workouts(self, api, run, squat):
        workout = log(api, run, *[done(squat, 5, 100)] * 3)
        api.post(run_url(run, "skip/"))
        api.post(run_url(run, "pause/"), {})

        response = api.delete(run_url(run))

        assert response.status_code == 204
        kept = api.get(f"{WORKOUTS}{workout['id']}/").json()
        assert (kept["plan_run_id"], kept["session_number"], len(kept["sets"])) == (None, None, 3)
        assert kept["workout_plan_id"] == run["plan"]
        assert api.get(run_url(run)).status_code == 404
        counts = [
            model.objects.count()
            for model in (PlanRun, RuleEvaluation, SkippedSession, PlanPause, Workout)
        ]
        assert counts == [0, 0, 0, 0, 1]

    def test_a_run_that_is_forgotten_while_a_session_is_done_lets_it_be_finished(self, api, run):
        with at(MONDAY):
            workout = api.post(run_url(run, "start/"), {}).json()
            api.delete(run_url(run))

            finished = api.post(f"{WORKOUTS}{workout['id']}/finish/", {})

        assert (finished.status_code, finished.json()["plan_run_id"]) == (200, None)

    def test_a_plan_with_finished_runs_goes_with_them(self, api, run, squat):
        log(api, run, *[done(squat, 5, 100)] * 3)
        refused = api.delete(f"{PLANS}{run['plan']}/")
        api.post(run_url(run, "finish/"))

        response = api.delete(f"{PLANS}{run['plan']}/")

        assert (refused.status_code, response.status_code) == (409, 204)
        assert (PlanRun.objects.count(), Workout.objects.get().plan_run_id) == (0, None)


class TestSkipping:
    def test_a_skipped_session_is_left_out_and_taken_back(self, api, run, squat):
        before = today(api, run)["session"]["session_number"]

        skipped = api.post(run_url(run, "skip/"))
        after = today(api, run)["session"]["session_number"]
        back = api.delete(run_url(run, f"skipped/{before}/"))

        assert (skipped.status_code, back.status_code) == (200, 204)
        assert (before, after, today(api, run)["session"]["session_number"]) == (1, 2, 1)
        assert loads(today(api, run)) == [100.0] * 3
        assert decisions(api, run) == []

    def test_a_skip_with_its_number_is_done_once(self, api, run):
        first = api.post(run_url(run, "skip/"), {"number": 1})

        again = api.post(run_url(run, "skip/"), {"number": 1})

        assert (first.status_code, again.status_code) == (200, 200)
        assert list(SkippedSession.objects.values_list("number", flat=True)) == [1]

    def test_only_the_next_session_can_be_skipped(self, api, run):
        response = api.post(run_url(run, "skip/"), {"number": 2})

        assert (response.status_code, errors_of(response)) == (400, [("number", "not_the_next")])
        assert SkippedSession.objects.count() == 0

    @pytest.mark.parametrize("number", [1, 3, 10**12])
    def test_what_was_not_skipped_cannot_be_taken_back(self, api, run, number):
        api.post(run_url(run, "skip/"))
        api.delete(run_url(run, "skipped/1/"))

        assert api.delete(run_url(run, f"skipped/{number}/")).status_code == 404

    def test_a_session_that_is_being_done_is_not_skipped(self, api, run):
        with at(MONDAY):
            api.post(run_url(run, "start/"), {})

        response = api.post(run_url(run, "skip/"))

        assert (response.status_code, errors_of(response)) == (409, [(None, "session_taken")])
        assert SkippedSession.objects.count() == 0

    def test_skipping_the_end_of_a_cycle_judges_it_at_once(self, api, ana, squat):
        TrainingMaxFactory(user=ana, exercise=squat, value_kg=100)
        run = follow(
            api,
            plan(
                [five_three_one(squat, "squat")],
                days_per_week=1,
                duration_weeks=8,
                cycle_weeks=4,
            ),
        )
        log(api, run, *[done(squat, 5, kg) for kg in (65, 75, 85)])
        for _ in range(2):
            api.post(run_url(run, "skip/"))

        skipped = api.post(run_url(run, "skip/")).json()
        back = api.delete(run_url(run, "skipped/4/"))

        assert skipped["state"]["squat"]["training_max_kg"] == 102.5
        assert back.status_code == 204
        assert stored(run).state["squat"]["training_max_kg"] == 100.0


class TestGymOfARun:
    def test_loads_are_those_of_the_gym(self, api, ana, squat):
        garage = GymFactory(user=ana, inventory={"plates": [{"weight_kg": 20, "pairs": 2}]})
        run = follow(api, plan([fives(squat)]), gym=str(garage.pk))

        [exercise] = today(api, run)["session"]["exercises"]

        assert exercise["sets"][0]["target"]["load_kg"] == 100.0
        assert exercise["sets"][0]["plates_kg"] == [20.0, 20.0]

    def test_loads_change_with_the_gym(self, api, ana, squat):
        coarse = GymFactory(user=ana, inventory={"plates": [{"weight_kg": 15, "pairs": 4}]})
        run = follow(api, plan([fives(squat)]))

        changed = api.patch(run_url(run), {"gym": str(coarse.pk)}).json()
        there = loads(today(api, run))
        back = api.patch(run_url(run), {"gym": None}).json()
        unchanged = api.patch(run_url(run), {}).json()

        assert (changed["gym"], there) == (str(coarse.pk), [110.0] * 3)
        assert (back["gym"], unchanged["gym"], loads(today(api, run))) == (None, None, [100.0] * 3)

    def test_without_a_gym_the_default_one_counts(self, api, ana, squat):
        GymFactory(user=ana, inventory={"plates": [{"weight_kg": 15, "pairs": 4}]})
        GymFactory(
            user=ana, is_default=True, inventory={"plates": [{"weight_kg": 20, "pairs": 4}]}
        )
        run = follow(api, plan([fives(squat, start_load_kg=110.0)]))

        assert loads(today(api, run)) == [100.0] * 3

    def test_without_any_gym_a_person_with_pounds_gets_plates_in_pounds(self, api, ana, squat):
        ana.settings.measurement_system = "imperial"
        ana.settings.save()
        run = follow(api, plan([fives(squat)]))

        [exercise] = today(api, run)["session"]["exercises"]

        assert exercise["sets"][0]["target"]["load_kg"] == pytest.approx(99.79)  # 220 lb
        assert exercise["sets"][0]["why"] == "working load 100 kg, loaded as 99.79 kg"

    @pytest.mark.parametrize("how", ["api", "orm"])
    def test_a_gym_that_is_deleted_leaves_its_runs_to_the_default_one(
        self, *, api, ana, squat, how
    ):
        coarse = GymFactory(user=ana, inventory={"plates": [{"weight_kg": 15, "pairs": 4}]})
        run = follow(api, plan([fives(squat)]), gym=str(coarse.pk))
        revision = stored(run).revision

        if how == "api":
            assert api.delete(f"{GYMS}{coarse.pk}/").status_code == 204
        else:
            Gym.objects.filter(pk=coarse.pk).delete()

        assert (stored(run).gym_id, stored(run).revision > revision) == (None, True)
        assert loads(today(api, run)) == [100.0] * 3

    def test_anothers_gym_is_refused_and_changes_nothing(self, api, ben, run):
        theirs = GymFactory(user=ben)

        response = api.patch(run_url(run), {"gym": str(theirs.pk)})

        assert (response.status_code, errors_of(response)) == (400, [("gym", "does_not_exist")])
        assert stored(run).gym_id is None


class TestReading:
    def test_a_list_costs_the_same_for_any_number_of_runs(
        self, *, api, squat, run, django_assert_num_queries
    ):
        log(api, run, *[done(squat, 5, 100)] * 3)
        # Whose token, the page, its pauses, its sessions.
        with django_assert_num_queries(4):
            one = api.get(RUNS).json()["results"]
        for number in range(3):
            follow(api, plan([fives(squat)], name=f"Plan {number}"))
        with django_assert_num_queries(4):
            four = api.get(RUNS).json()["results"]

        assert (len(one), len(four)) == (1, 4)

    def test_a_list_does_not_fetch_documents(self, api, run, django_assert_num_queries):
        with django_assert_num_queries(4) as queries:
            api.get(RUNS)

        assert not [q for q in queries if '"workouts_planversion"."document",' in q["sql"]]

    def test_a_run_that_moved_meanwhile_is_listed_as_it_stands(self, api, run, squat):
        log(api, run, *[done(squat, 5, 100)] * 3)
        Workout.objects.all().delete()

        [row] = api.get(RUNS).json()["results"]

        assert row["state"]["lift"]["load_kg"] == 100.0

    def test_filters_narrow_the_list(self, api, run, squat):
        other = follow(api, plan([fives(squat)], name="Other"))
        api.post(run_url(other, "finish/"))

        def listed(query: str) -> list[str]:
            return [row["id"] for row in api.get(f"{RUNS}?{query}").json()["results"]]

        assert listed("") == [other["id"], run["id"]]
        assert listed("status=active") == [run["id"]]
        assert listed("status=finished") == [other["id"]]
        assert listed(f"plan={run['plan']}") == [run["id"]]
        assert listed("updated_since=2100-01-01T00:00:00Z") == []

    @pytest.mark.parametrize("query", ["status=lost", "plan=x", "updated_since=x", "cursor=x"])
    def test_a_bad_filter_is_named(self, api, query):
        response = api.get(f"{RUNS}?{query}")

        assert (response.status_code, errors_of(response)[0][0]) == (
            400,
            query.partition("=")[0],
        )

    def test_a_stranger_finds_nothing(self, api, bens_api, run, squat):
        log(api, run, *[done(squat, 5, 100)] * 3)
        api.post(run_url(run, "skip/"))
        before = api.get(run_url(run)).json()

        answers = [
            *[bens_api.get(run_url(run, a)) for a in ("", "today/", "decisions/", "adherence/")],
            *[
                bens_api.post(run_url(run, a), {})
                for a in ("start/", "skip/", "pause/", "resume/", "finish/")
            ],
            bens_api.patch(run_url(run), {"gym": None}),
            bens_api.delete(run_url(run)),
            bens_api.delete(run_url(run, "skipped/2/")),
        ]

        assert [answer.status_code for answer in answers] == [404] * 12
        assert bens_api.get(RUNS).json()["results"] == []
        assert api.get(run_url(run)).json() == before

    def test_a_stranger_logs_no_session_of_it(self, bens_api, run):
        response = bens_api.post(
            WORKOUTS,
            {"name": "X", "date": "2026-03-02", "start_time": "10:00", "plan_run_id": run["id"]},
        )

        assert (response.status_code, errors_of(response)) == (
            400,
            [("plan_run_id", "does_not_exist")],
        )
        assert Workout.objects.count() == 0


class TestAdherence:
    def read(self, api, run, date) -> dict:
        with at(date):
            return api.get(run_url(run, "adherence/")).json()

    def test_before_anything_is_due_nothing_is_measured(self, api, run):
        answer = self.read(api, run, MONDAY)

        assert answer == {
            "weeks": [
                {
                    "starts_on": "2026-03-02",
                    "planned": 3,
                    "done": 0,
                    "skipped": 0,
                    "is_frozen": False,
                }
            ],
            "sessions_planned": 0,
            "sessions_done": 0,
            "sessions_percent": None,
            "sets_planned": 0,
            "sets_done": 0,
            "sets_hit": 0,
            "sets_percent": None,
            "hit_percent": None,
        }

    def test_planned_is_held_against_performed_by_week_and_by_set(self, api, run, squat):
        hit, missed, easier = done(squat, 5, 100), done(squat, 3, 100), done(squat, 5, 80)
        for date, sets in [
            (day(0), [hit, hit, hit]),
            (day(2), [hit, missed]),  # and one left out
            (day(4), [easier, easier, hit]),
            (day(5), [hit, hit, hit]),  # one more than planned
            (day(8), [hit, hit, hit]),
        ]:
            log(api, run, *[{**one, "weight": one["weight"]} for one in sets], date=str(date))
        with at(day(9)):
            api.post(run_url(run, "skip/"))

        answer = self.read(api, run, day(15))

        assert [(w["planned"], w["done"], w["skipped"]) for w in answer["weeks"]] == [
            (3, 4, 0),
            (3, 1, 1),
            (3, 0, 0),
        ]
        # Of six that were due four were done: more in one week do not make up for another.
        assert (answer["sessions_planned"], answer["sessions_done"]) == (6, 5)
        assert answer["sessions_percent"] == round(100 * 4 / 6, 1)
        assert (answer["sets_planned"], answer["sets_done"]) == (15, 14)

    def test_a_set_easier_than_asked_is_done_and_not_hit(self, api, run, squat):
        log(api, run, done(squat, 5, 100), done(squat, 5, 80), done(squat, 4, 100))

        answer = self.read(api, run, day(1))

        assert [answer[name] for name in ("sets_planned", "sets_done", "sets_hit")] == [3, 3, 1]
        assert (answer["sets_percent"], answer["hit_percent"]) == (100.0, 33.3)

    def test_a_week_that_is_paused_for_longer_asks_for_nothing(self, api, run, squat):
        log(api, run, *[done(squat, 5, 100)] * 3, date=str(day(0)))
        for begins, ends in [(day(3), day(5)), (day(7), day(12))]:
            with at(begins):
                api.post(run_url(run, "pause/"), {})
            with at(ends):
                api.post(run_url(run, "resume/"))

        answer = self.read(api, run, day(21))

        assert [(w["planned"], w["is_frozen"]) for w in answer["weeks"]] == [
            (3, False),
            (0, True),
            (3, False),
            (3, False),
        ]
        assert (answer["sessions_planned"], answer["sessions_percent"]) == (6, 16.7)

    def test_a_pause_that_still_lasts_freezes_what_is_to_come(self, api, run):
        with at(day(2)):
            api.post(run_url(run, "pause/"), {})

        answer = self.read(api, run, day(30))

        assert [week["is_frozen"] for week in answer["weeks"]] == [True] * 5
        assert answer["sessions_percent"] is None

    def test_a_plan_that_is_over_asks_for_nothing_more(self, api, squat):
        run = follow(api, plan([fives(squat)], days_per_week=2, duration_weeks=1))

        answer = self.read(api, run, day(20))

        assert [week["planned"] for week in answer["weeks"]] == [2, 0, 0]

    def test_the_weeks_of_a_finished_run_end_with_it(self, api, run):
        with at(day(8)):
            api.post(run_url(run, "finish/"))

        assert len(self.read(api, run, day(40))["weeks"]) == 2

    def test_a_run_that_begins_later_has_no_week_yet(self, api, run):
        assert self.read(api, run, day(-1))["weeks"] == []

    def test_it_costs_the_same_for_any_number_of_sessions(
        self, *, api, run, squat, django_assert_num_queries
    ):
        counts = []
        for _ in range(2):
            log(api, run, *[done(squat, 5, 100)] * 3)
            # Whose token, the run with its version, its sessions, the zone, pauses, sets.
            with at(day(1)), django_assert_num_queries(6):
                counts.append(api.get(run_url(run, "adherence/")).json()["sessions_done"])
            log(api, run, *[done(squat, 5, 100)] * 3)

        assert counts == [1, 3]


class TestGyms:
    def test_the_first_gym_is_the_usual_one_and_has_everything(self, api):
        first = api.post(GYMS, {"name": "Garage"}).json()
        second = api.post(GYMS, {"name": "Club"}).json()

        assert (first["is_default"], second["is_default"]) == (True, False)
        assert first["inventory"]["bars"]["barbell"] == 20
        assert first["equipment"] == []

    def test_a_person_with_pounds_gets_a_gym_in_pounds(self, api, ana):
        ana.settings.measurement_system = "imperial"
        ana.settings.save()

        gym = api.post(GYMS, {"name": "Garage"}).json()

        assert gym["inventory"]["bars"]["barbell"] == pytest.approx(20.4117, abs=1e-4)
        assert gym["inventory"]["plates"][0] == {
            "weight_kg": pytest.approx(20.4117, abs=1e-4),
            "pairs": 8,
        }

    def test_one_gym_is_the_default_one(self, api):
        first = api.post(GYMS, {"name": "Garage"}).json()
        second = api.post(GYMS, {"name": "Club", "is_default": True}).json()
        shown = {row["name"]: row["is_default"] for row in api.get(GYMS).json()["results"]}
        api.patch(f"{GYMS}{first['id']}/", {"is_default": True})

        assert shown == {"Garage": False, "Club": True}
        assert api.get(f"{GYMS}{first['id']}/").json()["is_default"] is True
        assert api.get(f"{GYMS}{second['id']}/").json()["is_default"] is False

    def test_nobody_elses_default_is_touched(self, api, ben):
        theirs = GymFactory(user=ben, is_default=True)

        api.post(GYMS, {"name": "Garage", "is_default": True})

        theirs.refresh_from_db()
        assert theirs.is_default is True

    def test_what_a_gym_has_is_stored_and_changed(self, api):
        gym = api.post(
            GYMS,
            {
                "name": "Garage",
                "equipment": ["dumbbell", "barbell", "dumbbell"],
                "inventory": {
                    "bars": {"barbell": 15},
                    "plates": [{"weight_kg": 10, "pairs": 2}],
                    "dumbbells": None,
                    "dumbbell_step_kg": 2.5,
                },
            },
        ).json()

        changed = api.patch(f"{GYMS}{gym['id']}/", {"name": "Shed", "equipment": []}).json()

        assert gym["equipment"] == ["barbell", "dumbbell"]
        assert gym["inventory"]["bars"] == {"barbell": 15}
        assert (gym["inventory"]["dumbbells"], gym["inventory"]["cable_step_kg"]) == (None, 2.5)
        assert (changed["name"], changed["equipment"]) == ("Shed", [])
        assert changed["inventory"] == gym["inventory"]

    @pytest.mark.parametrize(
        ("change", "attr"),
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 101}, "name"),
            ({"equipment": ["spoon"]}, "equipment"),
            ({"equipment": "barbell"}, "equipment"),
            ({"equipment": ["barbell"] * 41}, "equipment"),
            ({"is_default": None}, "is_default"),
            ({"inventory": None}, "inventory"),
            ({"inventory": "x"}, "inventory.non_field_errors"),
            ({"inventory": {"spoons": 3}}, "inventory.spoons"),
            ({"inventory": {"bars": {"barbell": -1}}}, "inventory.bars.barbell"),
            (
                {"inventory": {"plates": [{"weight_kg": 0, "pairs": 2}]}},
                "inventory.plates.0.weight_kg",
            ),
            ({"inventory": {"plates": [{"weight_kg": 5}]}}, "inventory.plates.0.pairs"),
            ({"inventory": {"dumbbells": []}}, "inventory.dumbbells"),
            ({"inventory": {"cable_step_kg": "2.5"}}, "inventory.cable_step_kg"),
        ],
    )
    def test_what_is_wrong_is_named_and_changes_nothing(self, api, change, attr):
        gym = api.post(GYMS, {"name": "Garage"}).json()

        made = api.post(GYMS, {"name": "Club", **change})
        changed = api.patch(f"{GYMS}{gym['id']}/", {"name": "New", **change})

        assert (made.status_code, changed.status_code) == (400, 400)
        assert errors_of(made)[0][0] == errors_of(changed)[0][0] == attr
        assert api.get(GYMS).json()["results"] == [gym]

    def test_the_same_id_twice_makes_one_gym(self, api):
        body = {"id": str(uuid7()), "name": "Garage"}

        first, second = api.post(GYMS, body), api.post(GYMS, body)
        other = api.post(GYMS, {**body, "name": "Club"})

        assert (first.status_code, second.status_code, other.status_code) == (201, 200, 409)
        assert first.json() == second.json()

    def test_a_stranger_finds_no_gym(self, api, bens_api):
        gym = api.post(GYMS, {"name": "Garage"}).json()
        url = f"{GYMS}{gym['id']}/"

        answers = [bens_api.get(url), bens_api.patch(url, {"name": "X"}), bens_api.delete(url)]

        assert [answer.status_code for answer in answers] == [404] * 3
        assert bens_api.get(GYMS).json()["results"] == []
        assert api.get(url).json() == gym

    def test_a_list_of_gyms_takes_two_queries(self, api, ana, django_assert_num_queries):
        GymFactory.create_batch(3, user=ana)

        with django_assert_num_queries(2):  # whose token, the page
            rows = api.get(GYMS).json()["results"]

        assert len(rows) == 3


class TestTrainingMaxes:
    def test_a_training_max_is_kept_changed_and_deleted(self, api, squat):
        body = {"exercise": str(squat.pk), "value_kg": 126.0, "valid_from": "2026-03-02"}

        made = api.post(MAXES, body)
        url = f"{MAXES}{made.json()['id']}/"
        changed = api.patch(url, {"value_kg": 130, "source": "tested"})
        shown = api.get(url)
        deleted = api.delete(url)

        assert made.status_code == 201
        assert {**body, "source": "manual"}.items() <= made.json().items()
        assert (changed.json()["value_kg"], shown.json()["source"]) == (130.0, "tested")
        assert (deleted.status_code, TrainingMax.objects.count()) == (204, 0)

    def test_they_are_listed_newest_first_and_by_exercise(self, api, ana, squat):
        bench = ExerciseFactory()
        for exercise, date in [(squat, day(0)), (bench, day(5)), (squat, day(7))]:
            TrainingMaxFactory(user=ana, exercise=exercise, valid_from=date)
        TrainingMaxFactory(exercise=squat)

        def dates(query: str = "") -> list[str]:
            return [row["valid_from"] for row in api.get(f"{MAXES}{query}").json()["results"]]

        assert dates() == ["2026-03-09", "2026-03-07", "2026-03-02"]
        assert dates(f"?exercise={squat.pk}") == ["2026-03-09", "2026-03-02"]

    @pytest.mark.parametrize("date", ["0001-01-01", "1969-12-31", "2200-01-01", "9999-12-31"])
    def test_a_day_that_no_diary_has_is_refused(self, api, ana, squat, date):
        kept = TrainingMaxFactory(user=ana, exercise=squat, valid_from=MONDAY)

        made = api.post(MAXES, {"exercise": str(squat.pk), "value_kg": 126, "valid_from": date})
        moved = api.patch(f"{MAXES}{kept.pk}/", {"valid_from": date})

        assert [answer.status_code for answer in (made, moved)] == [400, 400]
        assert [errors_of(answer) for answer in (made, moved)] == [
            [("valid_from", "out_of_range")]
        ] * 2
        assert TrainingMax.objects.get().valid_from == MONDAY

    @pytest.mark.parametrize("date", ["1970-01-01", "2199-12-31"])
    def test_the_first_and_the_last_day_of_the_diary_are_taken(self, api, squat, date):
        made = api.post(MAXES, {"exercise": str(squat.pk), "value_kg": 126, "valid_from": date})

        assert (made.status_code, made.json()["valid_from"]) == (201, date)

    def test_an_exercise_has_one_a_day(self, api, ana, squat):
        TrainingMaxFactory(user=ana, exercise=squat, valid_from=MONDAY, value_kg=100)
        other = TrainingMaxFactory(user=ana, exercise=squat, valid_from=day(1), value_kg=110)

        made = api.post(
            MAXES, {"exercise": str(squat.pk), "value_kg": 126, "valid_from": str(MONDAY)}
        )
        moved = api.patch(f"{MAXES}{other.pk}/", {"valid_from": str(MONDAY)})

        assert (made.status_code, moved.status_code) == (409, 409)
        assert made.json()["errors"][0]["detail"] == (
            "This exercise has a training max from that day."
        )
        assert sorted(TrainingMax.objects.values_list("value_kg", flat=True)) == [100.0, 110.0]

    @pytest.mark.parametrize(
        ("change", "attr"),
        [
            ({"value_kg": 0}, "value_kg"),
            ({"value_kg": 2001}, "value_kg"),
            ({"value_kg": "nan"}, "value_kg"),
            ({"value_kg": None}, "value_kg"),
            ({"exercise": str(uuid7())}, "exercise"),
            ({"exercise": None}, "exercise"),
            ({"valid_from": "x"}, "valid_from"),
            ({"source": "guessed"}, "source"),
        ],
    )
    def test_what_is_wrong_is_named_and_changes_nothing(self, api, ana, squat, change, attr):
        row = TrainingMaxFactory(user=ana, exercise=squat)
        body = {"exercise": str(squat.pk), "value_kg": 126, "valid_from": "2026-03-05"}

        made = api.post(MAXES, {**body, **change})
        changed = api.patch(f"{MAXES}{row.pk}/", change)

        assert (made.status_code, changed.status_code) == (400, 400)
        assert errors_of(made)[0][0] == errors_of(changed)[0][0] == attr
        row.refresh_from_db()
        assert (row.value_kg, row.exercise, row.source) == (100.0, squat, "manual")
        assert TrainingMax.objects.count() == 1

    def test_anothers_exercise_does_not_exist(self, api, ben):
        secret = CustomExerciseFactory(created_by=ben)

        response = api.post(
            MAXES, {"exercise": str(secret.pk), "value_kg": 126, "valid_from": "2026-03-02"}
        )

        assert (response.status_code, errors_of(response)) == (
            400,
            [("exercise", "does_not_exist")],
        )
        assert TrainingMax.objects.count() == 0

    def test_a_stranger_finds_none(self, ana, bens_api, squat):
        row = TrainingMaxFactory(user=ana, exercise=squat)
        url = f"{MAXES}{row.pk}/"

        answers = [bens_api.get(url), bens_api.patch(url, {"value_kg": 1}), bens_api.delete(url)]

        assert [answer.status_code for answer in answers] == [404] * 3
        assert bens_api.get(MAXES).json()["results"] == []
        assert TrainingMax.objects.get().value_kg == 100.0

    def test_a_list_of_them_takes_two_queries(self, api, ana, django_assert_num_queries):
        TrainingMaxFactory.create_batch(3, user=ana)

        with django_assert_num_queries(2):  # whose token, the page
            rows = api.get(MAXES).json()["results"]

        assert len(rows) == 3


class TestProgressionRules:
    def test_the_rules_are_a_json_schema(self, api):
        schema = api.get("/api/v1/progression-rules/").json()

        assert schema["discriminator"]["propertyName"] == "kind"
        assert set(schema["discriminator"]["mapping"]) == {
            *("linear", "double", "reps_sum", "percent_wave", "training_max_reset", "rpe"),
            *("amrap_tiers", "stages", "sets_first", "variation_ladder"),
        }
        linear = schema["$defs"]["Linear"]
        assert linear["properties"]["increment_kg"]["default"] == 2.5
        assert "successes" in linear["description"]

    def test_they_are_for_people_who_are_signed_in(self, anonymous):
        assert anonymous.get("/api/v1/progression-rules/").status_code == 401


class TestSync:
    def changes(self, api) -> dict[str, list[dict]]:
        found: dict[str, list[dict]] = {}
        for row in api.get("/api/v1/sync/").json()["results"]:
            found.setdefault(row["resource"], []).append(row)
        return found

    def test_the_feed_shows_runs_gyms_and_maxima_as_their_pages_do(self, api, ana, run, squat):
        gym = api.post(GYMS, {"name": "Garage"}).json()
        row = TrainingMaxFactory(user=ana, exercise=squat)
        with at(MONDAY):
            api.post(run_url(run, "pause/"), {"reason": "Flu"})

        changes = self.changes(api)

        assert changes["workouts.planrun"][0]["data"] == api.get(run_url(run)).json()
        assert changes["workouts.gym"][0]["data"] == gym
        assert changes["workouts.trainingmax"][0]["data"] == api.get(f"{MAXES}{row.pk}/").json()

    def test_a_session_that_is_done_tells_where_its_run_stands(self, api, run, squat):
        workout = log(api, run, *[done(squat, 5, 100)] * 3)

        changes = self.changes(api)

        [told] = changes["workouts.planrun"]
        assert told["data"]["state"]["lift"]["load_kg"] == 102.5
        assert told["data"] == api.get(run_url(run)).json()
        assert changes["workouts.workout"][0]["id"] == workout["id"]

    def test_the_feed_costs_the_same_for_any_number_of_runs(
        self, *, api, ana, squat, run, django_assert_num_queries
    ):
        api.post(GYMS, {"name": "Garage"})
        TrainingMaxFactory(user=ana, exercise=squat)
        # Whose token, two of the clock, the feed; runs, pauses, gyms, maxima, plans.
        with django_assert_num_queries(9):
            self.changes(api)
        for number in range(3):
            follow(api, plan([fives(squat)], name=f"Plan {number}"))
            TrainingMaxFactory(user=ana)
            GymFactory(user=ana)
        with django_assert_num_queries(9):
            many = self.changes(api)

        assert [len(many[f"workouts.{name}"]) for name in ("planrun", "gym", "trainingmax")] == [
            4,
            4,
            4,
        ]


def test_equipment_of_an_exercise_decides_what_is_rounded(api, squat):
    dumbbells = ExerciseFactory(name="Dumbbell Press")
    ExerciseEquipment.objects.create(exercise=dumbbells, equipment_id="dumbbell")
    free = ExerciseFactory(name="Sandbag")
    run = follow(
        api,
        plan(
            [
                fives(exercise, track=track, start_load_kg=31.3, progression=LINEAR)
                for exercise, track in ((squat, "a"), (dumbbells, "b"), (free, "c"))
            ]
        ),
    )

    assert loads(today(api, run)) == [*[32.5] * 3, *[32.0] * 3, *[31.5] * 3]
