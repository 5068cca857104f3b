"""What moderators do: about things, about people, and what is written down of it."""

import pytest

from social.models import Challenge, Comment, Group, Message, ModerationAction, Post, Report
from social.services import moderation
from social.services.moderation import CannotModerate
from tests.conftest import client_of
from tests.factories.social import (
    ChallengeFactory,
    CommentFactory,
    ConversationFactory,
    GroupFactory,
    MembershipFactory,
    MessageFactory,
    ParticipantFactory,
    PostFactory,
    ReportFactory,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import PlanFactory, WorkoutFactory
from users.models import Notification, Session, Tombstone, User
from users.services import accounts
from workouts.models import Workout

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(db):
    return UserFactory(username="mod", is_staff=True)


def verbs():
    return list(
        ModerationAction.objects.order_by("created_at", "pk").values_list("verb", flat=True)
    )


@pytest.mark.parametrize(
    ("act", "status"), [(moderation.dismiss, "dismissed"), (moderation.warn, "upheld")]
)
def test_an_answer_is_for_all_who_reported_it_and_is_written_down(moderator, ben, act, status):
    post = PostFactory(author=ben)
    report, other = ReportFactory.create_batch(2, target=post)
    elsewhere = ReportFactory()
    revision = other.revision

    action = act(moderator=moderator, about=report, note="Seen.")

    statuses = dict(Report.objects.values_list("pk", "status"))
    assert statuses == {report.pk: status, other.pk: status, elsewhere.pk: "open"}
    other.refresh_from_db()
    assert other.resolved_at is not None
    assert other.revision > revision
    assert (action.moderator, action.person, action.report) == (moderator, ben, report)
    assert (action.target_id, action.note) == (post.pk, "Seen.")


def test_a_warning_reaches_the_person_whatever_they_switched_off(moderator, ben):
    ben.settings.notification_social = False
    ben.settings.save()

    moderation.warn(moderator=moderator, about=PostFactory(author=ben), note="Be kind. " * 50)

    told = Notification.objects.get()
    assert (told.user_id, told.kind) == (ben.pk, "moderation_warning")
    assert told.text.startswith("A moderator looked at your post: Be kind.")
    assert len(told.text) == 200


# --- Things ----------------------------------------------------------------------------------


def test_a_removed_post_is_gone_for_good(moderator):
    report = ReportFactory()

    moderation.remove(moderator=moderator, about=report)

    assert not Post.objects.live().exists()
    with pytest.raises(CannotModerate):
        moderation.restore(moderator=moderator, about=report)
    with pytest.raises(CannotModerate):
        moderation.remove(moderator=moderator, about=report)
    assert verbs() == ["remove"]


def test_a_removed_comment_is_out_of_sight_until_it_is_restored(moderator, api, ana, ben):
    comment = CommentFactory(author=ben, target=WorkoutFactory(user=ana), content="Words")
    url = f"/api/v1/comments/{comment.pk}/"

    moderation.remove(moderator=moderator, about=comment)
    assert [one.get(url).status_code for one in (api, client_of(ben))] == [404, 404]
    assert Tombstone.objects.filter(user=ben, object_id=comment.pk).exists()
    moderation.restore(moderator=moderator, about=comment)

    assert api.get(url).json()["content"] == "Words"
    assert not Tombstone.objects.filter(object_id=comment.pk).exists()
    assert Comment.objects.get().revision > comment.revision


def test_a_removed_message_is_taken_back_for_everybody(moderator, ana, ben):
    message = MessageFactory(conversation=ConversationFactory(members=[ben, ana]))

    moderation.remove(moderator=moderator, about=message)

    removed = Message.objects.get()
    assert removed.deleted_at is not None
    assert removed.content == ""
    with pytest.raises(CannotModerate):
        moderation.restore(moderator=moderator, about=message)


@pytest.mark.parametrize("factory", [WorkoutFactory, PlanFactory])
def test_a_removed_workout_or_plan_stays_its_owners(moderator, factory):
    thing = factory(is_public=True)

    moderation.remove(moderator=moderator, about=thing)
    thing.refresh_from_db()
    assert not thing.is_public
    moderation.restore(moderator=moderator, about=thing)

    thing.refresh_from_db()
    assert thing.is_public


def test_a_removed_workout_is_in_no_post(moderator, ben):
    workout = WorkoutFactory(user=ben, is_public=True)
    PostFactory(author=ben, workout=workout)

    moderation.remove(moderator=moderator, about=workout)

    assert Post.objects.live().get().workout is None
    assert Workout.objects.filter(pk=workout.pk).exists()


def test_a_removed_group_or_challenge_is_gone_for_everybody(moderator, ben):
    group, challenge = GroupFactory(), ChallengeFactory()
    MembershipFactory(user=ben, group=group)
    ParticipantFactory(user=ben, challenge=challenge)

    for thing in (group, challenge):
        moderation.remove(moderator=moderator, about=thing)

    assert not Group.objects.exists()
    assert not Challenge.objects.exists()
    buried = set(Tombstone.objects.filter(user=ben).values_list("resource", flat=True))
    assert buried == {"social.membership", "social.challengeparticipant"}
    assert verbs() == ["remove", "remove"]


def test_what_a_person_removed_themselves_is_not_restored(moderator):
    workout = WorkoutFactory(is_public=False)

    with pytest.raises(CannotModerate):
        moderation.restore(moderator=moderator, about=workout)

    workout.refresh_from_db()
    assert not workout.is_public
    assert verbs() == []


def test_a_removed_profile_has_neither_words_nor_picture(moderator, ben):
    ben.profile.display_name, ben.profile.bio = "Rude", "Ruder"
    ben.profile.save()

    moderation.remove(moderator=moderator, about=ben)

    ben.profile.refresh_from_db()
    assert (ben.profile.display_name, ben.profile.bio) == ("ben", "")


def test_a_report_of_what_is_gone_can_still_be_dismissed(moderator):
    workout = WorkoutFactory()
    report = ReportFactory(target=workout)
    workout.delete()

    with pytest.raises(CannotModerate):
        moderation.remove(moderator=moderator, about=report)
    moderation.dismiss(moderator=moderator, about=report)

    assert Report.objects.get().status == "dismissed"


# --- Persons ---------------------------------------------------------------------------------


def test_a_suspended_person_is_out_and_out_of_sight_until_reinstated(moderator, api, ben):
    post = PostFactory(author=ben)
    report = ReportFactory(target=post)
    phone = client_of(ben)
    url = f"/api/v1/posts/{post.pk}/"

    moderation.suspend(moderator=moderator, about=report)
    assert phone.get(url).status_code == 401
    assert api.get(url).status_code == 404
    assert not Session.objects.filter(user=ben).exists()
    moderation.reinstate(moderator=moderator, about=ben)

    assert api.get(url).status_code == 200
    assert client_of(User.objects.get(pk=ben.pk)).get(url).status_code == 200
    assert Report.objects.get().status == "upheld"
    assert verbs() == ["suspend", "reinstate"]


@pytest.mark.parametrize("flag", ["is_staff", "is_superuser"])
def test_staff_are_not_suspended(moderator, flag):
    colleague = UserFactory(**{flag: True})

    with pytest.raises(CannotModerate):
        moderation.suspend(moderator=moderator, about=colleague)

    assert User.objects.get(pk=colleague.pk).is_active
    assert verbs() == []


def test_accounts_of_ours_are_not_suspended(moderator):
    plan = PlanFactory(user=accounts.house_account(), is_public=True)

    with pytest.raises(CannotModerate):
        moderation.suspend(moderator=moderator, about=plan)


def test_a_closed_account_is_not_opened_again(moderator, ben):
    moderation.suspend(moderator=moderator, about=ben)
    accounts.close_account(user=User.objects.get(pk=ben.pk))

    with pytest.raises(CannotModerate):
        moderation.reinstate(moderator=moderator, about=ben)

    assert not User.objects.get(pk=ben.pk).is_active


def test_who_was_not_suspended_is_not_reinstated(moderator):
    person = UserFactory(is_active=False)

    with pytest.raises(CannotModerate):
        moderation.reinstate(moderator=moderator, about=person)
