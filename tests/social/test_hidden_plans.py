"""What a block hides of the apps that know nothing of blocks."""

import pytest

from tests.factories.social import BlockFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import PlanFactory
from workouts.models import WorkoutPlan

pytestmark = pytest.mark.django_db

URL = "/api/v1/plans/"


@pytest.fixture(params=["blocking", "blocked"])
def hidden_plan(request, ana, ben):
    """ben's, whichever of the two blocks the other."""
    one, other = (ana, ben) if request.param == "blocking" else (ben, ana)
    plan = PlanFactory(user=ben, is_public=True, body__name="Ben's")
    BlockFactory(user=one, blocked=other)
    return plan


def test_published_plans_are_not_listed(api, bens_api, hidden_plan):
    PlanFactory(user=UserFactory(), is_public=True, body__name="Cara's")

    lists = [
        [row["name"] for row in client.get(f"{URL}?public=true").json()["results"]]
        for client in (api, bens_api)
    ]

    assert lists == [["Cara's"], ["Cara's", "Ben's"]]


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("get", ""),
        ("get", "findings/"),
        ("get", "volume/"),
        ("post", "simulate/"),
        ("post", "copy/"),
    ],
)
def test_a_published_plan_is_neither_read_nor_copied(api, ana, hidden_plan, method, rest):
    answer = getattr(api, method)(f"{URL}{hidden_plan.pk}/{rest}", {})

    assert answer.status_code == 404
    assert not WorkoutPlan.objects.filter(user=ana).exists()


def test_a_copy_made_before_stays(api, ana, ben):
    theirs = PlanFactory(user=ben, is_public=True)
    mine = api.post(f"{URL}{theirs.pk}/copy/", {}).json()
    BlockFactory(user=ben, blocked=ana)

    answer = api.get(f"{URL}{mine['id']}/")

    assert answer.status_code == 200
    assert answer.json()["copied_from"] == str(theirs.pk)


def test_neither_finds_the_other(api, bens_api, ana, ben):
    BlockFactory(user=ana, blocked=ben)

    found = [
        [row["username"] for row in client.get(f"/api/v1/users/?q={name}").json()["results"]]
        for client, name in ((api, "ben"), (bens_api, "ana"))
    ]

    assert found == [[], []]
    assert api.get("/api/v1/users/ben/").status_code == 404
    assert bens_api.get("/api/v1/users/ana/").status_code == 404
