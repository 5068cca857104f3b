"""Conversations of two and of several, over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from social.api import examples_messages as examples
from social.api.cards import PLACE_KEY
from social.api.message_shapes import (
    REFUSED,
    STATE,
    STATES,
    AddedMemberSerializer,
    ConversationBodySerializer,
    ConversationChangeSerializer,
    ConversationSerializer,
    MessageBodySerializer,
    MessageSerializer,
    ReadBodySerializer,
    ReadSerializer,
    UnreadSerializer,
    conversation_page_response,
    message_page_response,
    shown_conversations,
)
from social.api.messages import named_person, sent
from social.api.people import viewer_of
from social.models import MemberState
from social.selectors import conversations as selectors
from social.selectors import people
from social.selectors.messages import conversation_messages
from social.services import conversations, messages
from social.services.conversations import NoSuchPerson
from users.api.owned import idempotency_key
from users.api.pagination import KeysetPagination, PageRequest


class ConversationViewSet(ViewSet):
    """Your conversations."""

    lookup_value_converter = "uuid"
    pagination_class = KeysetPagination
    creates_once: ClassVar[frozenset[str]] = frozenset({"create", "write"})

    @extend_schema(
        summary="Your conversations",
        parameters=[STATE],
        responses=ConversationSerializer(many=True),
        examples=[examples.CONVERSATION],
    )
    def list(self, request: Request) -> Response:
        """Your conversations, that with the newest message first; or strangers' that wait."""
        state = request.query_params.get("state", MemberState.ACTIVE.value)
        if state not in STATES:
            raise ValidationError({"state": "Either active or request."}, code="invalid_choice")
        viewer_id = viewer_of(request)
        page_request = PageRequest.of(request)
        hidden = people.hidden_from(viewer_id)
        page = selectors.conversation_page(
            viewer_id=viewer_id,
            state=MemberState(state),
            hidden=hidden,
            size=page_request.size,
            place=page_request.place_in(PLACE_KEY),
        )
        return conversation_page_response(
            request=request, page_request=page_request, page=page, hidden=hidden
        )

    @extend_schema(
        summary="Begin a conversation",
        request=ConversationBodySerializer,
        responses={201: ConversationSerializer, 200: ConversationSerializer},
        examples=[examples.CONVERSATION, examples.DIRECT, examples.GROUP],
    )
    def create(self, request: Request) -> Response:
        """Begin one with somebody, or among several.

        Two people have one conversation: to begin it again answers it. A group is made once for
        the same Idempotency-Key; you lead it, and whoever neither follows nor befriended you is
        asked first. Who takes no messages from you is a 409.
        """
        serializer = ConversationBodySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        content, viewer_id = serializer.validated_data, viewer_of(request)
        if "username" in content:
            conversation_id, is_new = conversations.open_direct(
                user_id=viewer_id,
                other_id=named_person(request, content["username"], attr="username"),
            )
        else:
            conversation_id, is_new = conversations.open_group(
                user_id=viewer_id,
                title=content.get("title", ""),
                member_ids=_members(viewer_id, content["members"]),
                idempotency_key=idempotency_key(request),
            )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(_shown(request, conversation_id), status=code)

    @extend_schema(
        summary="A conversation",
        responses=ConversationSerializer,
        examples=[examples.CONVERSATION],
    )
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """A conversation with all of its members."""
        return Response(_shown(request, pk))

    @extend_schema(
        summary="Change a conversation",
        request=ConversationChangeSerializer,
        responses={200: ConversationSerializer, 403: REFUSED},
        examples=[examples.CONVERSATION, examples.CHANGE],
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Give a group that you lead another title, or have it not ring for you."""
        serializer = ConversationChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        content, viewer_id = serializer.validated_data, viewer_of(request)
        if "title" in content:
            conversations.rename(user_id=viewer_id, conversation_id=pk, title=content["title"])
        if "muted_until" in content:
            conversations.mute(user_id=viewer_id, conversation_id=pk, until=content["muted_until"])
        return Response(_shown(request, pk))

    @extend_schema(summary="Clear a conversation", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete the conversation for yourself. It comes back with the next message alone."""
        conversations.clear(user_id=viewer_of(request), conversation_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Messages of a conversation",
        responses=MessageSerializer(many=True),
        examples=[examples.MESSAGE],
    )
    @action(detail=True)
    def messages(self, request: Request, pk: UUID) -> Response:
        """The messages of a conversation, newest first."""
        viewer_id = viewer_of(request)
        page_request = PageRequest.of(request)
        hidden = people.hidden_from(viewer_id)
        page = conversation_messages(
            viewer_id=viewer_id,
            conversation_id=pk,
            hidden=hidden,
            size=page_request.size,
            place=page_request.place_in(PLACE_KEY),
        )
        if page is None:
            raise Http404
        return message_page_response(
            request=request, page_request=page_request, page=page, hidden=hidden
        )

    @extend_schema(
        summary="Write into a conversation",
        request=MessageBodySerializer,
        responses={201: MessageSerializer, 200: MessageSerializer},
        examples=[examples.MESSAGE, examples.BODY],
    )
    @messages.mapping.post
    def write(self, request: Request, pk: UUID) -> Response:
        """Write a message. Safe to repeat with an id or a key. It accepts a request."""
        serializer = MessageBodySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        message, is_new = messages.send(
            user_id=viewer_of(request),
            conversation_id=pk,
            content=serializer.validated_data,
            idempotency_key=idempotency_key(request),
        )
        return sent(request, message, is_new=is_new)

    @extend_schema(
        summary="Have messages read",
        request=ReadBodySerializer,
        responses=ReadSerializer,
        examples=[examples.READ, examples.READ_BODY],
    )
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: UUID) -> Response:
        """Say up to which message you have read. An older one than before changes nothing."""
        serializer = ReadBodySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        read_at = messages.read(
            user_id=viewer_of(request),
            conversation_id=pk,
            up_to=serializer.validated_data["up_to"],
        )
        return Response({"last_read_at": read_at})

    @extend_schema(
        summary="Accept a request",
        request=None,
        responses=ConversationSerializer,
        examples=[examples.CONVERSATION],
    )
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: UUID) -> Response:
        """Take a stranger's conversation, or the invitation to a group. Twice is once."""
        conversations.accept(user_id=viewer_of(request), conversation_id=pk)
        return Response(_shown(request, pk))

    @extend_schema(summary="Decline a request", request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: UUID) -> Response:
        """See no more of a stranger's conversation, or of a group. Who wrote is not told."""
        conversations.decline(user_id=viewer_of(request), conversation_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Leave a group", request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, pk: UUID) -> Response:
        """Be in a group conversation no more. What you wrote stays there."""
        conversations.leave(user_id=viewer_of(request), conversation_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Add a member",
        request=AddedMemberSerializer,
        responses={201: ConversationSerializer, 200: ConversationSerializer, 403: REFUSED},
        examples=[examples.CONVERSATION, examples.ADDED],
    )
    @action(detail=True, methods=["post"])
    def members(self, request: Request, pk: UUID) -> Response:
        """Bring somebody into a group that you lead; they read from then on. Twice is once.

        Who neither follows nor befriended you is asked first, and so is who had left.
        """
        serializer = AddedMemberSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        username = serializer.validated_data["username"]
        is_new = conversations.add_member(
            user_id=viewer_of(request),
            conversation_id=pk,
            other_id=named_person(request, username, attr="username"),
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(_shown(request, pk), status=code)

    @extend_schema(
        summary="Unread messages", responses=UnreadSerializer, examples=[examples.UNREAD]
    )
    @action(detail=False)
    def unread(self, request: Request) -> Response:
        """How much is unread in all your conversations."""
        viewer_id = viewer_of(request)
        hidden = people.hidden_from(viewer_id)
        return Response(selectors.unread_totals(viewer_id, hidden=hidden))


class ConversationMemberView(APIView):
    @extend_schema(summary="Remove a member", responses={204: None, 403: REFUSED})
    def delete(self, request: Request, pk: UUID, username: str) -> Response:
        """Take somebody out of a group that you lead; twice is once. To go yourself, leave."""
        viewer_id = viewer_of(request)
        hidden = people.hidden_from(viewer_id)
        member_id = selectors.member_named(pk, username, hidden=hidden)
        if member_id is None:
            raise Http404
        conversations.remove_member(user_id=viewer_id, conversation_id=pk, other_id=member_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def represent_conversation_members(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return selectors.seats(user_id, ids)


def _members(viewer_id: UUID, usernames: list[str]) -> list[UUID]:
    hidden = people.hidden_from(viewer_id)
    found: dict[UUID, None] = {}
    for place, person_id in enumerate(selectors.people_named(viewer_id, usernames, hidden=hidden)):
        if person_id is None:
            raise NoSuchPerson(f"members.{place}")
        if person_id == viewer_id:
            raise ValidationError({f"members.{place}": "That is you."}, code="yourself")
        found[person_id] = None
    return list(found)


def _shown(request: Request, conversation_id: UUID) -> dict[str, Any]:
    viewer_id = viewer_of(request)
    hidden = people.hidden_from(viewer_id)
    row = selectors.conversation(viewer_id, conversation_id, hidden=hidden)
    if row is None:
        raise Http404
    return shown_conversations([row], hidden=hidden, request=request)[0]


router = SimpleRouter(use_regex_path=False)
router.register("conversations", ConversationViewSet, basename="conversation")

urlpatterns = [
    *router.urls,
    path(
        "conversations/<uuid:pk>/members/<str:username>/",
        ConversationMemberView.as_view(),
        name="conversation-member",
    ),
]
