"""What a plan will be: its faults, its volume, and its weeks ahead."""

import datetime as dt

import pytest
from django.utils import timezone

from tests.factories.workouts import (
    DayBodyFactory,
    ExerciseFactory,
    PlanBodyFactory,
    PlanFactory,
    PlannedExerciseBodyFactory,
)
from users.ids import uuid7
from workouts.models import Exercise, ExerciseMuscle, Gym, TrainingMax, WorkoutPlan
from workouts.services import runs

URL = "/api/v1/plans/"
pytestmark = pytest.mark.django_db

WAVE = {
    1: (65, 75, 85),
    2: (70, 80, 90),
    3: (75, 85, 95),
    4: (40, 50, 60),
}


@pytest.fixture
def squat(db) -> Exercise:
    return lift("Squat", quadriceps=1.0, glutes=0.5)


def lift(name, **shares) -> Exercise:
    exercise = ExerciseFactory(name=name)
    exercise.equipment.set(["barbell"])
    for muscle, share in shares.items():
        role = "primary" if share == 1 else "secondary"
        ExerciseMuscle.objects.create(exercise=exercise, muscle_id=muscle, role=role, share=share)
    return exercise


def linear(exercise, **planned):
    """Three sets of five, 2.5 kg more after each success."""
    return {
        "exercise": str(exercise.pk),
        "track": "squat",
        "start_load_kg": 60,
        "progression": {"kind": "linear", "increment_kg": 2.5},
        "planned_sets": [{"count": 3, "reps_min": 5, "reps_max": 5}],
        **planned,
    }


def five_three_one(exercise):
    """Four weeks of shares of the training max, which moves once in them; one day a week."""
    schemes = [
        {"week": week, "reps_min": 5, "load_type": "percent_tm", "load_value": percent}
        for week, percents in WAVE.items()
        for percent in percents
    ]
    planned = {
        "exercise": str(exercise.pk),
        "track": "squat",
        "progression": {"kind": "percent_wave", "increment_kg": 2.5, "training_max_percent": 90},
        "planned_sets": schemes,
    }
    return PlanBodyFactory(
        days_per_week=1, cycle_weeks=4, deload={"weeks": [4]}, days__0__exercises=[planned]
    )


def detail(plan, rest="") -> str:
    return f"{URL}{plan.pk}/{rest}"


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


def loads_of(scenario) -> list[list[float]]:
    """Of each session: the load of each of its sets."""
    return [
        [one["load_kg"] for exercise in session["exercises"] for one in exercise["sets"]]
        for week in scenario["weeks"]
        for session in week["sessions"]
    ]


class TestFindings:
    def test_an_error_a_warning_and_a_hint_name_their_places(self, api, ana, squat):
        Gym.objects.create(
            user=ana, name="Home", is_default=True, equipment=["dumbbell"], inventory={}
        )
        days = [
            DayBodyFactory(day_number=1, exercises=[]),
            DayBodyFactory(day_number=2, exercises=[linear(squat, start_load_kg=None)]),
        ]
        plan = PlanFactory(user=ana, body__days=days, body__days_per_week=2)

        answer = api.get(detail(plan, "findings/")).json()

        assert answer["is_valid"] is False
        found = [(one["severity"], one["code"], one["path"]) for one in answer["findings"]]
        assert found[:3] == [
            ("error", "empty_day", "days.0"),
            ("warning", "equipment_missing", "days.1.exercises.0"),
            ("hint", "start_unknown", "days.1.exercises.0"),
        ]
        assert answer["findings"][1]["message"] == "Squat: it needs what the gym lacks: barbell."

    def test_a_draft_is_judged_as_it_was_sent_and_not_stored(self, api, squat):
        days = [
            DayBodyFactory(day_number=2, exercises=[PlannedExerciseBodyFactory()]),
            DayBodyFactory(day_number=1, exercises=[linear(squat, start_load_kg=None)]),
        ]

        response = api.post(f"{URL}validate/", PlanBodyFactory(days=days, days_per_week=2))

        assert response.status_code == 200
        answer = response.json()
        [start] = [one for one in answer["findings"] if one["code"] == "start_unknown"]
        assert (answer["is_valid"], start["path"]) == (True, "days.1.exercises.0")
        assert start["message"].startswith("Squat: ")
        assert WorkoutPlan.objects.count() == 0

    def test_a_stored_plan_may_be_sent_as_a_draft(self, api, ana, squat):
        plan = PlanFactory(user=ana, body__days__0__exercises=[linear(squat)])

        as_draft = api.post(f"{URL}validate/", api.get(detail(plan)).json())

        assert as_draft.status_code == 200
        assert as_draft.json() == api.get(detail(plan, "findings/")).json()

    def test_a_gym_that_says_nothing_of_its_equipment_lacks_nothing(self, api, ana, squat):
        Gym.objects.create(user=ana, name="Home", is_default=True, inventory={})
        plan = PlanFactory(user=ana, body__days__0__exercises=[linear(squat)])

        answer = api.get(detail(plan, "findings/")).json()

        assert "equipment_missing" not in {one["code"] for one in answer["findings"]}

    def test_a_training_max_counts_for_a_draft_without_ids(self, api, ana, squat):
        body = five_three_one(squat)
        del body["days"][0]["exercises"][0]["track"]
        before = api.post(f"{URL}validate/", body).json()
        TrainingMax.objects.create(
            user=ana, exercise=squat, value_kg=126, valid_from=dt.date(2026, 1, 1)
        )

        after = api.post(f"{URL}validate/", body).json()

        codes = [[one["code"] for one in answer["findings"]] for answer in (before, after)]
        assert ("training_max_unknown" in codes[0], "training_max_unknown" in codes[1]) == (
            True,
            False,
        )

    def test_a_draft_with_an_unknown_exercise_is_refused_with_its_place(self, api, squat):
        unknown = {**linear(squat), "exercise": str(uuid7())}
        body = PlanBodyFactory(days__0__exercises=[linear(squat), unknown])

        response = api.post(f"{URL}validate/", body)

        assert (response.status_code, errors_of(response)) == (
            400,
            [("days.0.exercises.1.exercise", "does_not_exist")],
        )

    def test_they_cost_the_same_for_any_number_of_exercises(
        self, api, ana, squat, django_assert_num_queries
    ):
        plan = PlanFactory(user=ana, body__days__0__exercises=[linear(squat)] * 9)
        shown = api.get(detail(plan)).json()

        # Whose token; the plan, or the names of a draft's exercises; zone, facts, training maxes,
        # home and gym, best lifts; landmarks.
        with django_assert_num_queries(8):
            api.get(detail(plan, "findings/"))
        with django_assert_num_queries(8):
            api.post(f"{URL}validate/", shown)


class TestVolume:
    def test_sets_count_by_the_share_of_the_muscle_against_its_landmarks(self, api, ana, squat):
        warm_up = {"set_type": "warm_up", "reps_min": 5}
        easy = {"count": 4, "reps_min": 5, "rir": 5}
        days = [
            DayBodyFactory(day_number=1, exercises=[linear(squat)]),
            DayBodyFactory(
                day_number=2,
                exercises=[
                    linear(squat, planned_sets=[warm_up, easy, {"count": 4, "reps_min": 8}])
                ],
            ),
        ]
        plan = PlanFactory(user=ana, body__days=days, body__days_per_week=2)

        [week] = api.get(detail(plan, "volume/")).json()["weeks"]

        muscles = {one.pop("muscle"): one for one in week["muscles"]}
        assert muscles["quadriceps"] == {
            "sets": 7,
            "direct_sets": 7,
            "level": "maintaining",
            "mv": 6,
            "mev": 8,
            "mav_low": 12,
            "mav_high": 18,
            "mrv": 20,
        }
        assert (muscles["glutes"]["sets"], muscles["glutes"]["direct_sets"]) == (3.5, 0)
        assert (muscles["chest"]["sets"], muscles["chest"]["level"]) == (0, "none")
        # 3 sets of 5 reps with 3 s each and a minute's rest, after a warm-up of 5 minutes.
        assert week["minutes"][0] == (3 * (15 + 60) + 300) / 60
        assert (week["cycle_week"], week["is_deload"]) == (1, False)

    def test_days_that_take_turns_count_as_often_as_they_come(self, api, ana, squat):
        bench = lift("Bench", chest=1.0)
        days = [
            DayBodyFactory(day_number=1, exercises=[linear(squat)]),
            DayBodyFactory(day_number=2, exercises=[linear(bench)]),
        ]
        plan = PlanFactory(user=ana, body__days=days, body__days_per_week=3)

        [week] = api.get(detail(plan, "volume/")).json()["weeks"]

        sets = {one["muscle"]: one["sets"] for one in week["muscles"]}
        assert (sets["quadriceps"], sets["chest"]) == (4.5, 4.5)

    def test_each_week_of_the_cycle_stands_for_itself(self, api, ana, squat):
        planned = [{"week": 1, "count": 3, "reps_min": 5}, {"week": 2, "count": 1, "reps_min": 5}]
        plan = PlanFactory(
            user=ana,
            body__cycle_weeks=2,
            body__days_per_week=1,
            body__deload={"weeks": [2]},
            body__days__0__exercises=[linear(squat, planned_sets=planned)],
        )

        weeks = api.get(detail(plan, "volume/")).json()["weeks"]

        shown = [
            (week["is_deload"], one["sets"])
            for week in weeks
            for one in week["muscles"]
            if one["muscle"] == "quadriceps"
        ]
        assert shown == [(False, 3), (True, 1)]

    def test_it_costs_four_queries(self, api, ana, squat, django_assert_num_queries):
        plan = PlanFactory(user=ana, body__days__0__exercises=[linear(squat)] * 9)

        with django_assert_num_queries(4):  # whose token; plan, exercises, landmarks
            api.get(detail(plan, "volume/"))


class TestSimulation:
    def test_a_linear_plan_rises_by_its_step_and_stays_where_a_set_was_missed(
        self, api, ana, squat
    ):
        plan = PlanFactory(user=ana, body__days__0__exercises=[linear(squat)])

        response = api.post(detail(plan, "simulate/"), {"weeks": 2})

        assert response.status_code == 200
        answer = response.json()
        assert answer["weeks"] == 2
        hit, missed = answer["all_sets_hit"], answer["hit_80_percent"]
        assert loads_of(hit) == [[kg] * 3 for kg in (60, 62.5, 65, 67.5, 70, 72.5)]
        # The 5th, the 10th and the 15th set fall short: in the second, fourth and fifth session.
        assert loads_of(missed) == [[kg] * 3 for kg in (60, 62.5, 62.5, 65, 65, 65)]
        assert [week["tonnage_kg"] for week in hit["weeks"]] == [15 * 187.5, 15 * 210]
        assert hit["weeks"][0]["sets_per_muscle"] == {"glutes": 4.5, "quadriceps": 9}
        assert (hit["states"]["squat"]["load_kg"], hit["deloads"]) == (75, [])

    def test_percentages_follow_a_training_max_that_moves_once_a_cycle(self, api, ana, squat):
        plan = PlanFactory(user=ana, body=five_three_one(squat))
        starts = [{"exercise": str(squat.pk), "one_rm_kg": 140}]

        answer = api.post(detail(plan, "simulate/"), {"weeks": 5, "starts": starts}).json()

        hit, missed = answer["all_sets_hit"], answer["hit_80_percent"]
        # Of 126 kg, in steps of 2.5 kg; of 128.5 kg in the second cycle.
        first_cycle = [
            [82.5, 95, 107.5],
            [87.5, 100, 112.5],
            [95, 107.5, 120],
            [50, 62.5, 75],
        ]
        assert loads_of(hit) == [*first_cycle, [82.5, 97.5, 110]]
        assert loads_of(missed) == [*first_cycle, [82.5, 95, 107.5]]
        assert hit["states"]["squat"]["training_max_kg"] == 128.5
        assert missed["states"]["squat"]["training_max_kg"] == 126
        assert [(one["week"], one["kind"]) for one in hit["deloads"]] == [(4, "planned")]

    def test_a_named_maximum_counts_for_shares_of_it(self, api, ana, squat):
        share = {"reps_min": 5, "load_type": "percent_1rm", "load_value": 80}
        planned = {"exercise": str(squat.pk), "planned_sets": [share]}
        plan = PlanFactory(user=ana, body__days_per_week=1, body__days__0__exercises=[planned])
        starts = [{"exercise": str(squat.pk), "one_rm_kg": 100}]

        known = api.post(detail(plan, "simulate/"), {"weeks": 1, "starts": starts}).json()
        unknown = api.post(detail(plan, "simulate/"), {"weeks": 1}).json()

        assert loads_of(known["all_sets_hit"]) == [[80]]
        assert loads_of(unknown["all_sets_hit"]) == [[None]]

    def test_it_is_as_long_as_the_plan_without_weeks(self, api, ana, squat):
        plan = PlanFactory(
            user=ana, body__duration_weeks=3, body__days__0__exercises=[linear(squat)]
        )

        answer = api.post(detail(plan, "simulate/"), {}).json()

        assert (answer["weeks"], len(answer["all_sets_hit"]["weeks"])) == (3, 3)

    def test_a_start_names_a_track_or_all_tracks_of_an_exercise(self, api, ana, squat):
        exercises = [linear(squat), linear(squat, track="pause-squat")]
        plan = PlanFactory(user=ana, body__days_per_week=1, body__days__0__exercises=exercises)

        by_track, by_exercise = (
            api.post(
                detail(plan, "simulate/"), {"weeks": 1, "starts": [{**start, "load_kg": 100}]}
            ).json()
            for start in ({"track": "squat"}, {"exercise": str(squat.pk)})
        )

        assert loads_of(by_track["all_sets_hit"]) == [[100] * 3 + [60] * 3]
        assert loads_of(by_exercise["all_sets_hit"]) == [[100] * 6]

    def test_it_goes_on_from_the_open_run_of_this_version(self, api, ana, squat):
        plan = PlanFactory(user=ana, body__days__0__exercises=[linear(squat)])
        now, starts = timezone.now(), [{"track": "squat", "load_kg": 80.0}]
        content = {"plan": plan.pk, "starts": starts}
        run_id, _ = runs.start_run(user_id=ana.pk, content=content, now=now)
        runs.skip_session(user_id=ana.pk, run_id=run_id, now=now)

        from_run = api.post(detail(plan, "simulate/"), {"weeks": 1}).json()
        api.patch(detail(plan), {"name": "New"})
        from_start = api.post(detail(plan, "simulate/"), {"weeks": 1}).json()

        assert loads_of(from_run["all_sets_hit"]) == [[80] * 3, [82.5] * 3]
        assert loads_of(from_start["all_sets_hit"]) == [[60] * 3, [62.5] * 3, [65] * 3]

    def test_loads_are_those_of_the_gym_of_the_run(self, api, ana, squat):
        inventory = {"plates": [{"weight_kg": 10, "pairs": 5}]}
        gym = Gym.objects.create(user=ana, name="Cellar", inventory=inventory)
        plan = PlanFactory(user=ana, body__days__0__exercises=[linear(squat)])
        content = {"plan": plan.pk, "gym": gym.pk}
        runs.start_run(user_id=ana.pk, content=content, now=timezone.now())

        answer = api.post(detail(plan, "simulate/"), {"weeks": 2}).json()

        # A bar of 20 kg and pairs of 10 kg: of 60 and 80 kg, only 72.5 kg is nearer to the second.
        assert loads_of(answer["all_sets_hit"]) == [[kg] * 3 for kg in (60, 60, 60, 60, 60, 80)]

    def test_a_plan_without_days_has_no_weeks(self, api, ana):
        plan = PlanFactory(user=ana, body__days=[])

        answer = api.post(detail(plan, "simulate/"), {"weeks": 4}).json()

        assert answer["all_sets_hit"] == {"weeks": [], "deloads": [], "states": {}}

    @pytest.mark.parametrize(
        ("body", "attr"),
        [
            ({"weeks": 0}, "weeks"),
            ({"weeks": 53}, "weeks"),
            ({"weeks": True}, "weeks"),
            ({"weeks": None}, "weeks"),
            ({"starts": 5}, "starts.non_field_errors"),
            ({"starts": [{"track": "bench", "load_kg": 60}]}, "starts.0.track"),
            ({"starts": [{"exercise": str(uuid7()), "load_kg": 60}]}, "starts.0.exercise"),
            ({"starts": [{"exercise": "x"}]}, "starts.0.exercise"),
            ({"starts": [{"load_kg": 60}]}, "starts.0.track"),
            ({"starts": [{"track": "squat", "one_rm_kg": 100}]}, "starts.0.one_rm_kg"),
            ({"starts": [{"track": "squat", "load_kg": -1}]}, "starts.0.load_kg"),
            ({"starts": [{"track": "squat", "load_kg": "nan"}]}, "starts.0.load_kg"),
            ({"starts": [{"track": "squat", "load_kg": True}]}, "starts.0.load_kg"),
            ({"starts": [{"track": "squat"}] * 101}, "starts.non_field_errors"),
        ],
    )
    def test_what_is_wrong_is_named(self, api, ana, squat, body, attr):
        plan = PlanFactory(user=ana, body__days__0__exercises=[linear(squat)])

        response = api.post(detail(plan, "simulate/"), body)

        assert (response.status_code, [attr for attr, _ in errors_of(response)]) == (400, [attr])

    def test_a_very_full_plan_is_simulated_as_far_as_is_possible(self, api, ana):
        exercises = [PlannedExerciseBodyFactory(name=f"Lift {n}") for n in range(30)]
        days = [DayBodyFactory(day_number=n, exercises=exercises) for n in range(1, 8)]
        full = PlanFactory(
            user=ana, body__days=days, body__days_per_week=7, body__duration_weeks=52
        )

        without = api.post(detail(full, "simulate/"), {})
        too_many = api.post(detail(full, "simulate/"), {"weeks": 20})

        assert (without.status_code, without.json()["weeks"]) == (200, 19)
        assert (too_many.status_code, errors_of(too_many)) == (400, [("weeks", "max_value")])
        assert "at most 19 weeks" in too_many.json()["errors"][0]["detail"]

    def test_it_costs_the_same_for_any_number_of_weeks(
        self, api, ana, squat, django_assert_num_queries
    ):
        plan = PlanFactory(user=ana, body__days__0__exercises=[linear(squat)] * 9)

        # Whose token; plan, run, zone, facts, training maxes, home and gym, best lifts.
        with django_assert_num_queries(8):
            api.post(detail(plan, "simulate/"), {"weeks": 1})
        with django_assert_num_queries(8):
            api.post(detail(plan, "simulate/"), {"weeks": 12})
