from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import CommandError, CommandParser

from config.operations.integrity import CHECKS, Result, run
from users.management.ops import OpsCommand, progress
from users.services.checks import Check

_COULD_NOT = 2


class Command(OpsCommand):
    help = (
        "Look whether what is stored agrees with itself: counts with rows, derived tables with "
        "diaries, references, owners, revisions, files, secrets and the schema. Changes nothing "
        "without --repair. A second --repair finds nothing that it could mend."
    )
    ends = (
        "Ends with 0 when all is right, 1 when something wrong is left, 2 when it was called "
        "wrongly or something could not be checked, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        names = sorted(check.name for check in CHECKS)
        parser.add_argument("--repair", action="store_true", help="Mend what can be mended.")
        parser.add_argument(
            "--only", nargs="+", choices=names, metavar="CHECK", help=", ".join(names)
        )
        parser.add_argument("--json", action="store_true", help="The results as JSON.")

    def handle(
        self, *, repair: bool, dry_run: bool, only: list[str] | None, json: bool, **options: Any
    ) -> None:
        checks = [check for check in CHECKS if not only or check.name in only]
        results = []
        for result in run(checks, repair=repair and not dry_run, track=_shown):
            results.append(result)
            if not json:
                self._print(result, would_mend=repair and dry_run)
        if json:
            content = [_as_json(result) for result in results]
            self.tell(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
        self._end(results)

    def _print(self, result: Result, *, would_mend: bool) -> None:
        check, found = result.check, result.found
        if result.error:
            self.tell(f"?  {check.name}: could not be checked. {result.error}")
            return
        mark = "ok" if not found.wrong else "+ " if not result.left else "! "
        self.tell(f"{mark} {check.name}: {found.wrong:,} wrong of {found.looked_at:,}")
        if not found.wrong:
            return
        self.tell(f"     {check.about}")
        for example in found.examples:
            self.tell(f"     such as {example}")
        if result.mended:
            self.tell(f"     {result.mended:,} mended, {result.left:,} left")
        elif would_mend and check.mend:
            self.tell(f"     {found.wrong:,} would be mended")
        elif check.mend is None:
            self.tell(f"     {check.advice}")
        else:
            self.tell("     --repair mends it")

    def _end(self, results: list[Result]) -> None:
        failed = [result.check.name for result in results if result.error]
        if failed:
            raise CommandError(f"Could not check: {', '.join(failed)}.", returncode=_COULD_NOT)
        wrong = [result.check.name for result in results if result.left]
        if wrong:
            raise CommandError(f"Wrong: {', '.join(wrong)}.")
        self.stderr.write(self.style.SUCCESS(f"{len(results)} checks, all is right."))


def _shown(check: Check) -> Callable[[Any], Any]:
    return lambda parts: progress(parts, of=check.name, total=len(parts))


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "check": result.check.name,
        "about": result.check.about,
        **asdict(result.found),
        "repairable": result.is_repairable,
        "mended": result.mended,
        "left": result.left,
        "error": result.error,
    }
