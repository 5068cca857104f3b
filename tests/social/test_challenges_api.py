"""Challenges over HTTP: who finds them, who takes part, and what stays as it was agreed."""

import datetime as dt

import pytest
import time_machine
from rest_framework.test import APIClient

from social.models import Challenge, ChallengeInvitation, ChallengeParticipant
from social.services import standings
from social.signals import person_acted
from tests.factories.analytics import TrainingDayFactory
from tests.factories.social import (
    BlockFactory,
    ChallengeFactory,
    ChallengeInvitationFactory,
    FriendshipFactory,
    GroupFactory,
    MembershipFactory,
    ParticipantFactory,
)
from tests.factories.users import UserFactory
from users.models import Notification, OutboxMessage, Tombstone, User, UserProfile
from users.services import outbox

pytestmark = pytest.mark.django_db

URL = "/api/v1/challenges/"
TODAY = dt.date(2026, 3, 4)
TOMORROW = dt.date(2026, 3, 5)
BODY = {
    "name": "March",
    "challenge_type": "distance",
    "start_date": "2026-03-05",
    "end_date": "2026-03-31",
}


@pytest.fixture(autouse=True)
def _wednesday(api, bens_api):
    """A session is as old as the clock of PostgreSQL says, so they begin before."""
    with time_machine.travel(dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def running(ben: User) -> Challenge:
    """Ben's, public, from Monday on, over workouts. Nobody takes part."""
    return ChallengeFactory(created_by=ben, start_date=dt.date(2026, 3, 2))


def url(challenge: Challenge, *verb: str) -> str:
    return "/".join((f"{URL}{challenge.pk}", *verb, ""))


def error_of(response) -> tuple[int, str, str | None]:
    [error] = response.json()["errors"]
    return response.status_code, error["code"], error["attr"]


def names(api: APIClient, **query: str) -> set[str]:
    return {row["name"] for row in api.get(URL, query).json()["results"]}


def stored(challenge: Challenge) -> dict:
    return Challenge.objects.values().get(pk=challenge.pk)


# --- Begun, changed, called off --------------------------------------------------------------


def test_a_challenge_begins_with_nobody_in_it(api, ana):
    response = api.post(URL, {**BODY, "target": 100, "max_participants": 2})

    shown = response.json()
    assert response.status_code == 201
    assert {name: shown[name] for name in BODY} == BODY
    assert (shown["unit"], shown["status"], shown["target"]) == ("km", "upcoming", 100.0)
    assert (shown["participant_count"], shown["me"], shown["group"]) == (0, None, None)
    assert (shown["is_public"], shown["late_entry_hours"]) == (True, 12)
    assert shown["created_by"] == shown["creator"]["id"] == str(ana.pk)
    assert api.get(f"{URL}{shown['id']}/").json() == shown


@pytest.mark.parametrize("header", [False, True])
def test_a_create_may_be_repeated(api, header):
    extra = {"HTTP_IDEMPOTENCY_KEY": "one"} if header else {}
    body = BODY if header else {**BODY, "id": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"}

    first, again = (api.post(URL, body, **extra) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Challenge.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"start_date": "2026-03-03"}, (400, "in_the_past", "start_date")),
        (
            {"start_date": "2027-03-07", "end_date": "2027-03-08"},
            (400, "out_of_range", "start_date"),
        ),
        ({"end_date": "2026-03-04"}, (400, "ends_before_start", "end_date")),
        ({"end_date": "2027-03-06"}, (400, "out_of_range", "end_date")),
        ({"challenge_type": "sleep"}, (400, "invalid_choice", "challenge_type")),
        ({"target": 0}, (400, "min_value", "target")),
        ({"max_participants": 1}, (400, "min_value", "max_participants")),
        ({"late_entry_hours": 73}, (400, "max_value", "late_entry_hours")),
        ({"group": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"}, (400, "not_a_member", "group")),
    ],
)
def test_a_challenge_that_cannot_be_is_refused(api, change, error):
    response = api.post(URL, {**BODY, **change})

    assert error_of(response) == error
    assert not Challenge.objects.exists()


def test_today_is_that_of_the_person(api, ana):
    UserProfile.objects.filter(user=ana).update(timezone="Pacific/Kiritimati")

    response = api.post(URL, {**BODY, "start_date": "2026-03-04"})

    assert error_of(response) == (400, "in_the_past", "start_date")


def test_a_challenge_lasts_366_days_at_most(api):
    assert api.post(URL, {**BODY, "end_date": "2027-03-05"}).status_code == 201


def test_one_has_a_hundred_unfinished_challenges_at_most(api, ana, monkeypatch):
    monkeypatch.setattr("social.services.challenges.MOST_UNFINISHED", 1)
    ChallengeFactory(created_by=ana, finished_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))

    first, second = api.post(URL, BODY), api.post(URL, {**BODY, "name": "Other"})

    assert first.status_code == 201
    assert error_of(second) == (409, "too_many_challenges", None)


def test_its_terms_change_while_it_is_ahead_and_nobody_else_is_in_it(api, ana):
    challenge = ChallengeFactory(created_by=ana, start_date=TOMORROW)
    ParticipantFactory(challenge=challenge, user=ana)

    response = api.patch(url(challenge), {"challenge_type": "calories", "target": 5000})

    assert response.status_code == 200
    assert (response.json()["unit"], response.json()["target"]) == ("kcal", 5000.0)
    assert response.json()["me"]["rank"] == 1


@pytest.mark.parametrize("start", [TODAY, TOMORROW])
@pytest.mark.parametrize(
    "change",
    [
        {"challenge_type": "volume"},
        {"end_date": "2026-04-01"},
        {"target": 5},
        {"late_entry_hours": 0},
    ],
)
def test_terms_that_others_agreed_to_stay(api, ana, start, change):
    challenge = ChallengeFactory(created_by=ana, start_date=start)
    if start == TOMORROW:
        ParticipantFactory(challenge=challenge)
    before = stored(challenge)

    response = api.patch(url(challenge), {"name": "Other", **change})

    assert error_of(response) == (409, "challenge_agreed", None)
    assert stored(challenge) == before


def test_its_words_change_at_any_time_and_its_size_not_below_its_number(api, ana):
    challenge = ChallengeFactory(created_by=ana, start_date=TODAY)
    for _ in range(3):
        ParticipantFactory(challenge=challenge)

    said = api.patch(url(challenge), {"name": "Other", "target": None, "max_participants": 3})
    refused = api.patch(url(challenge), {"max_participants": 2})

    assert (said.status_code, said.json()["name"]) == (200, "Other")
    assert error_of(refused) == (400, "out_of_range", "max_participants")
    assert stored(challenge)["max_participants"] == 3


def test_only_who_began_it_changes_it_or_calls_it_off(api, running):
    before = stored(running)

    changed, deleted = api.patch(url(running), {"name": "Mine"}), api.delete(url(running))

    assert (changed.status_code, deleted.status_code) == (404, 404)
    assert stored(running) == before


def test_it_is_called_off_until_it_has_begun_with_others(api, ana):
    ahead = ChallengeFactory(created_by=ana, start_date=TOMORROW)
    begun = ChallengeFactory(created_by=ana, start_date=TODAY)
    participants = [ParticipantFactory(challenge=one) for one in (ahead, begun)]

    gone, kept = api.delete(url(ahead)), api.delete(url(begun))

    assert gone.status_code == 204
    assert error_of(kept) == (409, "challenge_agreed", None)
    assert list(Challenge.objects.all()) == [begun]
    assert Tombstone.objects.filter(user=participants[0].user).count() == 1


# --- Of a group ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "answer"), [("owner", 201), ("admin", 201), ("member", 409), (None, 400)]
)
def test_that_of_a_group_is_begun_by_its_staff(api, ana, role, answer):
    group = GroupFactory()
    if role:
        MembershipFactory(group=group, user=ana, role=role)

    response = api.post(URL, {**BODY, "group": str(group.pk)})

    assert response.status_code == answer
    assert Challenge.objects.count() == (answer == 201)


def test_that_of_a_group_is_for_its_members(api, ana, bens_api, ben):
    group = GroupFactory()
    MembershipFactory(group=group, user=ana)
    challenge = ChallengeFactory(group=group, start_date=TODAY, is_public=False)

    mine, bens = api.post(url(challenge, "join")), bens_api.post(url(challenge, "join"))

    assert (mine.status_code, bens.status_code) == (201, 404)
    assert mine.json()["group"] == {"id": str(group.pk), "name": group.name}
    assert names(api, group=str(group.pk)) == {challenge.name}
    assert names(bens_api, group=str(group.pk)) == set()


def test_who_left_the_group_cannot_join_its_challenge(api, ana):
    challenge = ChallengeFactory(
        created_by=ana, group=GroupFactory(), start_date=TODAY, is_public=False
    )

    assert error_of(api.post(url(challenge, "join"))) == (409, "role_required", None)
    assert not ChallengeParticipant.objects.exists()


# --- Found -----------------------------------------------------------------------------------


def test_who_finds_which_challenge(api, ana, ben):
    group = GroupFactory()
    MembershipFactory(group=group, user=ana)
    ChallengeFactory(name="public")
    ChallengeFactory(name="own", created_by=ana, is_public=False)
    ChallengeFactory(name="of the group", group=group, is_public=False)
    ChallengeInvitationFactory(challenge__name="asked", user=ana)
    ParticipantFactory(challenge=ChallengeFactory(name="in it", is_public=False), user=ana)
    unseen = [
        ChallengeFactory(name="private", is_public=False),
        ChallengeFactory(name="of another group", group=GroupFactory(), is_public=True),
        ChallengeFactory(name="of a hidden person", created_by=ben),
    ]
    BlockFactory(user=ben, blocked=ana)

    found = {"public", "own", "of the group", "asked", "in it"}
    assert names(api) == found
    assert names(api, mine="true") == {"own", "asked", "in it"}
    assert names(api, mine="false") == {"public", "of the group"}
    assert {api.get(url(one)).status_code for one in unseen} == {404}
    assert {api.get(url(one)).status_code for one in Challenge.objects.filter(name__in=found)} == {
        200
    }
    visible = Challenge.objects.visible_to(ana.pk, hidden={ben.pk})
    assert {one.name for one in visible} == found


def test_the_list_is_narrowed_by_state_type_and_text(api):
    finished = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    ChallengeFactory(name="Ahead", start_date=TOMORROW)
    ChallengeFactory(name="Now 100%", start_date=TODAY, challenge_type="volume")
    ChallengeFactory(name="Done", start_date=dt.date(2026, 2, 1), finished_at=finished)

    assert names(api, status="upcoming") == {"Ahead"}
    assert names(api, status="running") == {"Now 100%"}
    assert names(api, status="finished") == {"Done"}
    assert names(api, challenge_type="volume") == {"Now 100%"}
    assert names(api, q="0%") == {"Now 100%"}
    assert error_of(api.get(URL, {"status": "over"})) == (400, "invalid", "status")


def test_the_list_goes_from_the_latest_to_begin_page_by_page(api):
    days = [dt.date(2026, 3, day) for day in (1, 8, 3, 8, 5)]
    for day in days:
        ChallengeFactory(start_date=day)

    seen, address = [], f"{URL}?page_size=2"
    while address:
        page = api.get(address).json()
        seen += [row["start_date"] for row in page["results"]]
        address = page["next"]

    assert seen == [f"2026-03-0{day}" for day in (8, 8, 5, 3, 1)]


def test_a_list_costs_the_same_for_any_number(api, ana, django_assert_num_queries):
    for _ in range(5):
        ParticipantFactory(user=ana, challenge=ChallengeFactory(group=GroupFactory()))
    BlockFactory(user=ana)

    with django_assert_num_queries(4):  # the session, the hidden, the page, the hidden in it
        response = api.get(URL)

    assert len(response.json()["results"]) == 5


def test_hidden_people_are_not_counted_and_gone_ones_not_named(api, ana, ben):
    challenge = ChallengeFactory(created_by=UserFactory(is_active=False))
    for user in (ana, ben):
        ParticipantFactory(challenge=challenge, user=user)
    BlockFactory(user=ana, blocked=ben)

    shown = api.get(url(challenge)).json()

    assert shown["participant_count"] == 1
    assert (shown["created_by"], shown["creator"]) == (None, None)


# --- Joined and left -------------------------------------------------------------------------


def test_one_joins_from_the_own_today_on_and_once(api, ana, running):
    UserProfile.objects.filter(user=ana).update(timezone="Pacific/Kiritimati")
    TrainingDayFactory(user=ana, date=TODAY)
    TrainingDayFactory(user=ana, date=TOMORROW, workouts=2)
    acted = []
    person_acted.connect(
        lambda *, user_ids, **_: acted.extend(user_ids), weak=False, dispatch_uid=3
    )

    first, again = (api.post(url(running, "join")) for _ in range(2))

    person_acted.disconnect(dispatch_uid=3)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    me = first.json()["me"]
    assert (me["counts_from"], me["progress"], me["rank"]) == ("2026-03-05", 2.0, 1)
    assert first.json()["participant_count"] == 1
    assert acted == [ana.pk]


def test_a_full_challenge_takes_nobody(api, running):
    Challenge.objects.filter(pk=running.pk).update(max_participants=2)
    for _ in range(2):
        ParticipantFactory(challenge=running)

    assert error_of(api.post(url(running, "join"))) == (409, "challenge_full", None)
    assert stored(running)["participant_count"] == running.participants.count() == 2


def test_nobody_joins_after_their_own_last_day(api, ana):
    UserProfile.objects.filter(user=ana).update(timezone="Pacific/Kiritimati")
    challenge = ChallengeFactory(start_date=dt.date(2026, 3, 1), end_date=TODAY)

    assert error_of(api.post(url(challenge, "join"))) == (409, "challenge_finished", None)
    assert stored(challenge)["participant_count"] == 0


def test_who_leaves_frees_the_place_and_the_rank(api, ana, bens_api, running):
    api.post(url(running, "join"))
    TrainingDayFactory(user=ana, date=TODAY)
    standings.mark_stale([ana.pk], now=dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC))
    bens_api.post(url(running, "join"))
    before = bens_api.get(url(running)).json()

    left = [api.post(url(running, "leave")).status_code for _ in range(2)]

    after = bens_api.get(url(running)).json()
    assert left == [204, 204]
    assert (before["participant_count"], before["me"]["rank"]) == (2, 2)
    assert (after["participant_count"], after["me"]["rank"]) == (1, 1)
    assert Tombstone.objects.filter(user=ana, resource="social.challengeparticipant").count() == 1


def test_a_large_board_is_made_later_when_somebody_joins(api, running):
    Challenge.objects.filter(pk=running.pk).update(
        participant_count=500, ranked_at=dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
    )

    me = api.post(url(running, "join")).json()["me"]

    due_at = stored(running)["refresh_due_at"]
    assert me["rank"] is None
    assert due_at == dt.datetime(2026, 3, 4, 12, 0, 1, 2000, tzinfo=dt.UTC)


def test_one_leaves_the_challenge_of_somebody_who_is_hidden_by_now(api, ana, ben, running):
    api.post(url(running, "join"))
    BlockFactory(user=ben, blocked=ana)

    assert api.get(url(running)).status_code == 404
    assert api.post(url(running, "leave")).status_code == 204
    assert stored(running)["participant_count"] == 0


# --- Asked -----------------------------------------------------------------------------------


def test_who_is_asked_is_told_once_and_finds_the_challenge(api, ana, bens_api, ben):
    challenge = ChallengeFactory(created_by=ana, is_public=False, start_date=TODAY)
    unseen = bens_api.get(url(challenge)).status_code

    asked = [
        api.post(url(challenge, "invitations"), {"usernames": ["BEN", "ana"]}) for _ in range(2)
    ]
    for message in OutboxMessage.objects.filter(kind="social_challenge_invited"):
        outbox.deliver(message_id=message.pk)

    assert (unseen, [response.status_code for response in asked]) == (404, [204, 204])
    assert bens_api.get(url(challenge)).json()["is_invited"]
    assert list(Notification.objects.values_list("user_id", "text")) == [
        (ben.pk, f"{ana.profile.display_name} invited you to {challenge.name}")
    ]
    [row] = api.get(url(challenge, "invitations")).json()["results"]
    assert (row["user"]["username"], row["invited_by"]["username"]) == ("ben", "ana")


def test_joining_answers_the_invitation_and_leaving_turns_it_down(api, ana):
    first, second = (ChallengeInvitationFactory(user=ana).challenge for _ in range(2))

    joined, declined = api.post(url(first, "join")), api.post(url(second, "leave"))

    assert (joined.status_code, declined.status_code) == (201, 204)
    assert not ChallengeInvitation.objects.exists()
    assert api.get(url(second)).status_code == 404


def test_each_name_that_cannot_be_asked_is_said(api, ana, ben):
    challenge = ChallengeFactory(created_by=ana, start_date=TODAY)
    hidden = UserFactory(username="hidden")
    BlockFactory(user=hidden, blocked=ana)
    for name, friendly in (("recluse", False), ("friend", True)):
        private = UserFactory(username=name)
        UserProfile.objects.filter(user=private).update(visibility="private")
        if friendly:
            FriendshipFactory(user=ana, friend=private)
    UserFactory(username="asleep", is_active=False)

    response = api.post(
        url(challenge, "invitations"),
        {"usernames": ["ben", "hidden", "recluse", "friend", "asleep", "nobody", "a\x01b"]},
    )

    assert response.status_code == 400
    wrong = [(error["code"], error["attr"]) for error in response.json()["errors"]]
    assert wrong == [("does_not_exist", f"usernames.{place}") for place in (1, 2, 4, 5, 6)]
    assert not ChallengeInvitation.objects.exists()


@pytest.mark.parametrize(
    ("part", "answer"),
    [("in a public one", 204), ("in no one", 409), ("in a private one", 409)],
)
def test_who_may_ask_others(api, ana, running, part, answer):
    Challenge.objects.filter(pk=running.pk).update(is_public=part != "in a private one")
    if part != "in no one":
        ParticipantFactory(challenge=running, user=ana)
    UserFactory(username="cleo")

    response = api.post(url(running, "invitations"), {"usernames": ["cleo"]})

    assert response.status_code == answer
    assert ChallengeInvitation.objects.count() == (answer == 204)


def test_only_members_are_asked_to_that_of_a_group(api, ana, ben):
    group = GroupFactory(created_by=ana)
    challenge = ChallengeFactory(created_by=ana, group=group, is_public=False, start_date=TODAY)

    response = api.post(url(challenge, "invitations"), {"usernames": ["ben"]})

    assert error_of(response) == (400, "not_a_member", "usernames.0")
    assert not ChallengeInvitation.objects.exists()


def test_others_see_only_whom_they_asked(api, ana, bens_api, running):
    ParticipantFactory(challenge=running, user=ana)
    for inviter in (ana, running.created_by):
        ChallengeInvitationFactory(challenge=running, invited_by=inviter)

    rows = api.get(url(running, "invitations")).json()["results"]
    everybodys = bens_api.get(url(running, "invitations")).json()["results"]

    assert [row["invited_by"]["username"] for row in rows] == ["ana"]
    assert len(everybodys) == 2
    assert api.get(url(ChallengeFactory(is_public=False), "invitations")).status_code == 404


def test_the_change_feed_tells_of_challenges_parts_and_invitations(api, ana, running):
    challenge_id = api.post(URL, BODY).json()["id"]
    api.post(url(running, "join"))
    ChallengeInvitationFactory(user=ana)

    changes = api.get("/api/v1/sync/").json()["results"]

    data = {
        row["resource"]: row["data"] for row in changes if row["resource"].startswith("social")
    }
    assert data["social.challenge"]["id"] == challenge_id
    assert data["social.challengeparticipant"]["challenge"] == str(running.pk)
    assert data["social.challengeinvitation"]["user"]["username"] == "ana"
