"""Challenges over HTTP: found, begun, joined, and their standings."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db import models
from django.http import Http404
from django.urls import path
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from social.api import examples_challenges as examples
from social.api.challenge_shapes import (
    STATUSES,
    ChallengeBodySerializer,
    ChallengeChangeSerializer,
    ChallengeInvitationSerializer,
    ChallengeSerializer,
    InvitationsBodySerializer,
    LeaderboardSerializer,
    board_shown,
    challenges_shown,
    invitations_shown,
)
from social.api.people import viewer_of
from social.models import Challenge, ChallengeType
from social.selectors import challenges as selectors
from social.selectors import leaderboards
from social.selectors.challenges import ChallengeFilter
from social.selectors.people import hidden_from
from social.services import challenges
from users.api.filters import TrueOrFalseFilter
from users.api.listing import filter_values, sql_page_response
from users.api.owned import content_of, idempotency_key
from users.api.pagination import (
    DEFAULT_PAGE_SIZE,
    MAX_PAGE_SIZE,
    KeysetPagination,
    PageRequest,
    page_response,
)
from users.services.creation import create_once

KEY: Final = (models.DateField(), models.UUIDField())
_INVITATION_KEY: Final = (models.DateTimeField(), models.UUIDField())
_BOARD_KEY: Final = (models.IntegerField(), models.UUIDField())
_JOINED: Final = {201: ChallengeSerializer, 200: ChallengeSerializer}
_FILTERS: Final = [
    OpenApiParameter("status", str, enum=STATUSES, description="In your own days."),
    OpenApiParameter("challenge_type", str, enum=ChallengeType.values),
    OpenApiParameter("group", UUID, description="Those of a group."),
    OpenApiParameter(
        "mine", bool, description="Only what you began, are in or were asked to; or only others."
    ),
    OpenApiParameter("q", str, description="Text in the name."),
]
_BOARD_PARAMETERS: Final = [
    OpenApiParameter("friends", bool, description="Only you, your friends and whom you follow."),
    OpenApiParameter("cursor", str, description="A place, taken from `next` or `previous`."),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
        description="Rows in a page.",
    ),
]


class ChallengeFilterSet(filters.FilterSet):
    status = filters.ChoiceFilter(choices=[(one, one) for one in STATUSES])
    challenge_type = filters.ChoiceFilter(choices=ChallengeType.choices)
    group = filters.UUIDFilter()
    mine = TrueOrFalseFilter()
    q = filters.CharFilter(max_length=100)


class LeaderboardFilterSet(filters.FilterSet):
    friends = TrueOrFalseFilter()


class ChallengeViewSet(ViewSet):
    """Who trains most, in what, from one day to another."""

    serializer_class = ChallengeSerializer
    pagination_class = KeysetPagination
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(
        summary="Challenges",
        parameters=_FILTERS,
        responses=ChallengeSerializer(many=True),
        examples=examples.CHALLENGE,
    )
    def list(self, request: Request) -> Response:
        """What you are in, were asked to or may join, the latest to begin first."""
        page_request = PageRequest.of(request)
        viewer_id = viewer_of(request)
        page = selectors.challenge_page(
            viewer_id=viewer_id,
            hidden=hidden_from(viewer_id),
            narrowed=ChallengeFilter(**filter_values(ChallengeFilterSet, request)),
            now=timezone.now(),
            size=page_request.size,
            place=page_request.place_in(KEY),
        )
        page.rows[:] = challenges_shown(page.rows, request)
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("start_date", "id")
        )

    @extend_schema(
        summary="Begin a challenge",
        request=ChallengeBodySerializer,
        responses=_JOINED,
        examples=[*examples.CHALLENGE, examples.CHALLENGE_BODY],
    )
    def create(self, request: Request) -> Response:
        """Begin a challenge; join it if you want to take part.

        That of a group is begun by its owner or an admin. Safe to repeat with an id or a key.
        """
        body = ChallengeBodySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        viewer_id, content = viewer_of(request), content_of(body)
        values = {"group_id" if name == "group" else name: content[name] for name in content}
        challenge, is_new = create_once(
            model=Challenge,
            user_id=viewer_id,
            content=content,
            create=lambda object_id, hashed: challenges.create_challenge(
                user_id=viewer_id,
                object_id=object_id,
                content=values,
                creation_hash=hashed,
                now=timezone.now(),
            ),
            object_id=body.validated_data.get("id"),
            idempotency_key=idempotency_key(request),
        )
        return _answer(request, challenge.pk, is_new=is_new)

    @extend_schema(
        summary="A challenge", responses=ChallengeSerializer, examples=examples.CHALLENGE
    )
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One challenge, with your part in it."""
        return Response(_shown(request, pk))

    @extend_schema(
        summary="Change a challenge",
        request=ChallengeChangeSerializer(partial=True),
        responses=ChallengeSerializer,
        examples=[*examples.CHALLENGE, examples.CHALLENGE_BODY],
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change your challenge. Days, type, target and late entries: before it begins, and
        before others take part.
        """
        body = ChallengeChangeSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        challenges.change_challenge(
            user_id=viewer_of(request),
            challenge_id=pk,
            content=content_of(body),
            now=timezone.now(),
        )
        return Response(_shown(request, pk))

    @extend_schema(summary="Call a challenge off", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete your challenge, before it begins or while nobody else takes part."""
        challenges.delete_challenge(
            user_id=viewer_of(request), challenge_id=pk, now=timezone.now()
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class JoinChallengeView(APIView):
    @extend_schema(
        summary="Join a challenge",
        request=None,
        responses=_JOINED,
        examples=examples.CHALLENGE,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Take part from your own today on, before or while it runs. Twice is once."""
        is_new = challenges.join(user_id=viewer_of(request), challenge_id=pk, now=timezone.now())
        return _answer(request, pk, is_new=is_new)


class LeaveChallengeView(APIView):
    @extend_schema(summary="Leave a challenge", request=None, responses={204: None})
    def post(self, request: Request, pk: UUID) -> Response:
        """Take part no more, or turn an invitation down. Who joins again begins from that day."""
        challenges.leave(user_id=viewer_of(request), challenge_id=pk, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ChallengeInvitationViewSet(ViewSet):
    """Who was asked to a challenge."""

    serializer_class = ChallengeInvitationSerializer
    pagination_class = KeysetPagination

    @extend_schema(
        summary="Who was asked",
        responses=ChallengeInvitationSerializer(many=True),
        examples=examples.INVITATION,
    )
    def list(self, request: Request, pk: UUID) -> Response:
        """Whom you asked, and if you began the challenge, whom anybody asked; newest first."""
        viewer_id = viewer_of(request)
        page_request = PageRequest.of(request)
        hidden = hidden_from(viewer_id)
        if not selectors.is_visible_to(viewer_id, pk, hidden=hidden):
            raise Http404
        page = selectors.invitation_page(
            challenge_id=pk,
            viewer_id=viewer_id,
            hidden=hidden,
            size=page_request.size,
            place=page_request.place_in(_INVITATION_KEY),
        )
        page.rows[:] = invitations_shown(page.rows, request)
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("created_at", "id")
        )

    @extend_schema(
        summary="Ask people",
        request=InvitationsBodySerializer,
        responses={204: None},
        examples=[examples.INVITATIONS_BODY],
    )
    def create(self, request: Request, pk: UUID) -> Response:
        """Ask people to take part. Twice is once.

        Who began the challenge may, and everybody in it, unless it is for invited people.
        """
        body = InvitationsBodySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        challenges.invite(
            user_id=viewer_of(request),
            challenge_id=pk,
            usernames=body.validated_data["usernames"],
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class LeaderboardView(APIView):
    @extend_schema(
        summary="Leaderboard",
        parameters=_BOARD_PARAMETERS,
        responses=LeaderboardSerializer,
        examples=examples.LEADERBOARD,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """The standings from the top, your place in them, and who is right above and below you."""
        viewer_id = viewer_of(request)
        page_request = PageRequest.of(request)
        among_friends = bool(filter_values(LeaderboardFilterSet, request).get("friends"))
        board = leaderboards.board(
            viewer_id=viewer_id,
            challenge_id=pk,
            hidden=hidden_from(viewer_id),
            size=page_request.size,
            place=page_request.place_in(_BOARD_KEY),
            among_friends=among_friends,
        )
        if board is None:
            raise Http404
        ends = (board.rows[0], board.rows[-1]) if board.rows else (None, None)
        first, last = ([row[name] for name in leaderboards.KEY] if row else None for row in ends)
        answer = page_response(
            request=request,
            page=page_request,
            rows=board.rows,
            first=first,
            last=last,
            more=board.more,
        )
        shown = board_shown(board, request, among_friends=among_friends)
        answer.data = shown | {name: answer.data[name] for name in ("next", "previous")}
        return answer


def _answer(request: Request, challenge_id: UUID, *, is_new: bool) -> Response:
    code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
    return Response(_shown(request, challenge_id), status=code)


def _shown(request: Request, challenge_id: UUID) -> dict[str, Any]:
    viewer_id = viewer_of(request)
    hidden, now = hidden_from(viewer_id), timezone.now()
    rows = selectors.challenges(viewer_id, [challenge_id], hidden=hidden, now=now)
    if not rows:
        raise Http404
    return challenges_shown(rows, request)[0]


def represent_challenges(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = selectors.own_challenges(user_id, ids, now=timezone.now())
    return {shown["id"]: shown for shown in challenges_shown(rows, None)}


def represent_participants(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return {row["id"]: row for row in selectors.participations(user_id, ids)}


def represent_invitations(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    shown = invitations_shown(selectors.invitations(user_id, ids), None)
    return {row["id"]: row for row in shown}


urlpatterns = [
    path(
        "challenges/",
        ChallengeViewSet.as_view({"get": "list", "post": "create"}),
        name="challenge-list",
    ),
    path(
        "challenges/<uuid:pk>/",
        ChallengeViewSet.as_view(
            {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
        ),
        name="challenge-detail",
    ),
    path("challenges/<uuid:pk>/join/", JoinChallengeView.as_view(), name="challenge-join"),
    path("challenges/<uuid:pk>/leave/", LeaveChallengeView.as_view(), name="challenge-leave"),
    path(
        "challenges/<uuid:pk>/invitations/",
        ChallengeInvitationViewSet.as_view({"get": "list", "post": "create"}),
        name="challenge-invitations",
    ),
    path(
        "challenges/<uuid:pk>/leaderboard/",
        LeaderboardView.as_view(),
        name="challenge-leaderboard",
    ),
]
