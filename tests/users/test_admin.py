"""The admin's pages about people."""

import datetime as dt
import itertools

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.users import NotificationFactory, UserFactory
from tests.users.admin_client import browser_of, cost_of, form_of, statuses_by_filter
from users.admin import reading
from users.ids import uuid7
from users.models import (
    AccountExport,
    AuditEntry,
    AuditHead,
    ErasedIdentity,
    ExternalIdentity,
    HealthDisclosure,
    IdempotencyKey,
    LiveEvent,
    Notification,
    NotificationActor,
    OutboxMessage,
    PushDevice,
    Session,
    SyncClock,
    Tombstone,
    Trainer,
    User,
    UserProfile,
    UserSettings,
)
from users.models.export import ExportStatus
from users.services import audit, outbox
from users.services.audit import Trail

pytestmark = pytest.mark.django_db
_numbers = itertools.count()


def as_trainer(user):
    user.profile.user_type = "trainer"
    user.profile.save(update_fields=["user_type"])
    return Trainer.objects.get(pk=user.pk)


def session_of(user):
    browser_of(user)
    return Session.objects.get(user=user)


def export_of(user):
    export = AccountExport(user=user, status=ExportStatus.READY, expires_at=timezone.now())
    export.file.save("exports/all.zip", ContentFile(b"zip"), save=False)
    export.save()
    return export


# A row of each model about a person whose name begins with "ana".
ROWS = {
    User: lambda user: user,
    Trainer: as_trainer,
    UserProfile: lambda user: user.profile,
    UserSettings: lambda user: user.settings,
    Session: session_of,
    ExternalIdentity: lambda user: ExternalIdentity.objects.create(
        user=user, issuer="https://ana.example", subject=uuid7()
    ),
    ErasedIdentity: lambda user: ErasedIdentity.objects.create(
        digest=f"{user.pk.hex}digest", erased_at=timezone.now()
    ),
    Notification: lambda user: NotificationFactory(user=user, text="Bench day, ana."),
    NotificationActor: lambda user: NotificationActor.objects.create(
        user=user,
        notification=NotificationFactory(user=user, text="Bench day, ana."),
        actor=user,
        created_at=timezone.now(),
    ),
    LiveEvent: lambda user: LiveEvent.objects.create(
        user=user, revision=next(_numbers), kind="message", data={}, created_at=timezone.now()
    ),
    PushDevice: lambda user: PushDevice.objects.create(
        user=user, platform="fcm", token=f"secret-token-{next(_numbers)}", name="ana's phone"
    ),
    AccountExport: export_of,
    OutboxMessage: lambda user: OutboxMessage.objects.create(
        kind="push", payload={"notification_id": str(uuid7())}
    ),
    IdempotencyKey: lambda user: IdempotencyKey.objects.create(
        user=user, key="k", resource="workouts.workout", object_id=uuid7(), content_hash=b"h"
    ),
    Tombstone: lambda user: Tombstone.objects.create(
        user=user,
        resource="workouts.workout",
        object_id=uuid7(),
        revision=3,
        deleted_at=timezone.now(),
    ),
    SyncClock: lambda user: SyncClock.objects.get_or_create(user=user, defaults={"revision": 1})[
        0
    ],
    EmailAddress: lambda user: user.emailaddress_set.get(),
    Authenticator: lambda user: Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": "SECRETSEED"}
    ),
    UserSession: lambda user: UserSession.objects.create(
        user=user, ip="127.0.0.1", session_key=f"key{next(_numbers)}", user_agent="phone"
    ),
}
ROWS |= {
    AuditEntry: lambda user: audit.write(Trail(staff=user, notes=[audit.login_of(user)]))[0],
    AuditHead: lambda user: (
        audit.write(Trail(notes=[audit.login_of(user)])) and AuditHead.objects.get()
    ),
    HealthDisclosure: lambda user: HealthDisclosure.objects.create(
        user=user,
        reason="She asked why her height is wrong.",
        opened_at=timezone.now(),
        closes_at=timezone.now() + dt.timedelta(minutes=30),
    ),
}
MODELS = pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)


def one_of_each(user: User) -> None:
    for row_of in ROWS.values():
        row_of(user)


def url(model: type, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def root(db) -> User:
    return UserFactory(username="root", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(root: User) -> Client:
    """The browser of somebody who may do everything."""
    return browser_of(root)


def staff_who_may(*codenames: str) -> User:
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return staff


# --- Who gets in -----------------------------------------------------------------------------


def test_a_visitor_is_sent_to_the_log_in_of_the_accounts():
    response = Client().get("/admin/", follow=True)

    assert [code for _, code in response.redirect_chain] == [302, 302]
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert response.status_code == 200


@MODELS
def test_a_person_without_a_desk_sees_no_page(model, ana: User):
    response = browser_of(ana).get(url(model), follow=True)

    assert response.status_code == 403


@MODELS
def test_staff_need_the_permission_of_the_model(model):
    stranger = browser_of(staff_who_may())
    reader = browser_of(staff_who_may(f"view_{model._meta.model_name}"))

    assert stranger.get(url(model)).status_code == 403
    assert reader.get(url(model)).status_code == 200


def test_profiles_need_a_permission_of_their_own(ana: User):
    staff = staff_who_may("view_user")

    page = browser_of(staff).get(url(User, "change", ana.pk))

    assert page.status_code == 200
    assert page.context["inline_admin_formsets"] == []


def test_a_password_alone_does_not_open_the_desk_where_a_second_factor_is_asked_for(
    settings, root: User
):
    settings.ADMIN_MFA_REQUIRED = True

    before = browser_of(root).get("/admin/", follow=True)
    ROWS[Authenticator](root)
    after = browser_of(root).get("/admin/")

    assert ("/accounts/2fa/totp/activate/", 302) in before.redirect_chain
    assert after.status_code == 200


# --- Every page ------------------------------------------------------------------------------


def test_every_model_is_here():
    ours = set(apps.get_app_config("users").get_models(include_auto_created=False))

    assert ours | {Trainer} <= set(ROWS)
    assert set(ROWS) <= set(admin.site._registry)


def test_the_first_page_answers_whatever_there_is(desk: Client, ana: User):
    one_of_each(ana)

    assert desk.get("/admin/").status_code == 200


@MODELS
def test_the_pages_of_a_model_answer(model, desk: Client, ana: User):
    row = ROWS[model](ana)

    listed = desk.get(url(model))
    found = desk.get(url(model), {"q": "ana"})
    changed = desk.get(url(model, "change", row.pk))
    history = desk.get(url(model, "history", row.pk))
    added = desk.get(url(model, "add"))

    assert {page.status_code for page in (listed, found, changed, history)} == {200}
    may_add = admin.site._registry[model].has_add_permission(listed.wsgi_request)
    assert added.status_code == (200 if may_add else 403)


def test_a_list_costs_the_same_for_any_number_of_rows(desk: Client):
    one_of_each(UserFactory())
    few = {model: cost_of(desk, url(model)) for model in ROWS}
    one_of_each(UserFactory())
    one_of_each(UserFactory())

    assert {model: cost_of(desk, url(model)) for model in ROWS} == few


def test_filters_answer(desk: Client, ana: User):
    one_of_each(ana)

    statuses = {model: statuses_by_filter(desk, url(model)) for model in ROWS}

    assert statuses == {model: {200} for model in ROWS}


@pytest.mark.parametrize(
    "model",
    [
        Session,
        ExternalIdentity,
        Notification,
        PushDevice,
        AccountExport,
        EmailAddress,
        Authenticator,
    ],
)
def test_a_row_is_deleted_after_a_second_thought(model, desk: Client, ana: User):
    row = ROWS[model](ana)

    asked = desk.get(url(model, "delete", row.pk))
    done = desk.post(url(model, "delete", row.pk), {"post": "yes"})

    assert (asked.status_code, done.status_code) == (200, 302)
    assert not model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    "model",
    [
        User,
        Trainer,
        UserProfile,
        UserSettings,
        ErasedIdentity,
        OutboxMessage,
        IdempotencyKey,
        Tombstone,
        SyncClock,
        UserSession,
    ],
)
def test_a_row_that_has_to_stay_is_not_deleted(model, desk: Client, ana: User):
    row = ROWS[model](ana)

    response = desk.post(url(model, "delete", row.pk), {"post": "yes"})

    assert response.status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


# --- Accounts --------------------------------------------------------------------------------


def test_a_new_account_has_one_profile_and_can_be_found_by_log_in(desk: Client):
    response = desk.post(
        url(User, "add"),
        {
            "username": "Cleo",
            "email": "Cleo@Example.com",
            "usable_password": "true",
            "password1": "a-long-enough-secret",
            "password2": "a-long-enough-secret",
        },
    )

    assert response.status_code == 302
    cleo = User.objects.get(username="cleo")
    assert cleo.email == "cleo@example.com"
    assert cleo.check_password("a-long-enough-secret")
    assert (cleo.profile.display_name, cleo.settings.language) == ("cleo", "en")
    address = EmailAddress.objects.get(user=cleo)
    assert (address.email, address.primary, address.verified) == (cleo.email, True, False)


@pytest.mark.parametrize(
    ("username", "email"), [("ANA", "new@example.com"), ("new", "ANA@example.com")]
)
def test_a_name_or_address_that_is_taken_is_a_message(desk: Client, ana: User, username, email):
    response = desk.post(
        url(User, "add"), {"username": username, "email": email, "usable_password": "false"}
    )

    assert response.status_code == 200
    assert response.context["adminform"].errors
    assert User.objects.count() == 2


def test_a_saved_account_changes_its_profile_on_the_phones(desk: Client, ana: User):
    page = desk.get(url(User, "change", ana.pk))
    before = ana.profile.revision

    response = desk.post(
        url(User, "change", ana.pk),
        form_of(page) | {"profile-0-user_type": "trainer", "settings-0-language": "de-AT"},
    )

    assert response.status_code == 302, response.context["errors"]
    profile = UserProfile.objects.get(user=ana)
    assert profile.user_type == "trainer"
    assert profile.revision > before
    assert UserSettings.objects.get(user=ana).language == "de-AT"


def test_a_form_does_not_undo_what_a_phone_writes_meanwhile(
    desk: Client, ana: User, monkeypatch: pytest.MonkeyPatch
):
    page = desk.get(url(UserProfile, "change", ana.pk))

    def wait_for_the_phone(user_id):
        UserProfile.objects.filter(pk=user_id).update(avatar="avatars/new.webp")

    monkeypatch.setattr(reading, "advance_clock", wait_for_the_phone)
    desk.post(url(UserProfile, "change", ana.pk), form_of(page) | {"bio": "Lifts."})

    profile = UserProfile.objects.get(user=ana)
    assert (profile.bio, profile.avatar.name) == ("Lifts.", "avatars/new.webp")


def test_a_changed_address_is_the_primary_one_and_not_yet_verified(desk: Client, ana: User):
    page = desk.get(url(User, "change", ana.pk))

    desk.post(url(User, "change", ana.pk), form_of(page) | {"email": "New@example.com"})

    primary = EmailAddress.objects.get(user=ana, primary=True)
    assert (primary.email, primary.verified) == ("new@example.com", False)
    ana.refresh_from_db()
    assert ana.email == ana.profile.email == "new@example.com"


def test_staff_cannot_make_themselves_superusers_nor_touch_one(root: User):
    staff = staff_who_may("view_user", "change_user", "delete_user")
    browser = browser_of(staff)
    page = browser.get(url(User, "change", staff.pk))

    browser.post(
        url(User, "change", staff.pk),
        {"username": "me", "email": staff.email, "is_active": "on", "is_superuser": "on"},
    )
    refused = browser.post(url(User, "change", root.pk), {"username": "mine"})
    browser.post(
        url(User),
        {"action": "close_and_erase", "_selected_action": str(root.pk), "confirmed": "yes"},
    )

    assert page.status_code == 200
    assert refused.status_code == 403
    staff.refresh_from_db()
    root.refresh_from_db()
    assert (staff.username, staff.is_superuser) == ("me", False)
    assert (root.username, root.is_active) == ("root", True)


def test_an_account_cannot_simply_be_deleted(desk: Client, ana: User):
    actions = dict(desk.get(url(User)).context["action_form"].fields["action"].choices)
    single = desk.post(url(User, "delete", ana.pk), {"post": "yes"})
    desk.post(url(User), {"action": "delete_selected", "_selected_action": ana.pk, "post": "yes"})

    assert "delete_selected" not in actions
    assert single.status_code == 403
    assert User.objects.filter(pk=ana.pk).exists()


def test_an_account_is_closed_and_erased_after_a_second_thought(
    desk: Client, root: User, ana: User
):
    ROWS[Session](ana)
    choice = {"action": "close_and_erase", "_selected_action": [str(ana.pk), str(root.pk)]}

    asked = desk.post(url(User), choice)

    assert b"ana@example.com" in asked.content
    assert b"root@example.com" not in asked.content.split(b"<form", 1)[1]
    ana.refresh_from_db()
    assert ana.is_active

    done = desk.post(url(User), choice | {"confirmed": "yes"})

    assert done.status_code == 302
    ana.refresh_from_db()
    root.refresh_from_db()
    assert (ana.is_active, root.is_active) == (False, True)
    assert ana.username.startswith("erased-")
    assert not Session.objects.filter(user=ana).exists()
    assert OutboxMessage.objects.get(kind="erase_account").payload == {"user_id": str(ana.pk)}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id, entry.person) == ("run", str(ana.pk), ana.pk)
    assert entry.detail == {"action": "close_and_erase", "note": "Closed; erasure begun."}


def test_erasing_needs_the_permission_to_delete_people(ana: User):
    browser = browser_of(staff_who_may("view_user", "change_user"))

    browser.post(
        url(User),
        {"action": "close_and_erase", "_selected_action": str(ana.pk), "confirmed": "yes"},
    )

    ana.refresh_from_db()
    assert ana.is_active


def test_pictures_can_be_removed(desk: Client, ana: User):
    ana.profile.avatar.save("ana.webp", ContentFile(b"webp"))
    path = ana.profile.avatar.path

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda call, **_: call())
        desk.post(url(User), {"action": "remove_pictures", "_selected_action": str(ana.pk)})

    ana.profile.refresh_from_db()
    assert ana.profile.avatar.name == ""
    assert not ana.profile.avatar.storage.exists(path)


# --- What nobody gets to see -----------------------------------------------------------------


def test_a_page_about_a_session_has_no_key_and_deleting_it_ends_the_session(
    desk: Client, ana: User
):
    anas = browser_of(ana)
    session = Session.objects.get(user=ana)

    page = desk.get(url(Session))
    body = page.content.decode()
    desk.post(url(Session, "delete", session.pk), {"post": "yes"})

    assert f"{session.session_key[:8]}…" in body
    assert session.auth_hash not in body
    assert session.session_data not in desk.get(url(Session)).content.decode()
    assert not Session.objects.filter(user=ana).exists()
    assert anas.get("/accounts/email/").status_code == 302


@pytest.mark.parametrize(
    ("model", "secret"),
    [
        (PushDevice, "secret-token"),
        (Authenticator, "SECRETSEED"),
        (AccountExport, "all.zip"),
        (Session, "session_data"),
        (UserSession, "session_key"),
    ],
)
def test_secrets_stay_out_of_the_pages(model, secret, desk: Client, ana: User):
    row = ROWS[model](ana)

    for page in (desk.get(url(model)), desk.get(url(model, "change", row.pk))):
        assert page.status_code == 200
        assert secret not in page.content.decode()


def test_an_emails_text_is_not_shown_and_other_payloads_are(desk: Client):
    email = OutboxMessage.objects.create(kind="email", payload={"body": "Your code: 123456"})
    push = OutboxMessage.objects.create(kind="push", payload={"notification_id": "n-1"})

    pages = [
        desk.get(url(OutboxMessage, "change", row.pk)).content.decode() for row in (email, push)
    ]

    assert "123456" not in pages[0] + desk.get(url(OutboxMessage)).content.decode()
    assert "n-1" in pages[1]


# --- The outbox ------------------------------------------------------------------------------


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The messages that workers were told of."""
    told: list[object] = []
    monkeypatch.setattr(
        "users.services.outbox.outbox_message_written.send",
        lambda sender, message_id: told.append(message_id),
    )
    return told


def test_a_message_that_was_given_up_is_tried_again(desk: Client, nudges: list[object]):
    given_up = OutboxMessage.objects.create(
        kind="push", payload={}, attempts=outbox.MAX_ATTEMPTS, failed_at=timezone.now()
    )
    other = OutboxMessage.objects.create(kind="push", payload={}, attempts=3)

    desk.post(url(OutboxMessage), {"action": "try_again", "_selected_action": str(given_up.pk)})

    given_up.refresh_from_db()
    other.refresh_from_db()
    assert (given_up.attempts, given_up.failed_at, other.attempts) == (0, None, 3)
    assert given_up.due_at - timezone.now() < dt.timedelta(minutes=1)
    assert nudges == [given_up.pk]


def test_trying_again_needs_the_permission_to_change(nudges: list[object]):
    message = OutboxMessage.objects.create(kind="push", payload={}, attempts=3)
    browser = browser_of(staff_who_may("view_outboxmessage"))

    browser.post(url(OutboxMessage), {"action": "try_again", "_selected_action": str(message.pk)})

    message.refresh_from_db()
    assert (message.attempts, nudges) == (3, [])


def test_a_mail_can_be_dropped_and_an_erasure_cannot(desk: Client):
    email = OutboxMessage.objects.create(kind="email", payload={})
    erasure = OutboxMessage.objects.create(kind="erase_account", payload={"user_id": "1"})
    choice = {"action": "delete_selected", "_selected_action": str(erasure.pk), "post": "yes"}

    dropped = desk.post(url(OutboxMessage, "delete", email.pk), {"post": "yes"})
    kept = desk.post(url(OutboxMessage, "delete", erasure.pk), {"post": "yes"})
    kept_too = desk.post(url(OutboxMessage), choice)

    assert [page.status_code for page in (dropped, kept, kept_too)] == [302, 403, 403]
    assert list(OutboxMessage.objects.all()) == [erasure]


# --- Exports and notifications ---------------------------------------------------------------


def test_exports_go_with_their_files(
    desk: Client, ana: User, ben: User, django_capture_on_commit_callbacks
):
    rows = [ROWS[AccountExport](user) for user in (ana, ben)]
    storage = rows[0].file.storage
    names = [row.file.name for row in rows]
    assert all(storage.exists(name) for name in names)

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(url(AccountExport, "delete", rows[0].pk), {"post": "yes"})
        choice = {"action": "delete_selected", "_selected_action": str(rows[1].pk), "post": "yes"}
        desk.post(url(AccountExport), choice)

    assert not AccountExport.objects.exists()
    assert not any(storage.exists(name) for name in names)


def test_phones_learn_of_notifications_that_staff_delete(desk: Client, ana: User, ben: User):
    rows = [NotificationFactory(user=user) for user in (ana, ben)]
    choice = {"action": "delete_selected", "_selected_action": [str(row.pk) for row in rows]}

    desk.post(url(Notification), choice | {"post": "yes"})

    graves = Tombstone.objects.filter(resource="users.notification")
    assert set(graves.values_list("user", "object_id")) == {(row.user_id, row.pk) for row in rows}
