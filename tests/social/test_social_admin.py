"""The admin's pages about what people do together, and the desk of the moderators."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from social.admin import desk as decisions
from social.models import (
    Achievement,
    AuthorFeed,
    Block,
    Challenge,
    ChallengeInvitation,
    ChallengeParticipant,
    Comment,
    Conversation,
    ConversationMember,
    FollowRequest,
    FriendRequest,
    Friendship,
    Group,
    Hashtag,
    HiddenMessage,
    InviteLink,
    JoinRequest,
    Like,
    Membership,
    Mention,
    Message,
    MessagePicture,
    ModerationAction,
    Mute,
    Picture,
    Post,
    PostEdit,
    PostHashtag,
    PostMedia,
    Report,
    SocialFollow,
    UserAchievement,
)
from social.services import moderation
from tests.factories.social import (
    AchievementFactory,
    BlockFactory,
    ChallengeFactory,
    ChallengeInvitationFactory,
    CommentFactory,
    ConversationFactory,
    FollowFactory,
    FollowRequestFactory,
    FriendRequestFactory,
    FriendshipFactory,
    GroupFactory,
    HashtagFactory,
    InviteLinkFactory,
    JoinRequestFactory,
    LikeFactory,
    MembershipFactory,
    MessageFactory,
    MessagePictureFactory,
    MuteFactory,
    ParticipantFactory,
    PictureFactory,
    PostEditFactory,
    PostFactory,
    PostMediaFactory,
    ReplyFactory,
    ReportFactory,
    UserAchievementFactory,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import PlanFactory, WorkoutFactory
from tests.users.admin_client import browser_of, cost_of, form_of, queries_of
from tests.users.races import at_once
from users.models import Notification, User

pytestmark = pytest.mark.django_db


def action_of_a_moderator() -> ModerationAction:
    moderator = UserFactory(is_staff=True)
    return moderation.warn(moderator=moderator, about=ReportFactory(), note="Be kind.")


ROWS = {
    Achievement: AchievementFactory,
    Block: BlockFactory,
    Challenge: ChallengeFactory,
    ChallengeInvitation: ChallengeInvitationFactory,
    ChallengeParticipant: ParticipantFactory,
    Comment: CommentFactory,
    Conversation: ConversationFactory,
    FollowRequest: FollowRequestFactory,
    FriendRequest: FriendRequestFactory,
    Friendship: FriendshipFactory,
    Group: GroupFactory,
    Hashtag: HashtagFactory,
    InviteLink: InviteLinkFactory,
    JoinRequest: JoinRequestFactory,
    Like: LikeFactory,
    Membership: MembershipFactory,
    ModerationAction: action_of_a_moderator,
    Mute: MuteFactory,
    Post: PostFactory,
    Report: ReportFactory,
    SocialFollow: FollowFactory,
    UserAchievement: UserAchievementFactory,
}
# Their rooms are tried with those of all parts (tests/architecture/test_admin_rooms.py).
INSIDE_ANOTHER = {
    *(ConversationMember, Mention, PostEdit, PostHashtag, PostMedia),
    *(AuthorFeed, HiddenMessage, Message, MessagePicture, Picture),
}
MODELS = pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
TARGETS = {
    "post": PostFactory,
    "comment": CommentFactory,
    "message": MessageFactory,
    "user": UserFactory,
    "group": GroupFactory,
    "challenge": ChallengeFactory,
    "workout": WorkoutFactory,
    "plan": PlanFactory,
}


def one_of_each() -> None:
    for row_of in ROWS.values():
        row_of()


def url(model: type, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:social_{model._meta.model_name}_{page}", args=args)


def staff_who_may(*codenames: str) -> User:
    staff = UserFactory(is_staff=True)
    permissions = Permission.objects.filter(
        content_type__app_label="social", codename__in=codenames
    )
    staff.user_permissions.set(permissions)
    return staff


@pytest.fixture
def desk(db) -> Client:
    """The browser of somebody who may do everything."""
    return browser_of(UserFactory(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def moderator(db) -> User:
    return staff_who_may("view_report", "change_report")


@pytest.fixture
def browser(moderator) -> Client:
    return browser_of(moderator)


def queue(browser: Client, **query: str) -> list[object]:
    return [row.pk for row in browser.get(url(Report), query).context["cl"].result_list]


def decide(browser: Client, page: str, verb: str, **changed: str):
    """Click a button of a page as it is now."""
    shown = browser.get(page)
    given = {"verb": verb, "note": "Seen.", "last": str(shown.context["last"])}
    return browser.post(page, given | changed, follow=True)


def verbs() -> list[str]:
    return list(ModerationAction.objects.order_by("pk").values_list("verb", flat=True))


# --- Every page ------------------------------------------------------------------------------


def test_every_model_is_here_or_inside_another():
    ours = set(apps.get_app_config("social").get_models())

    assert ours == set(ROWS) | INSIDE_ANOTHER
    assert {model for model in ours if model in admin.site._registry} == ours


def test_what_people_write_to_each_other_is_in_no_room(desk: Client):
    message = MessageFactory(content="between us")

    pages = [
        desk.get(url(Message)),
        desk.get(url(Message, "change", message.pk)),
        desk.get(url(Message), {"q": "between"}),
    ]

    assert [page.status_code for page in pages] == [200] * 3
    assert not any("between us" in page.content.decode() for page in pages)
    assert pages[2].context["cl"].result_count == 0


@MODELS
def test_the_pages_of_a_model_are_for_staff_who_may_view_it(model):
    row = ROWS[model]()
    addresses = (url(model), f"{url(model)}?q=e", url(model, "change", row.pk))
    stranger = browser_of(staff_who_may())
    reader = browser_of(staff_who_may(f"view_{model._meta.model_name}"))

    assert [stranger.get(address).status_code for address in addresses] == [403] * 3
    assert [reader.get(address).status_code for address in addresses] == [200] * 3


def test_a_list_costs_the_same_for_any_number_of_rows(desk: Client):
    one_of_each()
    few = {model: cost_of(desk, url(model)) for model in ROWS}
    one_of_each()
    one_of_each()

    assert {model: cost_of(desk, url(model)) for model in ROWS} == few


@pytest.mark.parametrize("model", sorted(set(ROWS) - {Achievement}, key=str))
def test_not_even_superusers_write_rows_by_hand(model, desk: Client):
    row = ROWS[model]()
    before = model.objects.filter(pk=row.pk).values().get()

    added = desk.get(url(model, "add"))
    changed = desk.post(url(model, "change", row.pk), {"content": "X", "name": "X", "note": "X"})
    deleted = desk.post(url(model, "delete", row.pk), {"post": "yes"})
    choice = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    desk.post(url(model), choice)

    # The page of a report takes decisions, and this was none.
    assert changed.status_code == (200 if model is Report else 403)
    assert (added.status_code, deleted.status_code) == (403, 403)
    assert model.objects.filter(pk=row.pk).values().get() == before


def test_rows_are_found_by_how_a_username_begins(desk: Client):
    ana, ben = UserFactory(username="anabel"), UserFactory(username="ben")
    of_ana = FollowFactory(follower=ana, following=ben)
    FollowFactory(follower=ben)

    found = desk.get(url(SocialFollow), {"q": "ANA"}).context["cl"].result_list

    assert [row.pk for row in found] == [of_ana.pk]


def test_a_conversation_of_two_who_are_called_alike_is_listed_once(desk: Client):
    pair = [UserFactory(username="anabel"), UserFactory(username="anton")]
    conversation = ConversationFactory(members=pair)

    found = desk.get(url(Conversation), {"q": "an"}).context["cl"].result_list

    assert [row.pk for row in found] == [conversation.pk]


def test_an_entry_of_the_catalogue_gets_a_picture_and_keeps_what_the_release_says(desk: Client):
    entry = AchievementFactory(name="First Steps", metric="workouts")
    page = desk.get(url(Achievement, "change", entry.pk))

    given = form_of(page) | {"icon_url": "https://example.com/steps.svg", "name": "Other"}
    desk.post(url(Achievement, "change", entry.pk), given | {"threshold": "5"})

    entry.refresh_from_db()
    assert entry.icon_url == "https://example.com/steps.svg"
    assert (entry.name, entry.threshold) == ("First Steps", 1.0)
    assert desk.post(url(Achievement, "delete", entry.pk), {"post": "yes"}).status_code == 403


# --- What is shown ---------------------------------------------------------------------------


def test_the_page_of_a_post_has_its_media_its_edits_and_whom_it_mentions(desk: Client, ben):
    post = PostFactory(hashtags=["legs"], mentions=[ben])
    PostMediaFactory(post=post, media_url="https://elsewhere.example/legs.jpg")
    PostMediaFactory(post=post, media_url="", picture=PictureFactory(user=post.author))
    PostEditFactory(post=post, content="Bench day")

    page = desk.get(url(Post, "change", post.pk)).content.decode()

    for shown in ("elsewhere.example/legs.jpg", "1600 × 1200 px", "Bench day", "#legs", ">ben<"):
        assert shown in page
    assert "<img" not in page


def test_the_page_of_a_challenge_has_the_first_fifty_by_rank(desk: Client):
    challenge = ChallengeFactory()
    for rank in range(51, 0, -1):
        person = UserFactory(username=f"rank{rank}.")
        ParticipantFactory(user=person, challenge=challenge, rank=rank)

    page = desk.get(url(Challenge, "change", challenge.pk)).content.decode()

    ranks = re.findall(r">rank(\d+)\.<", page)
    assert ranks == [str(rank) for rank in range(1, 51)]


def test_what_people_write_to_each_other_is_on_no_page_but_a_report_of_it(desk: Client, ben):
    conversation = ConversationFactory()
    MessageFactory(conversation=conversation, content="a whisper")
    message = MessageFactory(conversation=conversation, content="a shout")
    report = ReportFactory(target=message, user=ben)

    pages = {
        address: desk.get(address).content.decode()
        for address in (
            url(Conversation),
            url(Conversation, "change", conversation.pk),
            url(Report),
            url(Report, "change", report.pk),
        )
    }

    shout = [address for address, page in pages.items() if "a shout" in page]
    assert shout == [url(Report), url(Report, "change", report.pk)]
    assert not any("a whisper" in page for page in pages.values())
    about = reverse("admin:social_moderate", args=["message", message.pk])
    assert desk.get(about).status_code == 404


def test_the_secret_of_an_invite_link_is_not_shown(desk: Client):
    invite = InviteLinkFactory(code="sesame-of-the-club")

    pages = desk.get(url(InviteLink)), desk.get(url(InviteLink, "change", invite.pk))

    assert not any(b"sesame" in page.content for page in pages)


def test_an_uploaded_picture_is_seen_in_a_report_of_it_alone(browser: Client, ben):
    attached = MessagePictureFactory()
    attached.picture.thumbnail.save("small.webp", ContentFile(b"small"))
    other = PictureFactory()
    report = ReportFactory(target=attached.message, user=ben)

    def fetch(viewer: Client, picture: Picture):
        address = reverse("admin:social_report_picture", args=[report.pk, picture.pk])
        return viewer.get(address)

    page = browser.get(url(Report, "change", report.pk)).content.decode()
    assert reverse("admin:social_report_picture", args=[report.pk, attached.picture.pk]) in page
    assert b"".join(fetch(browser, attached.picture).streaming_content) == b"small"
    assert fetch(browser, other).status_code == 404
    outsider = browser_of(staff_who_may("view_post"))
    assert fetch(outsider, attached.picture).status_code == 403


# --- The desk --------------------------------------------------------------------------------


def test_the_queue_has_each_thing_once_and_says_how_many_reported_it(browser: Client, ben):
    post = PostFactory(author=ben, content="Buy my pills")
    ReportFactory(target=post)
    newest = ReportFactory(target=post)
    other = ReportFactory()
    closed = ReportFactory(status="dismissed")

    [first, second] = browser.get(url(Report)).context["cl"].result_list

    assert (first.pk, second.pk) == (other.pk, newest.pk)
    assert (second.thing.text, second.thing.person) == ("Buy my pills", ben)
    assert (second.thing.open_reports, second.thing.earlier_actions) == (2, 0)
    assert queue(browser, status="dismissed") == [closed.pk]
    assert len(queue(browser, status="all")) == 4


@pytest.mark.parametrize("kind", TARGETS)
def test_everything_that_can_be_reported_has_a_page_at_the_desk(kind: str, browser: Client):
    target = TARGETS[kind]()
    report = ReportFactory(target=target)

    page = browser.get(url(Report, "change", report.pk))

    assert page.status_code == 200
    assert page.context["thing"].kind == kind
    assert "warn" in [button["verb"] for button in page.context["buttons"]]


def test_a_mixed_queue_costs_the_same_for_any_number_of_reports(browser: Client):
    for factory in TARGETS.values():
        ReportFactory(target=factory())
    queries_of(browser, url(Report))
    few = queries_of(browser, url(Report))
    for factory in TARGETS.values():
        ReportFactory(target=factory())

    assert queries_of(browser, url(Report)) == few


def test_a_reply_is_shown_with_what_it_replies_to(browser: Client):
    reply = ReplyFactory(content="Me neither", parent=PostFactory(content="I skip legs"))

    page = browser.get(url(Report, "change", ReportFactory(target=reply).pk))

    assert page.context["thing"].words == (("Words", "Me neither"), ("In reply to", "I skip legs"))


def test_a_decision_is_carried_out_and_its_page_says_so(browser: Client, moderator, ben):
    post = PostFactory(author=ben)
    report, _ = ReportFactory.create_batch(2, target=post)

    page = decide(browser, url(Report, "change", report.pk), "remove", note="Spam.")

    assert "Removed the content. It is out of everybody" in page.content.decode()
    assert not Post.objects.live().exists()
    assert set(Report.objects.values_list("status", flat=True)) == {"upheld"}
    action = ModerationAction.objects.get()
    assert (action.moderator, action.note, action.report) == (moderator, "Spam.", report)
    assert queue(browser) == []


def test_a_double_click_does_it_once(browser: Client, ben):
    page = url(Report, "change", ReportFactory(target=PostFactory(author=ben)).pk)

    decide(browser, page, "warn")
    second = decide(browser, page, "warn", last="")

    assert "Nothing was done: meanwhile" in second.content.decode()
    assert verbs() == ["warn"]
    assert Notification.objects.filter(user=ben).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_moderators_who_decide_side_by_side_one_does(ben):
    report = ReportFactory(target=PostFactory(author=ben))
    staff = UserFactory.create_batch(4, is_staff=True)

    def act(number: int) -> bool:
        try:
            decisions.decide(
                moderator=staff[number], about=report, verb="warn", note="Be kind.", last=None
            )
        except decisions.NotDone:
            return False
        return True

    assert sorted(at_once(4, act)) == [False, False, False, True]
    assert verbs() == ["warn"]


def test_a_decision_needs_a_note_and_a_verb_that_there_is(browser: Client):
    page = url(Report, "change", ReportFactory().pk)

    without = decide(browser, page, "dismiss", note=" ")
    unknown = decide(browser, page, "behead")

    assert without.context["form"].errors.keys() == {"note"}
    assert unknown.context["form"].errors.keys() == {"verb"}
    assert verbs() == []


def test_what_cannot_be_is_refused_in_words(browser: Client):
    colleague = UserFactory(is_staff=True)
    page = url(Report, "change", ReportFactory(target=PostFactory(author=colleague)).pk)

    refused = decide(browser, page, "suspend")

    assert "Staff are not suspended here." in refused.content.decode()
    assert verbs() == []


def test_a_suspension_is_taken_back_on_the_page_of_the_person(browser: Client, ben):
    page = reverse("admin:social_moderate", args=["user", ben.pk])

    decide(browser, page, "suspend")
    buttons = [button["verb"] for button in browser.get(page).context["buttons"]]
    decide(browser, page, "reinstate")

    assert buttons == ["remove", "warn", "reinstate"]
    assert verbs() == ["suspend", "reinstate"]
    assert User.objects.get(pk=ben.pk).is_active


def test_who_may_only_view_reports_decides_nothing(ben):
    reader = browser_of(staff_who_may("view_report"))
    page = url(Report, "change", ReportFactory(target=PostFactory(author=ben)).pk)

    shown = reader.get(page)
    refused = reader.post(page, {"verb": "remove", "note": "Spam."})

    assert b'name="verb"' not in shown.content
    assert refused.status_code == 403
    assert verbs() == []
    assert Post.objects.live().exists()


def test_moderators_do_not_judge_what_is_their_own(browser: Client, moderator):
    page = url(Report, "change", ReportFactory(target=PostFactory(author=moderator)).pk)

    shown = browser.get(page)

    assert b'name="verb"' not in shown.content
    assert browser.post(page, {"verb": "dismiss", "note": "Fine."}).status_code == 403
    assert Report.objects.get().status == "open"


@pytest.mark.parametrize("model", [Post, Comment, Group, Challenge])
def test_the_page_of_a_thing_leads_moderators_to_the_desk(model):
    row = ROWS[model]()
    way = reverse("admin:social_moderate", args=[model._meta.model_name, row.pk])
    view = f"view_{model._meta.model_name}"
    address = url(model, "change", row.pk)

    with_reports = browser_of(staff_who_may(view, "view_report")).get(address)
    without = browser_of(staff_who_may(view)).get(address)

    assert way in with_reports.content.decode()
    assert way not in without.content.decode()


def test_the_audit_trail_is_filtered_by_verb_and_by_moderator(desk: Client, ben):
    first, second = UserFactory(is_staff=True), UserFactory(is_staff=True)
    post = PostFactory(author=ben)
    warning = moderation.warn(moderator=first, about=post)
    removal = moderation.remove(moderator=second, about=post)

    def listed(**query: str) -> list[object]:
        page = desk.get(url(ModerationAction), query)
        return [row.pk for row in page.context["cl"].result_list]

    assert listed(verb__exact="warn") == [warning.pk]
    assert listed(moderator=str(second.pk)) == [removal.pk]
    assert listed() == [removal.pk, warning.pk]
