"""Comments over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db import models
from django.http import Http404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from social.api import examples_comments as examples
from social.api.group_shapes import person_shown
from social.api.people import PersonBriefSerializer, viewer_of
from social.models import Comment
from social.models.comment import MAX_COMMENT
from social.selectors import comments as selectors
from social.selectors.people import hidden_from
from social.selectors.targets import COMMENT_TARGETS, COMMENTED, kind_of
from social.services import comments
from users.api.fields import IdField
from users.api.listing import filter_values, sql_page_response
from users.api.owned import content_of, idempotency_key
from users.api.pagination import KeysetPagination, PageRequest
from users.services.creation import create_once

KEY: Final = (models.DateTimeField(), models.UUIDField())
_TARGET: Final = [
    OpenApiParameter(
        "target_type", str, enum=COMMENT_TARGETS, description="What to list the comments of."
    ),
    OpenApiParameter("target_id", UUID, description="Its id; both are given, or neither."),
]
_COLUMNS: Final = (
    "id", "target_id", "target", "content", "created_at", "updated_at", "edited_at",
)  # fmt: skip


class CommentFilterSet(filters.FilterSet):
    target_type = filters.ChoiceFilter(choices=[(kind, kind) for kind in COMMENT_TARGETS])
    target_id = filters.UUIDFilter()


class CommentTargetSerializer(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=COMMENT_TARGETS, help_text="What it is.")
    id = serializers.UUIDField(help_text="Its id.")
    name = serializers.CharField(help_text="What it is called.")


class CommentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The comment.")
    author = PersonBriefSerializer(help_text="Who says it.")
    target_type = serializers.ChoiceField(choices=COMMENT_TARGETS, help_text="What it is on.")
    target_id = serializers.UUIDField(help_text="Which one.")
    target = CommentTargetSerializer(
        allow_null=True,
        help_text=(
            "What it is on; null where all are on the same, and where that is out of your sight "
            "by now."
        ),
    )
    content = serializers.CharField(help_text="Up to 500 characters.")
    created_at = serializers.DateTimeField(help_text="When it was said.")
    updated_at = serializers.DateTimeField(help_text="When it was changed last.")
    edited_at = serializers.DateTimeField(
        allow_null=True, help_text="When its words changed last; null if never."
    )


def _words() -> serializers.CharField:
    return serializers.CharField(max_length=MAX_COMMENT, help_text="What to say.")


class CommentBodySerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    target_type = serializers.ChoiceField(choices=COMMENT_TARGETS, help_text="What it is on.")
    target_id = IdField(help_text="Which one.")
    content = _words()


class CommentWordsSerializer(serializers.Serializer[Any]):
    content = _words()


class CommentViewSet(ViewSet):
    """What people say about workouts, plans, challenges and achievements."""

    serializer_class = CommentSerializer
    pagination_class = KeysetPagination
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})
    also_answers: ClassVar[dict[str, str]] = {"list": "404"}

    @extend_schema(
        summary="Comments",
        parameters=_TARGET,
        responses=CommentSerializer(many=True),
        examples=examples.COMMENT,
    )
    def list(self, request: Request) -> Response:
        """Those on one thing, oldest first; or your own on whatever it is, newest first."""
        page_request = PageRequest.of(request)
        given = filter_values(CommentFilterSet, request)
        viewer_id = viewer_of(request)
        hidden = hidden_from(viewer_id)
        size, place = page_request.size, page_request.place_in(KEY)
        if given:
            kind, target_id = _target_of(given)
            if target_id not in kind.visible(viewer_id, [target_id], hidden):
                raise Http404
            page = selectors.page_on(
                kind=kind, target_id=target_id, hidden=hidden, size=size, place=place
            )
        else:
            page = selectors.own_page(user_id=viewer_id, hidden=hidden, size=size, place=place)
        page.rows[:] = [shown(row, request) for row in page.rows]
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("created_at", "id")
        )

    @extend_schema(
        summary="Comment on something",
        request=CommentBodySerializer,
        responses={201: CommentSerializer, 200: CommentSerializer},
        examples=examples.COMMENT,
    )
    def create(self, request: Request) -> Response:
        """Say something of a thing that you see. Safe to repeat with an id or a key."""
        body = CommentBodySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user_id, content = viewer_of(request), content_of(body)
        comment, is_new = create_once(
            model=Comment,
            user_id=user_id,
            content=content,
            create=lambda object_id, hashed: comments.add_comment(
                user_id=user_id, object_id=object_id, creation_hash=hashed, **content
            ),
            object_id=body.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(_one(request, comment.pk), status=code)

    @extend_schema(summary="A comment", responses=CommentSerializer, examples=examples.COMMENT)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One comment on a thing that you see."""
        return Response(_one(request, pk))

    @extend_schema(
        summary="Say it in other words",
        request=CommentWordsSerializer,
        responses=CommentSerializer,
        examples=[examples.COMMENT[0], examples.NEW_WORDS],
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change your own comment."""
        body = CommentWordsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        comments.change_comment(
            user_id=viewer_of(request), comment_id=pk, content=body.validated_data["content"]
        )
        return Response(_one(request, pk))

    @extend_schema(summary="Delete a comment", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete your own, or one on a thing of yours."""
        comments.delete_comment(user_id=viewer_of(request), comment_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


def shown(row: Mapping[str, Any], request: Request | None) -> dict[str, Any]:
    return {
        "author": person_shown(row, request),
        "target_type": kind_of(row["target_type_id"]).name,
        **{name: row.get(name) for name in _COLUMNS},
    }


def represent_comments(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = selectors.comments(viewer_id=user_id, ids=ids, hidden=hidden_from(user_id))
    return {row["id"]: shown(row, None) for row in rows}


def _one(request: Request, comment_id: UUID) -> dict[str, Any]:
    viewer_id = viewer_of(request)
    found = selectors.comments(
        viewer_id=viewer_id, ids=[comment_id], hidden=hidden_from(viewer_id)
    )
    if not found:
        raise Http404
    return shown(found[0], request)


def _target_of(given: Mapping[str, Any]) -> tuple[Any, UUID]:
    for name in ("target_type", "target_id"):
        if name not in given:
            raise ValidationError({name: "Give both of them, or neither."}, code="required")
    return COMMENTED[given["target_type"]], given["target_id"]


urlpatterns = [
    path(
        "comments/",
        CommentViewSet.as_view({"get": "list", "post": "create"}),
        name="comment-list",
    ),
    path(
        "comments/<uuid:pk>/",
        CommentViewSet.as_view(
            {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
        ),
        name="comment-detail",
    ),
]
