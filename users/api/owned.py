"""The API side of ownership: you see your rows, may point only at your rows, and may repeat a
create without making a second row.
"""

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from users.models import User
from users.ownership import OwnedQuerySet, Synced
from users.services.creation import create_once

if TYPE_CHECKING:
    from rest_framework.viewsets import GenericViewSet

    ViewSetBase = GenericViewSet[Any]
    FieldBase = serializers.PrimaryKeyRelatedField[Any]
else:
    ViewSetBase = object
    FieldBase = serializers.PrimaryKeyRelatedField

MAX_IDEMPOTENCY_KEY_LENGTH = 255


class OwnedViewSetMixin(ViewSetBase):
    """Narrow every action to the requesting person's rows, so that another's row is a 404."""

    lookup_value_converter = "uuid"

    @property
    def owner(self) -> User:
        """The signed-in person. Permission classes have already turned anonymous ones away."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def get_queryset(self) -> OwnedQuerySet[Any]:
        queryset = super().get_queryset()
        assert isinstance(queryset, OwnedQuerySet)
        return queryset.owned_by(self.request.user)


class CreateOnceMixin(OwnedViewSetMixin):
    """Creates that may carry their own ``id`` or an ``Idempotency-Key``: safe to repeat."""

    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        model = self.get_queryset().model
        assert issubclass(model, Synced)

        row, is_new = create_once(
            model=model,
            user_id=self.owner.pk,
            content=content_of(serializer),
            create=lambda id_, hashed: self.perform_create_once(serializer, id_, hashed),
            object_id=serializer.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )

        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(self.represent(row), status=code)

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> Any:
        """Make the row. A viewset with a rule of its own calls its service here."""
        return serializer.save(user=self.owner, id=object_id, creation_hash=creation_hash)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        # An id is chosen once: with another one, save() would write over that row.
        serializer.validated_data.pop("id", None)
        serializer.save()

    def represent(self, row: Any) -> Any:
        return self.get_serializer(row).data


def content_of(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    """What was sent, without the id that a phone chose for it."""
    return {name: value for name, value in serializer.validated_data.items() if name != "id"}


def idempotency_key(request: Request) -> str:
    key: str = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_IDEMPOTENCY_KEY_LENGTH or not key.isprintable():
        raise ValidationError(
            {"Idempotency-Key": f"At most {MAX_IDEMPOTENCY_KEY_LENGTH} printable characters."}
        )
    return key


class OwnedRelatedField(FieldBase):
    """A foreign key that can name only a row of the requesting person."""

    def get_queryset(self) -> OwnedQuerySet[Any]:
        queryset = super().get_queryset()
        assert isinstance(queryset, OwnedQuerySet)
        return queryset.owned_by(self.context["request"].user)
