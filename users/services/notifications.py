"""Tell a person something, as far as they want to be told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models import Count
from django.utils import timezone

from users import connections, push, selectors
from users.models import Notification, NotificationActor, PushDevice, User, UserSettings
from users.models.notification import NotificationCategory
from users.ownership import advance_clocks_unheard, bury
from users.services import live, outbox

LIVE_KIND: Final = "notification"
_MOST_NAMED = 2
_LONGEST_NAME = 40
_SOMEBODY = "Somebody"
_REWRITE = """
    UPDATE users_notification SET text = new.text, actors_count = new.count,
        revision = new.revision, updated_at = now()
    FROM unnest(%s::uuid[], %s::text[], %s::integer[], %s::bigint[])
        AS new (id, text, count, revision)
    WHERE users_notification.id = new.id
"""
# What open screens were told is kept for a while as well.
_REWRITE_EVENTS = """
    UPDATE users_liveevent SET data = data || jsonb_build_object('text', new.text)
    FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS new (user_id, id, text)
    WHERE users_liveevent.user_id = new.user_id AND kind = %s AND data ->> 'id' = new.id::text
"""
_REMOVE_EVENTS = """
    DELETE FROM users_liveevent USING unnest(%s::uuid[], %s::uuid[]) AS gone (user_id, id)
    WHERE users_liveevent.user_id = gone.user_id AND kind = %s AND data ->> 'id' = gone.id::text
"""


@transaction.atomic
def notify(
    *,
    user_id: UUID,
    category: NotificationCategory,
    kind: str,
    text: str,
    target: models.Model | None = None,
) -> Notification | None:
    """Write a notification and push it to the person's phones; None where they switched it off.

    For what is no person's doing: see ``tell``.
    """
    if not _wanted(user_id=user_id, category=category):
        return None
    notification = Notification(user_id=user_id, category=category, kind=kind, text=text)
    if target is not None:
        notification.target = target
    notification.save()
    outbox.promise(kind="push", notification_id=str(notification.pk))
    _announce(notification)
    return notification


@transaction.atomic
def tell(
    *,
    user_id: UUID,
    category: NotificationCategory,
    kind: str,
    group_key: str,
    actor_id: UUID,
    phrase: str,
    target: models.Model | None = None,
) -> Notification | None:
    """Tell what somebody did, such as "liked your post".

    While a notification of the same ``group_key`` is unread, it takes the actor in ("Ana and 3
    others liked your post") and becomes the newest, but does not ring again; an actor who is in it
    already changes nothing. None where the person is not to be told: it was their own doing, they
    switched it off, the two are hidden from each other, the actor is muted, one of them is gone.

    Locks the clocks of both. A caller who holds some has to hold both, or none above the lower.
    """
    if user_id == actor_id:
        return None
    # The actor's too, or their erasure could overlook what is being written about them.
    clocks = advance_clocks_unheard([user_id, actor_id])
    name = _name_of_active(actor_id)
    if name is None or not _may_hear(user_id=user_id, actor_id=actor_id, category=category):
        return None
    found = Notification.objects.of_group(user_id, group_key).unread().first()
    if found is not None:
        if _take_in(found, actor_id=actor_id, revision=clocks[user_id]):
            _announce(found)
        return found
    notification = Notification(
        user_id=user_id,
        category=category,
        kind=kind,
        group_key=group_key,
        phrase=phrase,
        actors_count=1,
        text=sentence(names=[name], count=1, phrase=phrase),
    )
    if target is not None:
        notification.target = target
    notification.insert_at(clocks[user_id])
    _add_actor(notification, actor_id)
    outbox.promise(kind="push", notification_id=str(notification.pk))
    _announce(notification)
    return notification


@transaction.atomic
def untell(*, user_id: UUID, group_key: str, actor_id: UUID) -> None:
    """Take back what was told and not read yet, as when a like is taken back.

    The notification goes with its last actor. Nothing happens where there is nothing to take back.
    """
    clocks = advance_clocks_unheard([user_id])
    unread = Notification.objects.of_group(user_id, group_key).unread()
    _take_out(
        NotificationActor.objects.filter(
            user=user_id, notification__in=unread.values("pk"), actor=actor_id
        ),
        clocks,
    )


@transaction.atomic
def forget_actor(*, user_id: UUID, actor_id: UUID) -> None:
    """Take somebody out of all that this person was told, as after a block."""
    clocks = advance_clocks_unheard([user_id])
    _take_out(NotificationActor.objects.filter(user=user_id, actor=actor_id), clocks)


def told_of(actor_id: UUID) -> set[UUID]:
    """Who was told of this person's doings."""
    owners = NotificationActor.objects.filter(actor=actor_id).order_by()
    return set(owners.values_list("user_id", flat=True).distinct())


@transaction.atomic
def forget_everywhere(actor_id: UUID) -> None:
    """Take somebody who is erased out of all that others were told."""
    clocks = advance_clocks_unheard(told_of(actor_id))
    _take_out(NotificationActor.objects.filter(user__in=clocks, actor=actor_id), clocks)


@transaction.atomic
def recount_actors(notification_ids: Sequence[UUID]) -> int:
    """Make these say who is in them, where nobody is told of anything new; how many there are.

    One that tells of people and has none goes.
    """
    rows = Notification.objects.filter(pk__in=notification_ids).order_by("user_id", "pk")
    clocks = advance_clocks_unheard(list(rows.values_list("user", flat=True)))
    places = [place for place in rows.values_list("user_id", "pk") if place[0] in clocks]
    actors = NotificationActor.objects.filter(notification__in=notification_ids).order_by()
    counts = dict(actors.values_list("notification_id").annotate(count=Count("pk")))
    _rewrite([place for place in places if place[1] in counts], counts, clocks)
    if gone := [place for place in places if place[1] not in counts]:
        _remove(gone, clocks)
    return len(places)


def mark_read(*, notifications: "models.QuerySet[Notification]", read_at: datetime) -> int:
    return notifications.filter(read_at=None).update(read_at=read_at, updated_at=read_at)


@transaction.atomic
def remove(*, notification: Notification) -> None:
    """Delete it, and what open screens were told of it."""
    key = notification.pk
    notification.delete()
    _remove_events([(notification.user_id, key)])


def sentence(*, names: Sequence[str], count: int, phrase: str) -> str:
    """Who did it, the newest first, and what: "Ana and 3 others liked your post"."""
    most = _MOST_NAMED if count == _MOST_NAMED else 1
    shown = [_shortened(name) for name in names[:most]] or [_SOMEBODY]
    others = count - len(shown)
    if others > 0:
        shown.append("1 other" if others == 1 else f"{others} others")
    return f"{' and '.join(shown)} {phrase}"


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


# --- Who is told -----------------------------------------------------------------------------


def _name_of_active(user_id: UUID) -> str | None:
    people = User.objects.filter(pk=user_id, is_active=True)
    return people.values_list("profile__display_name", flat=True).first()


def _may_hear(*, user_id: UUID, actor_id: UUID, category: NotificationCategory) -> bool:
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        return False
    if not _wanted(user_id=user_id, category=category):
        return False
    unheard = connections.hidden_from(user_id) | connections.silenced_for(user_id)
    return actor_id not in unheard


def _wanted(*, user_id: UUID, category: NotificationCategory) -> bool:
    if category == NotificationCategory.ACCOUNT:
        return True
    preferences = UserSettings.objects.filter(user_id=user_id)
    return preferences.values_list(f"notification_{category}", flat=True).first() is not False


def _announce(notification: Notification) -> None:
    kind = None
    if notification.target_type_id is not None:
        target = ContentType.objects.get_for_id(notification.target_type_id)
        kind = f"{target.app_label}.{target.model}"
    data = {
        "id": notification.pk,
        "kind": notification.kind,
        "text": notification.text,
        "category": notification.category,
        "target_type": kind,
        "target_id": notification.target_id,
    }
    live.announce(user_ids=[notification.user_id], kind=LIVE_KIND, data=data)


# --- Who did it. The caller has advanced the clocks of those who were told. -------------------


def _take_in(notification: Notification, *, actor_id: UUID, revision: int) -> bool:
    """Whether the actor was not in it before."""
    actors = NotificationActor.objects.filter(notification=notification)
    if actors.filter(actor=actor_id).exists():
        return False
    _add_actor(notification, actor_id)
    count = actors.count()
    names = _names_of([notification.pk])[notification.pk]
    notification.actors_count = count
    notification.text = sentence(names=names, count=count, phrase=notification.phrase)
    notification.created_at = notification.updated_at = timezone.now()
    notification.revision = revision
    Notification.objects.filter(pk=notification.pk).write(
        text=notification.text,
        actors_count=count,
        created_at=notification.created_at,
        updated_at=notification.updated_at,
        revision=revision,
    )
    return True


def _add_actor(notification: Notification, actor_id: UUID) -> None:
    NotificationActor(
        user_id=notification.user_id,
        notification=notification,
        actor_id=actor_id,
        created_at=timezone.now(),
    ).insert()


def _take_out(rows: "models.QuerySet[NotificationActor]", clocks: Mapping[UUID, int]) -> None:
    """Remove these actors, say anew what is left, and remove what has no actor left.

    A constant number of statements for any number of notifications.
    """
    places = list(rows.order_by().values_list("user_id", "notification_id"))
    if not places:
        return
    rows.remove()  # type: ignore[attr-defined]
    ids = [notification_id for _, notification_id in places]
    told = NotificationActor.objects.filter(notification__in=ids).order_by()
    left = dict(told.values_list("notification_id").annotate(count=Count("pk")))
    _rewrite([place for place in places if place[1] in left], left, clocks)
    _remove([place for place in places if place[1] not in left], clocks)


def _rewrite(
    places: Sequence[tuple[UUID, UUID]], counts: Mapping[UUID, int], clocks: Mapping[UUID, int]
) -> None:
    if not places:
        return
    owners, ids = map(list, zip(*places, strict=True))
    names = _names_of(ids)
    phrases = dict(Notification.objects.filter(pk__in=ids).values_list("pk", "phrase"))
    texts = [sentence(names=names[one], count=counts[one], phrase=phrases[one]) for one in ids]
    revisions = [clocks[owner] for owner in owners]
    with connection.cursor() as cursor:
        cursor.execute(_REWRITE, [ids, texts, [counts[one] for one in ids], revisions])
        cursor.execute(_REWRITE_EVENTS, [owners, ids, texts, LIVE_KIND])


def _remove(places: Sequence[tuple[UUID, UUID]], clocks: Mapping[UUID, int]) -> None:
    bury(Notification, places, clocks)
    Notification.objects.filter(pk__in=[one for _, one in places]).remove()
    _remove_events(places)


def _remove_events(places: Collection[tuple[UUID, UUID]]) -> None:
    with connection.cursor() as cursor:
        owners, ids = [owner for owner, _ in places], [one for _, one in places]
        cursor.execute(_REMOVE_EVENTS, [owners, ids, LIVE_KIND])


def _names_of(notification_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    found = selectors.newest_actors(notification_ids, most=_MOST_NAMED)
    return {key: [actor["display_name"] for actor in actors] for key, actors in found.items()}


# --- Phones ----------------------------------------------------------------------------------


@outbox.handles("push")
def push_notification(*, notification_id: str) -> None:
    """A promise for each phone: one that cannot be reached does not ring the others again."""
    owners = Notification.objects.filter(pk=notification_id).values("user_id")
    for device_id in PushDevice.objects.filter(user_id__in=owners).values_list("pk", flat=True):
        outbox.promise(
            kind="push_to_device", notification_id=notification_id, device_id=str(device_id)
        )


@outbox.handles("push_to_device")
def push_to_device(*, notification_id: str, device_id: str) -> None:
    notification = Notification.objects.filter(pk=notification_id).first()
    device = PushDevice.objects.filter(pk=device_id).first()
    # A phone that somebody else registered since has another id.
    if notification is None or device is None:
        return
    message = push.PushMessage(
        platform=device.platform, token=device.token, title="Numeneon", body=notification.text
    )
    if not push.backend().send(message):
        device.delete()
