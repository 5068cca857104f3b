"""The admin's pages about what follows from the diaries: who sees what, and its pictures."""

import datetime as dt
from itertools import count

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.models import (
    AnalyticsState,
    BodyGoal,
    BodyMetric,
    DailyFigure,
    Goal,
    HabitGoal,
    NutritionSummary,
    OneRmTest,
    PersonalRecord,
    StrengthGoal,
    StrengthProgress,
    TrainingBreak,
    TrainingDay,
    WorkoutAnalysis,
)
from tests.factories.analytics import (
    BodyGoalFactory,
    BodyMetricFactory,
    HabitGoalFactory,
    NutritionSummaryFactory,
    OneRmTestFactory,
    PersonalRecordFactory,
    StrengthGoalFactory,
    StrengthProgressFactory,
    TrainingBreakFactory,
    TrainingDayFactory,
    WorkoutAnalysisFactory,
)
from tests.factories.users import UserFactory
from tests.users.admin_client import browser_of, queries_of
from users.models import User

pytestmark = pytest.mark.django_db

KINDS_OF_GOALS = [StrengthGoalFactory, BodyGoalFactory, HabitGoalFactory]
counted = count()


def goal_of_any_kind() -> Goal:
    return Goal.objects.get(pk=KINDS_OF_GOALS[next(counted) % 3]().pk)


ROWS = {
    AnalyticsState: lambda: AnalyticsState.objects.create(user=UserFactory(), revision=1),
    BodyMetric: BodyMetricFactory,
    Goal: goal_of_any_kind,
    NutritionSummary: NutritionSummaryFactory,
    OneRmTest: OneRmTestFactory,
    PersonalRecord: PersonalRecordFactory,
    StrengthProgress: StrengthProgressFactory,
    TrainingBreak: TrainingBreakFactory,
    TrainingDay: TrainingDayFactory,
    WorkoutAnalysis: WorkoutAnalysisFactory,
}
INSIDE_ANOTHER = {StrengthGoal, BodyGoal, HabitGoal}
# Its page has tests with those of the first page, whose charts it is behind.
OF_NOBODY = {DailyFigure}
MODELS = pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
CHARTS = {
    "strength": StrengthProgress,
    "weight": BodyMetric,
    "muscles": WorkoutAnalysis,
    "calories": NutritionSummary,
    "load": TrainingDay,
}


def url(model: type, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def chart_url(person: User, chart: str) -> str:
    return reverse("admin:analytics_chart", args=[person.pk, chart])


def staff_who_may(*codenames: str) -> User:
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return staff


@pytest.fixture
def desk(db) -> Client:
    """The browser of somebody who may do everything."""
    return browser_of(UserFactory(username="root", is_staff=True, is_superuser=True))


# --- Every page ------------------------------------------------------------------------------


def test_every_model_is_here():
    ours = set(apps.get_app_config("analytics").get_models())

    assert ours == set(ROWS) | INSIDE_ANOTHER | OF_NOBODY
    assert set(ROWS) <= set(admin.site._registry)


@MODELS
def test_the_pages_of_a_model_answer(model, desk: Client):
    row = ROWS[model]()

    pages = [
        desk.get(url(model)),
        desk.get(url(model), {"q": "e"}),
        desk.get(url(model, "change", row.pk)),
    ]

    assert {page.status_code for page in pages} == {200}
    assert desk.get(url(model, "add")).status_code == 403


@MODELS
def test_staff_need_the_permission_of_the_model(model):
    row = ROWS[model]()
    addresses = (url(model), url(model, "change", row.pk))
    stranger = browser_of(staff_who_may())
    reader = browser_of(staff_who_may(f"view_{model._meta.model_name}"))

    assert [stranger.get(address).status_code for address in addresses] == [403, 403]
    assert [reader.get(address).status_code for address in addresses] == [200, 200]
    assert reader.post(url(model, "change", row.pk), {}).status_code == 403


@MODELS
def test_filters_answer(model, desk: Client):
    ROWS[model]()

    page = desk.get(url(model))
    links = [
        choice["query_string"]
        for spec in page.context["cl"].filter_specs
        for choice in spec.choices(page.context["cl"])
    ]

    assert {desk.get(url(model) + link).status_code for link in links} <= {200}


@MODELS
def test_a_list_costs_the_same_for_any_number_of_rows(model, desk: Client):
    ROWS[model]()
    queries_of(desk, url(model))  # content types and the like are remembered from here on
    few = queries_of(desk, url(model))
    for _ in range(9):
        ROWS[model]()

    assert queries_of(desk, url(model)) == few


@MODELS
def test_nobody_changes_or_deletes_a_row_by_hand(model, desk: Client):
    row = ROWS[model]()
    before = model.objects.filter(pk=row.pk).values().get()

    changed = desk.post(url(model, "change", row.pk), {"notes": "X", "revision": "7"})
    deleted = desk.post(url(model, "delete", row.pk), {"post": "yes"})
    choice = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    desk.post(url(model), choice)

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert model.objects.filter(pk=row.pk).values().get() == before


@MODELS
def test_what_a_person_has_is_found_by_their_name(model, desk: Client):
    row = ROWS[model]()
    ROWS[model]()

    found = desk.get(url(model), {"q": row.user.username}).context["cl"].result_list

    assert [one.pk for one in found] == [row.pk]


def test_goals_say_what_they_aim_for(desk: Client, ana: User):
    StrengthGoalFactory(user=ana, exercise__name="Squat", target_kg=140)
    BodyGoalFactory(user=ana, measure="weight", target_value=75)
    HabitGoalFactory(user=ana, habit="workouts", days_per_week=3, weeks=4)

    page = desk.get(url(Goal)).content.decode()

    assert "Squat: 1RM of 140 kg" in page
    assert "Weight, kg: 75" in page
    assert "Days with a workout: 3 a week, 4 weeks" in page


def test_goals_are_filtered_by_kind_and_by_status(desk: Client, ana: User):
    done = StrengthGoalFactory(user=ana, achieved_on=dt.date(2026, 3, 9))
    given_up = BodyGoalFactory(user=ana, is_abandoned=True)
    active = HabitGoalFactory(user=ana)

    def listed(**query: str) -> list[object]:
        return [goal.pk for goal in desk.get(url(Goal), query).context["cl"].result_list]

    assert listed(kind="strength") == [done.pk]
    assert listed(kind="habit") == [active.pk]
    assert listed(status="achieved") == [done.pk]
    assert listed(status="abandoned") == [given_up.pk]
    assert listed(status="active") == [active.pk]


# --- Pictures --------------------------------------------------------------------------------


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_for_staff_who_may_view_what_it_shows(chart: str, ana: User):
    model = f"view_{CHARTS[chart]._meta.model_name}"
    reader = browser_of(staff_who_may(model, "view_health_values"))
    stranger = browser_of(staff_who_may("view_user", "view_health_values"))

    shown = reader.get(chart_url(ana, chart))

    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "image/svg+xml"
    assert "no-store" in shown.headers["Cache-Control"]
    assert stranger.get(chart_url(ana, chart)).status_code == 403


def test_a_chart_is_not_for_people_who_are_no_staff(ana: User):
    assert browser_of(ana).get(chart_url(ana, "weight")).status_code == 302


def test_the_page_of_a_person_has_the_charts_that_the_reader_may_see(ana: User):
    reader = browser_of(staff_who_may("view_user", "view_bodymetric", "view_health_values"))

    page = reader.get(url(User, "change", ana.pk)).content.decode()

    assert chart_url(ana, "weight") in page
    assert chart_url(ana, "calories") not in page


def test_the_page_of_a_person_has_all_charts_for_a_superuser(desk: Client, ana: User):
    page = desk.get(url(User, "change", ana.pk)).content.decode()

    assert all(chart_url(ana, chart) in page for chart in CHARTS)


def test_the_page_for_a_new_person_has_no_charts(desk: Client):
    page = desk.get(url(User, "add"))

    assert page.status_code == 200
    assert b"Charts of half a year" not in page.content


def test_the_chart_of_strength_is_of_the_exercise_trained_most(desk: Client, ana: User):
    today = timezone.now().date()
    squat = StrengthProgressFactory(user=ana, exercise__name="Squat", date=today).exercise
    StrengthProgressFactory(user=ana, exercise=squat, date=today - dt.timedelta(days=3))
    row = StrengthProgressFactory(user=ana, exercise__name="Bench Press", date=today)

    most = desk.get(chart_url(ana, "strength")).content.decode()
    asked = desk.get(chart_url(ana, "strength"), {"exercise": row.exercise_id}).content.decode()

    assert '<title id="chart-title">Squat</title>' in most
    assert '<title id="chart-title">Bench Press</title>' in asked


def test_a_chart_of_nobody_or_of_nothing_is_a_404(desk: Client, ana: User):
    nobody = User(username="nobody")

    assert desk.get(chart_url(nobody, "weight")).status_code == 404
    assert desk.get(chart_url(ana, "sleep")).status_code == 404
    assert desk.get(chart_url(ana, "strength"), {"exercise": "squat"}).status_code == 404
