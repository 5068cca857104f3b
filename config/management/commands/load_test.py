from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import CommandError, CommandParser

from config.operations import load
from users.management.ops import OpsCommand, progress


class Command(OpsCommand):
    help = (
        "Drive a running server that uses this database with requests of the benchmarks, as "
        "people of the demo who read their diaries, and say how fast it answers. For a checkout "
        "with requirements-dev.txt; `make bench` measures more. Start the server with a high "
        "API_RATE_PER_MINUTE."
    )
    ends = (
        "Ends with 0 when all was answered in time, 1 after a wrong answer or a missed goal, 2 "
        "when it was called wrongly, 130 after Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--url", default="http://127.0.0.1:8000", help="The server's address; %(default)s."
        )
        parser.add_argument(
            "--scenario",
            nargs="+",
            choices=load.SCENARIOS,
            default=load.SCENARIOS,
            metavar="NAME",
            help=f"Some of: {', '.join(load.SCENARIOS)}; all of them without it.",
        )
        parser.add_argument(
            "--seconds", type=_up_to(load.MOST_SECONDS), default=5, help="Of each; %(default)s."
        )
        parser.add_argument(
            "--users", type=_up_to(load.MOST_USERS), default=10, help="People; %(default)s."
        )
        parser.add_argument(
            "--connections",
            type=_up_to(load.MOST_CONNECTIONS),
            default=8,
            help="How many requests are under way at a time; %(default)s.",
        )
        parser.add_argument("--p99-ms", type=float, help="The goal: 99 of 100 answers are faster.")
        parser.add_argument(
            "--allow-remote", action="store_true", help="The server may be on another machine."
        )
        parser.add_argument("--json", action="store_true", help="The figures as JSON.")

    def handle(
        self,
        *,
        url: str,
        scenario: list[str],
        seconds: int,
        users: int,
        connections: int,
        p99_ms: float | None,
        allow_remote: bool,
        json: bool,
        dry_run: bool,
        **options: Any,
    ) -> None:
        try:
            address = load.address_of(url, allow_remote=allow_remote)
            load.generator()
            if dry_run:
                text = (
                    f"{len(scenario)} scenarios of {seconds} s at {url}, {connections} at a time."
                )
                self.tell(text, dry_run=True)
                return
            with load.visitors(most=users) as sample:
                found = [
                    load.drive(
                        address,
                        scenario=name,
                        sample=sample,
                        seconds=seconds,
                        connections=connections,
                    )
                    for name in progress(scenario, of="Scenarios")
                ]
        except load.CannotLoad as error:
            raise CommandError(str(error)) from error
        self._print(found, json=json)
        self._judge(found, p99_ms=p99_ms)

    def _print(self, found: list[load.Latencies], *, json: bool) -> None:
        if json:
            content = [asdict(one) for one in found]
            self.tell(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
            return
        self.tell(
            f"{'scenario':10}{'req/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'errors':>8}"
        )
        for one in found:
            self.tell(
                f"{one.scenario:10}{one.requests_per_s:9,.0f}{one.p50_ms:9.1f}{one.p95_ms:9.1f}"
                f"{one.p99_ms:9.1f}{len(one.errors):8}"
            )

    def _judge(self, found: list[load.Latencies], *, p99_ms: float | None) -> None:
        for one in found:
            if one.errors:
                answer = " ".join(one.errors[0].split())
                raise CommandError(f"{one.scenario} was answered wrongly: {answer:.200}")
        slow = [one.scenario for one in found if p99_ms is not None and one.p99_ms > p99_ms]
        if slow:
            raise CommandError(f"Slower than {p99_ms:g} ms: {', '.join(slow)}.")


def _up_to(most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise ArgumentTypeError(f"from 1 to {most}")
        return int(text)

    return number
