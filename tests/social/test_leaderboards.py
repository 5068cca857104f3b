"""Boards over HTTP: the top page, one's place, neighbors and friends."""

import datetime as dt
from itertools import pairwise

import pytest
from rest_framework.test import APIClient

from social.models import Challenge, ChallengeParticipant
from tests.conftest import client_of
from tests.factories.social import (
    BlockFactory,
    ChallengeFactory,
    FollowFactory,
    FriendshipFactory,
    ParticipantFactory,
)
from tests.factories.users import UserFactory
from users.models import User, UserProfile

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 3, 2)
RANKED_AT = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


@pytest.fixture
def week(ben: User) -> Challenge:
    return ChallengeFactory(
        created_by=ben,
        name="Week",
        description="Lift.",
        challenge_type="volume",
        start_date=MONDAY,
        ranked_at=RANKED_AT,
    )


def standing(challenge: Challenge, rank: int | None, user: User | None = None):
    progress = 0.0 if rank is None else 100.0 - rank
    return ParticipantFactory(
        challenge=challenge, user=user or UserFactory(), rank=rank, current_progress=progress
    )


def get(api: APIClient, challenge: Challenge, **query) -> dict:
    response = api.get(f"/api/v1/challenges/{challenge.pk}/leaderboard/", query)
    assert response.status_code == 200
    return response.json()


def ranks(rows: list[dict]) -> list[int]:
    return [row["rank"] for row in rows]


def people(rows: list[dict]) -> list[str]:
    return [row["user_id"] for row in rows]


def test_a_board_shows_the_challenge_and_the_standings(api, ana, week):
    first, mine = standing(week, 1), standing(week, 2, ana)
    UserProfile.objects.filter(user=first.user).update(avatar="avatars/one.webp")
    UserProfile.objects.filter(user=ana).update(avatar_url="https://pictures.example.com/ana.jpg")

    shown = get(api, week)

    def entry(row: ChallengeParticipant, avatar_url: str) -> dict:
        return {
            "rank": row.rank,
            "user_id": str(row.user_id),
            "display_name": row.user.profile.display_name,
            "avatar_url": avatar_url,
            "progress": row.current_progress,
            "joined_at": row.joined_at.isoformat().replace("+00:00", "Z"),
        }

    top = entry(first, "http://testserver/media/avatars/one.webp")
    me = entry(mine, "https://pictures.example.com/ana.jpg")
    assert shown == {
        "challenge": {
            "id": str(week.pk),
            "name": "Week",
            "description": "Lift.",
            "challenge_type": "volume",
            "start_date": "2026-03-02",
            "end_date": "2026-03-08",
            "participant_count": 2,
        },
        "leaderboard": [top, me],
        "next": None,
        "previous": None,
        "ranked_at": "2026-03-04T12:00:00Z",
        "me": me,
        "neighbors": [top],
    }


def test_a_board_without_anybody_is_empty(api, week):
    shown = get(api, week)

    assert (shown["leaderboard"], shown["me"], shown["neighbors"]) == ([], None, [])
    assert (shown["next"], shown["previous"]) == (None, None)


def test_pages_lead_down_and_back_up_with_ties_in_one_order(api, week):
    for rank in (1, 2, 2, 2, 5):
        standing(week, rank)
    expected = list(week.participants.order_by("rank", "pk").values_list("user_id", flat=True))

    pages, address = [], f"/api/v1/challenges/{week.pk}/leaderboard/?page_size=2"
    while address:
        pages.append(api.get(address).json())
        address = pages[-1]["next"]
    back, address = [pages[-1]], pages[-1]["previous"]
    while address:
        back.append(api.get(address).json())
        address = back[-1]["previous"]

    assert [person for page in pages for person in people(page["leaderboard"])] == [
        str(one) for one in expected
    ]
    assert [page["leaderboard"] for page in back] == [
        page["leaderboard"] for page in reversed(pages)
    ]


def test_the_neighbors_are_the_three_above_and_the_three_below(api, ana, week):
    for rank in (1, 2, 3, 4, 6, 7, 8, 9):
        standing(week, rank)
    standing(week, 5, ana)

    shown = get(api, week, page_size="1")

    assert ranks(shown["leaderboard"]) == [1]
    assert (shown["me"]["rank"], ranks(shown["neighbors"])) == (5, [2, 3, 4, 6, 7, 8])


def test_who_joined_after_the_standings_has_no_place_yet(api, ana, week):
    standing(week, 1)
    standing(week, None, ana)

    shown = get(api, week)

    assert ranks(shown["leaderboard"]) == [1]
    assert (shown["me"]["rank"], shown["me"]["progress"], shown["neighbors"]) == (None, 0.0, [])


def test_hidden_and_inactive_people_are_left_out_and_keep_their_ranks(api, ana, week):
    shown_rows = [standing(week, rank) for rank in (1, 4)]
    blocked, blocking = standing(week, 2), standing(week, 3)
    standing(week, 6, UserFactory(is_active=False))
    standing(week, 5, ana)
    BlockFactory(user=ana, blocked=blocked.user)
    BlockFactory(user=blocking.user, blocked=ana)

    shown = get(api, week)

    assert ranks(shown["leaderboard"]) == [1, 4, 5]
    assert people(shown["neighbors"]) == [str(row.user_id) for row in shown_rows]
    assert shown["challenge"]["participant_count"] == 4
    assert ranks(get(client_of(blocked.user), week)["leaderboard"]) == [1, 2, 3, 4]


def test_the_board_of_friends_is_of_me_my_friends_and_whom_i_follow(api, ana, week):
    rows = [standing(week, rank) for rank in (1, 2, 2, 4, 5, 6)]
    standing(week, 7, ana)
    FriendshipFactory(user=ana, friend=rows[1].user)
    for row in (rows[2], rows[5], rows[1]):
        FollowFactory(follower=ana, following=row.user)
    FollowFactory(follower=rows[3].user, following=ana)
    FollowFactory(follower=ana)

    shown = get(api, week, friends="true", page_size="3")
    rest = api.get(shown["next"]).json()

    tied = sorted(rows[1:3], key=lambda row: row.pk)
    assert people(shown["leaderboard"]) == [str(row.user_id) for row in (*tied, rows[5])]
    assert ranks(shown["leaderboard"]) == [2, 2, 6]
    assert [row["friends_rank"] for row in shown["leaderboard"]] == [1, 1, 3]
    assert [(row["rank"], row["friends_rank"]) for row in rest["leaderboard"]] == [(7, 4)]
    assert (shown["me"]["friends_rank"], ranks(shown["neighbors"])) == (4, [2, 2, 6])
    assert shown["challenge"]["participant_count"] == 7


def test_a_friend_who_blocks_is_not_on_the_board_of_friends(api, ana, week):
    friend = standing(week, 1)
    FollowFactory(follower=ana, following=friend.user)
    BlockFactory(user=friend.user, blocked=ana)

    assert get(api, week, friends="true")["leaderboard"] == []


@pytest.mark.parametrize("hide", ["creator", "private", "nothing"])
def test_the_board_of_a_challenge_that_one_does_not_see_is_a_404(api, ana, week, hide):
    address = f"/api/v1/challenges/{week.pk}/leaderboard/"
    if hide == "creator":
        BlockFactory(user=week.created_by, blocked=ana)
    elif hide == "private":
        Challenge.objects.filter(pk=week.pk).update(is_public=False)
    else:
        address = address.replace(str(week.pk), "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9")

    assert api.get(address).status_code == 404


@pytest.mark.parametrize(
    "query", [{"cursor": "W2ZhbHNlXQ"}, {"page_size": "101"}, {"friends": "maybe"}]
)
def test_a_board_that_nobody_can_show_is_refused(api, week, query):
    response = api.get(f"/api/v1/challenges/{week.pk}/leaderboard/", query)

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == next(iter(query))


@pytest.mark.parametrize("friends", ["true", "false"])
def test_a_board_costs_the_same_for_any_number(api, ana, week, friends, django_assert_num_queries):
    rows = [standing(week, rank) for rank in range(1, 9)]
    standing(week, 9, ana)
    for row in rows:
        FollowFactory(follower=ana, following=row.user)

    with django_assert_num_queries(3):  # the session, the hidden, the board
        shown = get(api, week, friends=friends)

    assert all(above <= below for above, below in pairwise(ranks(shown["leaderboard"])))
    assert len(shown["leaderboard"]) == 9
