"""A person's page in the admin: who they are, and how their year went for who may see it."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories.analytics import (
    BodyMetricFactory,
    NutritionSummaryFactory,
    PersonalRecordFactory,
    StrengthGoalFactory,
    TrainingDayFactory,
)
from tests.factories.social import CommentFactory, FollowFactory, PostFactory, ReportFactory
from tests.factories.transfers import WorkoutImportFactory
from tests.factories.users import UserFactory
from tests.factories.wearables import DailyActivityFactory, DeviceFactory, SleepFactory
from tests.users.admin_client import browser_of
from users.admin.health import reason_url
from users.models import HealthDisclosure, User

# Of the year in which the factories' days lie.
YEAR = 2026
MONDAY = dt.date(YEAR, 3, 2)
# The session and its person, the page, and the trail.
QUERIES = 29
HEALTH = ("trainingday", "bodymetric", "nutritionsummary", "personalrecord", "goal")


@pytest.fixture
def root(db) -> User:
    return UserFactory(username="root", is_staff=True, is_superuser=True)


@pytest.fixture
def support(db) -> User:
    """May open people and their health values, the latter for a reason."""
    person = UserFactory(username="sam", is_staff=True)
    names = ["view_user", "add_healthdisclosure", *(f"view_{name}" for name in HEALTH)]
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    return person


def page_of(person: User, **query: object) -> str:
    return reverse("admin:person_year", args=[person.pk], query=query)


def context(browser: Client, address: str) -> dict[str, Any]:
    response = browser.get(address)
    assert response.status_code == 200
    assert response.context_data is not None
    return response.context_data


def cards(browser: Client, person: User, **query: object) -> dict[str, Any]:
    page = context(browser, page_of(person, **{"year": YEAR, **query}))
    return {card.title: card for card in [*page["cards"], *page["health_cards"]]}


def texts(card: Any) -> list[tuple[str, ...]]:
    facts = [(name, str(cell.text)) for name, cell in card.facts]
    return [*facts, *(tuple(str(cell.text) for cell in row) for row in card.rows)]


def live_a_year(person: User, *, days: int = 1) -> None:
    for day in (MONDAY + dt.timedelta(days=n) for n in range(days)):
        TrainingDayFactory(user=person, date=day, volume=4000, minutes=90)
        NutritionSummaryFactory(user=person, date=day, calories=2100, is_complete=True)
        BodyMetricFactory(user=person, date=day, weight=81.5)
        PersonalRecordFactory(user=person, date=day)
        StrengthGoalFactory(user=person)
        device = DeviceFactory(user=person)
        DailyActivityFactory(device=device, date=day, resting_heart_rate=54)
        SleepFactory(device=device, date=day, duration=450, role="main")
        post = PostFactory(author=person)
        ReportFactory(target=post)
        WorkoutImportFactory(user=person)


def test_a_year_is_told_by_charts_records_and_goals(root: User, ana: User):
    live_a_year(ana, days=2)

    found = cards(browser_of(root), ana)

    assert found["Training days"].chart.says == "2 days, 2 sessions, 3 hours."
    assert found["Tonnage a week"].chart.rows == [["Mar 2, 2026", "8 t"]]
    assert found["Sessions a week"].chart.rows == [["Mar 2, 2026", "2"]]
    assert found["Calories a day against the goal"].chart.rows[0][1] == "2,100 kcal"
    assert found["Body weight"].chart.rows[0] == ["Mar 2, 2026", "81.5 kg", "81.5 kg"]
    assert found["Sleep a night"].chart.rows == [["Mar 2, 2026", "7.5 h"]]
    assert found["Resting heart rate"].chart.rows == [["Mar 2, 2026", "54 bpm"]]
    assert [series.name for series in found["Training load"].chart.series] == [
        "Fitness (CTL)",
        "Fatigue (ATL)",
        "Form (TSB)",
    ]
    assert [row[1:] for row in texts(found["Records that stand"])] == [
        ("100 kg", "2026-03-03"),
        ("100 kg", "2026-03-02"),
    ]
    assert len(found["Goals"].rows) == 2
    assert texts(found["Streaks"])[1] == ("Weeks with training, longest", "1")


def test_the_account_its_devices_and_its_social_life_are_told(root: User, ana: User, ben: User):
    DeviceFactory(user=ana, name="Ring", status="reauth_required")
    FollowFactory(follower=ben, following=ana)
    WorkoutImportFactory(user=ana, status="failed")
    CommentFactory(author=ana)

    found = cards(browser_of(root), ana)

    assert ("Email", "ana@example.com") in texts(found["Account"])
    assert texts(found["Devices"]) == [("Ring", "Connect again", "–")]
    assert texts(found["Social"]) == [
        ("Posts", "0"),
        ("Comments", "1"),
        ("Followers", "1"),
        ("Following", "0"),
        ("Friends", "0"),
    ]
    [job] = texts(found["Exports, imports and plans"])
    assert job[:2] == ("Workout import", "failed")


def test_reports_about_a_person_are_those_of_what_they_wrote_too(root: User, ana: User, ben: User):
    ReportFactory(user=ben, target=ana)
    ReportFactory(target=PostFactory(author=ana), status="upheld")
    ReportFactory(target=CommentFactory(author=ana))
    ReportFactory(user=ana, target=PostFactory(author=ben))

    found = cards(browser_of(root), ana)

    assert texts(found["Reports and moderation"]) == [
        ("Open about them", "2"),
        ("Ever about them", "3"),
        ("By them", "1"),
    ]


@pytest.mark.parametrize(
    ("values", "badges"),
    [
        ({}, ["Active", "Address verified", "No second factor"]),
        ({"is_active": False}, ["Shut out", "Address verified", "No second factor"]),
    ],
)
def test_badges_tell_how_an_account_stands(
    root: User, values: dict[str, object], badges: list[str]
):
    person = UserFactory(**values)

    page = context(browser_of(root), page_of(person))

    assert [badge.text for badge in page["badges"]][:3] == badges


def test_health_values_are_closed_until_there_is_a_reason(support: User, ana: User):
    live_a_year(ana)
    browser = browser_of(support)

    closed = browser.get(page_of(ana, year=YEAR)).content.decode()
    now = timezone.now()
    HealthDisclosure.objects.create(
        staff=support,
        user=ana,
        reason="She asked about her chart.",
        opened_at=now,
        closes_at=now + dt.timedelta(minutes=30),
    )
    opened = cards(browser, ana)

    assert reason_url(ana.pk, back_to=page_of(ana, year=YEAR)) in closed
    assert [text for text in ("<svg viewBox", "81.5", "2,100", "90 min") if text in closed] == []
    # What Sam may not open a list of is not here either.
    assert list(opened) == [
        "Account",
        "Training days",
        "Tonnage a week",
        "Sessions a week",
        "Training load",
        "Body weight",
        "Calories a day against the goal",
        "Records that stand",
        "Goals",
        "Streaks",
    ]


def test_another_year_is_chosen_from_those_since_the_first_training(root: User, ana: User):
    TrainingDayFactory(user=ana, date=dt.date(2024, 5, 6))

    page = context(browser_of(root), page_of(ana, year=2024))

    this_year = timezone.now().year
    assert page["years"] == list(range(this_year, 2023, -1))
    assert page["health_cards"][0].chart.says == "1 day, 1 session, 1 hour."


@pytest.mark.parametrize("year", ["", "x", "-1", "99999", "1969", "٢٠٢٦"])
def test_a_year_that_is_none_is_not_found(root: User, ana: User, year: str):
    response = browser_of(root).get(page_of(ana, year=year))

    assert response.status_code == 404


def test_a_person_whom_there_is_not_is_not_found(root: User):
    response = browser_of(root).get(reverse("admin:person_year", args=[uuid4()]))

    assert response.status_code == 404


def test_who_may_not_view_people_is_refused(db, ana: User):
    sam = UserFactory(username="sam", is_staff=True)
    sam.user_permissions.set(Permission.objects.filter(codename="view_trainingday"))

    response = browser_of(sam).get(page_of(ana))

    assert response.status_code == 403


def test_the_page_costs_the_same_for_much_as_for_little(
    root: User, ana: User, ben: User, django_assert_num_queries: DjangoAssertNumQueries
):
    live_a_year(ana, days=5)
    browser = browser_of(root)

    for person in (ana, ben):
        with django_assert_num_queries(QUERIES):
            response = browser.get(page_of(person, year=YEAR))

    assert response.status_code == 200


def test_the_form_of_an_account_leads_to_its_year(root: User, ana: User):
    page = browser_of(root).get(reverse("admin:users_user_change", args=[ana.pk]))

    assert f'href="{reverse("admin:person_year", args=[ana.pk])}"' in page.content.decode()
