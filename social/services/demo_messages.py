"""Messages for the demo: short talks between neighbors in the list of people, and one of several.

They are written as rows, so that nobody's phone rings; ``MARK`` tells them from real ones.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import cycle, pairwise
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from social.models import Conversation, ConversationKind, ConversationMember, Message
from social.selectors import people as ties
from social.selectors.messages import direct_key
from users.models import User
from users.ownership import advance_clocks_unheard
from users.services import demo as people

# What no phone sends, where the hash of what a phone sent would be.
MARK: Final = hashlib.sha256(b"seed_messages").digest()
MOST_PEOPLE: Final = 10
_GROUP_SIZE: Final = 4
_LEAST_GROUP: Final = 3
_GROUP_TITLE: Final = "Saturday run"
_PAUSE: Final = timedelta(minutes=7)
_FIRST: Final = timedelta(days=12)
# Said in turn; the last line of each is not read yet.
_TALKS: Final = (
    (
        "Are you in the gym tomorrow?",
        "Yes, at six. Squats first.",
        "Good, I need somebody to watch my depth.",
        "Deal. You count, I complain.",
        "Ha. See you at six.",
    ),
    (
        "Your last run looked fast!",
        "Thanks, the wind helped on the way back.",
        "What was your pace?",
        "5:12 a kilometer, the last one under five.",
    ),
    (
        "How is the new plan?",
        "Four days a week is just right for me.",
        "And the deadlift?",
        "2.5 kg more every week so far. Ask me again in May.",
        "I will!",
    ),
    (
        "Do you have that oat recipe?",
        "Oats, skyr, berries, a spoon of peanut butter. 32 g of protein.",
        "Perfect, thanks.",
    ),
)
_GROUP_TALK: Final = (
    "Who is in for Saturday?",
    "Me! Ten kilometers, easy?",
    "Easy is what you said the last time.",
    "Eight then, and coffee after it.",
    "Coffee was never in question.",
)


@transaction.atomic
def add_messages(*, now: datetime) -> int:
    """Have people of the demo, or others where there are none, talk to each other.

    Who has a conversation already is left alone, so that twice is once. Answers how many messages
    were added.
    """
    crowd = _crowd()
    clocks = advance_clocks_unheard([person.pk for person in crowd])
    crowd = [person for person in crowd if person.pk in clocks]
    added = 0
    begins = now - _FIRST
    for (one, other), talk in zip(_strangers(crowd), cycle(_TALKS), strict=False):
        key = direct_key(one.pk, other.pk)
        added += _talk([one, other], talk, clocks, begins=begins, direct_key=key)
        begins += timedelta(days=1)
    group = crowd[:_GROUP_SIZE]
    if len(group) >= _LEAST_GROUP and not _has_talked(group[0]):
        added += _talk(group, _GROUP_TALK, clocks, begins=begins, title=_GROUP_TITLE)
    return added


@transaction.atomic
def remove_messages() -> int:
    """Delete what ``add_messages`` added, and conversations in which nothing else was said.

    Answers how many messages were deleted.
    """
    seeded = Message.objects.filter(creation_hash=MARK)
    ids = list(seeded.order_by().values_list("conversation", flat=True).distinct())
    seats = ConversationMember.objects.filter(conversation__in=ids)
    advance_clocks_unheard(set(seats.order_by().values_list("user", flat=True)))
    count = seeded.count()
    seeded.delete()
    left = Message.objects.filter(conversation__in=ids).order_by().values_list("conversation")
    newest = dict(left.annotate(newest=Max("created_at")))
    for conversation_id, at in newest.items():
        Conversation.objects.filter(pk=conversation_id).update(last_message_at=at)
        seats.filter(conversation=conversation_id).write(last_message_at=at)
    seats.exclude(conversation__in=newest).delete()
    Conversation.objects.filter(pk__in=ids).exclude(pk__in=newest).delete()
    return count


def _crowd() -> list[User]:
    everyone = User.objects.filter(is_active=True).order_by("pk")
    demo = list(people.demo_users().filter(is_active=True, is_staff=False)[:MOST_PEOPLE])
    return demo or list(everyone.filter(is_staff=False)[:MOST_PEOPLE])


def _strangers(crowd: Sequence[User]) -> Iterator[tuple[User, User]]:
    """Neighbors who have not talked yet, and are not hidden from each other."""
    pairs = list(pairwise(crowd))
    keys = {direct_key(one.pk, other.pk) for one, other in pairs}
    known = Conversation.objects.filter(direct_key__in=keys)
    taken = set(known.values_list("direct_key", flat=True))
    for one, other in pairs:
        is_hidden = other.pk in ties.hidden_from(one.pk)
        if direct_key(one.pk, other.pk) not in taken and not is_hidden:
            yield one, other


def _has_talked(leader: User) -> bool:
    """Whether the group of the demo is there already."""
    groups = Conversation.objects.filter(kind=ConversationKind.GROUP, created_by=leader)
    return groups.filter(messages__creation_hash=MARK).exists()


def _talk(
    crowd: Sequence[User],
    lines: Sequence[str],
    clocks: Mapping[UUID, int],
    *,
    begins: datetime,
    **named: str,
) -> int:
    instants = [begins + _PAUSE * number for number in range(len(lines))]
    is_direct = "direct_key" in named
    conversation = Conversation.objects.create(
        kind=ConversationKind.DIRECT if is_direct else ConversationKind.GROUP,
        created_by=crowd[0],
        last_message_at=instants[-1],
        **named,
    )
    speakers = [crowd[number % len(crowd)] for number in range(len(lines))]
    ConversationMember.objects.insert(
        ConversationMember(
            user=person,
            conversation=conversation,
            is_admin=not is_direct and person == crowd[0],
            last_read_at=instants[-1 if person == speakers[-1] else -2],
            last_message_at=instants[-1],
            revision=clocks[person.pk],
        )
        for person in crowd
    )
    Message.objects.insert(
        Message(
            conversation=conversation,
            sender=speaker,
            receiver=crowd[crowd[0] == speaker] if is_direct else None,
            content=line,
            created_at=instant,
            is_read=instant < instants[-1],
            creation_hash=MARK,
            revision=clocks[speaker.pk],
        )
        for speaker, line, instant in zip(speakers, lines, instants, strict=True)
    )
    return len(lines)
