"""Daily figures: what the first page of the admin draws."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from analytics import tasks
from analytics.models import DailyFigure
from analytics.services import figures
from tests.factories.analytics import (
    BodyMetricFactory,
    NutritionSummaryFactory,
    TrainingDayFactory,
)
from tests.factories.social import PostFactory
from tests.factories.users import UserFactory
from tests.factories.wearables import DeviceFactory, PhoneFactory, SyncRunFactory
from users.models import User

NOW = dt.datetime(2026, 3, 31, 12, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 3, 31)
YESTERDAY = dt.date(2026, 3, 30)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def figures_of(day: dt.date) -> dict[str, int]:
    return dict(DailyFigure.objects.filter(date=day).values_list("name", "value"))


def test_a_day_counts_what_was_done_on_it_and_nobody_twice(ana: User, ben: User):
    TrainingDayFactory(user=ana, date=TODAY, workouts=2)
    NutritionSummaryFactory(user=ana, date=TODAY, meal_count=5)
    NutritionSummaryFactory(user=ben, date=TODAY, meal_count=3)
    BodyMetricFactory(user=ben, date=YESTERDAY)
    PostFactory(author=ana, created_at=NOW)
    PostFactory(author=ana, created_at=NOW, deleted_at=NOW)
    for joined in (NOW, NOW.replace(hour=0), dt.datetime(2026, 4, 1, tzinfo=dt.UTC)):
        UserFactory(date_joined=joined)

    figures.refresh(now=NOW)

    assert figures_of(TODAY) == {
        "sign_ups": 2,
        "workouts": 2,
        "meals": 8,
        "weigh_ins": 0,
        "posts": 1,
        "active_day": 2,
        "active_week": 2,
        "active_month": 2,
    }
    assert figures_of(YESTERDAY) == {
        "sign_ups": 0,
        "workouts": 0,
        "meals": 0,
        "weigh_ins": 1,
        "posts": 0,
        "active_day": 1,
        "active_week": 1,
        "active_month": 1,
    }


@pytest.mark.parametrize(
    ("days_ago", "active"),
    [
        ((0, 3, 5), (1, 1, 1)),
        ((1, 6), (0, 1, 1)),
        ((7, 29), (0, 0, 1)),
        ((30,), (0, 0, 0)),
    ],
)
def test_people_count_as_active_for_a_day_a_week_and_thirty_days(
    ana: User, days_ago: tuple[int, ...], active: tuple[int, ...]
):
    for days in days_ago:
        TrainingDayFactory(user=ana, date=ago(days))

    figures.refresh(now=NOW)

    found = figures_of(TODAY)
    assert tuple(found[f"active_{span}"] for span in ("day", "week", "month")) == active


def test_history_that_is_imported_later_counts_where_it_belongs(ana: User):
    figures.refresh(now=NOW)
    TrainingDayFactory(user=ana, date=ago(60))

    figures.rebuild_last_days(90, now=NOW)

    days = DailyFigure.objects.filter(name="active_week", value=1).order_by("date")
    assert list(days.values_list("date", flat=True)) == [ago(60 - n) for n in range(7)]
    assert DailyFigure.objects.count() == 90 * len(figures.names())


def test_figures_cost_as_much_for_many_people_and_twice_is_once(
    ana: User, django_assert_num_queries: DjangoAssertNumQueries
):
    TrainingDayFactory(user=ana, date=TODAY)
    figures.refresh(now=NOW)
    before = figures_of(TODAY)
    TrainingDayFactory.create_batch(5, date=TODAY)
    figures.refresh(now=NOW)

    # Two savepoints; what was done, who was active, the upsert; the devices and their reset.
    with django_assert_num_queries(9):
        figures.refresh(now=NOW)

    assert before["workouts"] == 1
    assert figures_of(TODAY)["workouts"] == 6
    assert DailyFigure.objects.count() == 2 * len(figures.names())


def test_connections_are_counted_by_the_worst_that_is_true_of_them(db):
    long_ago = NOW - dt.timedelta(days=3)
    fine = DeviceFactory(next_sync_at=NOW, last_synced=NOW)
    DeviceFactory(next_sync_at=NOW, last_synced=long_ago)
    DeviceFactory(next_sync_at=NOW, last_synced=long_ago, status="reauth_required")
    waiting = DeviceFactory(next_sync_at=NOW, last_synced=NOW)
    SyncRunFactory(device=waiting, status="waiting", due_at=NOW)
    DeviceFactory(is_active=False)
    PhoneFactory()

    figures.refresh(now=NOW)

    assert {
        name: value for name, value in figures_of(TODAY).items() if name.startswith("devices.")
    } == {
        f"devices.{fine.provider}.ok": 1,
        f"devices.{fine.provider}.failing": 1,
        f"devices.{fine.provider}.reauth": 1,
        f"devices.{fine.provider}.waiting": 1,
        "devices.apple_watch.ok": 1,
    }


def test_a_state_that_no_connection_is_in_any_more_is_nought(db):
    device = DeviceFactory(status="reauth_required")
    figures.refresh(now=NOW)
    type(device).objects.filter(pk=device.pk).write(status="active")

    figures.refresh(now=NOW)

    found = figures_of(TODAY)
    assert found[f"devices.{device.provider}.reauth"] == 0
    assert found[f"devices.{device.provider}.ok"] == 1


def test_the_task_makes_today_and_yesterday(db):
    tasks.refresh_figures()

    assert DailyFigure.objects.values("date").distinct().count() == 2


@pytest.mark.parametrize(
    ("since", "said"), [("2999-01-01", "yet to come"), ("1999-01-01", "more than ten years")]
)
def test_days_that_make_no_sense_are_refused(db, since: str, said: str):
    with pytest.raises(CommandError, match=said):
        call_command("rebuild_figures", "--since", since)

    assert not DailyFigure.objects.exists()
