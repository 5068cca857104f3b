"""Plans over HTTP: written in one request, safe to repeat, read as they were sent."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.workouts import (
    CustomExerciseFactory,
    DayBodyFactory,
    ExerciseFactory,
    PlanBodyFactory,
    PlanFactory,
    PlannedExerciseBodyFactory,
)
from users.ids import uuid7
from workouts import selectors
from workouts.models import (
    Exercise,
    PlannedExercise,
    PlannedSet,
    PlanVersion,
    WorkoutDay,
    WorkoutPlan,
)
from workouts.services import plans

URL = "/api/v1/plans/"
PLAN_TABLES = (WorkoutPlan, WorkoutDay, PlannedExercise, PlannedSet, PlanVersion)
pytestmark = pytest.mark.django_db


@pytest.fixture
def squat(db) -> Exercise:
    return ExerciseFactory(name="Back Squat")


def with_exercises(*exercises, **changes):
    return PlanBodyFactory(days__0__exercises=list(exercises), **changes)


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in PLAN_TABLES)


class TestCreating:
    def test_a_plan_is_made_with_days_exercises_and_sets_in_one_request(self, api, ana, squat):
        warm_up = {"set_type": "warm_up", "load_type": "percent_of_first", "load_value": 50}
        body = with_exercises(
            {
                "exercise": str(squat.pk),
                "progression": {"kind": "linear", "increment_kg": 5},
                "planned_sets": [
                    {**warm_up, "reps_min": 5, "reps_max": 5},
                    {"count": 3, "reps_min": 5, "reps_max": 5, "tempo": "3-0-X-0"},
                ],
            },
            {"name": "Sandbag carry", "sets": 2, "reps": "40 m"},
        )

        response = api.post(URL, body)

        assert response.status_code == 201
        answer = response.json()
        [day] = answer["days"]
        first, second = day["exercises"]
        assert (first["name"], first["sets"], first["reps"]) == ("Back Squat", 3, "5")
        assert first["progression"] == {
            "kind": "linear",
            "increment_kg": 5,
            "successes": 1,
            "failures": 3,
            "decrease_percent": 10,
            "max_load_kg": None,
        }
        assert [(s["count"], s["tempo"]) for s in first["planned_sets"]] == [
            (1, None),
            (3, "3-0-X-0"),
        ]
        assert [(s["count"], s["distance_km"]) for s in second["planned_sets"]] == [(2, 0.04)]
        assert (answer["version"], answer["is_public"], answer["program"]) == (1, False, None)
        assert answer["author"] == {"username": "ana", "display_name": "ana"}
        assert counts() == (1, 1, 2, 3, 1)
        assert WorkoutPlan.objects.get().user == ana

    def test_it_takes_the_same_number_of_statements_for_1_and_for_36_exercises(
        self, api, squat, django_assert_num_queries
    ):
        one = {"exercise": str(squat.pk), "sets": 3, "reps": "5/3/1+"}
        week = [DayBodyFactory(day_number=n, exercises=[one] * 6) for n in range(1, 7)]

        # Whose token; savepoint, clock, names, plan, days, exercises, sets, version, release;
        # the whole plan.
        with django_assert_num_queries(11):
            few = api.post(URL, with_exercises(one))
        with django_assert_num_queries(11):
            many = api.post(URL, PlanBodyFactory(days=week, days_per_week=6))

        assert (few.status_code, many.status_code) == (201, 201)
        assert sum(len(day["exercises"]) for day in many.json()["days"]) == 36

    def test_words_become_set_schemes_and_set_schemes_become_words(self, api):
        body = with_exercises(
            {"name": "Deadlift", "sets": 3, "reps": "5/3/1+", "rest_seconds": 240},
            {"name": "Press", "planned_sets": [{"count": 4, "reps_min": 8, "reps_max": 12}]},
        )

        [day] = api.post(URL, body).json()["days"]

        deadlift, press = day["exercises"]
        schemes = [
            (s["set_type"], s["count"], s["reps_min"], s["reps_max"], s["rest_seconds"])
            for s in deadlift["planned_sets"]
        ]
        assert schemes == [
            ("normal", 1, 5, 5, 240),
            ("normal", 1, 3, 3, 240),
            ("amrap", 1, 1, None, 240),
        ]
        assert (press["sets"], press["reps"]) == (4, "8-12")

    def test_the_order_named_counts_and_the_list_decides_between_the_others(self, api):
        body = with_exercises(
            PlannedExerciseBodyFactory(name="second"),
            PlannedExerciseBodyFactory(name="fourth"),
            PlannedExerciseBodyFactory(name="first", order=1),
            PlannedExerciseBodyFactory(name="last", order=9),
            PlannedExerciseBodyFactory(name="third", order=2),
        )

        [day] = api.post(URL, body).json()["days"]

        shown = [(one["order"], one["name"]) for one in day["exercises"]]
        assert shown == [(1, "first"), (2, "second"), (3, "third"), (4, "fourth"), (5, "last")]

    def test_a_custom_exercise_of_ones_own_may_be_planned(self, api, ana):
        own = CustomExerciseFactory(created_by=ana, name="Ana's lift")
        body = with_exercises({"exercise": str(own.pk), "sets": 3, "reps": "5"})

        [one] = api.post(URL, body).json()["days"][0]["exercises"]

        assert (one["exercise"], one["name"]) == (str(own.pk), "Ana's lift")

    def test_days_are_shown_by_their_number(self, api):
        days = [DayBodyFactory(day_number=n, focus=f"Day {n}") for n in (5, 1, 3)]

        answer = api.post(URL, PlanBodyFactory(days=days)).json()

        assert [day["focus"] for day in answer["days"]] == ["Day 1", "Day 3", "Day 5"]

    def test_a_plan_may_have_no_day_yet(self, api):
        response = api.post(URL, PlanBodyFactory(days=[]))

        assert (response.status_code, response.json()["days"]) == (201, [])

    def test_text_is_trimmed_where_a_blank_one_says_nothing(self, api):
        body = PlanBodyFactory(name="  Plan ", goal=" strength ", days=[])

        answer = api.post(URL, body).json()

        assert (answer["name"], answer["goal"]) == ("Plan", "strength")

    def test_the_owner_comes_from_the_token(self, api, ana, ben):
        response = api.post(URL, PlanBodyFactory(user=str(ben.pk)))

        assert (response.status_code, errors_of(response)) == (400, [("user", "unknown_field")])
        assert counts() == (0, 0, 0, 0, 0)


class TestRepeating:
    def test_the_same_id_twice_makes_one_plan(self, api):
        body = PlanBodyFactory(id=str(uuid7()))

        first, second = api.post(URL, body), api.post(URL, body)

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert counts() == (1, 1, 1, 1, 1)

    def test_the_same_id_with_other_content_is_a_conflict(self, api):
        body = PlanBodyFactory(id=str(uuid7()))
        api.post(URL, body)

        responses = [
            api.post(URL, {**body, "name": "B"}),
            api.post(URL, {**body, "is_public": True}),
        ]

        assert [(one.status_code, errors_of(one)) for one in responses] == [
            (409, [(None, "id_taken")])
        ] * 2
        assert WorkoutPlan.objects.get().name == "Three times five"

    def test_anothers_id_is_a_conflict_that_tells_nothing(self, api, ben):
        theirs = PlanFactory(user=ben, body__name="Ben's secret")

        response = api.post(URL, PlanBodyFactory(id=str(theirs.pk)))

        assert (response.status_code, errors_of(response)) == (409, [(None, "id_taken")])
        assert "secret" not in response.content.decode()

    def test_a_deleted_plan_does_not_come_back(self, api):
        plan_id = str(uuid7())
        body = PlanBodyFactory(id=plan_id)
        api.post(URL, body)
        api.delete(f"{URL}{plan_id}/")

        response = api.post(URL, body)

        assert (response.status_code, errors_of(response)) == (409, [(None, "deleted")])

    def test_a_key_makes_a_create_without_an_id_safe_to_repeat(self, api):
        body, key = PlanBodyFactory(), {"HTTP_IDEMPOTENCY_KEY": "plan-1"}

        first, second = api.post(URL, body, **key), api.post(URL, body, **key)
        other = api.post(URL, PlanBodyFactory(name="Another"), **key)

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json() == second.json()
        assert (other.status_code, errors_of(other)) == (422, [(None, "idempotency_key_reused")])
        assert WorkoutPlan.objects.count() == 1


texts = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)),
    max_size=40,
)
lines = texts.map(str.strip).filter(bool)
numbers = st.floats(0.001, 150).map(lambda value: round(value, 6))
loads = st.one_of(
    st.fixed_dictionaries({"load_type": st.just("working")}),
    st.fixed_dictionaries(
        {"load_type": st.sampled_from(["percent_tm", "percent_of_first"]), "load_value": numbers}
    ),
    st.fixed_dictionaries({"load_type": st.just("absolute"), "load_value": st.integers(0, 2000)}),
    st.fixed_dictionaries({"load_type": st.just("rpe"), "rpe": st.sampled_from([7, 8.5, 10])}),
)
schemes = st.builds(
    lambda load, **rest: {**rest, **load},
    load=loads,
    count=st.integers(1, 5),
    week=st.none() | st.integers(1, 52),
    reps_min=st.none() | st.integers(1, 200),
    distance_km=st.none() | st.floats(5e-324, 500),
    set_type=st.sampled_from(["warm_up", "normal", "drop", "failure", "amrap"]),
    rest_seconds=st.none() | st.integers(0, 3600),
)
rules = st.sampled_from(
    [
        None,
        {"kind": "linear", "increment_kg": 1e-7},
        {"kind": "rpe"},
        {"kind": "stages", "stages": [{"sets": 5, "reps": 3}]},
        {"kind": "variation_ladder", "rungs": [{"name": "Wall"}, {"name": "Knees"}]},
    ]
)
planned = st.fixed_dictionaries(
    {"name": lines, "progression": rules},
    optional={
        "order": st.integers(1, 9),
        "notes": texts,
        "superset": st.integers(1, 3),
        "track": st.just("squat"),
        "start_load_kg": st.floats(0, 2000),
        "unilateral": st.booleans(),
    },
).flatmap(
    lambda one: st.one_of(
        st.builds(
            lambda sets, reps: {**one, "sets": sets, "reps": reps}, st.integers(1, 9), lines
        ),
        st.builds(
            lambda made: {**one, "planned_sets": made}, st.lists(schemes, min_size=1, max_size=4)
        ),
    )
)
bodies = st.builds(
    lambda days, **rest: PlanBodyFactory(
        **rest,
        days=[
            DayBodyFactory(day_number=number, focus=focus, warm_up=warm_up, exercises=exercises)
            for number, (focus, warm_up, exercises) in days.items()
        ],
    ),
    days=st.dictionaries(
        st.integers(1, 7), st.tuples(lines, texts, st.lists(planned, max_size=3)), max_size=3
    ),
    name=lines,
    description=texts,
    cycle_weeks=st.integers(1, 52),
    deload=st.none() | st.just({"weeks": [4], "load_percent": 5e-324}),
)


@given(body=bodies)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_rows_say_what_the_version_says_and_sending_them_back_changes_nothing(body, ana):
    plan_id, _ = plans.create_plan(user_id=ana.pk, document=plans.read_document(body))

    document = selectors.plan_document(viewer_id=ana.pk, plan_id=plan_id)
    plans.change_plan(user_id=ana.pk, plan_id=plan_id, document=document)

    version = PlanVersion.objects.get(plan=plan_id)
    assert document.model_dump(mode="json") == version.document
    assert plans.complete(ana.pk, document) == document
