"""What moderators do about what people report.

Each function takes the report that they act on, or the thing itself where nobody reported it, and
leaves a row in the audit trail; what is done about a thing answers all that is open about it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.utils import timezone

from social.models import (
    Challenge,
    Comment,
    Group,
    Message,
    ModerationAction,
    ModerationVerb,
    Post,
    Report,
    ReportStatus,
)
from social.selectors.groups import owners_of
from social.services import dissolution, messages, posts
from users.errors import Conflict
from users.models import Tombstone, User, UserProfile
from users.models.notification import NotificationCategory
from users.ownership import Synced, advance_clocks_unheard, bury, resource_name
from users.services import accounts, avatars, mail
from users.services.notifications import notify
from workouts.models import Workout, WorkoutPlan

_CLOSED_ADDRESS: Final = "@erased.invalid"
_MOST_TEXT: Final = 200
_SUSPENDED: Final = """Hello {name},

a moderator has suspended your account: {note}

You cannot log in while it is suspended, and nobody sees what is yours. Nothing is deleted. If you
think that this is a mistake, answer this mail.
"""
_REINSTATED: Final = """Hello {name},

your account is open again, with all that you had: {note}

Log in as before.
"""
_THINGS: Final = {
    Post: "post",
    Comment: "comment",
    Message: "message",
    Group: "group",
    Challenge: "challenge",
    Workout: "workout",
    WorkoutPlan: "plan",
}


class CannotModerate(Conflict):
    def __init__(self, message: str) -> None:
        super().__init__(message, code="cannot_moderate")


@dataclass(frozen=True)
class _Case:
    """What it is about; ``thing`` is None once it is gone."""

    target_type: ContentType
    target_id: UUID
    thing: Any
    person_id: UUID | None
    report: Report | None


_Clocks = dict[UUID, int]
_Deed = Callable[[_Case, _Clocks], None]


@dataclass(frozen=True)
class _Order:
    """What is done, and what that says of the reports."""

    verb: ModerationVerb
    outcome: ReportStatus
    deed: _Deed


def dismiss(*, moderator: User, about: models.Model, note: str = "") -> ModerationAction:
    """Find that nothing is wrong with it."""
    order = _Order(ModerationVerb.DISMISS, ReportStatus.DISMISSED, _nothing)
    return _carry_out(order, moderator=moderator, about=about, note=note)


def remove(*, moderator: User, about: models.Model, note: str = "") -> ModerationAction:
    """Take it out of everybody's sight.

    A comment, a workout and a plan can be restored; posts, messages, groups and challenges
    cannot. Of a person, their picture, name and biography are removed. Raises CannotModerate
    where it is gone or out of sight already.
    """
    order = _Order(ModerationVerb.REMOVE, ReportStatus.UPHELD, _remove)
    return _carry_out(order, moderator=moderator, about=about, note=note)


def restore(*, moderator: User, about: models.Model, note: str = "") -> ModerationAction:
    """Show again what a moderator removed. Raises CannotModerate where that cannot be."""
    order = _Order(ModerationVerb.RESTORE, ReportStatus.DISMISSED, _restore)
    return _carry_out(order, moderator=moderator, about=about, note=note)


def warn(*, moderator: User, about: models.Model, note: str = "") -> ModerationAction:
    """Tell the person that it is against the rules, in the words of the note if there is one."""
    order = _Order(
        ModerationVerb.WARN, ReportStatus.UPHELD, lambda case, _: _warn(case, note=note)
    )
    return _carry_out(order, moderator=moderator, about=about, note=note)


def suspend(*, moderator: User, about: models.Model, note: str = "") -> ModerationAction:
    """Shut the person out whose it is: their sessions end, and nobody sees them or theirs.

    A mail tells them why. Raises CannotModerate for staff, for accounts of ours, and for one that
    is shut already.
    """
    order = _Order(
        ModerationVerb.SUSPEND, ReportStatus.UPHELD, lambda case, _: _suspend(case, note=note)
    )
    return _carry_out(order, moderator=moderator, about=about, note=note)


def reinstate(*, moderator: User, about: models.Model, note: str = "") -> ModerationAction:
    """Let a suspended person in again, with all that they had. They log in anew.

    Raises CannotModerate for somebody whom no moderator suspended, or who closed their account.
    """
    order = _Order(
        ModerationVerb.REINSTATE,
        ReportStatus.DISMISSED,
        lambda case, _: _reinstate(case, note=note),
    )
    return _carry_out(order, moderator=moderator, about=about, note=note)


def _nothing(case: _Case, clocks: _Clocks) -> None:
    """For what is said and not done."""


@transaction.atomic
def _carry_out(
    order: _Order, *, moderator: User, about: models.Model, note: str
) -> ModerationAction:
    case = _case_of(about)
    reports = Report.objects.filter(
        target_type=case.target_type, target_id=case.target_id, status=ReportStatus.OPEN
    )
    reporters = set(reports.values_list("user_id", flat=True))
    clocks = advance_clocks_unheard(reporters | _affected(case, order) | {moderator.pk})
    order.deed(_case_of(about), clocks)
    now = timezone.now()
    # One that came at this moment stays open.
    answered = reports.filter(user__in=reporters)
    answered.update(status=order.outcome, resolved_at=now, updated_at=now)
    return ModerationAction.objects.create(
        moderator=moderator,
        person_id=case.person_id,
        report=case.report,
        verb=order.verb,
        target_type=case.target_type,
        target_id=case.target_id,
        note=note,
    )


def _affected(case: _Case, order: _Order) -> set[UUID]:
    """Whose rows may be written, beside the reporters'."""
    affected = set() if case.person_id is None else {case.person_id}
    if order.verb == ModerationVerb.REMOVE and isinstance(case.thing, Group | Challenge):
        affected |= dissolution.touched(case.thing)
    return affected


def _case_of(about: models.Model) -> _Case:
    report = about if isinstance(about, Report) else None
    kind = report.target_type if report else ContentType.objects.get_for_model(about)
    target_id = report.target_id if report else about.pk
    model = kind.model_class()
    assert model is not None
    thing = model._base_manager.filter(pk=target_id).first()
    return _Case(kind, target_id, thing, _person_of(thing), report)


def _person_of(thing: Any) -> UUID | None:
    """Whose it is: that of a group is its owner's."""
    if isinstance(thing, User):
        return thing.pk
    if isinstance(thing, Group):
        return next(iter(owners_of(thing.pk)), None)
    return getattr(thing, f"{thing.owner_field}_id") if isinstance(thing, Synced) else None


def _require_person(case: _Case) -> User:
    person = case.person_id and User.objects.filter(pk=case.person_id).first()
    if not person or person.pk in accounts.STANDING_IDS:
        raise CannotModerate("There is no person behind this.")
    return person


# --- Removing and restoring ------------------------------------------------------------------


def _remove(case: _Case, clocks: _Clocks) -> None:
    removers: dict[type[Any], _Deed] = {
        Post: _remove_post,
        Comment: _remove_words,
        Message: _remove_message,
        User: _blank_profile,
        Group: _dissolve,
        Challenge: _call_off,
        Workout: _unpublish,
        WorkoutPlan: _unpublish,
    }
    remover = removers.get(type(case.thing))
    if remover is None:
        raise CannotModerate("It is gone already.")
    remover(case, clocks)


def _restore(case: _Case, clocks: _Clocks) -> None:
    restorers: dict[type[Any], _Deed] = {
        Comment: _restore_words,
        Workout: _publish,
        WorkoutPlan: _publish,
    }
    restorer = restorers.get(type(case.thing))
    if restorer is None or not _was_removed(case):
        raise CannotModerate("It cannot be restored.")
    restorer(case, clocks)


def _was_removed(case: _Case) -> bool:
    """Whether it is a moderator who removed it, and none restored it since."""
    about = ModerationAction.objects.filter(
        target_type=case.target_type,
        target_id=case.target_id,
        verb__in=[ModerationVerb.REMOVE, ModerationVerb.RESTORE],
    )
    last = about.order_by("-created_at", "-pk").values_list("verb", flat=True).first()
    return last == ModerationVerb.REMOVE


def _remove_post(case: _Case, clocks: _Clocks) -> None:
    if not posts.remove_post(post_id=case.target_id):
        raise CannotModerate("It is gone already.")


def _remove_words(case: _Case, clocks: _Clocks) -> None:
    """Keep what was said for the moderators; the author's phones forget it."""
    _refuse_if(case.thing.deleted_at is not None)
    owner_id, revision = _owner_and_revision(case, clocks)
    _write(case, revision, deleted_at=timezone.now())
    bury(type(case.thing), [(owner_id, case.target_id)], {owner_id: revision})


def _remove_message(case: _Case, clocks: _Clocks) -> None:
    """As if its sender had taken it back."""
    _refuse_if(case.thing.deleted_at is not None)
    messages.take_back(sender_id=case.thing.sender_id, message_id=case.target_id)


def _restore_words(case: _Case, clocks: _Clocks) -> None:
    owner_id, revision = _owner_and_revision(case, clocks)
    _write(case, revision, deleted_at=None)
    Tombstone.objects.filter(
        user=owner_id, resource=resource_name(type(case.thing)), object_id=case.target_id
    ).delete()


def _unpublish(case: _Case, clocks: _Clocks) -> None:
    """It is its owner's diary: it stays theirs, and nobody else sees it.

    One that is shown in posts alone goes from sight with those.
    """
    _refuse_if(not case.thing.is_public)
    _, revision = _owner_and_revision(case, clocks)
    _write(case, revision, is_public=False)
    if isinstance(case.thing, Workout):
        shown = Post.objects.live().filter(workout=case.target_id)
        shown.write(workout=None, revision=revision, updated_at=timezone.now())


def _publish(case: _Case, clocks: _Clocks) -> None:
    _, revision = _owner_and_revision(case, clocks)
    _write(case, revision, is_public=True)


def _blank_profile(case: _Case, clocks: _Clocks) -> None:
    person = _require_person(case)
    avatars.remove_avatar(user_id=person.pk)
    profile = UserProfile.objects.get(pk=person.pk)
    values = {"display_name": person.username, "bio": "", "avatar_url": ""}
    accounts.change(row=profile, values=values)


def _dissolve(case: _Case, clocks: _Clocks) -> None:
    dissolution.dissolve(group_id=case.target_id)


def _call_off(case: _Case, clocks: _Clocks) -> None:
    dissolution.call_off(challenge_id=case.target_id)


def _refuse_if(is_gone: bool) -> None:  # noqa: FBT001 - the condition is the sentence
    if is_gone:
        raise CannotModerate("It is out of sight already.")


def _owner_and_revision(case: _Case, clocks: _Clocks) -> tuple[UUID, int]:
    assert case.person_id is not None
    return case.person_id, clocks[case.person_id]


def _write(case: _Case, revision: int, **values: Any) -> None:
    rows = type(case.thing)._default_manager.filter(pk=case.target_id)
    rows.write(**values, revision=revision, updated_at=timezone.now())


# --- Persons ---------------------------------------------------------------------------------


def _warn(case: _Case, *, note: str) -> None:
    person = _require_person(case)
    what = _THINGS.get(type(case.thing))
    about = f"your {what}" if what else "what you do here"
    text = f"A moderator looked at {about}: {note or 'it is against the rules.'}"
    notify(
        user_id=person.pk,
        category=NotificationCategory.ACCOUNT,
        kind="moderation_warning",
        text=text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 1]}…",
        target=case.thing,
    )


def _suspend(case: _Case, *, note: str) -> None:
    person = _require_person(case)
    if person.is_staff or person.is_superuser:
        raise CannotModerate("Staff are not suspended here.")
    if not person.is_active:
        raise CannotModerate("The account is shut already.")
    User.objects.filter(pk=person.pk).update(is_active=False)
    accounts.end_sessions(user_id=person.pk)
    _write_to(person, "Your account is suspended", _SUSPENDED, note)


def _reinstate(case: _Case, *, note: str) -> None:
    person = _require_person(case)
    actions = ModerationAction.objects.filter(
        person=person.pk, verb__in=[ModerationVerb.SUSPEND, ModerationVerb.REINSTATE]
    )
    last = actions.order_by("-created_at", "-pk").values_list("verb", flat=True).first()
    is_closed = person.email.endswith(_CLOSED_ADDRESS)
    if person.is_active or is_closed or last != ModerationVerb.SUSPEND:
        raise CannotModerate("No moderator suspended this account.")
    User.objects.filter(pk=person.pk).update(is_active=True)
    _write_to(person, "Your account is open again", _REINSTATED, note)


def _write_to(person: User, subject: str, text: str, note: str) -> None:
    """By mail: whoever is shut out reads nothing else."""
    body = text.format(name=person.username, note=note or "it was against the rules.")
    subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}"
    mail.promise_mail(message=EmailMessage(subject=subject, body=body, to=[person.email]))
