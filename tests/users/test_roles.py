"""Each role reaches what it is for, and nothing else."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from tests.factories.users import UserFactory
from tests.users.admin_client import browser_of
from users.models import User
from users.services import demo, roles

pytestmark = pytest.mark.django_db
# Beside looking at rows, a role may do with them: a, c, d as add, change, delete.
# To change a row that nobody writes by hand is to run the actions of its list.
REACH = {
    "Support": """
        account.EmailAddress analytics.AnalyticsState analytics.BodyMetric analytics.Goal
        analytics.NutritionSummary analytics.PersonalRecord analytics.StrengthProgress
        analytics.TrainingDay analytics.WorkoutAnalysis mfa.Authenticator nutrition.FoodImage
        nutrition.MealEntry nutrition.NutritionGoal nutrition.WaterIntake users.AccountExport
        users.ExternalIdentity users.HealthDisclosure users.Notification users.PushDevice
        users.Session:d users.User users.UserProfile users.UserSettings usersessions.UserSession
        wearables.ActivityImport wearables.DailyActivity wearables.RecordedWorkout
        wearables.SleepData wearables.SourcePriority wearables.SyncRun wearables.WearableDevice
        workouts.ExerciseNote workouts.PlanGeneration workouts.PlanRun workouts.RowError
        workouts.Workout workouts.WorkoutImport workouts.WorkoutPlan workouts.WorkoutSet
    """,
    "Moderation": """
        social.Achievement social.Challenge social.Comment social.Group social.Membership
        social.ModerationAction social.Post social.PostEdit social.PostMedia social.Report
        social.UserAchievement users.User
    """,
    "Catalogue": """
        nutrition.CategoryTag nutrition.Food:cd nutrition.FoodCategory:acd nutrition.FoodImport
        nutrition.MergedFood nutrition.Portion workouts.Equipment:acd workouts.Exercise:acd
        workouts.ExerciseEquipment workouts.ExerciseMuscle workouts.MergedExercise
        workouts.Muscle:c
    """,
    "Operations": """
        analytics.AnalyticsState analytics.DailyFigure nutrition.FoodImport users.AccountExport
        users.AuditEntry users.AuditHead users.OutboxMessage:d users.SyncClock
        wearables.ActivityImport wearables.ProviderState wearables.Revocation wearables.SyncRun
        wearables.WebhookEvent wearables.WebhookSubscription workouts.WorkoutImport
    """,
}


def member_of(role: str) -> User:
    roles.load_roles()
    staff = UserFactory(is_staff=True)
    staff.groups.add(Group.objects.get(name=role))
    return staff


def permissions_of(role: str) -> set[str]:
    found = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{one.content_type.app_label}.{one.codename}" for one in found}


@pytest.mark.parametrize("role", REACH)
def test_a_role_reaches_these_models_and_no_others(role: str):
    request = RequestFactory().get("/admin/")
    request.user = member_of(role)

    reached = {}
    for model, room in admin.site._registry.items():
        may = room.get_model_perms(request)
        if may["view"] or may["add"] or may["change"] or may["delete"]:
            verbs = "".join(verb[0] for verb in ("add", "change", "delete") if may[verb])
            reached[model._meta.label] = verbs

    expected = dict([*one.split(":"), ""][:2] for one in REACH[role].split())
    assert reached == expected


def test_no_role_sees_health_values_changes_accounts_or_gives_permissions():
    roles.load_roles()

    everything = set().union(*(permissions_of(role) for role in REACH))

    assert roles.ROLES.keys() == REACH.keys()
    assert not everything & {
        *("users.view_health_values", "users.change_user", "users.delete_user", "users.add_user"),
        *("auth.change_group", "auth.add_group", "mfa.delete_authenticator"),
    }
    assert "users.add_healthdisclosure" in permissions_of("Support")


def test_a_page_beyond_a_role_is_refused(ana: User):
    supporter, operator = browser_of(member_of("Support")), browser_of(member_of("Operations"))
    page = reverse("admin:users_user_change", args=[ana.pk])

    refused = supporter.post(page, {"username": "taken"})

    assert supporter.get(page).status_code == 200
    assert refused.status_code == 403
    assert User.objects.get(pk=ana.pk).username == "ana"
    assert operator.get(page).status_code == 403


def test_roles_are_loaded_once_and_brought_back_to_what_they_are(capsys):
    call_command("load_roles")
    support = Group.objects.get(name="Support")
    wanted = permissions_of("Support")
    support.permissions.add(Permission.objects.get(codename="delete_user"))
    others = Group.objects.create(name="Coaches")

    call_command("load_roles", dry_run=True)
    assert permissions_of("Support") == wanted | {"users.delete_user"}
    call_command("load_roles")
    call_command("load_roles")

    assert capsys.readouterr().out.splitlines() == [
        "4 roles changed, 0 unchanged.",
        "Dry run: 1 roles changed, 3 unchanged.",
        "1 roles changed, 3 unchanged.",
        "0 roles changed, 4 unchanged.",
    ]
    assert permissions_of("Support") == wanted
    assert set(Group.objects.exclude(name__in=REACH)) == {others}


def test_a_permission_that_no_model_has_is_refused_before_anything_changes(monkeypatch):
    monkeypatch.setattr(roles, "ROLES", {"Support": frozenset({"users.view_users"})})

    with pytest.raises(CommandError, match=r"No model has these permissions: users\.view_users\."):
        call_command("load_roles")

    assert not Group.objects.exists()


def test_sam_of_the_demo_is_of_the_support():
    [sam] = demo.add_people(people=[demo.SUPPORTER], now=timezone.now())

    assert (sam.username, sam.is_staff, sam.is_superuser) == ("sam", True, False)
    assert [group.name for group in sam.groups.all()] == ["Support"]
    assert [(one.username, one.role) for one in demo.logins()] == [("sam", "support")]
