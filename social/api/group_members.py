"""Who is in a group, who would like to be, and the links that let people in, over HTTP."""

from typing import Any, ClassVar, Final
from uuid import UUID

from django.http import Http404
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from social.api import examples_groups as examples
from social.api.group_shapes import (
    GroupMemberSerializer,
    InviteLinkBodySerializer,
    InviteLinkSerializer,
    JoinRequestSerializer,
    MemberRoleSerializer,
    members_shown,
)
from social.api.groups import KEY, require_readable, seen_group
from social.api.people import viewer_of
from social.models import GroupRole
from social.selectors import groups as selectors
from social.selectors.people import hidden_from
from social.services import groups, memberships
from users.api.listing import filter_values
from users.api.pagination import PageRequest, page_response
from users.keyset import Page

_MEMBER: Final = ("role", "date_joined")
_LINK: Final = ("id", "code", "expires_at", "max_uses", "uses", "created_at")
_ROLE: Final = OpenApiParameter(
    "role", str, enum=GroupRole.values, description="Only those who have it."
)


class MemberFilterSet(filters.FilterSet):
    role = filters.ChoiceFilter(choices=GroupRole.choices)


class _ListView(GenericAPIView[Any]):
    filter_backends = ()

    def answer(
        self, page_request: PageRequest, page: Page, shown: list[dict[str, Any]], *, at: str
    ) -> Response:
        """A page that shows these rows, which are placed by ``at`` and id."""
        ends = (page.rows[0], page.rows[-1]) if page.rows else (None, None)
        first, last = ((row[at], row["id"]) if row else None for row in ends)
        return page_response(
            request=self.request,
            page=page_request,
            rows=shown,
            first=first,
            last=last,
            more=page.more,
        )


class MembersView(_ListView):
    serializer_class = GroupMemberSerializer

    @extend_schema(
        summary="Members of a group",
        parameters=[_ROLE],
        responses=GroupMemberSerializer(many=True),
        examples=examples.MEMBER,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Who is in it, who came last first: for members, of a public group for everybody."""
        viewer_id = viewer_of(request)
        hidden = hidden_from(viewer_id)
        require_readable(seen_group(viewer_id, pk, hidden, request))
        page_request = PageRequest.of(request)
        page = selectors.member_page(
            group_id=pk,
            hidden=hidden,
            role=filter_values(MemberFilterSet, request).get("role"),
            size=page_request.size,
            place=page_request.place_in(KEY),
        )
        shown = members_shown(page.rows, request, _MEMBER)
        return self.answer(page_request, page, shown, at="date_joined")


class MemberView(APIView):
    @extend_schema(
        summary="Give a member another role",
        request=MemberRoleSerializer,
        responses=GroupMemberSerializer,
        examples=[*examples.MEMBER, examples.ROLE],
    )
    def patch(self, request: Request, pk: UUID, username: str) -> Response:
        """As the owner, of whom there is one: who hands the group over becomes an admin."""
        body = MemberRoleSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        viewer_id = viewer_of(request)
        groups.require_owner(user_id=viewer_id, group_id=pk)
        user_id = selectors.member_of_name(group_id=pk, username=username)
        if user_id is None or user_id in hidden_from(viewer_id):
            raise Http404
        memberships.change_role(acting_id=viewer_id, user_id=user_id, group_id=pk, **body.data)
        return _member(request, pk, user_id)

    @extend_schema(summary="Remove a member", responses={204: None})
    def delete(self, request: Request, pk: UUID, username: str) -> Response:
        """Send somebody away, as the owner or an admin; admins only as the owner."""
        viewer_id = viewer_of(request)
        groups.require_staff(user_id=viewer_id, group_id=pk)
        user_id = selectors.member_of_name(group_id=pk, username=username)
        if user_id is not None:
            memberships.remove_member(acting_id=viewer_id, user_id=user_id, group_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class JoinRequestsView(_ListView):
    serializer_class = JoinRequestSerializer
    also_answers: ClassVar[dict[str, str]] = {"get": "409"}

    @extend_schema(
        summary="Who would like to join",
        responses=JoinRequestSerializer(many=True),
        examples=examples.JOIN_REQUEST,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Requests that wait, newest first, for the owner and the admins."""
        viewer_id = viewer_of(request)
        groups.require_staff(user_id=viewer_id, group_id=pk)
        page_request = PageRequest.of(request)
        page = selectors.request_page(
            group_id=pk,
            hidden=hidden_from(viewer_id),
            size=page_request.size,
            place=page_request.place_in(KEY),
        )
        shown = members_shown(page.rows, request, ("created_at",))
        return self.answer(page_request, page, shown, at="created_at")


class _AnswerView(APIView):
    def wisher(self, group_id: UUID, username: str) -> UUID | None:
        """Who waits under this name; the requesting person may answer them."""
        groups.require_staff(user_id=viewer_of(self.request), group_id=group_id)
        return selectors.wisher_of_name(group_id=group_id, username=username)


class AcceptJoinView(_AnswerView):
    @extend_schema(
        summary="Let somebody in",
        request=None,
        responses=GroupMemberSerializer,
        examples=examples.MEMBER,
    )
    def post(self, request: Request, pk: UUID, username: str) -> Response:
        """Accept a request to join; of who is a member by now, their membership."""
        user_id = self.wisher(pk, username)
        user_id = user_id or selectors.member_of_name(group_id=pk, username=username)
        if user_id is None:
            raise Http404
        memberships.accept_request(acting_id=viewer_of(request), user_id=user_id, group_id=pk)
        return _member(request, pk, user_id)


class DeclineJoinView(_AnswerView):
    @extend_schema(summary="Turn a request down", request=None, responses={204: None})
    def post(self, request: Request, pk: UUID, username: str) -> Response:
        """They are not told, and may ask again."""
        user_id = self.wisher(pk, username)
        if user_id is not None:
            memberships.decline_request(acting_id=viewer_of(request), user_id=user_id, group_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class InviteLinksView(_ListView):
    serializer_class = InviteLinkSerializer
    also_answers: ClassVar[dict[str, str]] = {"get": "409"}

    @extend_schema(
        summary="Invite links of a group",
        responses=InviteLinkSerializer(many=True),
        examples=examples.INVITE_LINK,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """All of them, newest first, for the owner and the admins."""
        viewer_id = viewer_of(request)
        groups.require_staff(user_id=viewer_id, group_id=pk)
        page_request = PageRequest.of(request)
        page = selectors.link_page(
            group_id=pk, size=page_request.size, place=page_request.place_in(KEY)
        )
        shown = members_shown(page.rows, request, _LINK, hidden=hidden_from(viewer_id))
        return self.answer(page_request, page, shown, at="created_at")

    @extend_schema(
        summary="Make an invite link",
        request=InviteLinkBodySerializer,
        responses={201: InviteLinkSerializer},
        examples=[*examples.INVITE_LINK, examples.INVITE_LINK_BODY],
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """A secret that lets its bearers in, as long as its maker is the owner or an admin."""
        body = InviteLinkBodySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        link = memberships.make_link(
            user_id=viewer_of(request),
            group_id=pk,
            expires_at=body.validated_data.get("expires_at"),
            max_uses=body.validated_data.get("max_uses"),
        )
        made = selectors.link_page(group_id=pk, link_id=link.pk, size=1, place=None)
        shown = members_shown(made.rows, request, _LINK)
        return Response(shown[0], status=status.HTTP_201_CREATED)


class InviteLinkView(APIView):
    @extend_schema(summary="Revoke an invite link", responses={204: None})
    def delete(self, request: Request, pk: UUID, link_id: UUID) -> Response:
        """It lets nobody in any more; who came by it stays."""
        memberships.revoke_link(user_id=viewer_of(request), group_id=pk, link_id=link_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _member(request: Request, group_id: UUID, user_id: UUID) -> Response:
    page = selectors.member_page(group_id=group_id, hidden=(), user_id=user_id, size=1, place=None)
    if not page.rows:
        raise Http404
    return Response(members_shown(page.rows, request, _MEMBER)[0])


urlpatterns = [
    path("groups/<uuid:pk>/members/", MembersView.as_view(), name="group-members"),
    path("groups/<uuid:pk>/members/<str:username>/", MemberView.as_view(), name="group-member"),
    path("groups/<uuid:pk>/requests/", JoinRequestsView.as_view(), name="group-requests"),
    path(
        "groups/<uuid:pk>/requests/<str:username>/accept/",
        AcceptJoinView.as_view(),
        name="group-request-accept",
    ),
    path(
        "groups/<uuid:pk>/requests/<str:username>/decline/",
        DeclineJoinView.as_view(),
        name="group-request-decline",
    ),
    path("groups/<uuid:pk>/invite-links/", InviteLinksView.as_view(), name="group-links"),
    path(
        "groups/<uuid:pk>/invite-links/<uuid:link_id>/",
        InviteLinkView.as_view(),
        name="group-link",
    ),
]
