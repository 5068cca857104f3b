"""The desk where moderators decide: one form, and each click of it once."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from social.admin.things import IN_SIGHT, Key, Thing, key_of
from social.models import ModerationAction, ModerationVerb
from social.services import moderation
from users.errors import Conflict
from users.models import User

_RESTORED: Final = frozenset({"comment", "workout", "plan"})
_SERVICES: Final[dict[str, Callable[..., ModerationAction]]] = {
    ModerationVerb.DISMISS: moderation.dismiss,
    ModerationVerb.REMOVE: moderation.remove,
    ModerationVerb.RESTORE: moderation.restore,
    ModerationVerb.WARN: moderation.warn,
    ModerationVerb.SUSPEND: moderation.suspend,
    ModerationVerb.REINSTATE: moderation.reinstate,
}
# What the buttons say, and what comes of it.
BUTTONS: Final[dict[str, tuple[str, str]]] = {
    ModerationVerb.DISMISS: ("Dismiss", "Nothing is wrong with it."),
    ModerationVerb.REMOVE: ("Remove the content", "It is out of everybody's sight."),
    ModerationVerb.RESTORE: ("Restore the content", "It is shown again."),
    ModerationVerb.WARN: ("Warn the person", "They read the note."),
    ModerationVerb.SUSPEND: ("Suspend the account", "Their sessions end; nobody sees theirs."),
    ModerationVerb.REINSTATE: ("Reinstate the account", "They may log in again."),
}


class NotDone(Conflict):
    pass


class DecisionForm(forms.Form):
    """``last`` is the newest action about the thing that its reader saw."""

    note = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Kept in the audit trail, and told to whom is warned, suspended or reinstated.",
    )
    verb = forms.ChoiceField(choices=ModerationVerb.choices, widget=forms.HiddenInput)
    last = forms.UUIDField(required=False, widget=forms.HiddenInput)


@transaction.atomic
def decide(
    *, moderator: User, about: Model, verb: str, note: str, last: UUID | None
) -> ModerationAction:
    """Do it, if nobody has acted on the thing since ``last``: a second click finds that.

    Raises NotDone in that case, and CannotModerate where the service refuses.
    """
    key = key_of(about)
    with connection.cursor() as cursor:
        # Before any clock, so that who waits here holds nothing.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(key[1])])
    newest = actions_about(key).first()
    if newest is not None and newest.pk != last:
        text = f"Nothing was done: meanwhile {newest.moderator} did this: {newest}."
        raise NotDone(text)
    return _SERVICES[verb](moderator=moderator, about=about, note=note)


def actions_about(key: Key) -> "QuerySet[ModerationAction]":
    """What was done about a thing, the latest first."""
    return _latest().filter(target_type=key[0], target_id=key[1])


def actions_about_person(person: User) -> "QuerySet[ModerationAction]":
    """What was done about a person and whatever is theirs, the latest first."""
    return _latest().filter(person=person)


def _latest() -> "QuerySet[ModerationAction]":
    rows = ModerationAction.objects.select_related("moderator")
    return rows.order_by("-created_at", "-pk")


def possible(
    thing: Thing, *, done: Sequence[ModerationAction], before: Sequence[ModerationAction]
) -> list[dict[str, Any]]:
    """The buttons that make sense; whether it can be done is for the service to say.

    ``done`` is what was done about the thing, ``before`` about its person, the latest first.
    """
    person = thing.person
    is_shown = thing.row is not None and (thing.kind == "user" or thing.state == IN_SIGHT)
    was_removed = _last_of(done, ModerationVerb.REMOVE, ModerationVerb.RESTORE)
    was_suspended = _last_of(before, ModerationVerb.SUSPEND, ModerationVerb.REINSTATE)
    is_in = person is not None and person.is_active
    sensible = {
        ModerationVerb.DISMISS: thing.open_reports > 0,
        ModerationVerb.REMOVE: is_shown,
        ModerationVerb.RESTORE: was_removed and thing.kind in _RESTORED,
        ModerationVerb.WARN: person is not None,
        ModerationVerb.SUSPEND: is_in and not thing.is_of_staff,
        ModerationVerb.REINSTATE: was_suspended and not is_in,
    }
    return [
        {"verb": verb, "label": BUTTONS[verb][0], "outcome": BUTTONS[verb][1]}
        for verb, makes_sense in sensible.items()
        if makes_sense
    ]


def _last_of(
    actions: Sequence[ModerationAction], did: ModerationVerb, undid: ModerationVerb
) -> bool:
    """Whether it was done and not undone since."""
    return next((one.verb for one in actions if one.verb in {did, undid}), None) == did
