"""Groups over HTTP: found, founded, changed, joined, left and read."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db import models
from django.http import Http404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from social.api import examples_feed
from social.api import examples_groups as examples
from social.api.cards import PLACE_KEY, CardSerializer, card_page_response
from social.api.group_shapes import (
    GroupBodySerializer,
    GroupMembershipSerializer,
    GroupSerializer,
    JoinByLinkSerializer,
    OwnInviteLinkSerializer,
    OwnJoinRequestSerializer,
    groups_shown,
)
from social.api.people import viewer_of
from social.models import Group, InviteLink, JoinRequest, Membership
from social.selectors import groups as selectors
from social.selectors.groups import GroupFilter
from social.selectors.people import hidden_from
from social.selectors.posts import group_page as post_page
from social.services import groups, memberships
from users.api.filters import TrueOrFalseFilter
from users.api.listing import filter_values, sql_page_response
from users.api.owned import content_of, idempotency_key
from users.api.pagination import KeysetPagination, PageRequest
from users.services.creation import create_once

KEY: Final = (models.DateTimeField(), models.UUIDField())
_MINE: Final = OpenApiParameter("mine", bool, description="Only yours, or only others.")
_WORDS: Final = OpenApiParameter("q", str, description="Text in the name.")
_JOINED: Final = {201: GroupSerializer, 200: GroupSerializer}


class GroupFilterSet(filters.FilterSet):
    mine = TrueOrFalseFilter()
    q = filters.CharFilter(max_length=100)


def shown_group(request: Request, group_id: UUID) -> dict[str, Any]:
    """The group as the requesting person may know it; a 404 if they may not."""
    viewer_id = viewer_of(request)
    return seen_group(viewer_id, group_id, hidden_from(viewer_id), request)


def seen_group(
    viewer_id: UUID, group_id: UUID, hidden: Collection[UUID], request: Request | None
) -> dict[str, Any]:
    found = selectors.groups(viewer_id=viewer_id, ids=[group_id], hidden=hidden)
    if not found:
        raise Http404
    return groups_shown(found, request)[0]


class GroupViewSet(ViewSet):
    """Clubs: people who train together."""

    serializer_class = GroupSerializer
    pagination_class = KeysetPagination
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(
        summary="Groups",
        parameters=[_MINE, _WORDS],
        responses=GroupSerializer(many=True),
        examples=examples.GROUP,
    )
    def list(self, request: Request) -> Response:
        """Groups that you are in or may find, newest first."""
        viewer_id = viewer_of(request)
        page_request = PageRequest.of(request)
        page = selectors.group_page(
            viewer_id=viewer_id,
            hidden=hidden_from(viewer_id),
            narrowed=GroupFilter(**filter_values(GroupFilterSet, request)),
            size=page_request.size,
            place=page_request.place_in(KEY),
        )
        page.rows[:] = groups_shown(page.rows, request)
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("created_at", "id")
        )

    @extend_schema(
        summary="Found a group",
        request=GroupBodySerializer,
        responses=_JOINED,
        examples=[*examples.GROUP, examples.GROUP_BODY],
    )
    def create(self, request: Request) -> Response:
        """Found a group; you are its owner. Safe to repeat with an id or a key."""
        body = GroupBodySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        viewer_id, content = viewer_of(request), content_of(body)
        group, is_new = create_once(
            model=Group,
            user_id=viewer_id,
            content=content,
            create=lambda object_id, hashed: groups.create_group(
                user_id=viewer_id, object_id=object_id, content=content, creation_hash=hashed
            ),
            object_id=body.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        return _answer(request, group.pk, is_new=is_new)

    @extend_schema(summary="A group", responses=GroupSerializer, examples=examples.GROUP)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One group. That by invitation is a 404 for who is not in it."""
        return Response(shown_group(request, pk))

    @extend_schema(
        summary="Change a group",
        request=GroupBodySerializer(partial=True),
        responses=GroupSerializer,
        examples=[*examples.GROUP, examples.GROUP_BODY],
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change its words or its access, as its owner."""
        body = GroupBodySerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        groups.change_group(user_id=viewer_of(request), group_id=pk, values=content_of(body))
        return Response(shown_group(request, pk))

    @extend_schema(summary="Delete a group", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete your group with its posts and challenges, for everybody."""
        groups.delete_group(user_id=viewer_of(request), group_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class JoinGroupView(APIView):
    @extend_schema(
        summary="Join a group", request=None, responses=_JOINED, examples=examples.GROUP
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Become a member, or ask to become one: see my_role and requested. Twice is once."""
        is_new = groups.join_group(user_id=viewer_of(request), group_id=pk)
        return _answer(request, pk, is_new=is_new)


class LeaveGroupView(APIView):
    @extend_schema(summary="Leave a group", request=None, responses={204: None})
    def post(self, request: Request, pk: UUID) -> Response:
        """Leave, or take back your wish to join.

        An owner makes somebody else the owner first; with its only member the group goes.
        """
        shown_group(request, pk)
        groups.leave_group(user_id=viewer_of(request), group_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class JoinByLinkView(APIView):
    @extend_schema(
        summary="Join by a link",
        request=JoinByLinkSerializer,
        responses=_JOINED,
        examples=[*examples.GROUP, examples.JOIN_BY_LINK],
    )
    def post(self, request: Request) -> Response:
        """Become a member of the group whose link you have. Members use nothing of it up."""
        body = JoinByLinkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        group_id, is_new = memberships.join_by_link(
            user_id=viewer_of(request), code=body.validated_data["code"]
        )
        return _answer(request, group_id, is_new=is_new)


class GroupFeedView(GenericAPIView[Any]):
    serializer_class = CardSerializer
    filter_backends = ()

    @extend_schema(
        summary="Posts in a group",
        responses=CardSerializer(many=True),
        examples=[examples_feed.A_CARD],
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What members post there, newest first: for members, of a public group for everybody."""
        viewer_id = viewer_of(request)
        hidden = hidden_from(viewer_id)
        require_readable(seen_group(viewer_id, pk, hidden, request))
        page_request = PageRequest.of(request)
        page = post_page(
            viewer_id=viewer_id,
            hidden=hidden,
            group_id=pk,
            size=page_request.size,
            place=page_request.place_in(PLACE_KEY),
        )
        return card_page_response(
            request=request, page_request=page_request, page=page, hidden=hidden
        )


def require_readable(group: Mapping[str, Any]) -> None:
    """A 404 for who sees the group, and not what is in it."""
    if not selectors.is_readable(group):
        raise Http404


def _answer(request: Request, group_id: UUID, *, is_new: bool) -> Response:
    code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
    return Response(shown_group(request, group_id), status=code)


# --- The change feed -------------------------------------------------------------------------


def represent_groups(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    """Groups that the person founded, as long as they see them."""
    rows = selectors.groups(viewer_id=user_id, ids=ids, hidden=hidden_from(user_id))
    return {row["id"]: row for row in groups_shown(rows, None)}


def represent_memberships(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return _own(Membership, user_id, ids, GroupMembershipSerializer)


def represent_join_requests(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return _own(JoinRequest, user_id, ids, OwnJoinRequestSerializer)


def represent_invite_links(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return _own(InviteLink, user_id, ids, OwnInviteLinkSerializer)


def _own(
    model: type[models.Model],
    user_id: UUID,
    ids: list[UUID],
    shape: type[serializers.Serializer[Any]],
) -> Mapping[UUID, Any]:
    """The columns of the rows that the shape names."""
    rows = model._default_manager.filter(user_id=user_id, pk__in=ids)
    return {row["id"]: row for row in rows.values(*shape._declared_fields)}


urlpatterns = [
    path("groups/", GroupViewSet.as_view({"get": "list", "post": "create"}), name="group-list"),
    path("groups/join-by-link/", JoinByLinkView.as_view(), name="group-join-by-link"),
    path(
        "groups/<uuid:pk>/",
        GroupViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="group-detail",
    ),
    path("groups/<uuid:pk>/join/", JoinGroupView.as_view(), name="group-join"),
    path("groups/<uuid:pk>/leave/", LeaveGroupView.as_view(), name="group-leave"),
    path("groups/<uuid:pk>/feed/", GroupFeedView.as_view(), name="group-feed"),
]
