"""Who follows, befriends, blocks and mutes whom, over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db import models
from django.http import Http404
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from social.api import examples_graph as examples
from social.api.graph_shapes import (
    BlockSerializer,
    FollowRequestSerializer,
    FollowSerializer,
    FriendRequestBodySerializer,
    FriendRequestSerializer,
    FriendshipSerializer,
    FriendSuggestionSerializer,
    MuteBodySerializer,
    MuteSerializer,
    RelationshipSerializer,
    relationship_shown,
    suggestion_shown,
    tie_shown,
    ties_shown,
)
from social.api.people import viewer_of
from social.selectors import graph as selectors
from social.selectors.suggestions import suggested_friends
from social.services import graph
from users.api.listing import sql_page_response
from users.api.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, PageRequest, page_size

KEY: Final = (models.DateTimeField(), models.UUIDField())
_DIRECTION: Final = OpenApiParameter(
    "direction",
    str,
    enum=["received", "sent"],
    default="received",
    description="Those that others sent you, or those that you sent.",
)
_LIMIT: Final = OpenApiParameter(
    "page_size",
    {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
    description="How many people at most.",
)
_MADE: Final = {201: RelationshipSerializer, 200: RelationshipSerializer}
_NOBODY: Final = OpenApiResponse(
    {"$ref": "#/components/schemas/ErrorAnswer"},
    description="Nobody has this name, or nobody whom you could befriend.",
)


def _shown(found: selectors.Standing, viewer_id: UUID) -> dict[str, Any]:
    return relationship_shown(found, selectors.counts(found, viewer_id=viewer_id))


class _TieView(APIView):
    """What the signed-in person does about somebody whom the path names."""

    def found(self, username: str, **even: bool) -> UUID:
        return selectors.find(username, viewer_id=viewer_of(self.request), **even).id

    def relationship(self, username: str, *, is_new: bool) -> Response:
        """How they stand to each other now; 201 where something began."""
        viewer_id = viewer_of(self.request)
        found = selectors.find(username, viewer_id=viewer_id, even_blocked=True, even_private=True)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(_shown(found, viewer_id), status=code)


class RelationshipView(_TieView):
    @extend_schema(
        summary="How you stand to somebody",
        responses=RelationshipSerializer,
        examples=examples.RELATIONSHIP,
    )
    def get(self, request: Request, username: str) -> Response:
        """What there is between you, also with somebody whom you block."""
        viewer_id = viewer_of(request)
        found = selectors.find(username, viewer_id=viewer_id, even_blocked=True)
        return Response(_shown(found, viewer_id))


class FollowView(_TieView):
    @extend_schema(
        summary="Follow somebody",
        request=None,
        responses=_MADE,
        examples=examples.RELATIONSHIP,
    )
    def post(self, request: Request, username: str) -> Response:
        """Follow a public person, or ask who lets each follower in. Twice is as good as once."""
        person_id = self.found(username)
        is_new = graph.follow(user_id=viewer_of(request), person_id=person_id)
        return self.relationship(username, is_new=is_new)

    @extend_schema(summary="Follow no more", responses={204: None})
    def delete(self, request: Request, username: str) -> Response:
        """Follow no more, and ask no more."""
        graph.unfollow(user_id=viewer_of(request), person_id=self.found(username))
        return Response(status=status.HTTP_204_NO_CONTENT)


class FollowerView(_TieView):
    @extend_schema(summary="Remove a follower", responses={204: None})
    def delete(self, request: Request, username: str) -> Response:
        """Have somebody follow you no more. They are not told."""
        graph.remove_follower(user_id=viewer_of(request), person_id=self.found(username))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BlockView(_TieView):
    @extend_schema(
        summary="Block somebody",
        request=None,
        responses=_MADE,
        examples=examples.RELATIONSHIP,
    )
    def post(self, request: Request, username: str) -> Response:
        """Hide the two of you from each other, and end all that is between you."""
        person_id = self.found(username, even_blocked=True, even_private=True)
        is_new = graph.block(user_id=viewer_of(request), person_id=person_id)
        return self.relationship(username, is_new=is_new)

    @extend_schema(summary="Block no more", responses={204: None})
    def delete(self, request: Request, username: str) -> Response:
        """See each other again. What was between you does not come back."""
        person_id = self.found(username, even_blocked=True, even_private=True)
        graph.unblock(user_id=viewer_of(request), person_id=person_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MuteView(_TieView):
    @extend_schema(
        summary="Mute somebody",
        request=MuteBodySerializer,
        responses=_MADE,
        examples=[*examples.RELATIONSHIP, examples.MUTE_BODY],
    )
    def post(self, request: Request, username: str) -> Response:
        """Keep their posts out of your feed. They do not learn of it."""
        shape = MuteBodySerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        person_id = self.found(username)
        is_new = graph.mute(
            user_id=viewer_of(request), person_id=person_id, **shape.validated_data
        )
        return self.relationship(username, is_new=is_new)

    @extend_schema(summary="Mute no more", responses={204: None})
    def delete(self, request: Request, username: str) -> Response:
        """See their posts again."""
        person_id = self.found(username, even_private=True)
        graph.unmute(user_id=viewer_of(request), person_id=person_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class _TiesView(GenericAPIView[Any]):
    """A list of ties, newest first."""

    filter_backends = ()

    def tie_page(self, kind: selectors.Kind, person_id: UUID) -> Response:
        request, page_request = self.request, PageRequest.of(self.request)
        page = selectors.tie_page(
            kind,
            person_id=person_id,
            viewer_id=viewer_of(request),
            size=page_request.size,
            place=page_request.place_in(KEY),
        )
        page.rows[:] = [tie_shown(row, request) for row in page.rows]
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("created_at", "id")
        )

    def own_page(self, received: selectors.Kind, sent: selectors.Kind) -> Response:
        """What others sent this person, or with ``direction=sent`` what they sent."""
        direction = self.request.query_params.get("direction", "received")
        if direction not in {"received", "sent"}:
            raise ValidationError({"direction": "Must be received or sent."}, "invalid_choice")
        kind = sent if direction == "sent" else received
        return self.tie_page(kind, viewer_of(self.request))


class _CircleView(_TiesView):
    """Of somebody who shows more than name and picture."""

    serializer_class = FollowSerializer
    kind: ClassVar[selectors.Kind]

    def page_of(self, username: str) -> Response:
        found = selectors.find(username, viewer_id=viewer_of(self.request))
        if not found.shows_details:
            raise Http404
        return self.tie_page(self.kind, found.id)


class FollowersView(_CircleView):
    kind = "followers"

    @extend_schema(
        summary="Who follows somebody",
        responses=FollowSerializer(many=True),
        examples=examples.FOLLOW,
    )
    def get(self, request: Request, username: str) -> Response:
        """The newest followers first."""
        return self.page_of(username)


class FollowingView(_CircleView):
    kind = "following"

    @extend_schema(
        summary="Whom somebody follows",
        responses=FollowSerializer(many=True),
        examples=examples.FOLLOW,
    )
    def get(self, request: Request, username: str) -> Response:
        """Whom they followed last first."""
        return self.page_of(username)


class FollowRequestsView(_TiesView):
    serializer_class = FollowRequestSerializer

    @extend_schema(
        summary="Follow requests",
        parameters=[_DIRECTION],
        responses=FollowRequestSerializer(many=True),
        examples=examples.FOLLOW_REQUEST,
    )
    def get(self, request: Request) -> Response:
        """Who asks to follow you, newest first; or whom you asked."""
        return self.own_page("follow_requests_received", "follow_requests_sent")


class _AnswerView(APIView):
    """What the signed-in person says to a request that waits."""

    def accepted(self, person_id: UUID) -> Response:
        viewer_id = viewer_of(self.request)
        return Response(_shown(selectors.standing(person_id, viewer_id=viewer_id), viewer_id))


class AcceptFollowView(_AnswerView):
    @extend_schema(
        summary="Let somebody follow you",
        request=None,
        responses=RelationshipSerializer,
        examples=examples.RELATIONSHIP,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Accept a follow request; how the two of you stand."""
        person_id = graph.accept_follow_request(user_id=viewer_of(request), request_id=pk)
        return self.accepted(person_id)


class DeclineFollowView(APIView):
    @extend_schema(summary="Decline a follow request", request=None, responses={204: None})
    def post(self, request: Request, pk: UUID) -> Response:
        """They are not told."""
        graph.decline_follow_request(user_id=viewer_of(request), request_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class FriendsView(_TiesView):
    serializer_class = FriendshipSerializer

    @extend_schema(
        summary="Your friends",
        responses=FriendshipSerializer(many=True),
        examples=examples.FRIENDSHIP,
    )
    def get(self, request: Request) -> Response:
        """The newest friends first."""
        return self.tie_page("friends", viewer_of(request))


class FriendView(_TieView):
    @extend_schema(summary="End a friendship", responses={204: None})
    def delete(self, request: Request, username: str) -> Response:
        """For both of you. They are not told."""
        graph.unfriend(user_id=viewer_of(request), person_id=self.found(username))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SuggestionsView(GenericAPIView[Any]):
    serializer_class = FriendSuggestionSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        summary="People you may know",
        parameters=[_LIMIT],
        responses=FriendSuggestionSerializer(many=True),
        examples=examples.SUGGESTION,
    )
    def get(self, request: Request) -> Response:
        """Friends of friends, followed by whom you follow, in your groups; the likeliest first."""
        limit = page_size(request.query_params, default=DEFAULT_PAGE_SIZE, most=MAX_PAGE_SIZE)
        rows = suggested_friends(viewer_of(request), limit=limit)
        return Response([suggestion_shown(row, request) for row in rows])


class FriendRequestsView(_TiesView, _TieView):
    serializer_class = FriendRequestSerializer

    @extend_schema(
        summary="Friend requests",
        parameters=[_DIRECTION],
        responses=FriendRequestSerializer(many=True),
        examples=examples.FRIEND_REQUEST,
    )
    def get(self, request: Request) -> Response:
        """Who asks to be your friend, newest first; or whom you asked."""
        return self.own_page("friend_requests_received", "friend_requests_sent")

    @extend_schema(
        summary="Ask for friendship",
        request=FriendRequestBodySerializer,
        responses={**_MADE, 404: _NOBODY},
        examples=[*examples.RELATIONSHIP, examples.FRIEND_REQUEST_BODY],
    )
    def post(self, request: Request) -> Response:
        """Ask somebody to be your friend; if they have asked you, you are friends at once."""
        shape = FriendRequestBodySerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        username = shape.validated_data["username"]
        is_new = graph.befriend(user_id=viewer_of(request), person_id=self.found(username))
        return self.relationship(username, is_new=is_new)


class FriendRequestView(APIView):
    @extend_schema(summary="Take back a friend request", responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """One that you sent."""
        graph.cancel_friend_request(user_id=viewer_of(request), request_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AcceptFriendView(_AnswerView):
    @extend_schema(
        summary="Become friends",
        request=None,
        responses=RelationshipSerializer,
        examples=examples.RELATIONSHIP,
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Accept a friend request; how the two of you stand."""
        person_id = graph.accept_friend_request(user_id=viewer_of(request), request_id=pk)
        return self.accepted(person_id)


class DeclineFriendView(APIView):
    @extend_schema(summary="Decline a friend request", request=None, responses={204: None})
    def post(self, request: Request, pk: UUID) -> Response:
        """They are not told."""
        graph.decline_friend_request(user_id=viewer_of(request), request_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class BlocksView(_TiesView):
    serializer_class = BlockSerializer

    @extend_schema(
        summary="Whom you block", responses=BlockSerializer(many=True), examples=examples.BLOCK
    )
    def get(self, request: Request) -> Response:
        """Whom you blocked last first."""
        return self.tie_page("blocks", viewer_of(request))


class MutesView(_TiesView):
    serializer_class = MuteSerializer

    @extend_schema(
        summary="Whom you mute", responses=MuteSerializer(many=True), examples=examples.MUTE
    )
    def get(self, request: Request) -> Response:
        """Whom you muted last first, as long as it lasts."""
        return self.tie_page("mutes", viewer_of(request))


def represent_follows(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return ties_shown(selectors.own_ties("following", user_id=user_id, ids=ids))


def represent_follow_requests(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return ties_shown(selectors.own_ties("follow_requests_sent", user_id=user_id, ids=ids))


def represent_friend_requests(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return ties_shown(selectors.own_ties("friend_requests_sent", user_id=user_id, ids=ids))


def represent_friendships(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return ties_shown(selectors.own_ties("friends", user_id=user_id, ids=ids))


def represent_blocks(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return ties_shown(selectors.own_ties("blocks", user_id=user_id, ids=ids))


def represent_mutes(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return ties_shown(selectors.own_ties("mutes", user_id=user_id, ids=ids))


urlpatterns = [
    path("users/<str:username>/relationship/", RelationshipView.as_view(), name="relationship"),
    path("users/<str:username>/follow/", FollowView.as_view(), name="follow"),
    path("users/<str:username>/follower/", FollowerView.as_view(), name="follower"),
    path("users/<str:username>/followers/", FollowersView.as_view(), name="followers"),
    path("users/<str:username>/following/", FollowingView.as_view(), name="following"),
    path("users/<str:username>/block/", BlockView.as_view(), name="block"),
    path("users/<str:username>/mute/", MuteView.as_view(), name="mute"),
    path("follow-requests/", FollowRequestsView.as_view(), name="follow-requests"),
    path("follow-requests/<uuid:pk>/accept/", AcceptFollowView.as_view(), name="accept-follow"),
    path("follow-requests/<uuid:pk>/decline/", DeclineFollowView.as_view(), name="decline-follow"),
    path("friends/", FriendsView.as_view(), name="friends"),
    path("friends/suggestions/", SuggestionsView.as_view(), name="friend-suggestions"),
    path("friends/<str:username>/", FriendView.as_view(), name="friend"),
    path("friend-requests/", FriendRequestsView.as_view(), name="friend-requests"),
    path("friend-requests/<uuid:pk>/", FriendRequestView.as_view(), name="friend-request"),
    path("friend-requests/<uuid:pk>/accept/", AcceptFriendView.as_view(), name="accept-friend"),
    path("friend-requests/<uuid:pk>/decline/", DeclineFriendView.as_view(), name="decline-friend"),
    path("blocks/", BlocksView.as_view(), name="blocks"),
    path("mutes/", MutesView.as_view(), name="mutes"),
]
