"""Plans that change: versions, another order, publishing, deleting, and two phones at once."""

import pytest

from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.factories.workouts import (
    DayBodyFactory,
    PlanBodyFactory,
    PlanFactory,
    PlannedExerciseBodyFactory,
)
from tests.users.races import at_once
from users.ids import uuid7
from workouts import selectors
from workouts.models import (
    PlannedExercise,
    PlannedSet,
    PlanVersion,
    WorkoutDay,
    WorkoutPlan,
)

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


class TestChanging:
    def test_sending_back_what_was_shown_changes_nothing(self, api, week):
        shown = api.get(detail(week)).json()

        response = api.put(detail(week), shown)

        assert (response.status_code, response.json()) == (200, shown)
        assert counts() == (1, 3, 3, 3, 1)

    def test_a_change_is_a_new_version_in_which_what_stays_keeps_its_id(self, api, plan):
        shown = api.get(detail(plan)).json()
        [day] = shown["days"]
        day["exercises"].append(PlannedExerciseBodyFactory(name="Press"))

        changed = api.put(detail(plan), {**shown, "name": "New"}).json()

        assert (changed["name"], changed["version"]) == ("New", 2)
        [new_day] = changed["days"]
        assert new_day["id"] == day["id"]
        assert new_day["exercises"][0] == day["exercises"][0]
        assert new_day["exercises"][1]["name"] == "Press"
        assert counts() == (1, 1, 2, 2, 2)
        assert_rows_say_what_the_version_says(plan)

    def test_put_replaces_everything_that_is_left_out(self, api, ana):
        plan = PlanFactory(user=ana, body__description="Long", body__cycle_weeks=4, is_public=True)

        shown = api.put(detail(plan), PlanBodyFactory(days=[])).json()

        assert (shown["description"], shown["cycle_weeks"], shown["days"]) == ("", 1, [])
        assert shown["is_public"] is True
        assert counts() == (1, 0, 0, 0, 2)

    def test_patch_changes_what_it_names(self, api, week):
        before = api.get(detail(week)).json()

        after = api.patch(detail(week), {"goal": "endurance", "deload": {"weeks": [1]}}).json()

        deload = {"weeks": [1], "load_percent": 100, "sets_percent": 100}
        assert without_stamps(after) == without_stamps(
            {**before, "goal": "endurance", "deload": deload, "version": 2}
        )
        assert_rows_say_what_the_version_says(week)

    def test_patch_with_nothing_changes_nothing(self, api, plan):
        before = api.get(detail(plan)).json()

        response = api.patch(detail(plan), {})

        assert (response.status_code, response.json()) == (200, before)

    @pytest.mark.parametrize(
        ("change", "attr"),
        [
            ({"name": None}, "name"),
            ({"days": None}, "days"),
            ({"days": [{"day_number": 1}]}, "days.0.focus"),
            ({"color": "red"}, "color"),
            ({"is_public": 1}, "is_public"),
        ],
    )
    @pytest.mark.parametrize("method", ["put", "patch"])
    def test_a_change_that_is_refused_changes_nothing(self, api, plan, method, change, attr):
        before = api.get(detail(plan)).json()
        body = change if method == "patch" else {**before, **change}

        response = getattr(api, method)(detail(plan), body)

        assert (response.status_code, [attr for attr, _ in errors_of(response)]) == (400, [attr])
        assert api.get(detail(plan)).json() == before

    def test_an_unknown_exercise_is_refused_and_the_old_rows_stay(self, api, plan):
        before = api.get(detail(plan)).json()
        other = PlannedExerciseBodyFactory(exercise=str(uuid7()))

        response = api.patch(detail(plan), {"days": [DayBodyFactory(exercises=[other])]})

        assert errors_of(response) == [("days.0.exercises.0.exercise", "does_not_exist")]
        assert api.get(detail(plan)).json() == before
        assert_rows_say_what_the_version_says(plan)

    def test_a_plan_keeps_its_id_whatever_is_sent(self, api, plan):
        shown = api.get(detail(plan)).json()

        answer = api.put(detail(plan), {**shown, "id": str(uuid7()), "name": "New"}).json()

        assert (answer["id"], WorkoutPlan.objects.get().name) == (str(plan.pk), "New")

    def test_a_part_of_another_plan_cannot_be_taken(self, api, plan, ana):
        other = PlanFactory(user=ana, body__name="Other")
        shown = api.get(detail(other)).json()

        response = api.put(detail(plan), shown)

        assert (response.status_code, errors_of(response)) == (409, [(None, "id_taken")])
        assert api.get(detail(other)).json() == shown
        plan.refresh_from_db()
        assert (plan.name, plan.version) == ("Three times five", 1)

    def test_a_change_costs_the_same_for_1_and_for_36_exercises(
        self, api, ana, django_assert_num_queries
    ):
        big = [
            DayBodyFactory(day_number=n, exercises=[PlannedExerciseBodyFactory()] * 6)
            for n in range(1, 7)
        ]
        few, many = PlanFactory(user=ana), PlanFactory(user=ana, body__days=big)
        bodies = [{**api.get(detail(one)).json(), "name": "New"} for one in (few, many)]

        # Whose token; is it there; savepoint, clock, plan, names, latest version, plan row; three
        # times out and three times in, the version, release; the whole plan.
        for plan, body in zip((few, many), bodies, strict=True):
            with django_assert_num_queries(17):
                response = api.put(detail(plan), body)

            assert (response.status_code, response.json()["version"]) == (200, 2)

    def test_the_change_feed_tells_of_a_change_and_not_of_none(self, api, plan):
        cursor = api.get("/api/v1/sync/").json()["cursor"]

        api.put(detail(plan), api.get(detail(plan)).json())
        nothing = api.get(f"/api/v1/sync/?cursor={cursor}").json()["results"]
        api.patch(detail(plan), {"name": "New"})
        changes = api.get(f"/api/v1/sync/?cursor={cursor}").json()["results"]

        assert nothing == []
        assert [(one["resource"], one["data"]["name"]) for one in changes] == [
            ("workouts.workoutplan", "New")
        ]


class TestVersions:
    def test_they_are_listed_newest_first_and_say_what_the_plan_said(self, api, plan):
        first = api.get(detail(plan)).json()
        api.patch(detail(plan), {"name": "Second"})
        api.patch(detail(plan), {"name": "Third"})

        listed = api.get(detail(plan, "versions/")).json()
        documents = [api.get(detail(plan, f"versions/{n}/")).json() for n in (1, 2, 3)]

        assert [one["version"] for one in listed["results"]] == [3, 2, 1]
        assert (listed["next"], listed["previous"]) == (None, None)
        assert [one["name"] for one in documents] == ["Three times five", "Second", "Third"]
        assert documents[0]["days"] == first["days"]

    def test_an_old_one_can_be_put_back_as_a_new_one(self, api, plan):
        first = api.get(detail(plan)).json()
        api.patch(detail(plan), {"name": "Second", "days": [DayBodyFactory()]})

        restored = api.put(detail(plan), api.get(detail(plan, "versions/1/")).json()).json()

        assert without_stamps(restored) == without_stamps({**first, "version": 3})
        assert_rows_say_what_the_version_says(plan)

    def test_they_are_read_to_the_first_and_back_page_by_page(self, api, plan):
        for number in range(2, 6):
            PlanVersion(user_id=plan.user_id, plan=plan, version=number, document={}).insert()

        newest = api.get(detail(plan, "versions/?page_size=2")).json()
        middle = api.get(newest["next"]).json()
        oldest = api.get(middle["next"]).json()
        back = api.get(oldest["previous"]).json()

        pages = [
            [one["version"] for one in page["results"]] for page in (newest, middle, oldest, back)
        ]
        assert pages == [[5, 4], [3, 2], [1], [3, 2]]
        assert (newest["previous"], oldest["next"]) == (None, None)

    def test_a_page_costs_the_same_for_1_and_for_50_versions(
        self, api, ana, plan, django_assert_num_queries
    ):
        long = PlanFactory(user=ana)
        for number in range(2, 51):
            PlanVersion(user_id=ana.pk, plan=long, version=number, document={}).insert()

        # Whose token; is it there; the versions.
        for one in (plan, long):
            with django_assert_num_queries(3):
                response = api.get(detail(one, "versions/?page_size=100"))

            assert response.status_code == 200

    @pytest.mark.parametrize(
        ("query", "attr"),
        [("page_size=0", "page_size"), ("cursor=x", "cursor"), ("cursor=W2ZhbHNlLDFd", "cursor")],
    )
    def test_a_bad_page_is_a_400_that_names_it(self, api, plan, query, attr):
        response = api.get(detail(plan, f"versions/?{query}"))

        assert (response.status_code, [attr for attr, _ in errors_of(response)]) == (400, [attr])

    @pytest.mark.parametrize("number", ["0", "2", "2147483648", "9" * 30])
    def test_one_that_is_not_there_is_a_404(self, api, plan, number):
        assert api.get(detail(plan, f"versions/{number}/")).status_code == 404

    def test_publishing_makes_none(self, api, plan):
        published = api.patch(detail(plan), {"is_public": True}).json()
        kept = api.patch(detail(plan), {"name": "New"}).json()
        private = api.patch(detail(plan), {"is_public": False}).json()

        seen = [(one["is_public"], one["version"]) for one in (published, kept, private)]
        assert seen == [(True, 1), (True, 2), (False, 2)]


@pytest.mark.django_db(transaction=True)
class TestTwoPhones:
    def test_two_puts_at_once_make_two_versions_and_rows_of_the_last(self):
        ana = UserFactory(username="ana")
        plan = PlanFactory(user=ana)
        body = client_of(ana).get(detail(plan)).json()

        def change(number: int) -> int:
            days = [DayBodyFactory(day_number=n + 1, focus=f"{number}") for n in range(number)]
            changed = {**body, "name": f"By {number}", "days": days}
            return client_of(ana).put(detail(plan), changed).status_code

        statuses = at_once(4, change)

        assert statuses == [200] * 4
        versions = PlanVersion.objects.filter(plan=plan).order_by("version")
        assert [one.version for one in versions] == [1, 2, 3, 4, 5]
        assert {one.document["name"] for one in versions[1:]} == {f"By {n}" for n in range(4)}
        assert_rows_say_what_the_version_says(plan)

    def test_two_patches_at_once_both_count(self):
        ana = UserFactory(username="ana")
        plan = PlanFactory(user=ana)
        changes = [
            {"name": "New"},
            {"goal": "endurance"},
            {"cycle_weeks": 4},
            {"description": "D"},
        ]

        statuses = at_once(4, lambda n: client_of(ana).patch(detail(plan), changes[n]).status_code)

        plan.refresh_from_db()
        assert statuses == [200] * 4
        assert (plan.name, plan.goal, plan.cycle_weeks, plan.description, plan.version) == (
            *("New", "endurance", 4, "D"),
            5,
        )
        assert_rows_say_what_the_version_says(plan)

    def test_sixteen_identical_creates_at_once_make_one_plan(self):
        ana = UserFactory(username="ana")
        body = PlanBodyFactory(id=str(uuid7()))

        statuses = at_once(16, lambda _: client_of(ana).post(URL, body).status_code)

        assert sorted(statuses) == [200] * 15 + [201]
        assert counts() == (1, 1, 1, 1, 1)
