"""What staff may do by their role: a group for each, with these permissions and no others.

A role that may not view health values (users.view_health_values) sees them for a reason alone, and
none of these may. Whoever may do everything is a superuser.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat


class UnknownPermission(LookupError):
    """A role names a permission that no model has."""


def _may(verbs: str, app: str, models: str) -> set[str]:
    return {f"{app}.{verb}_{model}" for verb in verbs.split() for model in models.split()}


SUPPORT: Final = "Support"
ROLES: Final[Mapping[str, frozenset[str]]] = {
    # Helps one person at a time; sees health values for a reason.
    SUPPORT: frozenset(
        {"users.add_healthdisclosure", "users.delete_session"}
        | _may(
            "view",
            "users",
            "user userprofile usersettings session accountexport notification pushdevice"
            " externalidentity healthdisclosure",
        )
        | {"account.view_emailaddress", "mfa.view_authenticator", "usersessions.view_usersession"}
        | _may("view", "workouts", "workout workoutset exercisenote workoutplan planrun")
        | _may("view change", "workouts", "workoutimport plangeneration")
        | _may("view", "workouts", "rowerror")
        | _may("view", "nutrition", "mealentry waterintake nutritiongoal")
        | _may("view change", "nutrition", "foodimage")
        | _may("view change", "wearables", "wearabledevice activityimport")
        | _may(
            "view",
            "wearables",
            "syncrun recordedworkout dailyactivity sleepdata sourcepriority",
        )
        | _may(
            "view",
            "analytics",
            "analyticsstate bodymetric goal strengthprogress personalrecord trainingday"
            " nutritionsummary workoutanalysis",
        )
    ),
    # Decides about reports, sees what is public or reported, awards and revokes achievements.
    "Moderation": frozenset(
        _may("view", "users", "user")
        | _may("view change", "social", "report")
        | _may("view add delete", "social", "userachievement")
        | _may("view", "social", "achievement")
        | _may(
            "view",
            "social",
            "moderationaction post postmedia postedit comment group membership challenge",
        )
    ),
    # Keeps what everybody shares: foods and exercises.
    "Catalogue": frozenset(
        _may("view change delete", "nutrition", "food")
        | _may("view add change delete", "nutrition", "foodcategory")
        | _may("view", "nutrition", "portion categorytag foodimport mergedfood")
        | _may("view add change delete", "workouts", "exercise equipment")
        | _may("view change", "workouts", "muscle")
        | _may("view", "workouts", "exercisemuscle exerciseequipment mergedexercise")
    ),
    # Keeps it running: what waits, what failed, what providers do, and who of the staff did what.
    "Operations": frozenset(
        _may("view change delete", "users", "outboxmessage")
        | _may("view", "users", "accountexport syncclock auditentry audithead")
        | _may("view change", "wearables", "providerstate")
        | _may(
            "view",
            "wearables",
            "syncrun webhooksubscription webhookevent revocation activityimport",
        )
        | _may("view", "workouts", "workoutimport")
        | _may("view", "nutrition", "foodimport")
        | _may("view", "analytics", "analyticsstate dailyfigure")
    ),
}


@dataclass(frozen=True)
class Loaded:
    changed: int
    unchanged: int

    def __str__(self) -> str:
        return f"{self.changed} roles changed, {self.unchanged} unchanged."


@transaction.atomic
def load_roles() -> Loaded:
    """Give each group of a role exactly its permissions. Twice is once; other groups stay.

    Raises UnknownPermission before anything is changed.
    """
    wanted = {name: _permissions(codes) for name, codes in ROLES.items()}
    changed = 0
    for name, permissions in wanted.items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new or set(group.permissions.all()) != permissions:
            group.permissions.set(permissions)
            changed += 1
    return Loaded(changed=changed, unchanged=len(wanted) - changed)


def _permissions(codes: Iterable[str]) -> set[Permission]:
    named = Permission.objects.alias(
        code=Concat(F("content_type__app_label"), Value("."), F("codename"))
    )
    rows = named.filter(code__in=codes).select_related("content_type")
    found: set[Permission] = {*rows}
    known = {f"{one.content_type.app_label}.{one.codename}" for one in found}
    if missing := set(codes) - known:
        raise UnknownPermission(f"No model has these permissions: {', '.join(sorted(missing))}.")
    return found
