"""What all commands of ours have in common: how they end, and what they show meanwhile."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, transaction
from tqdm import tqdm

from users.models import User

Thing = TypeVar("Thing")

# As a shell calls the end by Ctrl-C.
INTERRUPTED: Final = 130
_ENDS: Final = (
    "Ends with 0 when it is done, 1 when it failed or found something wrong, 2 when it was called "
    "wrongly, 130 after Ctrl-C."
)


class OpsCommand(BaseCommand):
    """A command whose refusals and failures are a sentence and an exit code, never a traceback.

    ``--traceback`` shows what was behind them.
    """

    # Adds --dry-run, which ``handle`` gets as ``dry_run``.
    writes: ClassVar[bool] = True
    # Adds --force: in production there is nothing to play with.
    is_for_demos: ClassVar[bool] = False
    ends: ClassVar[str] = _ENDS

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, epilog=self.ends, **options)
        if self.writes:
            parser.add_argument(
                "--dry-run",
                action="store_true",
                help="Say what would be done, and change nothing.",
            )
        if self.is_for_demos:
            parser.add_argument("--force", action="store_true", help="In production too.")
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        if self.is_for_demos and settings.PRODUCTION and not options["force"]:
            raise CommandError("This is production: add --force if you mean it.")
        try:
            return super().execute(*args, **options)
        except ValidationError as error:
            raise CommandError(_sentences(error)) from error
        except (OperationalError, InterfaceError) as error:
            raise CommandError(f"The database failed: {str(error).strip()}") from error
        except KeyboardInterrupt as error:
            message = "Interrupted. What was finished stays, the rest is as it was."
            raise CommandError(message, returncode=INTERRUPTED) from error

    def tell(self, text: object, *, dry_run: bool = False) -> None:
        self.stdout.write(f"{'Dry run: ' if dry_run else ''}{text}")


def _sentences(error: ValidationError) -> str:
    """What is wrong, and where it is, if that is known."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    found = error.message_dict.items()
    return " ".join(f"{place}: {' '.join(messages)}" for place, messages in found)


def progress(things: Iterable[Thing], *, of: str, total: int | None = None) -> Iterator[Thing]:
    """The same things, with a bar on standard error where that is a terminal."""
    yield from tqdm(things, desc=of, total=total, unit="", disable=None)


@contextmanager
def rehearsal(*, dry_run: bool) -> Iterator[None]:
    """What is done inside is undone at the end of a dry run: that is one transaction then."""
    if not dry_run:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def person_named(username: str) -> UUID:
    """Raises CommandError where there is nobody of this name."""
    # What cannot be printed is no text that the database takes.
    found = (
        User.objects.filter(username=username) if username.isprintable() else User.objects.none()
    )
    user_id = found.values_list("pk", flat=True).first()
    if user_id is None:
        raise CommandError(f"There is nobody called {username:.150}.")
    return user_id
