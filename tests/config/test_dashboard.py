"""The admin's first page: figures, what needs somebody, and the charts of both."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from analytics.models import DailyFigure
from config.admin.charts import Series, by_day, heat_map, weekly
from tests.factories.social import ReportFactory
from tests.factories.transfers import WorkoutImportFactory
from tests.factories.users import UserFactory
from tests.factories.wearables import DeviceFactory, ProviderStateFactory, SyncRunFactory
from tests.users.admin_client import browser_of, queries_of
from users.ids import uuid7
from users.models import JobState, OutboxMessage, User

PAGE = reverse("admin:index")
MONDAY = dt.date(2026, 3, 2)


@pytest.fixture
def root(db) -> User:
    return UserFactory(username="root", is_staff=True, is_superuser=True)


def staff_with(*permissions: str) -> User:
    person = UserFactory(username="sam", is_staff=True)
    names = [permission.split(".")[1] for permission in permissions]
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    return person


def shown(person: User) -> dict[str, Any]:
    response = browser_of(person).get(PAGE)
    assert response.status_code == 200
    assert response.context_data is not None
    return response.context_data


def tiles(person: User) -> dict[str, tuple[str, str, str]]:
    return {tile.title: (tile.value, tile.note, tile.state) for tile in shown(person)["tiles"]}


def figure(name: str, value: int, *, days_ago: int = 0) -> None:
    day = timezone.now().date() - dt.timedelta(days=days_ago)
    DailyFigure.objects.create(date=day, name=name, value=value)


def made(job: JobState, *, minutes_ago: int) -> None:
    at = timezone.now() - dt.timedelta(minutes=minutes_ago)
    type(job).objects.filter(pk=job.pk).update(created_at=at)


def test_charts_show_the_daily_figures(root: User):
    figure("active_month", 1234)
    figure("workouts", 40, days_ago=2)
    figure("workouts", 20, days_ago=8)

    panels = {panel.chart.title: panel for panel in shown(root)["panels"]}

    assert list(panels) == ["Active people", "Sign-ups", "Workouts", "Meal entries", "Posts"]
    assert panels["Active people"].value == "1,234"
    assert panels["Workouts"].value == "40"
    assert panels["Workouts"].note == "in 7 days; 20 in the 7 before"
    assert panels["Workouts"].url == reverse("admin:workouts_workout_changelist")
    assert "Workouts: 40</title>" in panels["Workouts"].chart.svg
    assert panels["Sign-ups"].chart.is_empty


def test_tiles_tell_what_needs_somebody(root: User):
    two_days_ago = timezone.now() - dt.timedelta(days=2)
    ReportFactory(created_at=two_days_ago)
    OutboxMessage.objects.create(kind="mail", payload={}, failed_at=timezone.now())
    WorkoutImportFactory(status="failed")
    made(WorkoutImportFactory(status="running"), minutes_ago=9)
    WorkoutImportFactory(status="pending")

    found = tiles(root)

    assert found["Moderation"] == ("1", "open, the oldest since 2\xa0days", "act")
    assert found["Outbox"] == ("0", "nothing waits; 1 given up", "act")
    assert found["Jobs"] == ("2", "open, 1 of them slow; 1 failed in 7 days", "act")


def test_nothing_to_do_is_told_as_well(root: User):
    found = tiles(root)

    assert found["Moderation"] == ("0", "nothing is open", "ok")
    assert found["Outbox"] == ("0", "nothing waits; 0 given up", "ok")
    assert found["Jobs"] == ("0", "open, 0 of them slow; 0 failed in 7 days", "ok")


def test_jobs_are_told_by_kind_and_the_slow_ones_by_name(root: User):
    slow = SyncRunFactory(status="pending")
    made(slow, minutes_ago=20)
    WorkoutImportFactory(status="failed")

    page = shown(root)

    kinds = {kind.name: (kind.waiting, kind.running, kind.failed) for kind in page["jobs"]}
    assert kinds["Device syncs"] == ("1", "0", "0")
    assert kinds["Workout imports"] == ("0", "0", "1")
    assert [(job.name, job.since, job.url) for job in page["slow_jobs"]] == [
        (
            "Device syncs",
            "20\xa0minutes",
            reverse("admin:wearables_syncrun_change", args=[slow.pk]),
        )
    ]


def test_sync_health_is_told_by_provider_with_what_is_known_of_it(root: User):
    figure("devices.oura.ok", 7, days_ago=1)
    figure("devices.oura.ok", 5)
    figure("devices.oura.reauth", 2)
    ProviderStateFactory(slug="garmin", failures=3)

    providers = {one.name: one for one in shown(root)["providers"]}

    assert providers["oura"].states == {"ok": 5, "waiting": 0, "reauth": 2, "failing": 0}
    assert providers["garmin"].trouble == "3 failures in a row"


def test_a_redis_that_does_not_answer_is_told_and_the_page_goes_on(root: User, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    found = tiles(root)

    assert found["Tasks"] == ("–", "Redis does not answer", "act")


def test_the_page_costs_the_same_for_much_as_for_little(
    root: User, django_assert_num_queries: DjangoAssertNumQueries
):
    for days_ago in range(90):
        figure("workouts", 10, days_ago=days_ago)
    for _ in range(3):
        ReportFactory()
        WorkoutImportFactory(status="pending")
        SyncRunFactory(device=DeviceFactory(), status="failed")
        OutboxMessage.objects.create(id=uuid7(), kind="mail", payload={})
    browser = browser_of(root)

    # The session and its person; jobs that are open and that failed, reports, the outbox, the
    # size, figures, the connections and their providers; the trail's savepoint.
    with django_assert_num_queries(12):
        response = browser.get(PAGE)

    assert response.status_code == 200


def test_staff_see_as_much_as_their_permissions_reach(db):
    figure("workouts", 10)
    sam = staff_with("social.view_report", "workouts.view_workout")

    page = shown(sam)

    assert [tile.title for tile in page["tiles"]] == ["Moderation"]
    assert [panel.chart.title for panel in page["panels"]] == ["Workouts"]
    assert page["jobs"] == page["slow_jobs"] == page["providers"] == []


def test_staff_without_permissions_see_nothing_and_nothing_is_asked_for(
    db, django_assert_num_queries: DjangoAssertNumQueries
):
    browser = browser_of(staff_with())

    # The session, its person, what they and their groups may do; the trail's savepoint.
    with django_assert_num_queries(6):
        response = browser.get(PAGE)

    page = response.context
    assert (page["tiles"], page["panels"], page["jobs"], page["app_list"]) == ([], [], [], [])


def test_lists_are_grouped_by_what_people_look_for(db):
    sam = staff_with("users.view_user", "nutrition.view_food", "users.view_outboxmessage")

    groups = shown(sam)["app_list"]

    assert {group["name"]: [str(one["name"]) for one in group["models"]] for group in groups} == {
        "People": ["Users"],
        "Food catalog": ["Foods"],
        "Machinery": ["Outbox messages"],
    }


def test_the_figures_behind_the_charts_are_a_list_that_nobody_changes(root: User):
    for days_ago in range(3):
        figure("workouts", 10, days_ago=days_ago)
    figure("posts", 5)
    one = DailyFigure.objects.get(name="posts")
    browser, address = browser_of(root), reverse("admin:analytics_dailyfigure_changelist")
    few = queries_of(browser, address)
    figure("workouts", 10, days_ago=3)

    found = browser.get(address, {"q": "post"}).context["cl"].result_list
    way = reverse("admin:analytics_dailyfigure_change", args=[one.pk])
    refused = [browser.post(way, {"value": 9}), browser.post(way.replace("change", "delete"))]

    assert list(found) == [one]
    assert queries_of(browser, address) == few
    assert [answer.status_code for answer in refused] == [403, 403]
    assert DailyFigure.objects.get(pk=one.pk).value == 5


# --- Charts ----------------------------------------------------------------------------------


def days(count: int) -> list[dt.date]:
    return [MONDAY + dt.timedelta(days=n) for n in range(count)]


def test_a_chart_has_round_lines_and_a_sentence_for_each_day():
    series = [Series(name="<Sets>", values=[3, None, 17], look="main", is_line=False)]

    chart = by_day("Sets", days(3), series, says="20 sets.", unit="kg")

    assert chart.heights == [
        ("100.00%", "0"),
        ("75.00%", "5"),
        ("50.00%", "10"),
        ("25.00%", "15"),
        ("0.00%", "20"),
    ]
    assert "<title>Mar 2, 2026\n&lt;Sets&gt;: 3 kg</title>" in chart.svg
    assert 'aria-label="Sets. 20 sets."' in chart.svg
    assert chart.rows == [["Mar 2, 2026", "3 kg"], ["Mar 4, 2026", "17 kg"]]


def test_a_line_has_a_gap_where_nothing_is_known():
    series = [Series(name="Pulse", values=[50, 52, None, 51], look="main")]

    chart = by_day("Pulse", days(4), series, says="", from_zero=False)

    assert chart.svg.count("h0.01") == 2
    assert [name for _, name in chart.heights] == ["50.0", "50.5", "51.0", "51.5", "52.0"]


@pytest.mark.parametrize("values", [[0], [7], [-3, -3], [0.001], [1e9], []])
def test_every_value_lies_within_the_drawing(values: list[float]):
    chart = by_day("Any", days(len(values)), [Series(name="Any", values=values)], says="")

    places = [float(place.rstrip("%")) for place, _ in chart.heights]
    assert (min(places), max(places)) == (0, 100)


def test_a_year_is_drawn_in_weeks_from_monday_on():
    minutes = {MONDAY: 30.0, dt.date(2026, 3, 8): 120.0}

    chart = heat_map("Training", minutes, year=2026, says="2 days.", unit="min")

    assert chart.svg.count("<rect") == 365
    assert '<rect class="heat-1" x="108" y="0"' in chart.svg
    assert '<rect class="heat-4" x="108" y="72"' in chart.svg
    assert chart.rows[2] == ["March", "2", "150"]


def test_weeks_add_up_or_average_what_is_known():
    known = {MONDAY: 2.0, MONDAY + dt.timedelta(days=1): 4.0}

    weeks, sums = weekly(days(14), known.get, mean=False)
    _, means = weekly(days(14), known.get, mean=True)

    assert weeks == [MONDAY, dt.date(2026, 3, 9)]
    assert (sums, means) == ([6.0, 0], [3.0, None])
