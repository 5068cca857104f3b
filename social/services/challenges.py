"""Challenges: begun, changed, called off, joined and left."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from social.models import Challenge, ChallengeInvitation, ChallengeParticipant, Membership
from social.models.challenge import MAX_DAYS
from social.selectors import challenges as selectors
from social.selectors import groups as group_selectors
from social.selectors import people
from social.services import groups, standings
from social.services.dissolution import call_off
from social.services.groups import RoleRequired
from social.signals import person_acted
from users.errors import Conflict
from users.models.notification import NotificationCategory
from users.ownership import advance_clock, advance_clocks
from users.selectors import today_of
from users.services import notifications, outbox

MOST_UNFINISHED: Final = 100
_AHEAD: Final = timedelta(days=366)
# Who takes part has agreed to these.
_TERMS: Final = frozenset(
    {"challenge_type", "start_date", "end_date", "target", "late_entry_hours"}
)

Content = Mapping[str, Any]


class ChallengeFinished(Conflict):
    def __init__(self) -> None:
        super().__init__("This challenge is over.", code="challenge_finished")


class ChallengeFull(Conflict):
    def __init__(self) -> None:
        super().__init__("Nobody else can take part.", code="challenge_full")


class OthersTakePart(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Others take part, or it has begun: this stays as it is.", code="challenge_agreed"
        )


# --- Begun, changed, called off --------------------------------------------------------------


@transaction.atomic
def create_challenge(
    *, user_id: UUID, object_id: UUID, content: Content, creation_hash: bytes, now: datetime
) -> Challenge:
    """A challenge in which nobody takes part yet, also not who begins it.

    One of a group is for its members, and begun by its owner and admins. Raises ValidationError
    for days that are over or too many, NotAMember, RoleRequired, and Conflict for one too many.
    """
    revision = advance_clock(user_id)
    if Challenge.objects.running().filter(created_by=user_id).count() >= MOST_UNFINISHED:
        message = f"You have {MOST_UNFINISHED} unfinished challenges."
        raise Conflict(message, code="too_many_challenges")
    challenge = Challenge(
        id=object_id, created_by_id=user_id, creation_hash=creation_hash, **content
    )
    if challenge.group_id is not None:
        groups.require_member(user_id=user_id, group_id=challenge.group_id)
        groups.require_staff(user_id=user_id, group_id=challenge.group_id)
        challenge.is_public = False
    _refuse_days(challenge, today=today_of(user_id, now=now))
    challenge.insert_at(revision)
    return challenge


@transaction.atomic
def change_challenge(
    *, user_id: UUID, challenge_id: UUID, content: Content, now: datetime
) -> None:
    """Change what a challenge says of itself, and before it begins and others join, its terms.

    Raises Challenge.DoesNotExist unless the person began it, ChallengeFinished, OthersTakePart.
    """
    revision = advance_clock(user_id)
    challenge = _locked(challenge_id, created_by=user_id)
    changed = {name for name, value in content.items() if getattr(challenge, name) != value}
    terms = changed & _TERMS
    today = today_of(user_id, now=now)
    if terms and (challenge.start_date <= today or _has_others(challenge)):
        raise OthersTakePart
    for name in changed:
        setattr(challenge, name, content[name])
    if terms:
        _refuse_days(challenge, today=today)
    _refuse_shrinking(challenge)
    challenge.is_public = challenge.is_public and challenge.group_id is None
    Challenge.objects.filter(pk=challenge_id).write(
        **{name: getattr(challenge, name) for name in changed},
        revision=revision,
        updated_at=timezone.now(),
    )
    if terms and challenge.participant_count:
        ChallengeParticipant.objects.filter(challenge=challenge_id).write(is_stale=True)
        standings.rank_anew(challenge, now=now)


def delete_challenge(*, user_id: UUID, challenge_id: UUID, now: datetime) -> None:
    """Call a challenge off. Raises OthersTakePart once it has begun with others."""
    today = today_of(user_id, now=now)

    def require_unagreed() -> None:
        challenge = Challenge.objects.get(pk=challenge_id)
        if challenge.start_date <= today and _has_others(challenge):
            raise OthersTakePart

    if not Challenge.objects.filter(pk=challenge_id, created_by=user_id).exists():
        raise Challenge.DoesNotExist
    call_off(challenge_id=challenge_id, allowed=require_unagreed)


# --- Joined and left -------------------------------------------------------------------------


@transaction.atomic
def join(*, user_id: UUID, challenge_id: UUID, now: datetime) -> bool:
    """Take part from today on, in the person's own days; whether that is new.

    Raises Challenge.DoesNotExist for a challenge that the person does not see, RoleRequired for
    one of a group that they are not in, ChallengeFinished and ChallengeFull.
    """
    revision = advance_clock(user_id)
    if ChallengeParticipant.objects.filter(user=user_id, challenge=challenge_id).exists():
        return False
    visible = Challenge.objects.visible_to(user_id, hidden=people.hidden_from(user_id))
    challenge = visible.get(pk=challenge_id)
    if challenge.group_id and group_selectors.role_of(user_id, challenge.group_id) is None:
        raise RoleRequired("members of the group")
    today = today_of(user_id, now=now)
    if today > challenge.end_date:
        raise ChallengeFinished
    challenge = _with_place(challenge_id)
    ChallengeParticipant(user_id=user_id, challenge=challenge, counts_from=today).insert_at(
        revision
    )
    ChallengeInvitation.objects.filter(user=user_id, challenge=challenge_id).delete()
    standings.follow_people(challenge, now=now)
    person_acted.send(sender=Challenge, user_ids=(user_id,))
    return True


def _with_place(challenge_id: UUID) -> Challenge:
    """Take a place, and lock the challenge with it: one statement finds the last one free."""
    free = Q(max_participants=None) | Q(participant_count__lt=F("max_participants"))
    unfinished = Challenge.objects.running().filter(free, pk=challenge_id)
    taken = unfinished.write(participant_count=F("participant_count") + 1)
    challenge = Challenge.objects.get(pk=challenge_id)
    if taken:
        return challenge
    raise ChallengeFinished if challenge.finished_at else ChallengeFull


@transaction.atomic
def leave(*, user_id: UUID, challenge_id: UUID, now: datetime) -> None:
    """Take part no more, or turn an invitation down; twice is once.

    Raises ChallengeFinished for standings that are frozen with this person in them.
    """
    advance_clock(user_id)
    ChallengeInvitation.objects.filter(user=user_id, challenge=challenge_id).delete()
    mine = ChallengeParticipant.objects.filter(user=user_id, challenge=challenge_id)
    if not mine.exists():
        return
    challenge = _locked(challenge_id)
    mine.delete()
    challenge.participant_count -= 1
    Challenge.objects.filter(pk=challenge_id).write(participant_count=F("participant_count") - 1)
    standings.follow_people(challenge, now=now)


# --- Asked -----------------------------------------------------------------------------------


@transaction.atomic
def invite(*, user_id: UUID, challenge_id: UUID, usernames: Sequence[str]) -> Sequence[UUID]:
    """Ask these people to take part; the ids of the invitations that are new.

    Who began it may, and anybody in it unless it is for invited people only. Who is in it or was
    asked already is left as they are. Raises Challenge.DoesNotExist, RoleRequired,
    ChallengeFinished, and ValidationError that names each person who cannot be asked.
    """
    hidden = people.hidden_from(user_id)
    found = selectors.people_named(usernames, viewer_id=user_id, hidden=hidden)
    ids = [found.get(name.lower()) for name in usernames]
    _refuse_unknown(ids)
    asked = {one for one in ids if one is not None} - {user_id}
    clocks = advance_clocks(asked | {user_id})
    # Once more, now that nobody of them can block the other.
    hidden = people.hidden_from(user_id)
    _refuse_unknown([None if one in hidden or one not in clocks else one for one in ids])
    challenge = Challenge.objects.visible_to(user_id, hidden=hidden).get(pk=challenge_id)
    _require_inviter(challenge, user_id)
    _refuse_strangers(challenge, ids)
    there = _asked_or_in(challenge_id, asked)
    rows = [
        ChallengeInvitation(
            user_id=one, challenge=challenge, invited_by_id=user_id, revision=clocks[one]
        )
        for one in sorted(asked - there)
    ]
    ChallengeInvitation.objects.insert(rows)
    for row in rows:
        outbox.promise(kind="social_challenge_invited", invitation_id=str(row.pk))
    return [row.pk for row in rows]


@outbox.handles("social_challenge_invited")
def tell_invited(*, invitation_id: str) -> None:
    invitation = (
        ChallengeInvitation.objects.filter(pk=invitation_id).select_related("challenge").first()
    )
    if invitation is None:
        return
    notifications.tell(
        user_id=invitation.user_id,
        category=NotificationCategory.SOCIAL,
        kind="challenge_invited",
        group_key=f"challenge_invited:{invitation.challenge_id}",
        actor_id=invitation.invited_by_id,
        phrase=f"invited you to {standings.shortened(invitation.challenge.name)}",
        target=invitation.challenge,
    )


def _asked_or_in(challenge_id: UUID, user_ids: Collection[UUID]) -> set[UUID]:
    rows = (
        model.objects.filter(user__in=user_ids, challenge=challenge_id)
        for model in (ChallengeParticipant, ChallengeInvitation)
    )
    return {user_id for found in rows for user_id in found.values_list("user_id", flat=True)}


def _require_inviter(challenge: Challenge, user_id: UUID) -> None:
    if challenge.finished_at is not None:
        raise ChallengeFinished
    if challenge.created_by_id == user_id:
        return
    if not challenge.is_public and challenge.group_id is None:
        raise RoleRequired("who began this challenge")
    if not ChallengeParticipant.objects.filter(user=user_id, challenge=challenge).exists():
        raise RoleRequired("who takes part in this challenge")


def _refuse_unknown(ids: Sequence[UUID | None]) -> None:
    error = ValidationError("There is nobody of this name.", code="does_not_exist")
    wrong = {f"usernames.{place}": error for place, one in enumerate(ids) if one is None}
    if wrong:
        raise ValidationError(wrong)


def _refuse_strangers(challenge: Challenge, ids: Sequence[UUID | None]) -> None:
    """A challenge of a group is for its members."""
    if challenge.group_id is None:
        return
    memberships = Membership.objects.filter(group=challenge.group_id, user__in=ids)
    members = set(memberships.values_list("user_id", flat=True))
    error = ValidationError("They are not in the group.", code="not_a_member")
    wrong = {f"usernames.{place}": error for place, one in enumerate(ids) if one not in members}
    if wrong:
        raise ValidationError(wrong)


# --- Rules -----------------------------------------------------------------------------------


def _locked(challenge_id: UUID, **conditions: Any) -> Challenge:
    """Raises Challenge.DoesNotExist and ChallengeFinished."""
    found = Challenge.objects.filter(pk=challenge_id, **conditions)
    challenge: Challenge = found.select_for_update(no_key=True).get()
    if challenge.finished_at is not None:
        raise ChallengeFinished
    return challenge


def _has_others(challenge: Challenge) -> bool:
    taking_part = ChallengeParticipant.objects.filter(challenge=challenge)
    return taking_part.exclude(user=challenge.created_by_id).exists()


def _refuse_days(challenge: Challenge, *, today: date) -> None:
    if challenge.start_date < today:
        _refuse("start_date", "in_the_past", "It begins today or later.")
    if challenge.start_date - today > _AHEAD:
        _refuse("start_date", "out_of_range", "It begins within a year.")
    if challenge.end_date < challenge.start_date:
        _refuse("end_date", "ends_before_start", "It ends on its first day or later.")
    if (challenge.end_date - challenge.start_date).days >= MAX_DAYS:
        _refuse("end_date", "out_of_range", f"It lasts {MAX_DAYS} days at most.")


def _refuse_shrinking(challenge: Challenge) -> None:
    most = challenge.max_participants
    if most is not None and most < challenge.participant_count:
        _refuse("max_participants", "out_of_range", "More than that take part already.")


def _refuse(field: str, code: str, message: str) -> None:
    raise ValidationError({field: ValidationError(message, code=code)})
