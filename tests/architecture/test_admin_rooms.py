"""Every model has a room in the admin, and no room reads its whole table to show a page of it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.widgets import AutocompleteSelect, ForeignKeyRawIdWidget
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from nutrition.models import CategoryTag, FoodCategory, FoodImport
from social.models import Achievement
from tests.factories.nutrition import FoodFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory
from tests.users.admin_client import browser_of, queries_of
from tests.users.everything import person_with_everything, use_a_folder_of_the_test
from users.admin.finding import FoundByPerson, WhenFilter
from users.admin.reading import ShortPaginator
from users.models import ErasedIdentity, OutboxMessage, User, UserProfile
from wearables.models import (
    ProviderState,
    Revocation,
    WebhookEvent,
    WebhookSubscription,
)
from workouts.models import MergedExercise, WorkoutSet

OURS = {"users", "workouts", "nutrition", "wearables", "analytics", "social"}
NO_ROOM = {
    "users.User_groups": "a field of the account",
    "users.User_user_permissions": "a field of the account",
    "wearables.HeartRateData": "a composite key, which the admin cannot address",
}
# Filled by a release or by staff: to count them, or to sort them by anything, costs nothing.
SMALL = {
    "workouts.Muscle",
    "workouts.Equipment",
    "nutrition.FoodCategory",
    "nutrition.CategoryTag",
    "social.Achievement",
    "wearables.WebhookSubscription",
    "wearables.ProviderState",
    "analytics.DailyFigure",
    "users.AuditHead",
}
LOOKED_UP = AutocompleteSelect | ForeignKeyRawIdWidget
# Whose rows have tests of their own.
SHOWN_ELSEWHERE = {"users.AuditEntry", "users.HealthDisclosure", "analytics.DailyFigure"}
# The rooms in which rows are written by hand; all others are for reading.
WRITTEN = {
    "users.User",
    "users.Trainer",
    "users.UserProfile",
    "users.UserSettings",
    "users.ExternalIdentity",
    "workouts.Exercise",
    "workouts.CardioExercise",
    "workouts.StrengthExercise",
    "workouts.Equipment",
    "workouts.Muscle",
    "workouts.Workout",
    "workouts.WorkoutSet",
    "workouts.TrainingMax",
    "workouts.ExerciseAlias",
    "nutrition.Food",
    "nutrition.FoodCategory",
    "nutrition.CategoryTag",
    "social.Achievement",
}
# What follows from something else, though its column could be written.
COMPUTED = {
    *("revision", "created_at", "updated_at", "started_at", "finished_at", "energy_kcal"),
    *("user", "created_by", "workout_plan_id", "plan_run", "session_number", "imported_by"),
    *("trust_score", "search_text", "search_weight", "times_logged", "submitted_at"),
    *("last_login", "date_joined", "avatar", "body_load_kg", "load", "one_rm", "target"),
}


def rooms() -> Iterator[tuple[str, type[models.Model], Any]]:
    for model, room in admin.site._registry.items():
        if model._meta.app_label in OURS:
            yield model._meta.label, model, room


def growing() -> Iterator[tuple[str, type[models.Model], Any]]:
    return (one for one in rooms() if one[0] not in SMALL)


def indexed(model: type[models.Model]) -> set[str]:
    """Columns that an index begins with."""
    fields = {field.name for field in model._meta.fields if field.db_index or field.unique}
    listed = [*model._meta.indexes, *model._meta.constraints]
    firsts = [one.fields[0].lstrip("-") for one in listed if getattr(one, "fields", ())]
    return {"pk", *fields, *firsts}


def page(model: type[models.Model], name: str = "changelist", *args: object, **query: str) -> str:
    """As it is shown in a window of its own, without the way to all others."""
    address = f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}"
    return reverse(address, args=args, query={IS_POPUP_VAR: "1", **query})


def asked(**query: str) -> HttpRequest:
    """For a page, by somebody who may see all of it."""
    request = RequestFactory().get("/", query)
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    return request


@pytest.fixture
def desk(db) -> Client:
    return browser_of(UserFactory(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def rows(db, tmp_path, monkeypatch) -> dict[str, models.Model]:
    """A row of each room, by the label of its model."""
    use_a_folder_of_the_test(monkeypatch, tmp_path)
    person_with_everything("ana")
    rows_of_nobody(1)
    ExerciseFactory(is_cardio=True)
    FoodFactory()
    found = {label: model._default_manager.order_by("pk").last() for label, model, _ in rooms()}
    return {label: row for label, row in found.items() if row is not None}


def rows_of_nobody(number: int) -> None:
    OutboxMessage.objects.create(kind="push", payload={}, due_at=timezone.now())
    ErasedIdentity.objects.create(pk=f"{number:064}", erased_at=timezone.now())
    WebhookEvent.objects.create(provider="oura", key=f"{number}")
    WebhookSubscription.objects.create(provider="oura", external_id="1", subject=f"{number}")
    ProviderState.objects.create(slug=f"provider-{number}")
    Revocation.objects.create(provider="oura", connection_mode="oauth", account_digest=b"")
    FoodImport.objects.create(format="off-csv", file_name="foods.csv", fingerprint=f"{number}")
    MergedExercise.objects.create(name="Old", merged_into=ExerciseFactory())
    coach = UserFactory(username=f"coach-{number}")
    UserProfile.objects.filter(user=coach).update(user_type="trainer")
    category = FoodCategory.objects.first() or FoodCategory.add_root(name="Food", slug="food")
    CategoryTag.objects.create(tag=f"tag-{number}", category=category)
    Achievement.objects.create(
        code=f"code-{number}",
        name="First",
        category="workout",
        metric="workouts",
        threshold=9000 + number,
    )


# --- What a room says of itself --------------------------------------------------------------


def test_every_model_of_ours_has_a_room():
    ours = [
        one for one in apps.get_models(include_auto_created=True) if one._meta.app_label in OURS
    ]

    without = {one._meta.label for one in ours if one not in admin.site._registry}

    assert without == set(NO_ROOM)


def test_every_room_can_be_searched_and_says_how():
    request = asked()

    silent = [
        label
        for label, _, room in rooms()
        if not (room.get_search_fields(request) and room.search_help_text)
    ]

    assert silent == []


def test_no_room_counts_or_groups_a_table_that_grows():
    counting = [
        label
        for label, model, room in growing()
        if not issubclass(room.paginator, ShortPaginator)
        or room.show_full_result_count
        or room.show_facets != admin.ShowFacets.NEVER
        or (room.date_hierarchy or "pk") not in indexed(model)
    ]

    assert counting == []


def test_tables_that_grow_are_listed_in_the_order_of_an_index():
    request = asked()
    # Of foods and exercises by expressions that are indexed; reports by a queue of each status;
    # few identities are erased.
    names = {"search_weight", "name", "submitted_at", "created_at", "erased_at"}

    unsorted = {
        label: (room.ordering, room.sortable_by)
        for label, model, room in growing()
        if not {str(room.ordering[0]).lstrip("-"), *(room.get_sortable_by(request))}
        <= indexed(model) | names
    }

    assert unsorted == {}


def test_a_column_without_an_index_is_a_filter_only_of_what_was_found():
    everything, found = asked(), asked(q="ana")
    room = admin.site._registry[WorkoutSet]

    assert room.get_list_filter(everything) == [WhenFilter]
    assert room.get_list_filter(found) == ["set_type", "load_type", WhenFilter]
    for label, _, room in growing():
        if isinstance(room, FoundByPerson):
            offered = room.get_list_filter(everything)
            assert all(isinstance(one, type) or one in room.indexed for one in offered), label


def test_a_filter_knows_its_choices_without_reading_the_table():
    def is_known(model: type[models.Model], chosen: Any) -> bool:
        if not isinstance(chosen, str):
            return True  # a class with choices of its own, or a test for emptiness
        field = model._meta.get_field(chosen.partition("__")[0])
        for part in chosen.split("__")[1:]:
            field = field.related_model._meta.get_field(part)
        few = field.related_model is not None and field.related_model._meta.label in SMALL
        return bool(field.choices) or few or isinstance(field, models.BooleanField)

    reading = {
        f"{label}.{chosen}"
        for label, model, room in growing()
        for chosen in room.list_filter
        if not is_known(model, chosen)
    }

    assert reading == set()


# --- What its pages show ---------------------------------------------------------------------


def test_a_list_costs_the_same_for_one_person_and_for_three(desk: Client, rows):
    first = {label: queries_of(desk, page(model)) for label, model, _ in rooms()}
    for number, word in enumerate(("ben", "cara"), start=2):
        person_with_everything(word)
        rows_of_nobody(number)

    again = {label: queries_of(desk, page(model)) for label, model, _ in rooms()}

    assert {
        label: (first[label], cost) for label, cost in again.items() if cost > first[label]
    } == {}


def test_every_row_has_a_page(desk: Client, rows):
    answers = {
        label: desk.get(page(model, "change", rows[label].pk)).status_code
        for label, model, _ in rooms()
        if label in rows
    }

    assert {label for label, _, _ in rooms()} - set(answers) <= SHOWN_ELSEWHERE
    assert {label: status for label, status in answers.items() if status != 200} == {}


def test_a_row_is_found_by_its_person_and_by_its_id(rows):
    def found(model: type[models.Model], term: object) -> int:
        room = admin.site._registry[model]
        return room.get_changelist_instance(asked(q=str(term))).result_count

    people = [one for one in rooms() if isinstance(one[2], FoundByPerson) and one[0] in rows]

    missed = [
        label
        for label, model, room in people
        if (room.people and not found(model, "ana"))
        or (isinstance(rows[label].pk, UUID) and not found(model, rows[label].pk))
    ]

    assert missed == []


def test_a_form_looks_up_what_it_refers_to_and_holds_nothing_that_is_computed(rows):
    forms = {
        label: form for label, model, room in rooms() if (form := form_of(room, rows.get(label)))
    }

    listed = {f"{label}.{name}" for label, form in forms.items() for name in lists_many(form)}

    computed = {label: COMPUTED & set(form) for label, form in forms.items() if label in rows}
    assert set(forms) == WRITTEN
    assert listed == set()
    assert {label: fields for label, fields in computed.items() if fields} == {
        "users.ExternalIdentity": {"user"}
    }


def form_of(room: Any, row: models.Model | None) -> dict[str, Any]:
    """The fields of the row's page, where it can be changed, or else those of a new one's."""
    request = asked()
    if row is not None and room.has_change_permission(request, row):
        return dict(room.get_form(request, row, change=True).base_fields)
    if room.has_add_permission(request):
        return dict(room.get_form(request, None, change=False).base_fields)
    return {}


def lists_many(form: dict[str, Any]) -> set[str]:
    """Fields of the form whose choices are all rows of a table that grows."""
    return {
        name
        for name, field in form.items()
        if isinstance(field, ModelChoiceField)
        and field.queryset is not None
        and field.queryset.model._meta.label not in SMALL
        and field.queryset.model._meta.app_label in OURS
        and not isinstance(getattr(field.widget, "widget", field.widget), LOOKED_UP)
    }
