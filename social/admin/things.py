"""What a report is about, as a moderator has to see it to decide.

A message is shown alone, without what was said before and after it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from social.models import (
    Challenge,
    Comment,
    Group,
    GroupRole,
    Membership,
    Message,
    ModerationAction,
    Picture,
    Post,
    Report,
    ReportStatus,
)
from social.selectors.targets import REPORTED, kind_of
from users.models import User
from workouts.models import Workout, WorkoutPlan

# The number of a content type, and an id.
Key = tuple[int, UUID]
Words = tuple[tuple[str, object], ...]

GONE: Final = "gone"
OUT_OF_SIGHT: Final = "out of sight"
IN_SIGHT: Final = "in sight"


@dataclass(frozen=True)
class Thing:
    """``words`` are what it says, and what has to be known with that; ``row`` is None if gone."""

    key: Key
    kind: str
    row: Any
    person: User | None
    words: Words
    pictures: tuple[Picture, ...]
    state: str
    open_reports: int
    earlier_actions: int

    @property
    def text(self) -> str:
        return str(self.words[0][1]) if self.words else ""

    @property
    def is_of_staff(self) -> bool:
        return self.person is not None and (self.person.is_staff or self.person.is_superuser)

    @property
    def portrait(self) -> str:
        """The address of the picture that a person uploaded of themselves, for everybody."""
        small = self.row.profile.avatar_thumbnail if isinstance(self.row, User) else None
        return small.url if small else ""


def way_to(content_type_id: int, target_id: UUID) -> SafeString | str:
    """The kind of a thing, and its page where there is one; asks nothing of the database."""
    kind = ContentType.objects.get_for_id(content_type_id)
    try:
        page = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[target_id])
    except NoReverseMatch:
        return kind.name
    return format_html('<a href="{}">{}</a>', page, kind.name)


def key_of(about: Model) -> Key:
    """What the report is about, or the thing itself."""
    if isinstance(about, Report):
        return about.target_type_id, about.target_id
    return ContentType.objects.get_for_model(about).pk, about.pk


def things(keys: Iterable[Key]) -> dict[Key, Thing]:
    """Each of these as it is now: a few queries for each kind, however many there are."""
    wanted = set(keys)
    rows = _rows(wanted)
    owners = _owners(rows)
    people = User.objects.select_related("profile").in_bulk(list(set(owners.values())))
    reports = _open_reports(wanted)
    actions = _actions(people)
    found = {}
    for key in wanted:
        row, person = rows.get(key), people.get(owners.get(key))
        found[key] = Thing(
            key=key,
            kind=kind_of(key[0]).name,
            row=row,
            person=person,
            words=_WORDS[type(row)](row) if row else (),
            pictures=_pictures(row),
            state=_state(row),
            open_reports=reports.get(key, 0),
            earlier_actions=actions.get(person.pk, 0) if person else 0,
        )
    return found


def _rows(keys: Collection[Key]) -> dict[Key, Any]:
    found: dict[Key, Any] = {}
    for kind in REPORTED.values():
        number = kind.content_type.pk
        ids = [target_id for type_id, target_id in keys if type_id == number]
        if ids:
            rows = _RELATED[kind.name](kind.model._base_manager.filter(pk__in=ids))
            found |= {(number, row.pk): row for row in rows}
    return found


_RELATED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "post": lambda rows: rows.select_related(
        "parent", "shared_post", "group", "workout"
    ).prefetch_related("media__picture"),
    "comment": lambda rows: rows.prefetch_related("target"),
    "message": lambda rows: rows.select_related("workout").prefetch_related("pictures__picture"),
    "user": lambda rows: rows.select_related("profile"),
    "group": lambda rows: rows,
    "challenge": lambda rows: rows,
    "workout": lambda rows: rows,
    "plan": lambda rows: rows,
}


def _owners(rows: Mapping[Key, Any]) -> dict[Key, UUID]:
    """Whose the things are: a group is its owner's."""
    groups = [row.pk for row in rows.values() if isinstance(row, Group)]
    owned = Membership.objects.filter(group__in=groups, role=GroupRole.OWNER) if groups else ()
    of_group = {one.group_id: one.user_id for one in owned}
    owners: dict[Key, UUID | None] = {}
    for key, row in rows.items():
        if isinstance(row, User):
            owners[key] = row.pk
        elif isinstance(row, Group):
            owners[key] = of_group.get(row.pk)
        else:
            owners[key] = getattr(row, f"{row.owner_field}_id")
    return {key: owner for key, owner in owners.items() if owner is not None}


def _open_reports(keys: Collection[Key]) -> dict[Key, int]:
    ids = [target_id for _, target_id in keys]
    open_ones = Report.objects.filter(status=ReportStatus.OPEN, target_id__in=ids).order_by()
    counted = open_ones.values_list("target_type", "target_id").annotate(Count("pk"))
    return {(type_id, target_id): number for type_id, target_id, number in counted}


def _actions(people: Collection[UUID]) -> dict[UUID, int]:
    rows = ModerationAction.objects.filter(person__in=list(people)).order_by()
    return dict(rows.values_list("person").annotate(Count("pk")))


def _state(row: Any) -> str:
    if row is None:
        return GONE
    match row:
        case User():
            is_shown = row.is_active
        case Workout() | WorkoutPlan():
            is_shown = row.is_public
        case _:
            is_shown = getattr(row, "deleted_at", None) is None
    return IN_SIGHT if is_shown else OUT_OF_SIGHT


def _pictures(row: Any) -> tuple[Picture, ...]:
    match row:
        case Post():
            parts = sorted(row.media.all(), key=lambda one: one.order)
        case Message():
            parts = sorted(row.pictures.all(), key=lambda one: one.order)
        case _:
            parts = []
    return tuple(one.picture for one in parts if one.picture is not None)


# --- What it says ----------------------------------------------------------------------------


def _of_post(post: Post) -> Words:
    elsewhere = [one.media_url for one in post.media.all() if one.media_url]
    return _said(
        ("Words", post.content),
        ("In reply to", post.parent.content if post.parent else ""),
        ("Shares", post.shared_post.content if post.shared_post else ""),
        ("In the group", post.group),
        ("Shows the workout", post.workout),
        ("Media elsewhere", "\n".join(elsewhere)),
    )


def _of_comment(comment: Comment) -> Words:
    on = comment.target
    return _said(
        ("Words", comment.content), ("On", f"{on._meta.verbose_name}: {on}" if on else "")
    )


def _of_message(message: Message) -> Words:
    return _said(("Words", message.content), ("Shows the workout", message.workout))


def _of_person(person: User) -> Words:
    profile = person.profile
    return _said(
        ("Name", profile.display_name),
        ("About themselves", profile.bio),
        ("Picture elsewhere", profile.avatar_url),
    )


def _of_group_or_challenge(row: Group | Challenge | WorkoutPlan) -> Words:
    return _said(("Name", row.name), ("Description", row.description))


def _of_workout(workout: Workout) -> Words:
    # Notes that nobody else is shown are not the moderators' to read.
    return _said(("Name", workout.name), ("Notes", workout.notes if workout.is_public else ""))


def _said(first: tuple[str, object], *others: tuple[str, object]) -> Words:
    return (first, *((title, text) for title, text in others if text))


_WORDS: Final[Mapping[type[Any], Callable[[Any], Words]]] = {
    Post: _of_post,
    Comment: _of_comment,
    Message: _of_message,
    User: _of_person,
    Group: _of_group_or_challenge,
    Challenge: _of_group_or_challenge,
    WorkoutPlan: _of_group_or_challenge,
    Workout: _of_workout,
}
