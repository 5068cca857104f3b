"""The admin as somebody sees it who works with it, in one file so that one browser is enough."""

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib import admin
from django.utils import timezone

from analytics.models import DailyFigure
from analytics.services.refresh import refresh_people
from tests.architecture.test_admin_rooms import page as page_of
from tests.architecture.test_admin_rooms import rooms, rows_of_nobody
from tests.browser.chromium import Chromium, Far
from tests.browser.conftest import Open
from tests.browser.parts import covering, parts_of
from tests.factories.nutrition import FoodFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from tests.users.admin_client import browser_of
from tests.users.everything import person_with_everything, use_a_folder_of_the_test
from users.models import User, UserProfile
from workouts.models import Exercise, WorkoutSet

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a-long-password-2026"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def code_of(secret: str) -> str:
    counter = next(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counter))


def staff(**changes: Any) -> User:
    user = UserFactory(username="sam", is_staff=True, is_superuser=True, **changes)
    user.set_password(PASSWORD)
    user.save()
    return user


def log_in(page: Far) -> None:
    page.goto("/admin/")
    page.locator("input[name=login]").fill("sam")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")


def heading(page: Far) -> str:
    return str(page.locator("#content h1, #content h2").first.inner_text())


def run_action(page: Far, *rows: object, action: str) -> None:
    """Tick these rows of the list, choose the action and go."""
    for row in rows:
        page.locator(f"input.action-select[value='{row.pk}']").check()
    page.locator("select[name=action]").select_option(action)
    page.locator("button[name=index]").click()


def is_wider_than_the_window(page: Far) -> bool:
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))


def test_a_window_tells_of_all_that_goes_wrong_in_it(chromium: Chromium, live_server: Any):
    with chromium.window(live_server.url) as window:
        page = Far(chromium.call, window.page)
        page.goto("/accounts/login/")
        page.evaluate("console.warn('careful')")
        page.evaluate("fetch('/nowhere/')")
        page.evaluate("document.body.setAttribute('onclick', 'alert()')")
        page.evaluate(
            """new Promise((done) => {
                setTimeout(() => { throw new Error('broken') })
                const image = new Image()
                image.onerror = done
                image.src = 'http://example.com/x'
            })"""
        )

    told = "\n".join(window.wrong)
    assert "warning: careful" in told
    assert "error: broken" in told
    assert f"404: {live_server.url}/nowhere/" in told
    assert "example.com/x" in told
    assert "Content Security Policy" in told


# --- Logging in ------------------------------------------------------------------------------


def test_staff_log_in_with_password_and_code(window: Open):
    secret = generate_totp_secret()
    TOTP.activate(staff(), secret)
    page = window().page

    log_in(page)
    page.wait_for_url("**/2fa/authenticate/**")
    page.locator("input[name=code]").first.fill(code_of(secret))
    page.locator("input[name=code]").first.press("Enter")
    page.wait_for_url("**/admin/")

    assert page.locator("#user-tools").inner_text().lower().count("log out") == 1


def test_who_has_no_second_factor_sets_one_up_before_anything_else(window: Open):
    staff()
    page = window().page

    log_in(page)
    page.wait_for_url("**/reauthenticate/**")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/2fa/totp/activate/")
    secret = page.locator("input[name=totp_secret], #authenticator_secret").first.input_value()
    page.locator("input[name=code]").fill(code_of(secret))
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url(re.compile("recovery-codes"))
    page.goto("/admin/")

    assert page.locator("#user-tools").count() == 1


# --- Looking up, and putting right -----------------------------------------------------------


def test_a_person_is_searched_opened_and_edited(window: Open, root: User):
    ana, _ = UserFactory(username="ana"), UserFactory(username="ben")
    page = window(root).page

    page.goto("/admin/users/user/")
    page.locator("#searchbar").fill("ana")
    page.locator("#searchbar").press("Enter")
    page.wait_for_url("**q=ana**")
    names = page.locator("#result_list tbody th").all_inner_texts()
    page.locator("#result_list tbody th a").first.click()
    page.locator("#id_profile-0-display_name").fill("Ana of the hills")
    page.locator("input[name=_continue]").click()
    page.locator(".messagelist .success").wait_for()

    assert names == ["ana"]
    assert UserProfile.objects.get(user=ana).display_name == "Ana of the hills"


def test_an_account_is_suspended_after_a_question_with_a_reason(window: Open, root: User):
    ana = UserFactory(username="ana")
    page = window(root).page

    page.goto("/admin/users/user/")
    run_action(page, ana, action="suspend")
    page.locator("textarea[name=reason]").fill("Insults in three groups.")
    page.locator("#content input[type=submit]").click()
    said = page.locator(".messagelist").inner_text()

    assert "is suspended; a mail tells them why" in said
    assert not User.objects.get(pk=ana.pk).is_active


def test_a_question_can_be_answered_with_no(window: Open, root: User):
    ana = UserFactory(username="ana")
    page = window(root).page

    page.goto("/admin/users/user/")
    run_action(page, ana, action="suspend")
    page.locator(".cancel-link").click()
    page.wait_for_url("**/admin/users/user/")

    assert User.objects.get(pk=ana.pk).is_active


def test_exercises_are_merged_into_one_that_is_looked_up(window: Open, root: User):
    keep, double = ExerciseFactory(name="Bench press"), ExerciseFactory(name="Bench pres")
    WorkoutSetFactory(exercise=double, workout=WorkoutFactory())
    page = window(root).page

    page.goto("/admin/workouts/exercise/")
    run_action(page, double, action="merge")
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("Bench press")
    page.locator(".select2-results__option", has_text="Bench press").click()
    page.locator("#content input[type=submit]").click()
    said = page.locator(".messagelist").inner_text()

    assert "1 merged into Bench press." in said
    assert WorkoutSet.objects.get().exercise_id == keep.pk
    assert not Exercise.objects.filter(pk=double.pk).exists()


def test_a_food_is_marked_as_checked(window: Open, root: User):
    food = FoodFactory(name="Skyr", verified=False)
    page = window(root).page

    page.goto("/admin/nutrition/food/")
    run_action(page, food, action="verify")
    said = page.locator(".messagelist").inner_text()

    food.refresh_from_db()
    assert "1 checked." in said
    assert food.verified


# --- Charts ----------------------------------------------------------------------------------


def drawn(page: Far) -> list[float]:
    """How high the charts of the page are that draw something, in px."""
    heights = []
    for svg in page.locator("figure.chart svg").all():
        box = svg.bounding_box()
        if box and svg.locator("path, rect, polyline, line, circle").count():
            heights.append(box["height"])
    return heights


def test_the_first_page_draws_its_charts(window: Open, root: User):
    today = timezone.now().date()
    DailyFigure.objects.bulk_create(
        DailyFigure(date=today - dt.timedelta(days=day), name=name, value=day + 1)
        for day in range(90)
        for name in ("sign_ups", "active_day", "active_week", "active_month", "workouts", "meals")
    )
    page = window(root).page

    page.goto("/admin/")

    heights = drawn(page)
    assert len(heights) >= 4
    assert min(heights) > 50


def test_a_persons_year_is_drawn(window: Open, root: User):
    ana = UserFactory(username="ana")
    today = timezone.now().date()
    for days in range(5):
        workout = WorkoutFactory(user=ana, date=today - dt.timedelta(days=days))
        WorkoutSetFactory(workout=workout)
    refresh_people([ana.pk], now=timezone.now())
    page = window(root).page

    page.goto(f"/admin/users/user/{ana.pk}/change/")
    page.locator(".object-tools a", has_text="Year").click()
    page.wait_for_url("**/year/")

    assert "@ana" in page.locator("#content .lede").inner_text()
    assert len(drawn(page)) >= 2


# --- Every page ------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_phone(scheme: str, window: Open, root: User):
    workout = WorkoutSetFactory(workout__user=root).workout
    addresses = [
        "/admin/",
        "/admin/users/user/",
        f"/admin/users/user/{root.pk}/change/",
        "/admin/workouts/workout/",
        f"/admin/workouts/workout/{workout.pk}/change/",
        f"/admin/workouts/workout/{workout.pk}/delete/",
    ]
    page = window(root, color_scheme=scheme, **PHONE).page

    wide = []
    for address in addresses:
        page.goto(address)
        if is_wider_than_the_window(page):
            wide.append(address)

    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(int(part) for part in re.findall(r"\d+", paper)[:3]) / 3
    assert wide == []
    assert (brightness > 127) == (scheme == "light")


def test_a_few_pages_have_every_part_of_all():
    parts = {
        "one": {"form", "input"},
        "same": {"form", "input"},
        "more": {"form", "input", "select"},
        "other": {"figure"},
    }

    assert covering(parts) == ["more", "other"]


def test_the_parts_of_a_page_are_its_elements_what_they_load_and_its_templates():
    page = SimpleNamespace(
        content=b'<script src="/x.js"></script><input class="vDate field-day"><p style="top: 0">',
        templates=[SimpleNamespace(name="page.html")],
    )

    assert parts_of(page) == {
        "page.html",
        *("script", "script[src]", "script[src=/x.js]"),
        *("input", "input[class]", "input[class=vDate]"),
        *("p", "p[style]"),
    }


def test_lists_and_pages_with_every_part_of_all_open(
    window: Open, root: User, tmp_path, monkeypatch
):
    use_a_folder_of_the_test(monkeypatch, tmp_path)
    person_with_everything("ana")
    rows_of_nobody(1)
    addresses = [page_of(model) for model in admin.site._registry]
    for _, model, _ in rooms():
        row = model._default_manager.order_by("pk").last()
        if row is not None:
            addresses.append(page_of(model, "change", row.pk))
    desk = browser_of(root)
    answers = {address: desk.get(address) for address in addresses}
    chosen = covering({address: parts_of(answer) for address, answer in answers.items()})

    titles = window(root).titles_of(chosen)

    assert len(answers) > 200
    assert {answer.status_code for answer in answers.values()} == {200}
    assert len(titles) > 10
    assert [address for address, title in titles.items() if "Numeneon" not in title] == []
