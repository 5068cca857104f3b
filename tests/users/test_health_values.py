"""Nobody of the staff sees a health value without the right to it or a reason."""

import datetime as dt
import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Permission
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from analytics.models import BodyMetric
from tests.factories.analytics import BodyMetricFactory
from tests.factories.nutrition import FoodImageFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import WorkoutFactory
from tests.users.admin_client import browser_of, form_of, queries_of
from users import health_values, personal_data
from users.ids import uuid7
from users.models import AuditEntry, HealthDisclosure, Session, User, UserProfile
from users.services import disclosures, exports

pytestmark = pytest.mark.django_db
METRICS = reverse("admin:analytics_bodymetric_changelist")
REASON = "Ticket 812: her weight is shown twice."
MASKED = [apps.get_model(label) for label in health_values.registered()]
ROOMS = [model for model in MASKED if model in admin.site._registry]
# Models that know a person and are not masked: there is no health in them.
PLAIN = {
    "account": "EmailAddress EmailConfirmation",
    "admin": "LogEntry",
    "analytics": "AnalyticsState",
    "mfa": "Authenticator",
    "nutrition": "DiaryDay Food MergedFood Portion Recipe RecipeIngredient",
    "social": """
        AuthorFeed Block Challenge ChallengeInvitation ChallengeParticipant Comment
        ConversationMember FollowRequest FriendRequest Friendship Group HiddenMessage InviteLink
        JoinRequest Like Membership Mention MessagePicture ModerationAction Mute Picture Post
        PostEdit PostHashtag PostMedia Report SocialFollow UserAchievement
    """,
    "users": """
        AccountExport ExternalIdentity IdempotencyKey NotificationActor PushDevice Session
        SyncClock Tombstone User UserSettings
    """,
    "usersessions": "UserSession",
    "wearables": """
        ActivityImport AuthorizationRequest HeartRateKeeping SourcePriority SyncRun WearableDevice
    """,
    "workouts": """
        Exercise ExerciseAlias ExerciseEquipment ExerciseMuscle Gym MergedExercise PlanRun
        PlanVersion PlannedExercise PlannedSet RuleEvaluation SkippedSession TrainingMax WorkoutDay
        WorkoutPlan
    """,
}


@pytest.fixture
def supporter(db) -> User:
    """May look at every model, change it and give reasons, and may not see health values."""
    staff = UserFactory(username="sam", is_staff=True)
    all_but = Permission.objects.exclude(codename="view_health_values")
    staff.user_permissions.set(
        all_but.filter(codename__regex="^(view|change|add_healthdisclosure)")
    )
    return User.objects.get(pk=staff.pk)


@pytest.fixture
def desk(supporter: User) -> Client:
    return browser_of(supporter)


def reason_page(user: User) -> str:
    return reverse("admin:users_reason", args=[user.pk])


def pages_of(row: models.Model) -> list[str]:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    pages = [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history", "delete")]
    return [reverse(f"{name}_changelist"), *pages]


def masked_fields(model: type[models.Model]) -> set[str]:
    fields = {field.name for field in model._meta.concrete_fields}
    return {name for name in fields if health_values.masks(model, name)}


# --- The registry ----------------------------------------------------------------------------


def test_of_every_model_that_knows_a_person_it_is_said_whether_it_tells_of_health():
    plain = {f"{app}.{name}" for app, names in PLAIN.items() for name in names.split()}
    known = {part.label for part in personal_data.registered()}

    assert known - health_values.registered().keys() == plain


@pytest.mark.parametrize("model", MASKED, ids=lambda model: model._meta.label)
def test_what_a_row_is_called_tells_no_masked_value(model):
    row = model(pk=None if model._meta.pk.name == "pk" else uuid7())
    for field in model._meta.concrete_fields:
        if field.name in masked_fields(model) and not field.is_relation:
            row.__dict__[field.attname] = 987654 if hasattr(field, "max_digits") else "987654"
        elif isinstance(field, models.DateTimeField):
            setattr(row, field.name, timezone.now())

    assert "987654" not in str(row)


# --- Every page, by what it is made of -------------------------------------------------------


@pytest.mark.parametrize("model", ROOMS, ids=lambda model: model._meta.label)
def test_no_page_has_a_masked_column_field_filter_or_search(model, supporter: User):
    request = RequestFactory().get("/admin/")
    request.user = supporter
    room: Any = admin.site._registry[model]
    row = model()

    columns = room.get_list_display(request)
    fields = flatten_fieldsets(room.get_fieldsets(request, row))
    form = room.get_form(request, row, change=True)
    shown = {one for one in [*columns, *fields] if isinstance(one, str)}

    assert not [name for name in shown | set(form.base_fields) if health_values.masks(model, name)]
    assert not [one for one in columns if getattr(one, "admin_order_field", None)]
    assert masked_fields(model).isdisjoint(str(one) for one in room.get_list_filter(request))
    assert masked_fields(model).isdisjoint(room.get_search_fields(request))
    assert not [
        name for name in masked_fields(model) if room.lookup_allowed(f"{name}__gte", "1", request)
    ]
    static = (room.date_hierarchy, *room.list_editable, *(str(one) for one in room.ordering or ()))
    assert masked_fields(model).isdisjoint(str(one).lstrip("-") for one in static)
    for inline in room.get_inline_instances(request, row):
        inner = flatten_fieldsets(inline.get_fieldsets(request, row))
        named = [one for one in inner if isinstance(one, str)]
        assert not [one for one in named if health_values.masks(inline.model, one)]


def test_values_are_on_no_page_of_a_row(desk: Client, ana: User):
    UserProfile.objects.filter(user=ana).update(height=171.3, body_weight_kg=63.7)
    ana.profile.refresh_from_db()
    rows = [
        BodyMetricFactory(user=ana, weight=63.7, notes="171.3 in the morning"),
        WorkoutFactory(user=ana, notes="171.3 bpm, felt ill", calories_burned=637),
        ana.profile,
        ana,
    ]

    shown = [desk.get(page).content.decode() for row in rows for page in pages_of(row)[:2]]
    shown += [desk.get(page).content.decode() for row in rows for page in pages_of(row)[2:]]

    assert not [text for text in shown if "171.3" in text or "63.7" in text or "637<" in text]
    assert "•••" in shown[0]
    assert not AuditEntry.objects.exists()


def test_lists_are_neither_filtered_nor_sorted_nor_searched_by_a_masked_value(
    desk: Client, ana: User
):
    light, heavy = (
        BodyMetricFactory(user=ana, weight=60),
        BodyMetricFactory(user=ana, weight=90, date=dt.date(2026, 3, 4)),
    )
    column = [str(name) for name in admin.site._registry[BodyMetric].list_display].index("weight")

    def listed(**query: object) -> list[object]:
        return [row.pk for row in desk.get(METRICS, query).context["cl"].result_list]

    assert desk.get(METRICS, {"weight__gte": 80}).status_code == 400
    assert desk.get(METRICS, {"user__profile__height__gte": 80}).status_code == 400
    assert listed(o=column + 1) == listed(o=-column - 1) == [heavy.pk, light.pk]
    assert listed(q="ana 90") == []


def test_a_form_neither_shows_nor_changes_a_masked_value(desk: Client, ana: User):
    UserProfile.objects.filter(user=ana).update(height=171.3)
    page = reverse("admin:users_userprofile_change", args=[ana.pk])
    form = form_of(desk.get(page))

    response = desk.post(page, form | {"location": "Graz", "height": "150", "sex": "male"})

    assert response.status_code == 302
    assert "height" not in form
    profile = UserProfile.objects.get(user=ana)
    assert (profile.location, profile.height, profile.sex) == ("Graz", 171.3, ana.profile.sex)
    assert AuditEntry.objects.get().detail == {"fields": ["location"]}


def test_a_photo_and_a_chart_are_refused(desk: Client, ana: User):
    photo = FoodImageFactory(user=ana)
    pages = [
        reverse("admin:nutrition_foodimage_thumbnail", args=[photo.pk]),
        reverse("admin:analytics_chart", args=[ana.pk, "weight"]),
    ]

    assert [desk.get(page).status_code for page in pages] == [403, 403]
    assert pages[1] not in desk.get(pages_of(ana)[1]).content.decode()


# --- A reason --------------------------------------------------------------------------------


def test_a_reason_opens_one_persons_values_and_each_look_is_in_the_trail(
    desk: Client, supporter: User, ana: User, ben: User
):
    hers = BodyMetricFactory(user=ana, weight=63.7)
    BodyMetricFactory(user=ben, weight=81.2)
    assert reason_page(ana) in desk.get(METRICS).content.decode()

    response = desk.post(reason_page(ana), {"reason": REASON, "next": METRICS})

    assert (response.status_code, response.headers["Location"]) == (302, METRICS)
    disclosure = HealthDisclosure.objects.get()
    assert (disclosure.staff, disclosure.user, disclosure.reason) == (supporter, ana, REASON)
    assert disclosure.closes_at - disclosure.opened_at == dt.timedelta(minutes=30)
    page = desk.get(METRICS).content.decode()
    assert "63.7" in page
    assert "81.2" not in page
    assert "63.7" in desk.get(pages_of(hers)[1]).content.decode()
    entries = AuditEntry.objects.order_by("number").values_list("action", "person", "reason")
    assert list(entries) == [
        ("disclose", ana.pk, REASON),
        ("view", ana.pk, ""),
        ("view", ana.pk, ""),
    ]


def test_what_somebody_else_gave_as_a_reason_is_masked_too(desk: Client, ana: User):
    root = UserFactory(is_staff=True)
    disclosures.disclose(staff=root, user_id=ana.pk, reason=REASON, now=timezone.now())
    pages = [
        *pages_of(HealthDisclosure.objects.get())[:2],
        *pages_of(AuditEntry.objects.get())[:2],
    ]

    shown = [desk.get(page).content.decode() for page in pages]

    assert ["•••" in text for text in shown] == [True, True, False, True]
    assert not [text for text in shown if REASON in text]


def test_after_half_an_hour_they_are_masked_again(desk: Client, supporter: User, ana: User):
    BodyMetricFactory(user=ana, weight=63.7)
    before = timezone.now() - disclosures.LASTS
    disclosures.disclose(staff=supporter, user_id=ana.pk, reason=REASON, now=before)

    page = desk.get(METRICS).content.decode()

    assert "63.7" not in page


@pytest.mark.parametrize("reason", ["", "because", "         x         "])
def test_no_reason_or_a_short_one_opens_nothing(desk: Client, ana: User, reason: str):
    response = desk.post(reason_page(ana), {"reason": reason})

    assert response.status_code == 200
    assert not HealthDisclosure.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_reason_is_for_those_who_may_give_one_and_leads_nowhere_else(desk: Client, ana: User):
    stranger = browser_of(UserFactory(is_staff=True))
    elsewhere = {"reason": REASON, "next": "https://example.com/"}

    assert stranger.post(reason_page(ana), {"reason": REASON}).status_code == 403
    assert not HealthDisclosure.objects.exists()
    assert desk.post(reason_page(ana), elsewhere).headers["Location"] == pages_of(ana)[1]
    assert desk.get(reason_page(User(pk=uuid7()))).status_code == 404


def test_a_list_asks_once_for_however_many_people_it_shows(desk: Client):
    BodyMetricFactory()
    one = queries_of(desk, METRICS)
    BodyMetricFactory.create_batch(5)

    assert queries_of(desk, METRICS) == one


def test_whoever_may_see_everybodys_sees_them_and_that_is_in_the_trail(ana: User):
    metric = BodyMetricFactory(user=ana, weight=63.7)
    root = UserFactory(is_staff=True, is_superuser=True)

    page = browser_of(root).get(pages_of(metric)[1]).content.decode()

    assert "63.7" in page
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.staff, entry.person) == ("view", root, ana.pk)
    assert (entry.model, entry.object_id) == ("analytics.BodyMetric", str(metric.pk))


def test_a_person_finds_in_their_export_when_and_why_and_not_who(supporter: User, ana: User):
    disclosures.disclose(staff=supporter, user_id=ana.pk, reason=REASON, now=timezone.now())
    archive = BytesIO()

    exports.write_export(user_id=ana.pk, target=archive)

    with zipfile.ZipFile(archive) as files:
        [told] = json.loads(files.read("health_disclosures.json"))
        everything = b"".join(files.read(name) for name in files.namelist())
    assert told["reason"] == REASON
    assert told.keys() == {"id", "user_id", "reason", "opened_at", "closes_at"}
    assert str(supporter.pk).encode() not in everything


@pytest.mark.parametrize(
    "address",
    [
        "mfa_authenticator_changelist?data__secret__startswith=A",
        "mfa_authenticator_changelist?data__seed__isnull=0",
        "users_session_changelist?session_data__regex=.",
        "usersessions_usersession_changelist?session_key__regex=^a",
        "users_pushdevice_changelist?token__startswith=a",
        "users_user_changelist?password__startswith=a",
        "users_user_changelist?username__regex=(",
        "users_user_changelist?is_active__exact=%00",
        "analytics_goal_changelist?polymorphic_ctype=1",
    ],
)
def test_an_address_asks_for_nothing_that_its_page_does_not_offer(address: str):
    everything = browser_of(UserFactory(is_staff=True, is_superuser=True))
    name, _, query = address.partition("?")

    answer = everything.get(f"{reverse(f'admin:{name}')}?{query}")

    assert answer.status_code in {302, 400}


def test_an_address_may_name_the_person_whose_rows_are_wanted(ana: User, ben: User):
    desk = browser_of(UserFactory(is_staff=True, is_superuser=True))
    BodyMetricFactory(user=ana)
    BodyMetricFactory(user=ben)

    answer = desk.get(METRICS, {"user__id__exact": str(ana.pk)})

    assert [row.user for row in answer.context["cl"].result_list] == [ana]


def test_a_reason_that_nobody_can_read_is_none(ana: User):
    support = UserFactory(is_staff=True)
    support.user_permissions.set(Permission.objects.filter(codename="add_healthdisclosure"))

    browser_of(support).post(
        reverse("admin:users_reason", args=[ana.pk]), {"reason": "\u200b" * 30}
    )

    assert not HealthDisclosure.objects.exists()


def test_nobody_ends_the_session_of_a_superuser_but_another(ana: User):
    boss = UserFactory(is_staff=True, is_superuser=True)
    browser_of(boss)
    support = UserFactory(is_staff=True)
    support.user_permissions.set(
        Permission.objects.filter(codename__in=["view_session", "delete_session"])
    )
    [session] = Session.objects.filter(user=boss)

    answer = browser_of(support).post(
        reverse("admin:users_session_delete", args=[session.pk]), {"post": "yes"}
    )

    assert answer.status_code == 302
    assert Session.objects.filter(pk=session.pk).exists()
