"""Writing and reading messages, between two and among several."""

import datetime as dt

import pytest

from social.models import ConversationMember, HiddenMessage, Message, MessagePicture, Picture
from tests.conftest import client_of
from tests.factories.social import (
    BlockFactory,
    ConversationFactory,
    FollowFactory,
    FriendshipFactory,
    MessageFactory,
    MessagePictureFactory,
    PictureFactory,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import WorkoutFactory, WorkoutSetFactory
from users.ids import uuid7
from users.models import UserSettings

pytestmark = pytest.mark.django_db

URL = "/api/v1/messages/"
NOW = dt.datetime(2026, 3, 2, 18, 0, tzinfo=dt.UTC)


def of(conversation):
    return f"/api/v1/conversations/{conversation.pk}/messages/"


def at(minute):
    return NOW + dt.timedelta(minutes=minute)


def people_of(conversation):
    return [seat.user for seat in conversation.members.order_by("created_at", "pk")]


def contents(response):
    return [row["content"] for row in response.json()["results"]]


@pytest.fixture
def cara(db):
    return UserFactory(username="cara")


@pytest.fixture
def two(ana, ben):
    return ConversationFactory(members=[ana, ben])


@pytest.fixture
def three(ana, ben, cara):
    return ConversationFactory(members=[ana, ben, cara], title="Saturday run")


# --- Writing ---------------------------------------------------------------------------------


def test_a_message_has_its_sender_receiver_and_words(api, bens_api, ana, ben):
    FriendshipFactory(user=ana, friend=ben)

    response = api.post(URL, {"receiver": "BEN", "content": "Squats at six?"}, format="json")

    assert response.status_code == 201
    message = Message.objects.get()
    assert response.json() == {
        "id": str(message.pk),
        "conversation": str(message.conversation_id),
        "sender": {
            "id": str(ana.pk),
            "username": "ana",
            "display_name": "ana",
            "avatar_url": "",
            "avatar_thumbnail_url": "",
        },
        "receiver": {
            "id": str(ben.pk),
            "username": "ben",
            "display_name": "ben",
            "avatar_url": "",
            "avatar_thumbnail_url": "",
        },
        "content": "Squats at six?",
        "is_read": False,
        "pictures": [],
        "workout": None,
        "is_deleted": False,
        "created_at": message.created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": message.updated_at.isoformat().replace("+00:00", "Z"),
    }
    assert ana.sent_messages.get() == ben.received_messages.get() == message
    assert contents(bens_api.get(of(message.conversation))) == ["Squats at six?"]


def test_two_people_have_one_conversation_whoever_writes(api, bens_api, ana, ben):
    FriendshipFactory(user=ana, friend=ben)

    first = api.post(URL, {"receiver": "ben", "content": "Hi"}, format="json").json()
    second = bens_api.post(URL, {"receiver": "ana", "content": "Hello"}, format="json").json()

    assert first["conversation"] == second["conversation"]
    assert ConversationMember.objects.count() == 2


@pytest.mark.parametrize("name", ["nobody", "hider", "blocker", "blocked", "gone"])
def test_whom_one_may_not_know_one_cannot_write_to(api, ana, name):
    hider = UserFactory(username="hider")
    hider.profile.visibility = "private"
    hider.profile.save()
    UserFactory(username="gone", is_active=False)
    BlockFactory(user=UserFactory(username="blocker"), blocked=ana)
    BlockFactory(user=ana, blocked=UserFactory(username="blocked"))

    response = api.post(URL, {"receiver": name, "content": "Hi"}, format="json")

    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"code": "does_not_exist", "detail": "There is no such person.", "attr": "receiver"}
    ]
    assert not Message.objects.exists()


def test_one_goes_on_writing_with_a_person_who_became_private(api, ana, ben, two):
    ben.profile.visibility = "private"
    ben.profile.save()

    response = api.post(URL, {"receiver": "ben", "content": "Hi"}, format="json")

    assert response.status_code == 201
    assert response.json()["conversation"] == str(two.pk)


def test_nobody_writes_to_themselves(api, ana):
    response = api.post(URL, {"receiver": "ana", "content": "Hi"}, format="json")

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "yourself"


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "content"),
        ({"content": "  "}, "content"),
        ({"content": "x" * 2001}, "content"),
        ({"pictures": ["019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b1"] * 2}, "pictures"),
        ({"pictures": ["019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b1"]}, "pictures.0"),
        ({"workout": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b1"}, "workout"),
    ],
)
def test_what_is_no_message_is_refused(api, two, body, attr):
    response = api.post(of(two), body, format="json")

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == attr
    assert not Message.objects.exists()


def test_a_message_shows_pictures_and_a_workout(api, bens_api, ana, two):
    workout = WorkoutFactory(user=ana, duration=60)
    WorkoutSetFactory(workout=workout, reps=5, weight=100.0, load=100.0)
    first, second = PictureFactory(user=ana), PictureFactory(user=ana)
    body = {"workout": str(workout.pk), "pictures": [str(second.pk), str(first.pk)]}

    sent = api.post(of(two), body, format="json")

    [shown] = bens_api.get(of(two)).json()["results"]
    assert sent.status_code == 201
    assert shown["workout"] == {
        "id": str(workout.pk),
        "name": "Push day",
        "duration": 60,
        "date": "2026-03-02",
        "exercises_count": 1,
        "sets_count": 1,
        "volume": 500.0,
    }
    assert shown["pictures"] == [
        {
            "id": str(picture.pk),
            "url": f"http://testserver/api/v1/pictures/{picture.pk}/file/",
            "thumbnail": f"http://testserver/api/v1/pictures/{picture.pk}/thumbnail/",
            "width": 1600,
            "height": 1200,
        }
        for picture in (second, first)
    ]


def test_another_persons_picture_or_workout_cannot_be_sent(api, ben, two):
    picture, workout = PictureFactory(user=ben), WorkoutFactory(user=ben)

    pictured = api.post(of(two), {"pictures": [str(picture.pk)]}, format="json")
    trained = api.post(of(two), {"workout": str(workout.pk)}, format="json")

    assert pictured.json()["errors"][0]["attr"] == "pictures.0"
    assert trained.json()["errors"][0]["attr"] == "workout"
    assert not Message.objects.exists()


def test_a_picture_is_sent_once(api, ana, two):
    picture = PictureFactory(user=ana)
    MessagePictureFactory(message=MessageFactory(conversation=two), picture=picture)

    response = api.post(of(two), {"pictures": [str(picture.pk)]}, format="json")

    assert response.status_code == 400
    assert MessagePicture.objects.count() == 1


def test_a_repeated_message_is_sent_once(api, two):
    body = {"id": str(uuid7()), "content": "Hi"}

    codes = [api.post(of(two), body, format="json").status_code for _ in range(2)]
    changed = api.post(of(two), {**body, "content": "Ho"}, format="json")

    assert codes == [201, 200]
    assert changed.status_code == 409
    assert Message.objects.get().content == "Hi"


def test_a_key_makes_a_message_without_an_id_safe_to_repeat(api, ana, ben):
    FriendshipFactory(user=ana, friend=ben)
    body = {"receiver": "ben", "content": "Hi"}

    codes = [
        api.post(URL, body, format="json", headers={"Idempotency-Key": "k"}).status_code
        for _ in range(2)
    ]
    other = {**body, "content": "Ho"}
    reused = api.post(URL, other, format="json", headers={"Idempotency-Key": "k"})

    assert codes == [201, 200]
    assert reused.status_code == 422
    assert Message.objects.get().content == "Hi"


def test_no_two_messages_of_a_conversation_have_the_same_instant(api, two):
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    MessageFactory(conversation=two, created_at=ahead)

    api.post(of(two), {"content": "Hi"}, format="json")

    assert Message.objects.get(content="Hi").created_at == ahead + dt.timedelta(microseconds=1)


def test_a_strangers_conversation_is_a_404_and_stays_as_it_is(api, ben, cara):
    theirs = ConversationFactory(members=[ben, cara])
    message = MessageFactory(conversation=theirs)

    codes = [
        api.get(of(theirs)).status_code,
        api.post(of(theirs), {"content": "Hi"}, format="json").status_code,
        api.get(f"{URL}{message.pk}/").status_code,
        api.delete(f"{URL}{message.pk}/").status_code,
        api.delete(f"{URL}{message.pk}/?for=everyone").status_code,
    ]

    assert codes == [404] * 5
    assert Message.objects.get().deleted_at is None
    assert not HiddenMessage.objects.exists()


# --- Lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 6])
def test_a_page_of_a_conversation_costs_the_same_for_any_number_of_messages(
    api, two, count, django_assert_num_queries
):
    people = people_of(two)
    for minute in range(count):
        sender = people[minute % 2]
        message = MessageFactory(conversation=two, sender=sender, created_at=at(minute))
        MessagePictureFactory(message=message)

    with django_assert_num_queries(4):  # the token, who is hidden, the page, the people
        response = api.get(of(two))

    assert len(response.json()["results"]) == count


def test_the_messages_of_a_conversation_come_newest_first_in_pages(api, two):
    for minute in range(5):
        MessageFactory(conversation=two, content=str(minute), created_at=at(minute))

    first = api.get(of(two), {"page_size": 2})
    second = api.get(first.json()["next"])
    back = api.get(second.json()["previous"])

    assert contents(first) == contents(back) == ["4", "3"]
    assert contents(second) == ["2", "1"]


def test_an_empty_conversation_is_an_empty_list(api, two):
    response = api.get(of(two))

    assert response.json() == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize("conversations", [1, 4])
def test_all_messages_cost_the_same_for_any_number_of_conversations(
    api, ana, conversations, django_assert_num_queries
):
    for minute in range(conversations):
        conversation = ConversationFactory(members=[ana, UserFactory()])
        MessageFactory(conversation=conversation, created_at=at(minute))

    with django_assert_num_queries(4):  # the token, who is hidden, the page, the people
        response = api.get(URL)

    assert len(response.json()["results"]) == conversations


def test_all_messages_mix_the_conversations_by_time_over_all_pages(api, ana, ben, two, three):
    aside = ConversationFactory(members=[ben, UserFactory()])
    MessageFactory(conversation=aside, content="aside", created_at=at(9))
    order = [two, three, three, two, two, three, two]
    for minute, conversation in enumerate(order):
        sender = (ana, ben)[minute % 2]
        MessageFactory(
            conversation=conversation, sender=sender, content=str(minute), created_at=at(minute)
        )

    pages = [api.get(URL, {"page_size": 3})]
    while pages[-1].json()["next"]:
        pages.append(api.get(pages[-1].json()["next"]))
    back = api.get(pages[1].json()["previous"])

    assert [contents(page) for page in pages] == [["6", "5", "4"], ["3", "2", "1"], ["0"]]
    assert contents(back) == ["6", "5", "4"]


@pytest.mark.parametrize(("name", "found"), [("BEN", ["direct"]), ("cara", []), ("nobody", [])])
def test_messages_with_a_person_are_those_between_the_two(api, two, three, name, found):
    MessageFactory(conversation=two, content="direct")
    MessageFactory(conversation=three, content="group")

    response = api.get(URL, {"with": name})

    assert contents(response) == found


def test_a_nul_in_a_name_is_a_400(api):
    assert api.get(URL, {"with": "a\x00"}).status_code == 400


# --- Deleting --------------------------------------------------------------------------------


def test_a_message_deleted_for_oneself_is_there_for_the_other(api, bens_api, two):
    kept = MessageFactory(conversation=two, content="kept", created_at=at(0))
    gone = MessageFactory(conversation=two, content="gone", created_at=at(1))

    codes = [bens_api.delete(f"{URL}{gone.pk}/").status_code for _ in range(2)]

    assert codes == [204, 404]
    assert contents(bens_api.get(of(two))) == contents(bens_api.get(URL)) == ["kept"]
    assert contents(api.get(of(two))) == ["gone", "kept"]
    assert bens_api.get(f"{URL}{kept.pk}/").status_code == 200


def test_a_message_taken_back_leaves_a_stub_for_everybody(api, bens_api, ana, two):
    message = MessageFactory(conversation=two, workout=WorkoutFactory(user=ana))
    part = MessagePictureFactory(message=message)

    codes = [api.delete(f"{URL}{message.pk}/?for=everyone").status_code for _ in range(2)]

    [shown] = bens_api.get(of(two)).json()["results"]
    assert codes == [204, 204]
    assert shown["is_deleted"]
    assert (shown["content"], shown["pictures"], shown["workout"]) == ("", [], None)
    assert not Picture.objects.filter(pk=part.picture_id).exists()


def test_only_its_sender_takes_a_message_back(bens_api, two):
    message = MessageFactory(conversation=two, content="said")

    response = bens_api.delete(f"{URL}{message.pk}/?for=everyone")

    assert response.status_code == 403
    message.refresh_from_db()
    assert (message.content, message.deleted_at) == ("said", None)


def test_nobody_else_deletes_messages(api, two):
    message = MessageFactory(conversation=two)

    response = api.delete(f"{URL}{message.pk}/?for=all")

    assert response.status_code == 400
    assert not HiddenMessage.objects.exists()


# --- Read receipts ---------------------------------------------------------------------------


def read(client, conversation, message):
    url = f"/api/v1/conversations/{conversation.pk}/read/"
    return client.post(url, {"up_to": str(message.pk)}, format="json")


def test_reading_marks_everything_up_to_a_message(api, bens_api, two):
    messages = [MessageFactory(conversation=two, created_at=at(minute)) for minute in range(3)]

    response = read(bens_api, two, messages[1])

    assert response.json() == {"last_read_at": "2026-03-02T18:01:00Z"}
    for client in (api, bens_api):
        shown = client.get(of(two)).json()["results"]
        assert [row["is_read"] for row in shown] == [False, True, True]
    assert list(Message.objects.order_by("created_at").values_list("is_read", flat=True)) == [
        True,
        True,
        False,
    ]


def test_reading_less_than_before_changes_nothing(bens_api, ben, two):
    messages = [MessageFactory(conversation=two, created_at=at(minute)) for minute in range(2)]
    read(bens_api, two, messages[1])

    response = read(bens_api, two, messages[0])

    assert response.json() == {"last_read_at": "2026-03-02T18:01:00Z"}
    assert ben.conversation_memberships.get().last_read_at == at(1)


def test_a_message_of_another_conversation_cannot_be_read_up_to(bens_api, ben, two, three):
    message = MessageFactory(conversation=three)

    response = read(bens_api, two, message)

    assert response.status_code == 400
    assert response.json()["errors"][0]["attr"] == "up_to"
    assert not Message.objects.filter(is_read=True).exists()


@pytest.mark.parametrize("shy", ["ana", "ben"])
def test_receipts_are_seen_only_where_both_show_theirs(api, bens_api, two, shy):
    message = MessageFactory(conversation=two)
    UserSettings.objects.filter(user__username=shy).update(read_receipts=False)

    read(bens_api, two, message)

    [sent] = api.get(of(two)).json()["results"]
    [received] = bens_api.get(of(two)).json()["results"]
    assert sent["is_read"] is None
    assert received["is_read"] is True


def test_a_groups_message_is_read_once_somebody_with_receipts_has_read_it(api, ben, cara, three):
    message = MessageFactory(conversation=three)
    UserSettings.objects.filter(user=ben).update(read_receipts=False)

    read(client_of(ben), three, message)
    [unseen] = api.get(of(three)).json()["results"]
    read(client_of(cara), three, message)
    [seen] = api.get(of(three)).json()["results"]

    assert (unseen["is_read"], seen["is_read"]) == (False, True)


def test_who_answers_has_read_what_was_there(api, bens_api, two):
    question = MessageFactory(conversation=two, created_at=at(0))

    bens_api.post(of(two), {"content": "Yes"}, format="json")

    question.refresh_from_db()
    assert question.is_read
    assert api.get(f"{URL}{question.pk}/").json()["is_read"] is True


# --- Who is hidden ---------------------------------------------------------------------------


@pytest.mark.parametrize("blocker", ["ana", "ben"])
def test_a_block_hides_the_direct_conversation_from_both(api, bens_api, two, blocker):
    message = MessageFactory(conversation=two)
    one, other = sorted(people_of(two), key=lambda person: person.username != blocker)
    BlockFactory(user=one, blocked=other)

    for client in (api, bens_api):
        codes = [
            client.get(of(two)).status_code,
            client.post(of(two), {"content": "Hi"}, format="json").status_code,
            client.get(f"{URL}{message.pk}/").status_code,
        ]
        assert codes == [404] * 3
        assert contents(client.get(URL)) == []
    assert Message.objects.get() == message


def test_a_block_hides_two_from_each_other_in_a_group(api, bens_api, three):
    ana, ben, cara = people_of(three)
    BlockFactory(user=ana, blocked=ben)
    for minute, sender in enumerate((ana, ben, cara)):
        MessageFactory(
            conversation=three, sender=sender, content=sender.username, created_at=at(minute)
        )

    assert contents(api.get(of(three))) == contents(api.get(URL)) == ["cara", "ana"]
    assert contents(bens_api.get(of(three))) == ["cara", "ben"]
    assert contents(client_of(cara).get(of(three))) == ["cara", "ben", "ana"]


def test_what_an_inactive_person_wrote_is_out_of_sight(api, ben, two, three):
    MessageFactory(conversation=two, sender=ben, created_at=at(0))
    MessageFactory(conversation=three, sender=ben, created_at=at(1))
    MessageFactory(conversation=three, content="seen", created_at=at(2))
    ben.is_active = False
    ben.save()

    assert api.get(of(two)).status_code == 404
    assert contents(api.get(of(three))) == contents(api.get(URL)) == ["seen"]


# --- Other phones ----------------------------------------------------------------------------


def test_the_change_feed_has_ones_own_messages_and_seats(api, ana, ben):
    FollowFactory(follower=ben, following=ana)
    cursor = api.get("/api/v1/sync/").json()["cursor"]
    sent = api.post(URL, {"receiver": "ben", "content": "Hi"}, format="json").json()

    changes = api.get("/api/v1/sync/", {"cursor": cursor}).json()["results"]

    found = {change["resource"]: change["data"] for change in changes}
    assert found["social.message"] == sent
    assert found["social.conversationmember"]["conversation"] == sent["conversation"]
    assert found["social.conversationmember"]["state"] == "active"


def test_the_change_feed_has_a_message_deleted_for_oneself_without_its_words(api, two):
    message = MessageFactory(conversation=two, content="gone")
    cursor = api.get("/api/v1/sync/").json()["cursor"]
    api.delete(f"{URL}{message.pk}/")

    [change] = api.get("/api/v1/sync/", {"cursor": cursor}).json()["results"]

    assert change["id"] == str(message.pk)
    assert (change["data"]["content"], change["data"]["is_deleted"]) == ("", True)
