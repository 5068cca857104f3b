"""The people of the demo: known log-ins, and as many more as a trial needs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from users.models import User, UserProfile, UserSettings
from users.models.profile import (
    FitnessLevel,
    MeasurementSystem,
    PrimaryGoal,
    Sex,
    UserType,
    Visibility,
)
from users.services import accounts, roles

# Whoever has an address here is of the demo: .example belongs to nobody (RFC 2606).
DOMAIN = "demo.numeneon.example"
PASSWORD = "numeneon-demo-2026"  # noqa: S105 - shown to whoever tries the demo

_LOCK = 0x64656D6F  # of the demo, among the database's advisory locks
_JOINED_BEFORE = timedelta(days=370)
_FIRST_NAMES = {
    Sex.FEMALE: ("Aiko", "Amara", "Elif", "Hanna", "Ines", "Leila", "Mei", "Nora", "Priya", "Zoe"),
    Sex.MALE: ("Ali", "Chidi", "Diego", "Emil", "Jonas", "Kenji", "Luca", "Mateo", "Omar", "Ravi"),
}
_LAST_NAMES = (
    "Adeyemi",
    "Bauer",
    "Costa",
    "Demir",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Haddad",
    "Ito",
    "Kowalski",
    "Moreau",
    "Nair",
    "Novak",
    "Okafor",
    "Rossi",
    "Sato",
    "Silva",
    "Tan",
    "Walsh",
    "Weber",
)
_PLACES = (
    ("Vienna", "Europe/Vienna"),
    ("New York", "America/New_York"),
    ("Tokyo", "Asia/Tokyo"),
    ("London", "Europe/London"),
    ("São Paulo", "America/Sao_Paulo"),
    ("Nairobi", "Africa/Nairobi"),
    ("Kolkata", "Asia/Kolkata"),
    ("Sydney", "Australia/Sydney"),
)


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    username: str
    first_name: str
    last_name: str = ""
    role: str = "user"
    profile: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def email(self) -> str:
        return f"{self.username}@{DOMAIN}"


@dataclass(frozen=True)
class Login:
    username: str
    password: str
    role: str


ADMIN = DemoPerson(
    username="admin",
    first_name="Admin",
    role="admin",
    profile={"visibility": Visibility.PRIVATE},
    settings={"workout_days_per_week": 0},
)
# Of the staff, but for what the role says like everybody.
SUPPORTER = DemoPerson(
    username="sam",
    first_name="Sam",
    role="support",
    profile={"visibility": Visibility.PRIVATE},
    settings={"workout_days_per_week": 0},
)
STAFF = (ADMIN, SUPPORTER)
NAMED = (
    DemoPerson(
        username="ana",
        first_name="Ana",
        last_name="Gruber",
        profile={
            "bio": "Upper/lower, four days a week. Chasing a deadlift of 100 kg.",
            "location": "Vienna",
            "timezone": "Europe/Vienna",
            "fitness_level": FitnessLevel.INTERMEDIATE,
            "sex": Sex.FEMALE,
            "height": 170.0,
            "body_weight_kg": 64.0,
            "date_of_birth": date(1994, 3, 12),
        },
        settings={"primary_goal": PrimaryGoal.STRENGTH, "workout_days_per_week": 4},
    ),
    DemoPerson(
        username="ben",
        first_name="Ben",
        last_name="Carter",
        profile={
            "bio": "New to the gym: full body, before work.",
            "location": "New York",
            "timezone": "America/New_York",
            "fitness_level": FitnessLevel.BEGINNER,
            "sex": Sex.MALE,
            "height": 182.0,
            "body_weight_kg": 81.0,
            "date_of_birth": date(2000, 8, 30),
        },
        settings={
            "primary_goal": PrimaryGoal.MUSCLE_GAIN,
            "workout_days_per_week": 3,
            "measurement_system": MeasurementSystem.IMPERIAL,
        },
    ),
    DemoPerson(
        username="cara",
        first_name="Cara",
        last_name="Mori",
        role="trainer",
        profile={
            "bio": "Running coach. Two days of strength keep the injuries away.",
            "location": "Tokyo",
            "timezone": "Asia/Tokyo",
            "user_type": UserType.TRAINER,
            "fitness_level": FitnessLevel.ADVANCED,
            "sex": Sex.FEMALE,
            "height": 165.0,
            "body_weight_kg": 54.0,
            "date_of_birth": date(1989, 11, 5),
        },
        settings={"primary_goal": PrimaryGoal.ENDURANCE, "workout_days_per_week": 5},
    ),
)
WITH_LOGIN = (*NAMED, *STAFF)
# Who follows a program; the others only train.
FOLLOWERS = frozenset(person.username for person in NAMED)


def demo_people(*, count: int, seed: int, with_staff: bool = True) -> list[DemoPerson]:
    """The named people first, then others made up from the seed; the staff is not counted."""
    made_up = [_made_up(f"demo{number:04}", seed) for number in range(len(NAMED) + 1, count + 1)]
    return [*(STAFF if with_staff else []), *NAMED[:count], *made_up]


@transaction.atomic
def add_people(*, people: Sequence[DemoPerson], now: datetime) -> list[User]:
    """Give accounts to those who have none, in a constant number of statements.

    Whoever exists stays as they are, and a username or address that somebody has stays theirs.
    Answers the new accounts, with profile and settings at hand.
    """
    with connection.cursor() as cursor:
        # Two seeds at once: the second then finds everybody there.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    new = without_known(people)
    if not new:
        return []
    # A hash takes as long as a log-in is meant to take; many people share one.
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        [
            User(
                username=person.username,
                email=person.email,
                first_name=person.first_name,
                last_name=person.last_name,
                password=password,
                is_staff=person in STAFF,
                is_superuser=person.role == ADMIN.role,
                date_joined=now - _JOINED_BEFORE,
            )
            for person in new
        ]
    )
    pairs = list(zip(users, new, strict=True))
    UserProfile.objects.bulk_create(
        [
            UserProfile(
                user=user,
                display_name=user.get_full_name(),
                email=user.email,
                **person.profile,
            )
            for user, person in pairs
        ]
    )
    UserSettings.objects.bulk_create(
        [UserSettings(user=user, **person.settings) for user, person in pairs]
    )
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users]
    )
    _give_roles([user for user, person in pairs if person == SUPPORTER])
    return users


def _give_roles(supporters: Sequence[User]) -> None:
    if supporters:
        roles.load_roles()
        Group.objects.get(name=roles.SUPPORT).user_set.add(*supporters)


def demo_users() -> QuerySet[User]:
    return User.objects.filter(email__iendswith=f"@{DOMAIN}").order_by("pk")


def logins() -> list[Login]:
    """The named people and the admin, as far as they have an account here."""
    present = set(demo_users().values_list("username", "email"))
    return [
        Login(person.username, PASSWORD, person.role)
        for person in WITH_LOGIN
        if (person.username, person.email) in present
    ]


def write_logins(*, path: Path) -> None:
    """Keep the log-ins in a JSON file, for programs that show them; none, no file."""
    found = [asdict(login) for login in logins()]
    if not found:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(found, indent=2) + "\n")
    new.replace(path)


def erase_everyone() -> Iterator[UUID]:
    """Erase the people of the demo and nobody else, one after the other; yields who is gone."""
    for user_id in list(demo_users().values_list("pk", flat=True)):
        # What close_account leaves to a worker happens here at once, so nothing is promised.
        User.objects.filter(pk=user_id).update(is_active=False)
        accounts.erase_account(user_id=str(user_id))
        yield user_id


def without_known(people: Sequence[DemoPerson]) -> list[DemoPerson]:
    """Those whose username and address nobody has."""
    rows = User.objects.annotate(name=Lower("username"), address=Lower("email")).filter(
        Q(name__in=[person.username for person in people])
        | Q(address__in=[person.email for person in people])
    )
    taken = {value for row in rows.values_list("name", "address") for value in row}
    return [person for person in people if taken.isdisjoint({person.username, person.email})]


def _made_up(username: str, seed: int) -> DemoPerson:
    rng = Random(f"{seed} {username}")  # noqa: S311 - a demo, not a secret
    sex = rng.choice([Sex.FEMALE, Sex.MALE])
    height = float(round(rng.gauss(166 if sex == Sex.FEMALE else 179, 6)))
    location, timezone = rng.choice(_PLACES)
    goal = rng.choice(PrimaryGoal.values)
    level = rng.choice(FitnessLevel.values)
    days = 5 if goal == PrimaryGoal.ENDURANCE else 3 if level == FitnessLevel.BEGINNER else 4
    return DemoPerson(
        username=username,
        first_name=rng.choice(_FIRST_NAMES[sex]),
        last_name=rng.choice(_LAST_NAMES),
        profile={
            "location": location,
            "timezone": timezone,
            "fitness_level": level,
            "sex": sex,
            "height": height,
            "body_weight_kg": round(rng.uniform(21.5, 25) * (height / 100) ** 2, 1),
            "date_of_birth": date(rng.randint(1965, 2005), rng.randint(1, 12), rng.randint(1, 28)),
            "visibility": rng.choices(Visibility.values, weights=[8, 3, 1])[0],
        },
        settings={
            "primary_goal": goal,
            "workout_days_per_week": days,
            "measurement_system": rng.choices(MeasurementSystem.values, weights=[4, 1])[0],
        },
    )
