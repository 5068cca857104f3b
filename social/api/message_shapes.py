"""Messages and conversations as they are sent and shown."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from nutrition.api.texts import LineField
from social.api.cards import CardWorkoutSerializer
from social.api.people import PersonBriefSerializer, brief
from social.models import ConversationKind, MemberState
from social.models.conversation import MAX_MESSAGE
from social.selectors import people
from social.selectors.conversations import MOST_UNREAD
from social.selectors.messages import attached
from social.services.conversations import MOST_OTHERS
from social.services.messages import MOST_PICTURES
from users.api.fields import IdField, refuse_far_year
from users.api.pagination import PageRequest, page_response
from users.keyset import Page

Row = dict[str, Any]
STATES: Final = (MemberState.ACTIVE.value, MemberState.REQUEST.value)
STATE_CHOICES: Final = tuple((state, MemberState(state).label) for state in STATES)


class MessagePictureSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The picture.")
    url = serializers.CharField(help_text="At most 2048 pixels; takes your session to read.")
    thumbnail = serializers.CharField(help_text="At most 400 pixels.")
    width = serializers.IntegerField(help_text="px")
    height = serializers.IntegerField(help_text="px")


class MessageSerializer(serializers.Serializer[Any]):
    """A message. Of one that was taken back, only that it was there is left."""

    id = serializers.UUIDField(help_text="The message.")
    conversation = serializers.UUIDField(help_text="Where it was written.")
    sender = PersonBriefSerializer(help_text="Who wrote it.")
    receiver = PersonBriefSerializer(
        allow_null=True, help_text="The other of two; null in a group."
    )
    content = serializers.CharField(
        help_text="Up to 2000 characters; empty where only something is attached."
    )
    is_read = serializers.BooleanField(
        allow_null=True,
        help_text=(
            "Of a message to you: whether you have read it. Of yours: whether somebody has; null"
            " where one side shows no read receipts."
        ),
    )
    pictures = MessagePictureSerializer(many=True, help_text="In their order.")
    workout = CardWorkoutSerializer(
        allow_null=True, help_text="The workout that the sender shows with it."
    )
    is_deleted = serializers.BooleanField(help_text="Whether its sender took it back.")
    created_at = serializers.DateTimeField(
        help_text="When it was sent: no two of a conversation at the same instant."
    )
    updated_at = serializers.DateTimeField(help_text="When it was sent or taken back.")


class MessageBodySerializer(serializers.Serializer[Any]):
    """Words, pictures, a workout, or some of them."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    content = serializers.CharField(
        max_length=MAX_MESSAGE, allow_blank=True, default="", help_text="What you say."
    )
    workout = IdField(
        required=False, allow_null=True, help_text="One of your workouts, to show with it."
    )
    pictures = serializers.ListField(
        child=IdField(help_text="The id of a picture."),
        max_length=MOST_PICTURES,
        required=False,
        help_text="Uploaded to pictures/ before, in their order. Each is used once.",
    )

    def validate(self, content: Row) -> Row:
        given = content.get("pictures", [])
        if len(set(given)) < len(given):
            raise ValidationError({"pictures": "A picture is used once."}, code="duplicate_id")
        if not (content["content"] or given or content.get("workout")):
            raise ValidationError({"content": "Say something."}, code="empty")
        return content


class DirectMessageBodySerializer(MessageBodySerializer):
    receiver = serializers.CharField(
        max_length=150, help_text="To whom: their username, in whatever case."
    )


class ConversationMemberSerializer(serializers.Serializer[Any]):
    user = PersonBriefSerializer(help_text="Who it is.")
    is_admin = serializers.BooleanField(help_text="Of a group: whether they add and remove.")
    is_waiting = serializers.BooleanField(
        help_text="Of a group: whether they have not said yet that they want to be in it."
    )
    last_read_at = serializers.DateTimeField(
        allow_null=True,
        help_text="Up to when they have read; null where one of you shows no read receipts.",
    )


class ConversationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The conversation.")
    kind = serializers.ChoiceField(ConversationKind.choices, help_text="Of two, or of several.")
    title = serializers.CharField(help_text="Of a group; may be empty.")
    state = serializers.ChoiceField(
        STATE_CHOICES,
        help_text="A request waits until you accept it, answer or decline.",
    )
    members = ConversationMemberSerializer(
        many=True, help_text="You at the end; in lists, at most five of them."
    )
    members_count = serializers.IntegerField(help_text="You among them.")
    is_admin = serializers.BooleanField(help_text="Whether you add and remove members.")
    last_message = MessageSerializer(allow_null=True, help_text="The newest one.")
    unread_count = serializers.IntegerField(help_text=f"Messages; counted up to {MOST_UNREAD}.")
    last_read_at = serializers.DateTimeField(
        allow_null=True, help_text="Up to when you have read; null if nothing."
    )
    muted_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when it does not ring for you."
    )
    created_at = serializers.DateTimeField(help_text="When it was begun.")
    last_message_at = serializers.DateTimeField(
        allow_null=True, help_text="What places it in the list: when something reached you last."
    )


class ConversationMembershipSerializer(serializers.Serializer[Any]):
    """Your own place in a conversation: whether you want it, and what you have read."""

    id = serializers.UUIDField(help_text="Your place in it.")
    conversation = serializers.UUIDField(help_text="The conversation.")
    kind = serializers.ChoiceField(ConversationKind.choices, help_text="Of two, or of several.")
    title = serializers.CharField(help_text="Of a group; may be empty.")
    state = serializers.ChoiceField(
        MemberState.choices, help_text="Lists show the active ones and the requests."
    )
    is_admin = serializers.BooleanField(help_text="Of a group: whether you add and remove.")
    muted_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when it does not ring for you."
    )
    last_read_at = serializers.DateTimeField(
        allow_null=True, help_text="Up to when you have read; null if nothing."
    )
    cleared_at = serializers.DateTimeField(
        allow_null=True, help_text="Messages up to then are deleted for you; null if none are."
    )
    last_message_at = serializers.DateTimeField(
        allow_null=True, help_text="What places it in the list: when something reached you last."
    )
    created_at = serializers.DateTimeField(help_text="When you came in.")
    updated_at = serializers.DateTimeField(help_text="When this changed last.")


class ConversationBodySerializer(serializers.Serializer[Any]):
    """Either with one person, or among several."""

    username = serializers.CharField(
        max_length=150, required=False, help_text="The other one, in whatever case."
    )
    title = LineField(
        max_length=100, required=False, allow_blank=True, help_text="Of a group; may be empty."
    )
    members = serializers.ListField(
        child=serializers.CharField(max_length=150, help_text="A username."),
        max_length=MOST_OTHERS,
        allow_empty=False,
        required=False,
        help_text="The others of a group, by their usernames.",
    )

    def validate(self, content: Row) -> Row:
        if "username" not in content and "members" not in content:
            raise ValidationError({"username": "Say with whom."}, code="required")
        if "username" in content and len(content) > 1:
            message = "A conversation has either one other person or members."
            raise ValidationError({"username": message}, code="both_given")
        return content


class ConversationChangeSerializer(serializers.Serializer[Any]):
    title = LineField(
        max_length=100, required=False, allow_blank=True, help_text="Of a group that you lead."
    )
    muted_until = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="Until when it shall not ring for you; null rings again.",
    )

    def validate_muted_until(self, value: Any) -> Any:
        if value is not None:
            refuse_far_year(value)
        return value


class AddedMemberSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150, help_text="Whom to add, in whatever case.")


class ReadBodySerializer(serializers.Serializer[Any]):
    up_to = IdField(help_text="The newest message that was on the screen.")


class ReadSerializer(serializers.Serializer[Any]):
    last_read_at = serializers.DateTimeField(help_text="Up to when you have read.")


class UnreadSerializer(serializers.Serializer[Any]):
    messages = serializers.IntegerField(help_text=f"Counted up to {MOST_UNREAD}.")
    conversations = serializers.IntegerField(help_text="With something unread.")
    requests = serializers.IntegerField(help_text="That wait for your answer.")


REFUSED: Final = OpenApiResponse(
    {"$ref": "#/components/schemas/ErrorAnswer"},
    description="A title and members are for who leads the group, taking back for the sender.",
)
STATE: Final = OpenApiParameter(
    "state", str, enum=STATES, description="Your own (the default), or strangers' that wait."
)
WITH: Final = OpenApiParameter(
    "with", str, description="Only what you and the person of this username wrote each other."
)
FOR: Final = OpenApiParameter(
    "for", str, enum=("me", "everyone"), description="Only its sender takes it from everyone."
)


# --- Rows as they are shown ------------------------------------------------------------------


class Shower:
    """Makes answers of rows: people of ids, addresses of names. Asks for the people once."""

    def __init__(
        self, ids: Iterable[UUID | None], *, hidden: Collection[UUID], request: Request | None
    ) -> None:
        wanted = {one for one in ids if one is not None}.difference(hidden)
        found = people.briefs(wanted)
        self.people = {key: brief(row, request) for key, row in found.items()}
        self.request = request
        self._pictures = ""

    def message(self, row: Row) -> Row:
        row["sender"] = self.people.get(row["sender"])
        row["receiver"] = self.people.get(row["receiver"])
        if row["pictures"]:
            row["pictures"] = attached(row["pictures"], base=self._base())
        return row

    def conversation(self, row: Row) -> Row:
        del row["seat"]
        for member in row["members"]:
            member["user"] = self.people[member["user"]]
        if row["last_message"]:
            self.message(row["last_message"])
        return row

    def _base(self) -> str:
        if not self._pictures:
            path = reverse("picture-list")
            self._pictures = self.request.build_absolute_uri(path) if self.request else path
        return self._pictures


def shown_messages(
    rows: Collection[Row], *, hidden: Collection[UUID], request: Request | None
) -> list[Row]:
    """Rows of the selectors as answers show them; they are changed in place."""
    named = {person for row in rows for person in (row["sender"], row["receiver"])}
    shower = Shower(named, hidden=hidden, request=request)
    return [shower.message(row) for row in rows]


def shown_conversations(
    rows: Collection[Row], *, hidden: Collection[UUID], request: Request | None
) -> list[Row]:
    named: set[UUID | None] = {member["user"] for row in rows for member in row["members"]}
    for row in rows:
        if row["last_message"]:
            named |= {row["last_message"]["sender"], row["last_message"]["receiver"]}
    shower = Shower(named, hidden=hidden, request=request)
    return [shower.conversation(row) for row in rows]


def message_page_response(
    *, request: Request, page_request: PageRequest, page: Page, hidden: Collection[UUID]
) -> Response:
    first, last = _ends(page, "created_at", "id")
    return page_response(
        request=request,
        page=page_request,
        rows=shown_messages(page.rows, hidden=hidden, request=request),
        first=first,
        last=last,
        more=page.more,
    )


def conversation_page_response(
    *, request: Request, page_request: PageRequest, page: Page, hidden: Collection[UUID]
) -> Response:
    first, last = _ends(page, "last_message_at", "seat")
    return page_response(
        request=request,
        page=page_request,
        rows=shown_conversations(page.rows, hidden=hidden, request=request),
        first=first,
        last=last,
        more=page.more,
    )


def _ends(page: Page, *key: str) -> tuple[tuple[Any, ...] | None, tuple[Any, ...] | None]:
    if not page.rows:
        return None, None
    first, last = (_key(row, key) for row in (page.rows[0], page.rows[-1]))
    return first, last


def _key(row: Mapping[str, Any], key: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row[name] for name in key)
