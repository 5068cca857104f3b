"""Who is hidden from whom in the search for people, and who sees the details of a profile."""

import pytest
from rest_framework.test import APIClient

from tests.users import ties as made_up
from tests.users.ties import Ties
from users import connections
from users.ids import uuid7
from users.models import User, UserProfile

URL = "/api/v1/users/"
DETAILS = {"bio", "location", "website", "fitness_level", "created_at"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def ties(monkeypatch) -> Ties:
    return made_up.provide(monkeypatch)


def names(client: APIClient, **query) -> list[str]:
    return [row["username"] for row in client.get(URL, query).json()["results"]]


def test_while_nobody_knows_nobody_is_hidden_muted_or_followed(monkeypatch):
    monkeypatch.setattr(connections, "_provided", [])
    one, other = uuid7(), uuid7()

    assert connections.hidden_from(one) == frozenset()
    assert connections.silenced_for(one) == frozenset()
    assert connections.is_follower(viewer_id=one, person_id=other) is False


def test_who_provides_later_answers(monkeypatch):
    monkeypatch.setattr(connections, "_provided", [])
    one, other = uuid7(), uuid7()
    told = connections.Connections(
        hidden_from=lambda _: frozenset({other}),
        silenced_for=lambda _: frozenset({one}),
        is_follower=lambda viewer, person: (viewer, person) == (one, other),
    )

    connections.provide(told)

    assert connections.hidden_from(one) == {other}
    assert connections.silenced_for(other) == {one}
    assert connections.is_follower(viewer_id=one, person_id=other) is True
    assert connections.is_follower(viewer_id=other, person_id=one) is False


def test_hidden_people_are_in_no_list_search_or_page_of_each_other(
    api: APIClient, bens_api: APIClient, ana: User, ben: User, ties: Ties
):
    ties.hide(ana, ben)

    for client, viewer, other in ((api, "ana", "ben"), (bens_api, "ben", "ana")):
        assert names(client) == [viewer]
        assert names(client, q=other) == []
        assert client.get(f"{URL}{other}/").status_code == 404
        assert client.get(f"{URL}{viewer}/").status_code == 200


def test_followers_see_the_details_that_are_for_followers(
    bens_api: APIClient, ana: User, ben: User, ties: Ties
):
    UserProfile.objects.filter(user=ana).update(visibility="followers", bio="Lifts.")
    ties.follow(ben, ana)

    answer = bens_api.get(f"{URL}ana/").json()

    assert (answer["bio"], answer["fitness_level"]) == ("Lifts.", "beginner")


def test_followers_do_not_see_what_is_private(
    bens_api: APIClient, ana: User, ben: User, ties: Ties
):
    UserProfile.objects.filter(user=ana).update(visibility="private")
    ties.follow(ben, ana)

    assert bens_api.get(f"{URL}ana/").status_code == 404


def test_whom_one_follows_does_not_see_ones_own_details(
    bens_api: APIClient, ana: User, ben: User, ties: Ties
):
    UserProfile.objects.filter(user=ana).update(visibility="followers", bio="Lifts.")
    ties.follow(ana, ben)

    answer = bens_api.get(f"{URL}ana/").json()

    assert {name: answer[name] for name in DETAILS} == dict.fromkeys(DETAILS)


def test_followers_do_not_see_who_is_inactive(
    bens_api: APIClient, ana: User, ben: User, ties: Ties
):
    User.objects.filter(pk=ana.pk).update(is_active=False)
    ties.follow(ben, ana)

    assert bens_api.get(f"{URL}ana/").status_code == 404
    assert names(bens_api) == ["ben"]
