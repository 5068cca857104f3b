"""Rules that hold for every endpoint and model, including the one that is added tomorrow."""

import pytest
from django.apps import apps
from django.db.models import (
    CompositePrimaryKey,
    ForeignKey,
    ManyToManyField,
    UniqueConstraint,
    UUIDField,
)
from rest_framework.viewsets import GenericViewSet

from tests.architecture.routes import routes
from users.api.owned import OwnedViewSetMixin
from users.models import UserProfile
from users.ownership import OwnedModel, OwnedPart, OwnedQuerySet

# Rows that are for others on purpose: their queryset has visible_to().
PUBLIC = {UserProfile}
OURS = ("users", "workouts", "nutrition", "wearables", "analytics", "social")
OUR_MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]
VIEWSETS = sorted({r.view for r in routes() if issubclass(r.view, GenericViewSet)}, key=str)


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_rows_are_public_on_purpose_or_narrowed_to_their_owner(viewset):
    assert viewset.queryset is not None
    assert viewset.queryset.model in PUBLIC or issubclass(viewset, OwnedViewSetMixin)


@pytest.mark.parametrize("model", [m for m in OUR_MODELS if issubclass(m, OwnedModel | OwnedPart)])
def test_an_owned_row_has_its_owner_in_a_column_that_is_never_null(model):
    owner = model._meta.get_field("user")

    assert isinstance(owner, ForeignKey)
    assert not owner.null
    assert isinstance(model._default_manager.all(), OwnedQuerySet)


# A push token is unique among all people: it rings for whoever registered it last.
@pytest.mark.parametrize("model", [m for m in OUR_MODELS if issubclass(m, OwnedModel | OwnedPart)])
def test_unique_constraints_of_owned_rows_start_with_the_owner(model):
    constraints = [c for c in model._meta.constraints if isinstance(c, UniqueConstraint)]

    assert all(constraint.fields[0] == "user" for constraint in constraints)


@pytest.mark.parametrize("model", OUR_MODELS)
def test_keys_are_uuids_or_words_or_a_persons(model):
    key = model._meta.pk

    assert (
        isinstance(key, UUIDField)
        or (isinstance(key, CompositePrimaryKey) and key.field_names[0] == "user_id")
        or key.is_relation
        or key.name in {"slug", "session_key", "digest"}
    )


@pytest.mark.parametrize("model", OUR_MODELS)
def test_there_is_no_implicit_many_to_many_table(model):
    # Django's own groups and permissions of staff are the exception.
    fields = [
        f for f in model._meta.local_many_to_many if f.name not in {"groups", "user_permissions"}
    ]

    assert all(
        not field.remote_field.through._meta.auto_created
        for field in fields
        if isinstance(field, ManyToManyField)
    )
