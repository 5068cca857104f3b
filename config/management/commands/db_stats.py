from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from config.operations import statistics_report as report
from config.operations.statistics import UnknownTable, collect
from users.management.ops import OpsCommand


class Command(OpsCommand):
    help = (
        "Say of every table how many rows it has, how large it is, how fast it grows and what it "
        "wastes, and which indexes nothing uses. Reads little of large tables."
    )
    writes = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--table", nargs="+", default=[], metavar="NAME", help="Only these, with all indexes."
        )
        parser.add_argument(
            "--sort", choices=report.SORTS, default="size", help="The order of tables; size."
        )
        parser.add_argument(
            "--indexes", action="store_true", help="All indexes, not only those that are unused."
        )
        shape = parser.add_mutually_exclusive_group()
        shape.add_argument("--json", action="store_true", help="Everything, as JSON.")
        shape.add_argument(
            "--csv", action="store_true", help="A line for each table; with --indexes, each index."
        )

    def handle(
        self,
        *,
        table: list[str],
        sort: str,
        indexes: bool,
        json: bool,
        csv: bool,
        **options: Any,
    ) -> None:
        try:
            found = collect(now=timezone.now(), names=table, order=report.SORTS[sort])
        except UnknownTable as error:
            raise CommandError(f"There is no table called {error}.", returncode=2) from error
        if json:
            self.tell(report.as_json(found))
        elif csv:
            self.tell(report.as_csv(found, of_indexes=indexes))
        else:
            self.tell(report.as_text(found, with_indexes=indexes or bool(table)))
