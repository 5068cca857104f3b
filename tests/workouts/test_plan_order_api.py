"""Plans put into another order, copied, and deleted."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.workouts import (
    CustomExerciseFactory,
    DayBodyFactory,
    ExerciseFactory,
    PlanFactory,
    PlannedExerciseBodyFactory,
)
from users.ids import uuid7
from users.models import Tombstone
from workouts import selectors
from workouts.models import (
    PlannedExercise,
    PlannedSet,
    PlanRun,
    PlanVersion,
    Workout,
    WorkoutDay,
    WorkoutPlan,
)
from workouts.services import runs
from workouts.services.workouts import log_workout

URL = "/api/v1/plans/"
PLAN_TABLES = (WorkoutPlan, WorkoutDay, PlannedExercise, PlannedSet, PlanVersion)
pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(ana) -> WorkoutPlan:
    return PlanFactory(user=ana)


@pytest.fixture
def week(ana) -> WorkoutPlan:
    """Three days: 2 with a and b, 4 with c, 6 with none."""
    names = {2: "ab", 4: "c", 6: ""}
    days = [
        DayBodyFactory(
            day_number=number,
            focus=f"Day {number}",
            exercises=[PlannedExerciseBodyFactory(name=name) for name in letters],
        )
        for number, letters in names.items()
    ]
    return PlanFactory(user=ana, body__days=days)


def detail(plan, rest="") -> str:
    return f"{URL}{getattr(plan, 'pk', plan)}/{rest}"


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in PLAN_TABLES)


def without_stamps(shown):
    return {name: value for name, value in shown.items() if name != "updated_at"}


def letters_of(shown) -> dict[int, str]:
    return {
        day["day_number"]: "".join(one["name"] for one in day["exercises"])
        for day in shown["days"]
    }


def ids_in(shown) -> set[str]:
    """Of the plan, its days, their exercises and their sets."""
    exercises = [one for day in shown["days"] for one in day["exercises"]]
    schemes = [scheme for one in exercises for scheme in one["planned_sets"]]
    return {part["id"] for part in (shown, *shown["days"], *exercises, *schemes)}


def order_of(shown, **letters):
    """The days of the plan, in the order of ``letters``, with these exercises."""
    ids = {one["name"]: one["id"] for day in shown["days"] for one in day["exercises"]}
    days = {day["focus"][-1]: day["id"] for day in shown["days"]}
    return {
        "days": [
            {"id": days[name[-1]], "exercises": [ids[letter] for letter in named]}
            for name, named in letters.items()
        ]
    }


def assert_rows_say_what_the_version_says(plan) -> None:
    plan.refresh_from_db()
    version = PlanVersion.objects.get(plan=plan, version=plan.version)
    document = selectors.plan_document(viewer_id=plan.user_id, plan_id=plan.pk)
    assert document.model_dump(mode="json") == version.document


class TestOrder:
    def test_days_and_exercises_are_put_into_another_order(self, api, week):
        shown = api.get(detail(week)).json()

        moved = api.put(detail(week, "order/"), order_of(shown, d6="", d2="ba", d4="c")).json()

        assert letters_of(moved) == {2: "", 4: "ba", 6: "c"}
        assert [day["focus"] for day in moved["days"]] == ["Day 6", "Day 2", "Day 4"]
        assert [one["order"] for one in moved["days"][1]["exercises"]] == [1, 2]
        assert moved["version"] == 2
        assert_rows_say_what_the_version_says(week)

    def test_an_exercise_moves_to_another_day_with_its_sets(self, api, week):
        shown = api.get(detail(week)).json()

        moved = api.put(detail(week, "order/"), order_of(shown, d2="b", d4="ca", d6="")).json()

        assert letters_of(moved) == {2: "b", 4: "ca", 6: ""}
        assert moved["days"][1]["exercises"][1] == {
            **shown["days"][0]["exercises"][0],
            "order": 2,
        }
        assert [day["id"] for day in moved["days"]] == [day["id"] for day in shown["days"]]

    def test_the_order_that_there_is_changes_nothing(self, api, week):
        shown = api.get(detail(week)).json()

        response = api.put(detail(week, "order/"), order_of(shown, d2="ab", d4="c", d6=""))

        assert (response.status_code, response.json()) == (200, shown)

    @pytest.mark.parametrize(
        "letters",
        [
            {"d2": "ab", "d4": "c"},
            {"d2": "ab", "d4": "", "d6": ""},
            {"d2": "abc", "d4": "c", "d6": ""},
            {"d2": "ab", "d4": "c", "d6": "", "again6": ""},
            {"d2": "ab", "d4": "c", "again4": ""},
        ],
    )
    def test_an_order_that_is_not_complete_is_refused(self, api, week, letters):
        shown = api.get(detail(week)).json()

        response = api.put(detail(week, "order/"), order_of(shown, **letters))

        assert (response.status_code, errors_of(response)) == (400, [("days", "invalid_order")])
        assert api.get(detail(week)).json() == shown

    @pytest.mark.parametrize(
        ("body", "attr"),
        [
            ({}, "days"),
            ({"days": 5}, "days.non_field_errors"),
            ({"days": [{"id": 5, "exercises": []}]}, "days.0.id"),
            ({"days": [{"id": str(uuid7()), "exercises": ["x"]}]}, "days.0.exercises.0"),
        ],
    )
    def test_a_body_of_another_shape_is_named(self, api, week, body, attr):
        response = api.put(detail(week, "order/"), body)

        assert (response.status_code, [attr for attr, _ in errors_of(response)]) == (400, [attr])

    def test_a_day_cannot_become_longer_than_a_day_may_be(self, api, ana):
        full = [PlannedExerciseBodyFactory(sets=20)] * 5
        days = [DayBodyFactory(day_number=n, focus=f"Day {n}", exercises=full) for n in (1, 2)]
        plan = PlanFactory(user=ana, body__days=days)
        one, other = api.get(detail(plan)).json()["days"]
        ids = [[each["id"] for each in day["exercises"]] for day in (one, other)]
        order = [
            {"id": one["id"], "exercises": [*ids[0], ids[1][0]]},
            {"id": other["id"], "exercises": ids[1][1:]},
        ]

        response = api.put(detail(plan, "order/"), {"days": order})

        assert (response.status_code, errors_of(response)) == (400, [("days.0", "invalid")])
        assert api.get(detail(plan)).json()["days"] == [one, other]


@given(order=st.permutations(["d2", "d4", "d6", "a", "b", "c"]))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_of_days_and_exercises_can_be_had_and_undone(order, api, week):
    shown = api.get(detail(week)).json()
    wanted: dict[str, str] = {}
    for word in [next(word for word in order if word[0] == "d"), *order]:
        if word[0] == "d":
            wanted.setdefault(word, "")
            day = word
        else:
            wanted[day] += word

    moved = api.put(detail(week, "order/"), order_of(shown, **wanted)).json()
    back = api.put(detail(week, "order/"), order_of(shown, d2="ab", d4="c", d6="")).json()

    assert list(letters_of(moved).values()) == list(wanted.values())
    assert [day["focus"][-1] for day in moved["days"]] == [day[-1] for day in wanted]
    assert back["days"] == shown["days"]
    assert_rows_say_what_the_version_says(week)


class TestCopying:
    def test_a_copy_has_the_same_content_in_rows_of_its_own(self, api, ana, week):
        original = api.get(detail(week)).json()

        response = api.post(detail(week, "copy/"), {})

        assert response.status_code == 201
        copy = response.json()
        assert (copy["copied_from"], copy["version"], copy["is_public"]) == (
            original["id"],
            1,
            False,
        )
        assert letters_of(copy) == letters_of(original)
        assert ids_in(copy).isdisjoint(ids_in(original))
        assert len(ids_in(copy)) == len(ids_in(original)) == 10
        assert_rows_say_what_the_version_says(WorkoutPlan.objects.get(pk=copy["id"]))

    def test_a_copy_may_have_another_name_and_changes_alone(self, api, week):
        original = api.get(detail(week)).json()

        copy = api.post(detail(week, "copy/"), {"name": "Mine"}).json()
        api.patch(detail(copy["id"]), {"goal": "endurance", "days": []})

        assert copy["name"] == "Mine"
        assert api.get(detail(week)).json() == original

    def test_a_published_plan_is_copied_with_strange_exercises_as_names(self, api, ben):
        squat = ExerciseFactory(name="Squat")
        secret = CustomExerciseFactory(created_by=ben, name="Ben's lift")
        rungs = [
            {"name": "Easy", "exercise": str(squat.pk)},
            {"name": "Hard", "exercise": str(secret.pk)},
        ]
        exercises = [
            PlannedExerciseBodyFactory(exercise=str(squat.pk)),
            PlannedExerciseBodyFactory(exercise=str(secret.pk), name="His lift"),
            PlannedExerciseBodyFactory(progression={"kind": "variation_ladder", "rungs": rungs}),
        ]
        plan = PlanFactory(user=ben, is_public=True, body__days__0__exercises=exercises)

        response = api.post(detail(plan, "copy/"), {})

        assert response.status_code == 201
        first, second, third = response.json()["days"][0]["exercises"]
        assert (first["exercise"], second["exercise"]) == (str(squat.pk), None)
        assert second["name"] == "His lift"
        assert third["progression"]["rungs"] == [
            {"name": "Easy", "exercise": str(squat.pk)},
            {"name": "Hard", "exercise": None},
        ]
        assert str(secret.pk) not in response.content.decode()
        copied = PlanVersion.objects.get(plan=response.json()["id"])
        assert str(secret.pk) not in str(copied.document)

    def test_exercises_that_share_a_track_go_on_to_share_it(self, api, ana):
        lead = str(uuid7())
        exercises = [
            PlannedExerciseBodyFactory(id=lead),
            PlannedExerciseBodyFactory(name="Front Squat", track=lead),
            PlannedExerciseBodyFactory(name="Press"),
        ]
        plan = PlanFactory(user=ana, body__days__0__exercises=exercises)

        copy = api.post(detail(plan, "copy/"), {}).json()

        assert [one["track"] for one in copy["days"][0]["exercises"]] == [lead, lead, None]

    def test_a_copy_of_a_generated_plan_says_so(self, api, ana, plan):
        WorkoutPlan.objects.filter(pk=plan.pk).update(is_ai_generated=True)

        copy = api.post(detail(plan, "copy/"), {}).json()

        assert copy["is_ai_generated"] is True

    @pytest.mark.parametrize("by", ["id", "key"])
    def test_repeating_it_makes_one_copy_whatever_becomes_of_the_original(self, api, ben, by):
        plan = PlanFactory(user=ben, is_public=True)
        body = {"id": str(uuid7())} if by == "id" else {}
        key = {"HTTP_IDEMPOTENCY_KEY": "copy-1"} if by == "key" else {}

        first = api.post(detail(plan, "copy/"), body, **key)
        WorkoutPlan.objects.get(pk=plan.pk).delete()
        again = api.post(detail(plan, "copy/"), body, **key)
        other = api.post(detail(plan, "copy/"), {**body, "name": "Another"}, **key)

        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        assert other.status_code == (409 if by == "id" else 422)
        assert WorkoutPlan.objects.count() == 1

    def test_a_key_is_not_used_up_by_a_copy_that_was_refused(self, api, ben):
        plan, key = PlanFactory(user=ben), {"HTTP_IDEMPOTENCY_KEY": "copy-1"}

        private = api.post(detail(plan, "copy/"), {}, **key)
        WorkoutPlan.objects.filter(pk=plan.pk).update(is_public=True)
        public = api.post(detail(plan, "copy/"), {}, **key)

        assert (private.status_code, public.status_code) == (404, 201)

    @pytest.mark.parametrize(
        ("body", "attr"),
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 101}, "name"),
            ({"id": "x"}, "id"),
            ([], "non_field_errors"),
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_is_copied(self, api, plan, body, attr):
        response = api.post(detail(plan, "copy/"), body)

        assert (response.status_code, [attr for attr, _ in errors_of(response)]) == (400, [attr])
        assert WorkoutPlan.objects.count() == 1


class TestDeleting:
    def test_a_plan_goes_with_everything_in_it_and_leaves_a_tombstone(self, api, ana, plan):
        kept = PlanFactory(user=ana)

        response = api.delete(detail(plan))

        assert (response.status_code, counts()) == (204, (1, 1, 1, 1, 1))
        assert WorkoutPlan.objects.get().pk == kept.pk
        assert Tombstone.objects.filter(object_id=plan.pk, user=ana).exists()
        assert api.get(detail(plan)).status_code == 404

    def test_one_that_is_followed_stays_until_its_run_is_over(self, api, ana):
        squat = ExerciseFactory()
        planned = PlannedExerciseBodyFactory(exercise=str(squat.pk), start_load_kg=60.0)
        plan = PlanFactory(user=ana, body__days__0__exercises=[planned])
        run_id, _ = runs.start_run(user_id=ana.pk, content={"plan": plan.pk}, now=timezone.now())

        while_open = api.delete(detail(plan))
        runs.finish_run(user_id=ana.pk, run_id=run_id, now=timezone.now())
        workout_id = uuid7()
        log_workout(
            user_id=ana.pk,
            object_id=workout_id,
            content={
                "name": "Session",
                "date": timezone.now().date(),
                "start_time": timezone.now().time(),
                "sets": [{"exercise": squat.pk, "reps": 5, "weight": 60.0}],
            },
        )
        Workout.objects.filter(pk=workout_id).write(plan_run=run_id, session_number=1)
        afterwards = api.delete(detail(plan))

        assert (while_open.status_code, errors_of(while_open)) == (409, [(None, "plan_in_use")])
        assert afterwards.status_code == 204
        assert (counts(), PlanRun.objects.count()) == ((0, 0, 0, 0, 0), 0)
        assert Workout.objects.get(pk=workout_id).plan_run_id is None

    def test_a_run_goes_on_with_its_version_when_the_plan_changes(self, api, ana):
        squat = ExerciseFactory()
        planned = PlannedExerciseBodyFactory(exercise=str(squat.pk), start_load_kg=60.0)
        plan = PlanFactory(user=ana, body__days__0__exercises=[planned])
        run_id, _ = runs.start_run(user_id=ana.pk, content={"plan": plan.pk}, now=timezone.now())

        api.patch(detail(plan), {"name": "New"})

        run = PlanRun.objects.select_related("version").get(pk=run_id)
        assert (run.version.version, run.version.document["name"]) == (1, "Three times five")
