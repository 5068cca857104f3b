"""Reports to the moderators, over HTTP. Whom they are about never sees them."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db import models
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from social.api import examples_comments as examples
from social.api.people import viewer_of
from social.models import Report, ReportReason, ReportStatus
from social.selectors import reports as selectors
from social.selectors.targets import REPORT_TARGETS
from social.services.reports import report
from users.api.fields import IdField
from users.api.listing import sql_page_response
from users.api.owned import content_of, idempotency_key
from users.api.pagination import KeysetPagination, PageRequest
from users.services.creation import create_once

KEY: Final = (models.DateTimeField(), models.UUIDField())


class ReportSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The report.")
    target_type = serializers.ChoiceField(choices=REPORT_TARGETS, help_text="What it is about.")
    target_id = serializers.UUIDField(help_text="Which one.")
    reason = serializers.ChoiceField(choices=ReportReason.choices, help_text="What is wrong.")
    details = serializers.CharField(help_text="In your own words; may be empty.")
    status = serializers.ChoiceField(
        choices=ReportStatus.choices, help_text="Whether the moderators agreed."
    )
    created_at = serializers.DateTimeField(help_text="When you reported it.")
    resolved_at = serializers.DateTimeField(
        allow_null=True, help_text="When the moderators answered; null while it is open."
    )


class ReportBodySerializer(serializers.Serializer[Any]):
    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    target_type = serializers.ChoiceField(choices=REPORT_TARGETS, help_text="What it is about.")
    target_id = IdField(help_text="Which one.")
    reason = serializers.ChoiceField(choices=ReportReason.choices, help_text="What is wrong.")
    details = serializers.CharField(
        max_length=1000, allow_blank=True, required=False, help_text="In your own words."
    )


class ReportViewSet(ViewSet):
    """What you reported to the moderators."""

    serializer_class = ReportSerializer
    pagination_class = KeysetPagination
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(
        summary="Your reports",
        responses=ReportSerializer(many=True),
        examples=examples.REPORT,
    )
    def list(self, request: Request) -> Response:
        """What you reported, newest first, and what became of it."""
        page_request = PageRequest.of(request)
        page = selectors.report_page(
            user_id=viewer_of(request),
            size=page_request.size,
            place=page_request.place_in(KEY),
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("created_at", "id")
        )

    @extend_schema(
        summary="Report something",
        request=ReportBodySerializer,
        responses={201: ReportSerializer, 200: ReportSerializer},
        examples=examples.REPORT,
    )
    def create(self, request: Request) -> Response:
        """Put a thing that you see before the moderators, once while that is open.

        Whom it is about is not told. Safe to repeat with an id or a key.
        """
        body = ReportBodySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user_id = viewer_of(request)
        content = {"details": "", **content_of(body)}
        row, is_new = create_once(
            model=Report,
            user_id=user_id,
            content=content,
            create=lambda object_id, hashed: report(
                user_id=user_id, object_id=object_id, creation_hash=hashed, **content
            ),
            object_id=body.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(selectors.reports(user_id=user_id, ids=[row.pk])[0], status=code)


def represent_reports(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return {row["id"]: row for row in selectors.reports(user_id=user_id, ids=ids)}


urlpatterns = [
    path("reports/", ReportViewSet.as_view({"get": "list", "post": "create"}), name="report-list"),
]
