"""Goals of all kinds over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from analytics.models import BodyGoal, Goal, HabitGoal, StrengthGoal
from analytics.services import goals
from tests.factories.analytics import (
    BodyGoalFactory,
    BodyMetricFactory,
    HabitGoalFactory,
    StrengthGoalFactory,
    StrengthProgressFactory,
    TrainingDayFactory,
)
from tests.factories.workouts import CustomExerciseFactory, ExerciseFactory
from tests.users.races import at_once
from users.ids import uuid7
from users.models import Tombstone, UserSettings

pytestmark = pytest.mark.django_db

URL = "/api/v1/goals/"
MONDAY = dt.date(2026, 3, 2)
TODAY = dt.date(2026, 3, 29)
BODY = {"type": "body", "title": "Down", "measure": "weight", "target_value": 75}
HABIT = {
    "type": "habit",
    "title": "Water",
    "habit": "water",
    "days_per_week": 5,
    "weeks": 4,
}


@pytest.fixture(autouse=True)
def _the_end_of_march(api, bens_api, monkeypatch):
    """Once all have logged in, whose sessions end by the database's clock."""
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC))


def strength(exercise, **values):
    return {
        "type": "strength",
        "title": "Bench",
        "exercise": str(exercise.pk),
        "target_kg": 120,
        **values,
    }


def url(goal: Goal, more: str = "") -> str:
    return f"{URL}{goal.pk}/{more}"


def errors(response):
    return response.status_code, [(e["code"], e["attr"]) for e in response.json()["errors"]]


def lifted(person, exercise, **kg_by_day: float) -> None:
    for day, kg in kg_by_day.items():
        date = MONDAY + dt.timedelta(days=int(day.removeprefix("d")))
        StrengthProgressFactory(user=person, exercise=exercise, date=date, one_rep_max=kg)


# --- Setting -------------------------------------------------------------------------------------


def test_a_strength_goal_says_at_once_where_it_stands(api, ana):
    bench = ExerciseFactory()
    lifted(ana, bench, d0=100, d7=110)

    response = api.post(URL, strength(bench, start_date="2026-03-02", target_date="2026-06-01"))

    assert response.status_code == 201
    shown = response.json()
    assert shown | {"id": 0, "provenance": 0, "created_at": 0, "updated_at": 0} == {
        "id": 0,
        "type": "strength",
        "title": "Bench",
        "start_date": "2026-03-02",
        "target_date": "2026-06-01",
        "status": "active",
        "is_abandoned": False,
        "notes": "",
        "exercise": str(bench.pk),
        "target_kg": 120.0,
        "unit": "kg",
        "start_value": 100.0,
        "current_value": 110.0,
        "progress_percent": 50.0,
        "achieved_on": None,
        "forecast_date": None,
        "forecast_earliest": None,
        "forecast_latest": None,
        "provenance": 0,
        "created_at": 0,
        "updated_at": 0,
    }
    assert shown["provenance"]["progress"]["formula"]["id"] == "strength_goal"
    assert shown["provenance"]["progress"]["window"] == {
        "first": "2026-03-02",
        "last": "2026-03-09",
        "count": 2,
    }
    assert shown["provenance"]["forecast"]["caveats"] == ["There are too few values of late."]
    assert StrengthGoal.objects.get().user == ana


def test_a_goal_begins_today_by_the_persons_own_day(api, ana):
    ana.profile.timezone = "Pacific/Kiritimati"
    ana.profile.save()

    body, habit = api.post(URL, BODY).json(), api.post(URL, HABIT).json()

    assert [body["start_date"], habit["start_date"]] == ["2026-03-30"] * 2
    assert (body["unit"], body["current_value"], body["progress_percent"]) == ("kg", None, None)
    assert (habit["unit"], habit["current_value"], habit["progress_percent"]) == ("weeks", 0, 0)
    assert [type(goal) for goal in Goal.objects.order_by("id")] == [BodyGoal, HabitGoal]


def test_a_goal_that_is_reached_already_says_so(api, ana):
    BodyMetricFactory(user=ana, date=MONDAY, weight=None, waist=90)
    BodyMetricFactory(user=ana, date=TODAY, weight=None, waist=80)

    goal = api.post(
        URL, {**BODY, "measure": "waist", "target_value": 80, "start_date": "2026-03-02"}
    ).json()

    assert (goal["status"], goal["achieved_on"]) == ("achieved", "2026-03-29")
    assert (goal["progress_percent"], goal["provenance"]["forecast"]) == (100.0, None)


def test_a_phone_may_name_its_goal_and_repeat_itself(api):
    content = {**HABIT, "id": str(uuid7())}

    first, again = api.post(URL, content), api.post(URL, content)
    other = api.post(URL, {**content, "weeks": 5})

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"] == content["id"]
    assert errors(other) == (409, [("id_taken", None)])
    assert Goal.objects.count() == 1


def test_a_key_makes_a_goal_once(api):
    first, again = (api.post(URL, HABIT, headers={"Idempotency-Key": "one"}) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


@pytest.mark.parametrize("factory", [StrengthGoalFactory, BodyGoalFactory, HabitGoalFactory])
def test_a_deleted_goal_does_not_come_back(api, ana, factory):
    goal = factory(user=ana)

    gone = api.delete(url(goal))
    late = api.post(URL, {**HABIT, "id": str(goal.pk)})

    assert gone.status_code == 204
    assert errors(late) == (409, [("deleted", None)])
    assert not Goal.objects.exists()
    [grave] = Tombstone.objects.all()
    assert (grave.resource, grave.object_id) == ("analytics.goal", goal.pk)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, [("required", "type"), ("required", "title")]),
        ({"type": "dream", "title": "Fly"}, [("invalid_choice", "type")]),
        ({"type": ["body"], "title": "Fly"}, [("invalid_choice", "type")]),
        ({**BODY, "measure": "ears"}, [("invalid_choice", "measure")]),
        ({**BODY, "title": " "}, [("blank", "title")]),
        ({**BODY, "title": "x" * 101}, [("max_length", "title")]),
        ({**BODY, "target_value": 501}, [("max_value", "target_value")]),
        ({**BODY, "target_value": 19}, [("out_of_range", "target_value")]),
        ({**BODY, "target_value": "NaN"}, [("invalid", "target_value")]),
        ({**BODY, "start_date": "1969-12-31"}, [("out_of_range", "start_date")]),
        ({**BODY, "target_date": "2026-03-29"}, [("invalid", "target_date")]),
        ({**HABIT, "days_per_week": 8}, [("max_value", "days_per_week")]),
        ({**HABIT, "days_per_week": 0}, [("min_value", "days_per_week")]),
        ({**HABIT, "weeks": 105}, [("max_value", "weeks")]),
        ({**HABIT, "habit": "sleep"}, [("invalid_choice", "habit")]),
        (
            {"type": "strength", "title": "Bench", "target_kg": 0},
            [("required", "exercise"), ("min_value", "target_kg")],
        ),
    ],
)
def test_what_is_no_goal_is_refused_by_name(api, content, expected):
    assert errors(api.post(URL, content)) == (400, expected)
    assert not Goal.objects.exists()


def test_another_persons_exercise_is_refused_like_none(api, ben):
    theirs = CustomExerciseFactory(created_by=ben)

    assert errors(api.post(URL, strength(theirs))) == (400, [("does_not_exist", "exercise")])
    assert not Goal.objects.exists()


def test_there_are_only_so_many_goals(api, ana, monkeypatch):
    monkeypatch.setattr(goals, "MOST_GOALS", 1)
    HabitGoalFactory(user=ana)

    assert errors(api.post(URL, HABIT)) == (409, [("too_many_goals", None)])
    assert Goal.objects.count() == 1


# --- Reading -------------------------------------------------------------------------------------


def test_goals_come_newest_first_and_a_page_at_a_time(api, ana, ben):
    made = [
        str(factory(user=ana).pk)
        for factory in (StrengthGoalFactory, BodyGoalFactory, HabitGoalFactory) * 2
    ]
    HabitGoalFactory(user=ben)

    seen, link = [], f"{URL}?page_size=4"
    while link:
        page = api.get(link).json()
        seen += page["results"]
        link = page["next"]

    assert [goal["id"] for goal in seen] == made[::-1]
    assert [goal["type"] for goal in seen[:3]] == ["habit", "body", "strength"]
    assert seen[0] == api.get(f"{URL}{made[-1]}/").json()
    assert {"habit", "days_per_week", "weeks"} <= seen[0].keys()
    assert not {"measure", "exercise", "target_kg"} & seen[0].keys()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "strength"}, ["Lift"]),
        ({"type": "body"}, ["Waist", "Weight"]),
        ({"status": "active"}, ["Waist", "Lift"]),
        ({"status": "achieved"}, ["Weight"]),
        ({"status": "abandoned"}, ["Habit"]),
        ({"type": "body", "status": "active"}, ["Waist"]),
        ({"updated_since": "2100-01-01T00:00:00Z"}, []),
    ],
)
def test_goals_are_narrowed(api, ana, query, expected):
    StrengthGoalFactory(user=ana, title="Lift")
    BodyGoalFactory(user=ana, title="Weight", achieved_on=TODAY, is_abandoned=True)
    HabitGoalFactory(user=ana, title="Habit", is_abandoned=True)
    BodyGoalFactory(user=ana, title="Waist", measure="waist")

    rows = api.get(URL, query).json()["results"]

    assert [row["title"] for row in rows] == expected


@pytest.mark.parametrize("name", ["type", "status", "updated_since", "explain", "cursor"])
def test_a_filter_that_is_none_is_refused_by_name(api, name):
    status, [(_, attr)] = errors(api.get(URL, {name: "nonsense"}))

    assert (status, attr) == (400, name)


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_six_queries(api, ana, count, django_assert_num_queries):
    for _ in range(count):
        StrengthGoalFactory(user=ana)
        BodyGoalFactory(user=ana)
        HabitGoalFactory(user=ana)

    # Whose token, the page, the person's day, and the diaries of three kinds of goals.
    with django_assert_num_queries(6):
        rows = api.get(URL).json()["results"]

    assert len(rows) == 3 * count


def test_one_goal_costs_four_queries(api, ana, django_assert_num_queries):
    goal = StrengthGoalFactory(user=ana)

    with django_assert_num_queries(4):  # whose token, the goal, the person's day, the lifts
        assert api.get(url(goal)).status_code == 200


def test_a_goal_explains_itself(api, ana):
    goal = BodyGoalFactory(user=ana, measure="waist", target_value=80, start_date=MONDAY)
    BodyMetricFactory(user=ana, date=MONDAY, weight=None, waist=90)
    BodyMetricFactory(user=ana, date=TODAY, weight=None, waist=86)

    plain = api.get(url(goal)).json()["provenance"]
    explained = api.get(url(goal), {"explain": 1}).json()["provenance"]

    assert "explanation" not in plain["progress"]
    assert explained["progress"]["explanation"] == [
        "Way to a measure of the body.",
        "Looked at 2026-03-02 to 2026-03-29.",
        "It began at 90 cm.",
        "It stands at 86 cm.",
        "That is 40 % of the way to 80 cm.",
    ]
    assert explained["forecast"]["explanation"][-1] == "There are too few values of late."


def test_a_steady_lift_has_a_forecast_with_its_interval(api, ana):
    goal = StrengthGoalFactory(user=ana, target_kg=120, start_date=MONDAY)
    for week in range(8):
        wobble = 0.5 if week % 2 else 0
        date = TODAY - dt.timedelta(weeks=7 - week)
        StrengthProgressFactory(
            user=ana, exercise=goal.exercise, date=date, one_rep_max=100 + week + wobble
        )

    goals.change_goal(user_id=ana.pk, goal_id=goal.pk, content={}, now=timezone.now())
    shown = api.get(url(goal)).json()

    assert shown["forecast_date"] == "2026-06-24"
    assert (shown["forecast_earliest"], shown["forecast_latest"]) == ("2026-06-19", "2026-06-30")


def test_a_history_has_the_days_since_the_start(api, ana):
    goal = StrengthGoalFactory(user=ana, target_kg=120, start_date=MONDAY)
    lifted(ana, goal.exercise, **{"d-7": 100, "d2": 95, "d9": 110, "d16": 105, "d23": 121})

    history = api.get(url(goal, "history/")).json()

    assert history["id"] == str(goal.pk)
    assert (history["type"], history["unit"]) == ("strength", "kg")
    assert (history["start_value"], history["target_value"]) == (100, 120)
    assert history["points"] == [
        {"date": "2026-03-04", "value": 95.0, "progress_percent": 0.0},
        {"date": "2026-03-11", "value": 110.0, "progress_percent": 50.0},
        {"date": "2026-03-18", "value": 110.0, "progress_percent": 50.0},
        {"date": "2026-03-25", "value": 121.0, "progress_percent": 100.0},
    ]


def test_a_history_of_a_habit_has_its_weeks(api, ana):
    UserSettings.objects.filter(user=ana).update(week_starts_on=3)
    goal = HabitGoalFactory(user=ana, days_per_week=2, weeks=4, start_date=MONDAY)
    for number in (2, 3, 9, 10):
        TrainingDayFactory(user=ana, date=MONDAY + dt.timedelta(days=number))

    history = api.get(url(goal, "history/"), {"explain": 1}).json()

    assert [(point["date"], point["value"]) for point in history["points"]] == [
        ("2026-03-05", 1),
        ("2026-03-12", 2),
        ("2026-03-24", 0),
    ]
    assert history["provenance"]["explanation"][-1] == (
        "That is 0 % of the way to 4 weeks in a row."
    )


# --- Changing ------------------------------------------------------------------------------------


def test_a_change_moves_where_it_stands(api, ana):
    goal = StrengthGoalFactory(user=ana, target_kg=120, start_date=MONDAY)
    lifted(ana, goal.exercise, d0=100, d7=110)

    easier = api.patch(url(goal), {"target_kg": 105})
    harder = api.patch(url(goal), {"target_kg": 140, "title": "Press", "notes": "Hm."})

    assert (easier.status_code, easier.json()["status"]) == (200, "achieved")
    assert harder.json()["progress_percent"] == 25.0
    assert (harder.json()["status"], harder.json()["achieved_on"]) == ("active", None)
    stored = StrengthGoal.objects.get()
    assert (stored.target_kg, stored.title, stored.notes) == (140, "Press", "Hm.")


def test_a_goal_is_given_up_and_taken_up_again(api, ana):
    goal = HabitGoalFactory(user=ana)

    given_up = api.patch(url(goal), {"is_abandoned": True}).json()
    taken_up = api.patch(url(goal), {"is_abandoned": False}).json()

    assert (given_up["status"], taken_up["status"]) == ("abandoned", "active")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"type": "habit"}, ("invalid_choice", "type")),
        ({"measure": "waist", "target_value": 4}, ("out_of_range", "target_value")),
        ({"target_value": None}, ("null", "target_value")),
        ({"target_date": "2026-03-01"}, ("invalid", "target_date")),
        ({"title": ""}, ("blank", "title")),
    ],
)
def test_a_change_to_what_is_no_goal_changes_nothing(api, ana, content, expected):
    goal = BodyGoalFactory(user=ana, title="Down", start_date=MONDAY)

    assert errors(api.patch(url(goal), content)) == (400, [expected])
    stored = BodyGoal.objects.get()
    assert (stored.title, stored.measure, stored.target_value) == ("Down", "weight", 75)
    assert stored.revision == goal.revision


def test_a_goal_keeps_its_id(api, ana):
    goal = HabitGoalFactory(user=ana)

    api.patch(url(goal), {"id": str(uuid7()), "weeks": 8})

    [stored] = HabitGoal.objects.all()
    assert (stored.pk, stored.weeks) == (goal.pk, 8)


# --- Whose ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [StrengthGoalFactory, BodyGoalFactory, HabitGoalFactory])
def test_another_persons_goal_is_not_there(bens_api, ana, factory):
    goal = factory(user=ana)

    answers = [
        bens_api.get(url(goal)),
        bens_api.get(url(goal, "history/")),
        bens_api.patch(url(goal), {"title": "Mine"}),
        bens_api.delete(url(goal)),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert bens_api.get(URL).json()["results"] == []
    assert Goal.objects.get().title == goal.title


def test_nobody_has_goals_without_a_token(anonymous, ana):
    goal = HabitGoalFactory(user=ana)

    answers = [
        anonymous.get(URL),
        anonymous.post(URL, HABIT),
        anonymous.get(url(goal)),
        anonymous.patch(url(goal), {}),
        anonymous.delete(url(goal)),
        anonymous.get(url(goal, "history/")),
    ]

    assert [answer.status_code for answer in answers] == [401] * 6


def test_the_change_feed_shows_goals_as_they_are_read(api, ana):
    made = [StrengthGoalFactory(user=ana), BodyGoalFactory(user=ana), HabitGoalFactory(user=ana)]
    api.delete(url(made[0]))

    changes = api.get("/api/v1/sync/").json()["results"]

    told = {c["id"]: c for c in changes if c["resource"] == "analytics.goal"}
    assert told[str(made[0].pk)]["deleted"]
    for goal in made[1:]:
        assert told[str(goal.pk)]["data"] == api.get(url(goal)).json()


@pytest.mark.django_db(transaction=True)
def test_equal_requests_at_once_make_one_goal(api):
    content = {**HABIT, "id": str(uuid7())}

    answers = at_once(6, lambda _: api.post(URL, content).status_code)

    assert sorted(answers) == [200] * 5 + [201]
    assert Goal.objects.count() == 1
