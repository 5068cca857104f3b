"""Reports: only of what one sees, once while they are open, and for nobody else's eyes."""

import pytest

from social.models import Report
from tests.factories.social import (
    BlockFactory,
    ChallengeFactory,
    CommentFactory,
    ConversationFactory,
    GroupFactory,
    MessageFactory,
    PostFactory,
    ReportFactory,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import PlanFactory, WorkoutFactory
from users.ids import uuid7
from users.models import Notification
from users.models.profile import UserProfile

pytestmark = pytest.mark.django_db

URL = "/api/v1/reports/"
# What ana sees of ben's, and what she does not.
SEEN = {
    "post": lambda ana, ben: PostFactory(author=ben),
    "comment": lambda ana, ben: CommentFactory(author=ben, target=WorkoutFactory(user=ana)),
    "message": lambda ana, ben: MessageFactory(
        conversation=ConversationFactory(members=[ben, ana])
    ),
    "user": lambda ana, ben: ben,
    "group": lambda ana, ben: GroupFactory(created_by=ben),
    "challenge": lambda ana, ben: ChallengeFactory(created_by=ben),
    "workout": lambda ana, ben: WorkoutFactory(user=ben, is_public=True),
    "plan": lambda ana, ben: PlanFactory(user=ben, is_public=True),
}
UNSEEN = {
    "post": lambda ana, ben: PostFactory(author=ben, visibility="private"),
    "comment": lambda ana, ben: CommentFactory(author=ben),
    "message": lambda ana, ben: MessageFactory(
        conversation=ConversationFactory(members=[ben, UserFactory()])
    ),
    "user": lambda ana, ben: UserFactory(is_active=False),
    "group": lambda ana, ben: GroupFactory(created_by=ben, access="invite"),
    "challenge": lambda ana, ben: ChallengeFactory(created_by=ben, is_public=False),
    "workout": lambda ana, ben: WorkoutFactory(user=ben),
    "plan": lambda ana, ben: PlanFactory(user=ben, is_public=False),
}


def body(kind, thing):
    return {"target_type": kind, "target_id": str(thing.pk), "reason": "spam"}


@pytest.mark.parametrize("kind", list(SEEN))
def test_what_one_sees_can_be_reported_once_while_it_is_open(api, bens_api, ana, ben, kind):
    sent = body(kind, SEEN[kind](ana, ben))

    first, second = (api.post(URL, sent) for _ in range(2))

    assert first.status_code == 201
    shown = first.json()
    assert (shown["target_type"], shown["status"], shown["details"]) == (kind, "open", "")
    assert second.status_code == 409
    assert second.json()["errors"][0]["code"] == "already_reported"
    assert [row["id"] for row in api.get(URL).json()["results"]] == [shown["id"]]
    assert bens_api.get(URL).json()["results"] == []
    assert not Notification.objects.exists()


@pytest.mark.parametrize("kind", list(UNSEEN))
def test_what_one_does_not_see_cannot_be_reported(api, ana, ben, kind):
    answer = api.post(URL, body(kind, UNSEEN[kind](ana, ben)))

    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert (error["code"], error["attr"]) == ("does_not_exist", "target_id")
    assert not Report.objects.exists()


def test_ones_own_is_not_reported(api, ana):
    answer = api.post(URL, body("post", PostFactory(author=ana)))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "own"


def test_who_blocks_somebody_can_report_them_and_not_the_other_way_round(api, bens_api, ana, ben):
    BlockFactory(user=ana, blocked=ben)

    codes = [
        api.post(URL, body("user", ben)).status_code,
        bens_api.post(URL, body("user", ana)).status_code,
    ]

    assert codes == [201, 400]


def test_a_private_stranger_cannot_be_reported(api, ben):
    UserProfile.objects.filter(pk=ben.pk).write(visibility="private")

    assert api.post(URL, body("user", ben)).status_code == 400


def test_what_was_answered_can_be_reported_again(api, ana, ben):
    post = PostFactory(author=ben)
    ReportFactory(user=ana, target=post, status="dismissed")

    assert api.post(URL, body("post", post)).status_code == 201


def test_a_repeated_create_makes_one_report(api, ben):
    sent = {**body("post", PostFactory(author=ben)), "id": str(uuid7())}

    codes = [api.post(URL, sent).status_code for _ in range(2)]

    assert codes == [201, 200]
    assert Report.objects.count() == 1


def test_the_list_costs_the_same_for_any_number(api, ana, django_assert_num_queries):
    ReportFactory.create_batch(4, user=ana)
    api.get(URL)

    # The session and the page.
    with django_assert_num_queries(2):
        answer = api.get(URL)

    assert len(answer.json()["results"]) == 4
