"""Who finds whom, and how much of them they see."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.conftest import client_of
from tests.factories.users import UserFactory
from users.models import User, UserProfile

URL = "/api/v1/users/"
CARD = {
    "id",
    "username",
    "display_name",
    "avatar_url",
    "avatar_thumbnail_url",
    "user_type",
    "visibility",
}
DETAILS = {"bio", "location", "website", "fitness_level", "created_at"}
# In every text that strangers must not see.
CANARY = "canary"
pytestmark = pytest.mark.django_db


def person(username: str, display_name: str = "", **profile) -> User:
    user = UserFactory(username=username)
    UserProfile.objects.filter(user=user).update(display_name=display_name or username, **profile)
    return user


def found(client: APIClient, **query) -> list[str]:
    response = client.get(URL, query)
    assert response.status_code == 200, response.content
    return [row["username"] for row in response.json()["results"]]


def walked(client: APIClient, **query) -> list[list[str]]:
    """Every page, from the first to the last."""
    pages, url, parameters = [], URL, query
    while url:
        answer = client.get(url, parameters).json()
        pages.append([row["username"] for row in answer["results"]])
        url, parameters = answer["next"], {}
        assert len(pages) < 200
    return pages


def walked_back(client: APIClient, **query) -> list[list[str]]:
    """Every page, from the last to the first."""
    answer = client.get(URL, query).json()
    while answer["next"]:
        answer = client.get(answer["next"]).json()
    pages = [[row["username"] for row in answer["results"]]]
    while answer["previous"]:
        answer = client.get(answer["previous"]).json()
        pages.append([row["username"] for row in answer["results"]])
        assert len(pages) < 200
    return pages


# --- Searching -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("jon", ["jonathan"]),
        ("JONA", ["jonathan"]),
        ("gru", ["mara"]),
        ("Gruber", ["mara"]),
        ("jonathn", ["jonathan"]),
        ("grubr m", ["mara"]),
        ("  mara  ", ["mara"]),
        ("zzz", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("'", []),
    ],
)
def test_people_are_found_by_how_a_name_begins_or_is_spelled(
    bens_api: APIClient, text: str, names: list[str]
):
    person("jonathan", "Jo")
    person("mara", "Gruber Mara")

    assert found(bens_api, q=text) == names


def test_the_likest_comes_first(bens_api: APIClient):
    for name in ("martin", "martina", "martinas_gym_in_vienna"):
        person(name)

    assert found(bens_api, q="martina") == ["martina", "martin", "martinas_gym_in_vienna"]


def test_without_a_text_everybody_who_may_be_found_is_listed_newest_first(bens_api: APIClient):
    for name in ("one", "two", "three"):
        person(name)

    assert found(bens_api) == ["three", "two", "one", "ben"]
    assert found(bens_api, q="") == found(bens_api)


def test_trainers_can_be_looked_for(bens_api: APIClient):
    person("mara", user_type="trainer")
    person("marc", user_type="user")

    assert found(bens_api, user_type="trainer") == ["mara"]
    assert found(bens_api, q="mar", user_type="trainer") == ["mara"]
    assert found(bens_api, q="mar") == ["marc", "mara"]


@pytest.mark.parametrize(
    ("query", "attr"),
    [
        ({"q": "a\x00b"}, "q"),
        ({"user_type": "admin"}, "user_type"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "101"}, "page_size"),
        ({"page_size": "9" * 29}, "page_size"),
        ({"page_size": "-1"}, "page_size"),
        ({"page_size": "ten"}, "page_size"),
        ({"page_size": ""}, "page_size"),
        ({"page_size": "٣"}, "page_size"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "W10"}, "cursor"),
        ({"cursor": "WzFd"}, "cursor"),
        ({"cursor": "W2ZhbHNlLG51bGxd"}, "cursor"),
        ({"cursor": "W2ZhbHNlLCJ4Il0"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"q": "ana", "cursor": "W2ZhbHNlLCIwMWExIl0"}, "cursor"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_name(bens_api: APIClient, query, attr: str):
    response = bens_api.get(URL, query)

    assert response.status_code == 400, response.content
    assert [error["attr"] for error in response.json()["errors"]] == [attr]


def test_a_very_long_text_is_only_not_found(bens_api: APIClient):
    assert found(bens_api, q="x" * 4000) == []


# --- Who is found --------------------------------------------------------------------------------


def test_who_is_private_is_found_by_nobody_but_themselves(bens_api: APIClient):
    hidden = person("hidden", visibility="private")

    assert found(bens_api, q="hidden") == []
    assert "hidden" not in found(bens_api)
    assert bens_api.get(f"{URL}hidden/").status_code == 404
    hers = client_of(hidden)
    assert found(hers, q="hidden") == ["hidden"]
    assert hers.get(f"{URL}hidden/").status_code == 200


def test_who_is_not_active_is_not_found(bens_api: APIClient):
    gone = person("gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert found(bens_api, q="gone") == []
    assert bens_api.get(f"{URL}gone/").status_code == 404


def test_a_private_or_inactive_person_looks_like_nobody(bens_api: APIClient):
    person("hidden", visibility="private")
    gone = person("gone")
    User.objects.filter(pk=gone.pk).update(is_active=False)

    answers = [
        bens_api.get(f"{URL}{name}/") for name in ("hidden", "gone", "nobody", "no\x00body")
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("name", ["Ana", "ANA", "aNa"])
def test_usernames_have_no_case(bens_api: APIClient, ana: User, name: str):
    assert bens_api.get(f"{URL}{name}/").json()["id"] == str(ana.pk)


def test_a_username_with_capitals_is_found_in_any_case(bens_api: APIClient):
    bob = person("bigbob")
    # However it got there: an import, an older release.
    User.objects.filter(pk=bob.pk).update(username="BigBob")

    answers = [bens_api.get(f"{URL}{name}/") for name in ("BigBob", "bigbob", "BIGBOB")]

    assert [answer.json()["username"] for answer in answers] == ["BigBob"] * 3


@pytest.mark.parametrize("name", ["%ED%A0%80", "%FF", "a" * 200, "a'b", "..", "%2e%2e", "a%2Fb"])
def test_what_is_no_username_is_not_found(bens_api: APIClient, name: str):
    assert bens_api.get(f"{URL}{name}/").status_code == 404


@pytest.mark.parametrize("path", ["", "?q=ana", "ana/"])
def test_without_a_token_nobody_is_found(anonymous: APIClient, ana: User, path: str):
    response = anonymous.get(URL + path)

    assert response.status_code == 401
    assert b"ana" not in response.content.replace(b"Bearer", b"")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["", "ana/"])
def test_others_cannot_be_changed(bens_api: APIClient, ana: User, method: str, path: str):
    before = UserProfile.objects.values().get(user=ana)

    response = getattr(bens_api, method)(URL + path, {"bio": "Ben's"})

    assert response.status_code == 405
    assert UserProfile.objects.values().get(user=ana) == before


# --- What is seen --------------------------------------------------------------------------------


@pytest.fixture
def told(ana: User) -> dict[str, Any]:
    """Everything that ana has told about herself."""
    User.objects.filter(pk=ana.pk).update(
        email=f"{CANARY}@example.com", first_name=CANARY, last_name=CANARY
    )
    values = {
        "display_name": "Ana",
        "email": f"{CANARY}@example.com",
        "bio": "Chasing a deadlift.",
        "location": "Vienna",
        "website": "https://ana.example/",
        "avatar_url": "https://ana.example/me.png",
        "fitness_level": "advanced",
        "height": 171.25,
        "date_of_birth": "1994-03-12",
        "sex": "female",
        "timezone": "Pacific/Chatham",
    }
    UserProfile.objects.filter(user=ana).update(**values)
    return values


SECRETS = [CANARY, "171.25", "1994", "female", "Chatham", "advanced@", "revision"]


def test_a_public_profile_tells_no_more_than_it_may(bens_api: APIClient, ana: User, told):
    answer = bens_api.get(f"{URL}ana/")

    assert answer.json() == {
        "id": str(ana.pk),
        "username": "ana",
        "display_name": "Ana",
        "avatar_url": "https://ana.example/me.png",
        "avatar_thumbnail_url": "",
        "user_type": "user",
        "visibility": "public",
        "bio": "Chasing a deadlift.",
        "location": "Vienna",
        "website": "https://ana.example/",
        "fitness_level": "advanced",
        "created_at": answer.json()["created_at"],
    }
    assert [word for word in SECRETS if word in answer.content.decode()] == []


def test_to_strangers_a_profile_for_followers_is_its_card(bens_api: APIClient, ana: User, told):
    UserProfile.objects.filter(user=ana).update(visibility="followers")

    answer = bens_api.get(f"{URL}ana/").json()

    assert answer.keys() == CARD | DETAILS
    assert {name: answer[name] for name in DETAILS} == dict.fromkeys(DETAILS)
    assert (answer["display_name"], answer["visibility"]) == ("Ana", "followers")
    assert found(bens_api, q="ana") == ["ana"]


def test_one_sees_all_details_of_oneself(api: APIClient, ana: User, told):
    for visibility in ("public", "followers", "private"):
        UserProfile.objects.filter(user=ana).update(visibility=visibility)
        answer = api.get(f"{URL}ana/").json()
        assert answer["bio"] == "Chasing a deadlift."


def test_a_search_shows_cards(bens_api: APIClient, ana: User, told):
    for query in ({"q": "ana"}, {}):
        response = bens_api.get(URL, query)
        assert [row.keys() for row in response.json()["results"]] == [CARD] * (1 if query else 2)
        assert [word for word in SECRETS if word in response.content.decode()] == []


# --- Pages ---------------------------------------------------------------------------------------


@pytest.fixture
def marias() -> list[str]:
    """People whom a search finds equally like, among others that it finds less like."""
    names = [f"maria{n:02}" for n in range(11)]
    for name in names:
        person(name, "Maria")
    others = [f"mariana_of_the_gym_{n}" for n in range(3)]
    for name in others:
        person(name, "Somebody")
    return names + others


@given(page_size=st.integers(1, 16))
@settings(
    deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pages_of_any_size_show_everybody_once(
    bens_api: APIClient, marias: list[str], page_size: int
):
    for query in ({"q": "maria"}, {}):
        whole = walked(bens_api, page_size=100, **query)
        pages = walked(bens_api, page_size=page_size, **query)
        backwards = walked_back(bens_api, page_size=page_size, **query)

        everybody = [name for page in pages for name in page]
        assert [everybody] == whole
        assert sorted(everybody) == sorted(marias + ([] if query else ["ben"]))
        assert [len(page) for page in pages[:-1]] == [page_size] * (len(pages) - 1)
        assert [name for page in reversed(backwards) for name in page] == everybody


def test_a_page_goes_on_where_it_ended_whoever_arrives_meanwhile(
    bens_api: APIClient, marias: list[str]
):
    first = bens_api.get(URL, {"page_size": 5}).json()
    person("newcomer")

    second = bens_api.get(first["next"]).json()

    names = [row["username"] for row in first["results"] + second["results"]]
    assert names == marias[::-1][:10]


def test_searching_costs_the_same_for_one_and_for_thirty(
    bens_api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
):
    counts = []
    for people in (1, 29):
        for n in range(people):
            person(f"maria_{people}_{n}", "Maria")
        with django_assert_num_queries(3):  # whose token it is, who is hidden, and the page
            counts.append(len(found(bens_api, q="maria", page_size=100)))
        with django_assert_num_queries(3):
            found(bens_api, page_size=100)
    with django_assert_num_queries(3):
        bens_api.get(f"{URL}maria_1_0/")

    assert counts == [1, 30]
