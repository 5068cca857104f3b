"""Who sees which plans: their own, those that others have published, and pages of both."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.factories.workouts import (
    CustomExerciseFactory,
    DayBodyFactory,
    ExerciseFactory,
    PlanFactory,
    PlannedExerciseBodyFactory,
)
from users.ids import uuid7
from users.models import UserProfile
from workouts.models import Exercise, WorkoutPlan

URL = "/api/v1/plans/"
pytestmark = pytest.mark.django_db

EVERY_METHOD = [
    ("get", ""),
    ("put", ""),
    ("patch", ""),
    ("delete", ""),
    ("post", "copy/"),
    ("put", "order/"),
    ("get", "findings/"),
    ("get", "volume/"),
    ("post", "simulate/"),
    ("get", "versions/"),
    ("get", "versions/1/"),
]
FOR_OTHERS = {("get", ""), ("post", "copy/"), ("get", "findings/"), ("get", "volume/")} | {
    ("post", "simulate/")
}


def detail(plan, rest="") -> str:
    return f"{URL}{getattr(plan, 'pk', plan)}/{rest}"


def needing(*equipment) -> Exercise:
    exercise = ExerciseFactory()
    exercise.equipment.set(equipment)
    return exercise


def with_exercise(exercise, **planned):
    return [PlannedExerciseBodyFactory(exercise=str(exercise.pk), **planned)]


def call(client, method, url):
    body = {"name": "Mine", "goal": "g", "days_per_week": 1, "fitness_level": "beginner"}
    if url.endswith("order/"):
        body = {"days": []}
    if url.endswith(("copy/", "simulate/")):
        body = {}
    return getattr(client, method)(url, body)


def names(response) -> list[str]:
    assert response.status_code == 200
    return [row["name"] for row in response.json()["results"]]


class TestPrivatePlans:
    @pytest.mark.parametrize(("method", "rest"), EVERY_METHOD)
    def test_anothers_is_a_404_for_every_method_as_if_it_were_not_there(
        self, api, ben, method, rest
    ):
        theirs = PlanFactory(user=ben, body__name="Secret")
        before = list(WorkoutPlan.objects.values())

        hidden = call(api, method, detail(theirs, rest))
        absent = call(api, method, detail(uuid7(), rest))

        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert hidden.content == absent.content
        assert list(WorkoutPlan.objects.values()) == before

    def test_ones_own_is_in_ones_own_list_alone(self, api, bens_api, ana, ben):
        PlanFactory(user=ana, body__name="Ana's")
        PlanFactory(user=ben, body__name="Ben's")

        lists = [names(client.get(URL)) for client in (api, bens_api)]

        assert lists == [["Ana's"], ["Ben's"]]
        assert names(api.get(f"{URL}?public=true")) == []

    def test_nobody_sees_any_without_a_token(self, anonymous, ana):
        plan = PlanFactory(user=ana, is_public=True)

        statuses = [
            call(anonymous, method, detail(plan, rest)).status_code
            for method, rest in EVERY_METHOD
        ]

        assert statuses == [401] * len(EVERY_METHOD)
        assert anonymous.get(URL).status_code == 401


class TestPublishedPlans:
    @pytest.mark.parametrize(("method", "rest"), EVERY_METHOD)
    def test_others_may_read_and_copy_them_but_not_write(self, api, ben, method, rest):
        theirs = PlanFactory(user=ben, is_public=True)
        before = list(WorkoutPlan.objects.filter(user=ben).values())

        response = call(api, method, detail(theirs, rest))

        readable = 201 if rest == "copy/" else 200
        assert response.status_code == (readable if (method, rest) in FOR_OTHERS else 404)
        assert list(WorkoutPlan.objects.filter(user=ben).values()) == before

    def test_publishing_shows_a_plan_to_all_and_the_contrary_hides_it(self, api, bens_api, ben):
        plan = PlanFactory(user=ben, body__name="Ben's")

        bens_api.patch(detail(plan), {"is_public": True})
        shown = names(api.get(f"{URL}?public=true")), api.get(detail(plan)).status_code
        bens_api.patch(detail(plan), {"is_public": False})
        hidden = names(api.get(f"{URL}?public=true")), api.get(detail(plan)).status_code

        assert shown == (["Ben's"], 200)
        assert hidden == ([], 404)

    def test_a_custom_exercise_is_a_name_to_others(self, api, bens_api, ben):
        secret = CustomExerciseFactory(created_by=ben, name="Ben's lift")
        secret.equipment.set(["barbell"])
        rule = {
            "kind": "variation_ladder",
            "rungs": [{"name": "Wall"}, {"name": "Hard", "exercise": str(secret.pk)}],
        }
        plan = PlanFactory(
            user=ben,
            is_public=True,
            body__days__0__exercises=with_exercise(secret, progression=rule),
        )
        paths = ["", "findings/", "volume/"]

        answers = [api.get(detail(plan, path)) for path in paths]
        answers.append(api.post(detail(plan, "simulate/"), {}))
        answers.append(api.get(f"{URL}?public=true"))

        assert [answer.status_code for answer in answers] == [200] * 5
        assert str(secret.pk) not in "".join(answer.content.decode() for answer in answers)
        [planned] = answers[0].json()["days"][0]["exercises"]
        assert (planned["exercise"], planned["name"]) == (None, "Squat")
        assert planned["progression"]["rungs"] == [
            {"name": "Wall", "exercise": None},
            {"name": "Hard", "exercise": None},
        ]
        assert str(secret.pk) in bens_api.get(detail(plan)).content.decode()

    @pytest.mark.parametrize("visibility", ["public", "followers", "private"])
    def test_the_author_is_shown_as_far_as_they_show_themselves(
        self, api, bens_api, ben, visibility
    ):
        UserProfile.objects.filter(user=ben).update(visibility=visibility, display_name="Benno")
        plan = PlanFactory(user=ben, is_public=True)

        seen = api.get(detail(plan)).json()["author"]
        [listed] = api.get(f"{URL}?public=true").json()["results"]
        own = bens_api.get(detail(plan)).json()["author"]

        author = {"username": "ben", "display_name": "Benno"}
        assert seen == listed["author"] == (None if visibility == "private" else author)
        assert own == author

    def test_an_author_whose_account_is_not_active_is_not_shown_but_the_house_is(self, api):
        house, gone = (UserFactory(username=name, is_active=False) for name in ("house", "gone"))
        PlanFactory(user=gone, is_public=True)
        program = PlanFactory(user=house, is_public=True)
        WorkoutPlan.objects.filter(pk=program.pk).update(program="five-by-five")

        rows = api.get(f"{URL}?public=true").json()["results"]

        assert [row["author"] and row["author"]["username"] for row in rows] == ["house", None]


class TestList:
    def test_a_line_tells_what_a_plan_needs_and_how_long_it_is(self, api, ana):
        bench = needing("barbell", "bench")
        pull_up = needing("pull_up_bar")
        ladder = {
            "kind": "variation_ladder",
            "rungs": [{"name": "Hang"}, {"name": "Pull-up", "exercise": str(pull_up.pk)}],
        }
        days = [
            DayBodyFactory(day_number=1, exercises=with_exercise(bench) * 2),
            DayBodyFactory(
                day_number=2, exercises=[PlannedExerciseBodyFactory(progression=ladder)]
            ),
        ]
        plan = PlanFactory(user=ana, body__days=days, body__deload={"weeks": [1]})

        [row] = api.get(URL).json()["results"]

        assert row.pop("created_at") <= row.pop("updated_at")
        assert row == {
            "id": str(plan.pk),
            "name": "Three times five",
            "description": "",
            "goal": "strength",
            "days_per_week": 3,
            "duration_weeks": 4,
            "fitness_level": "beginner",
            "is_public": False,
            "is_ai_generated": False,
            "progression_strategy": "",
            "cycle_weeks": 1,
            "deload": {"weeks": [1], "load_percent": 100, "sets_percent": 100},
            "version": 1,
            "copied_from": None,
            "program": None,
            "author": {"username": "ana", "display_name": "ana"},
            "days_count": 2,
            "exercises_count": 3,
            "equipment": ["barbell", "bench", "pull_up_bar"],
        }

    def test_a_plan_without_days_needs_nothing(self, api, ana):
        PlanFactory(user=ana, body__days=[])

        [row] = api.get(URL).json()["results"]

        assert (row["days_count"], row["exercises_count"], row["equipment"]) == (0, 0, [])

    @pytest.mark.parametrize(
        ("query", "queries"),
        [
            ("", 2),  # whose token; the page
            ("?public=true", 3),  # and who is hidden
            ("?public=true&equipment=bench&q=x&goal=y&page_size=100", 3),
        ],
    )
    def test_it_costs_the_same_for_any_number(
        self, api, ana, query, queries, django_assert_num_queries
    ):
        for _ in range(3):
            PlanFactory(user=ana, is_public=True)

        with django_assert_num_queries(queries):
            response = api.get(f"{URL}{query}")

        assert response.status_code == 200

    def test_a_plan_costs_two_queries_however_big(self, api, ana, django_assert_num_queries):
        exercises = [PlannedExerciseBodyFactory() for _ in range(6)]
        days = [DayBodyFactory(day_number=n, exercises=exercises) for n in range(1, 7)]
        plan = PlanFactory(user=ana, body__days=days)

        with django_assert_num_queries(2):  # whose token; the plan
            response = api.get(detail(plan))

        assert [len(day["exercises"]) for day in response.json()["days"]] == [6] * 6

    def test_anothers_plan_costs_one_query_more(self, api, ben, django_assert_num_queries):
        plan = PlanFactory(user=ben, is_public=True)

        with django_assert_num_queries(3):  # whose token; the plan; who is hidden
            response = api.get(detail(plan))

        assert response.status_code == 200

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=100%25", ["100% push"]),
            ("q=_", ["a_b"]),
            ("q=PUSH", ["100% push"]),
            ("q=back%5Cslash", []),
            ("q=long%20words", ["a_b"]),
            ("q=", ["a_b", "100% push"]),
            ("goal=endurance", ["a_b"]),
            ("goal=ENDURANCE", []),
            ("fitness_level=advanced", ["a_b"]),
            ("days_per_week=2", ["a_b"]),
            ("days_per_week=7", []),
            ("duration_weeks_max=11", ["100% push"]),
            ("duration_weeks_max=12", ["a_b", "100% push"]),
            ("is_ai_generated=true", []),
            ("is_ai_generated=false", ["a_b", "100% push"]),
            ("updated_since=2999-01-01T00:00:00Z", []),
            ("updated_since=2000-01-01T00:00:00%2B02:00", ["a_b", "100% push"]),
            ("updated_since=0001-01-01T00:00:00%2B14:00", ["a_b", "100% push"]),
            ("goal=endurance&days_per_week=3", []),
            ("nonsense=1", ["a_b", "100% push"]),
        ],
    )
    @pytest.mark.parametrize("public", ["", "&public=true"])
    def test_it_is_narrowed(self, api, ana, query, found, public):
        PlanFactory(user=ana, is_public=True, body__name="100% push")
        PlanFactory(
            user=ana,
            is_public=True,
            body__name="a_b",
            body__description="Many long words.",
            body__goal="endurance",
            body__fitness_level="advanced",
            body__days_per_week=2,
            body__duration_weeks=12,
        )

        assert names(api.get(f"{URL}?{query}{public}")) == found

    @pytest.mark.parametrize(
        ("equipment", "found"),
        [
            ("barbell", ["body", "bar"]),
            ("barbell,bench", ["body", "bench", "bar"]),
            ("bench,,%20barbell", ["body", "bench", "bar"]),
            ("pull_up_bar", ["ladder", "body"]),
            ("hammer,%25", ["body"]),
            ("", ["ladder", "body", "bench", "bar"]),
            (",", ["ladder", "body", "bench", "bar"]),
        ],
    )
    def test_plans_that_need_more_than_there_is_are_left_out(self, api, ana, equipment, found):
        pull_up = str(needing("pull_up_bar").pk)
        ladder = {"kind": "variation_ladder", "rungs": [{"name": "Pull-up", "exercise": pull_up}]}
        for name, exercises in {
            "bar": with_exercise(needing("barbell")),
            "bench": with_exercise(needing("barbell", "bench")),
            "body": with_exercise(needing()),
            "ladder": [PlannedExerciseBodyFactory(progression=ladder)],
        }.items():
            PlanFactory(user=ana, body__name=name, body__days__0__exercises=exercises)

        assert names(api.get(f"{URL}?equipment={equipment}")) == found

    @pytest.mark.parametrize(
        "query",
        [
            "fitness_level=god",
            "days_per_week=0",
            "days_per_week=8",
            "days_per_week=2.5",
            "days_per_week=x",
            "duration_weeks_max=53",
            "duration_weeks_max=nan",
            "updated_since=yesterday",
            "q=a%00b",
            "goal=a%00b",
            "equipment=bench,a%00b",
            "page_size=0",
            "page_size=101",
            "cursor=x",
            "cursor=W2ZhbHNlXQ",
            "cursor=W2ZhbHNlLCJ4Il0",
        ],
    )
    def test_a_parameter_out_of_range_is_named(self, api, query):
        response = api.get(f"{URL}?{query}")

        assert response.status_code == 400
        assert response.json()["errors"][0]["attr"] == query.partition("=")[0]


@given(plans=st.lists(st.booleans(), max_size=9), page_size=st.integers(1, 4))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.parametrize("public", ["", "&public=true"])
def test_pages_hold_every_plan_once_in_order_both_ways(plans, page_size, public, ana, ben):
    WorkoutPlan.objects.all().delete()
    made = [PlanFactory(user=(ana, ben)[is_bens], is_public=is_bens) for is_bens in plans]
    mine = [plan for plan in made if plan.is_public is bool(public)]
    expected = [str(plan.pk) for plan in reversed(mine)]
    api = client_of(ana)

    forwards, pages, url = [], [], f"{URL}?page_size={page_size}{public}"
    while url:
        page = api.get(url).json()
        pages.append([row["id"] for row in page["results"]])
        forwards += pages[-1]
        last, url = page, page["next"]
    backwards = []
    while last["previous"]:
        last = api.get(last["previous"]).json()
        backwards.append([row["id"] for row in last["results"]])

    assert forwards == expected
    assert backwards == pages[:-1][::-1]
