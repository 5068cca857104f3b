"""Messages of all conversations, over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSet

from social.api import examples_messages as examples
from social.api.cards import PLACE_KEY
from social.api.message_shapes import (
    FOR,
    REFUSED,
    WITH,
    DirectMessageBodySerializer,
    MessageSerializer,
    message_page_response,
    shown_messages,
)
from social.api.people import viewer_of
from social.models import Message
from social.selectors import messages as selectors
from social.selectors import people
from social.selectors.conversations import people_named
from social.services import messages
from social.services.conversations import NoSuchPerson
from users.api.owned import idempotency_key
from users.api.pagination import KeysetPagination, PageRequest

_WHOM: Final = ("me", "everyone")


class MessageViewSet(ViewSet):
    """What you wrote and what was written to you."""

    lookup_value_converter = "uuid"
    pagination_class = KeysetPagination
    creates_once: ClassVar[frozenset[str]] = frozenset({"create"})

    @extend_schema(
        summary="All messages",
        parameters=[WITH],
        responses=MessageSerializer(many=True),
        examples=[examples.MESSAGE],
    )
    def list(self, request: Request) -> Response:
        """Messages of all your conversations, newest first; not those that you declined."""
        viewer_id = viewer_of(request)
        page_request = PageRequest.of(request)
        hidden = people.hidden_from(viewer_id)
        page = selectors.message_page(
            viewer_id=viewer_id,
            hidden=hidden,
            size=page_request.size,
            place=page_request.place_in(PLACE_KEY),
            partner=_partner(request),
        )
        return message_page_response(
            request=request, page_request=page_request, page=page, hidden=hidden
        )

    @extend_schema(
        summary="Write to somebody",
        request=DirectMessageBodySerializer,
        responses={201: MessageSerializer, 200: MessageSerializer},
        examples=[examples.MESSAGE, examples.DIRECT_BODY],
    )
    def create(self, request: Request) -> Response:
        """Write to one person. Safe to repeat with an id or a key.

        What you write to somebody who neither follows nor befriended you waits as a request: five
        messages at most (409) until they answer or accept. Whoever takes none from you is a 409 as
        well.
        """
        serializer = DirectMessageBodySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        content = dict(serializer.validated_data)
        viewer_id = viewer_of(request)
        receiver_id = named_person(request, content.pop("receiver"), attr="receiver")
        message, is_new = messages.send_direct(
            user_id=viewer_id,
            receiver_id=receiver_id,
            content=content,
            idempotency_key=idempotency_key(request),
        )
        return sent(request, message, is_new=is_new)

    @extend_schema(summary="A message", responses=MessageSerializer, examples=[examples.MESSAGE])
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One message of a conversation that you are in."""
        return Response(_shown(request, pk))

    @extend_schema(
        summary="Delete a message",
        parameters=[FOR],
        responses={204: None, 403: REFUSED},
    )
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a message for yourself or, as its sender, for everyone.

        For everyone, it stays in the conversation without its content.
        """
        whom = request.query_params.get("for", "me")
        if whom not in _WHOM:
            raise ValidationError({"for": "Either me or everyone."}, code="invalid_choice")
        viewer_id = viewer_of(request)
        row = _readable(viewer_id, pk)
        if whom == "me":
            messages.hide(user_id=viewer_id, message_id=pk)
        elif row["sender"] == viewer_id:
            messages.take_back(sender_id=viewer_id, message_id=pk)
        else:
            raise PermissionDenied
        return Response(status=status.HTTP_204_NO_CONTENT)


def represent_messages(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    hidden = people.hidden_from(user_id)
    rows = selectors.own_messages(user_id, ids, hidden=hidden)
    shown = shown_messages(rows.values(), hidden=hidden, request=None)
    return {row["id"]: row for row in shown}


def sent(request: Request, message: Message, *, is_new: bool) -> Response:
    """Answer a message that was written, now or by the request that this one repeats."""
    code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
    return Response(_shown(request, message.pk), status=code)


def named_person(request: Request, username: str, *, attr: str) -> UUID:
    """Whom a body names; a 400 for nobody whom the requesting person may know."""
    viewer_id = viewer_of(request)
    hidden = people.hidden_from(viewer_id)
    [person_id] = people_named(viewer_id, [username], hidden=hidden)
    if person_id is None:
        raise NoSuchPerson(attr)
    if person_id == viewer_id:
        raise ValidationError({attr: "That is you."}, code="yourself")
    return person_id


def _partner(request: Request) -> str | None:
    name = request.query_params.get("with")
    if name is not None and "\x00" in name:
        raise ValidationError({"with": "This is no username."})
    return name


def _readable(viewer_id: UUID, message_id: UUID) -> dict[str, Any]:
    hidden = people.hidden_from(viewer_id)
    found = selectors.messages(viewer_id, [message_id], hidden=hidden)
    if message_id not in found:
        raise Http404
    return found[message_id]


def _shown(request: Request, message_id: UUID) -> dict[str, Any]:
    viewer_id = viewer_of(request)
    hidden = people.hidden_from(viewer_id)
    found = selectors.messages(viewer_id, [message_id], hidden=hidden)
    if not found:
        raise Http404
    return shown_messages(found.values(), hidden=hidden, request=request)[0]


router = SimpleRouter(use_regex_path=False)
router.register("messages", MessageViewSet, basename="message")

urlpatterns = router.urls
