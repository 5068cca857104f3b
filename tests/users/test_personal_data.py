"""No table that knows a person is forgotten by the export, the erasure or the change feed."""

import pytest
from django.apps import apps
from django.db import models

from users import personal_data, sync
from users.models import User
from users.ownership import OwnedPart, Synced

# Who refers to a user and is not listed, and why that is right.
NOT_LISTED = {
    "users.User_groups": "goes with the account row itself",
    "users.User_user_permissions": "goes with the account row itself",
}
LISTED = {part.model: part for part in personal_data.registered()}
MODELS = apps.get_models(include_auto_created=True)


def references(model: type[models.Model]) -> list[models.ForeignKey]:
    """Its foreign keys and one-to-one fields, but for the link of a child table to its parent."""
    fields = [f for f in model._meta.local_concrete_fields if isinstance(f, models.ForeignKey)]
    return [f for f in fields if not f.remote_field.parent_link]


def test_every_table_that_refers_to_a_person_is_listed():
    referring = {
        model
        for model in MODELS
        for field in references(model)
        if field.remote_field.model._meta.concrete_model is User
    }

    forgotten = {model._meta.label for model in referring - LISTED.keys()}

    assert len(referring) > 10
    assert forgotten == NOT_LISTED.keys()


def test_every_table_that_refers_to_rows_of_a_person_is_listed():
    """Erasure deletes table by table: the database would refuse to leave these behind."""
    referring = {
        (model._meta.label, field.name)
        for model in MODELS
        for field in references(model)
        if field.remote_field.model in LISTED
        and field.remote_field.model is not User
        and model not in LISTED
    }

    assert referring == set()


def test_children_are_listed_after_their_parents():
    place = {model: n for n, model in enumerate(LISTED)}

    wrong = [
        (model._meta.label, field.name)
        for model in LISTED
        for field in references(model)
        if place.get(field.remote_field.model, -1) > place[model]
    ]

    assert wrong == []


@pytest.mark.parametrize("part", LISTED.values(), ids=lambda part: part.label)
def test_what_is_listed_names_fields_that_exist(part: personal_data.PersonalData):
    names = {field.name for field in part.model._meta.concrete_fields}

    assert part.secret <= names
    assert set(part.files) <= names
    # Builds the query: the path to the owner exists.
    assert str(part.rows(User().pk).query)


@pytest.mark.parametrize("part", LISTED.values(), ids=lambda part: part.label)
def test_every_file_of_a_person_is_listed(part: personal_data.PersonalData):
    files = {f.name for f in part.model._meta.concrete_fields if isinstance(f, models.FileField)}

    assert files == set(part.files)


def test_exported_tables_have_names_of_their_own():
    names = [part.name for part in LISTED.values() if part.name is not None]

    assert len(set(names)) == len(names)
    assert "account" in names


@pytest.mark.parametrize("part", LISTED.values(), ids=lambda part: part.label)
def test_no_secret_is_exported(part: personal_data.PersonalData):
    telling = ("password", "secret", "token", "session_key", "session_data", "hash", "_key")
    shown = [
        field.name
        for field in part.model._meta.concrete_fields
        if field.name not in part.secret | {"creation_hash"}
    ]

    said = [name.replace("hashtag", "") for name in shown]
    suspicious = [name for name in said if any(word in name for word in telling)]

    assert part.name is None or suspicious == []


def concrete(base: type[models.Model]) -> set[type[models.Model]]:
    return {model for model in MODELS if issubclass(model, base) and not model._meta.proxy}


def test_every_row_that_is_synced_is_reported_by_the_change_feed():
    reported = {resource.model for resource in sync.registered()}

    # A row of several tables is reported as one of the first.
    assert reported == {model for model in concrete(Synced) if not model._meta.parents}


def test_no_part_is_reported_apart_from_its_whole():
    reported = {resource.model for resource in sync.registered()}

    assert concrete(OwnedPart)
    assert not reported & concrete(OwnedPart)


@pytest.mark.parametrize("resource", sync.registered(), ids=lambda resource: resource.label)
def test_a_resource_can_show_no_rows_at_all(resource: sync.SyncedResource, db):
    assert resource.shown(User().pk, []) == {}
    assert resource.name == resource.label.lower()
