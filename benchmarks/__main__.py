"""How fast the product is, beside the same SQL without Django: ``make bench``.

Loads people into a database of its own, starts the production server and the limit
(benchmarks/limit_app.py) beside it, and measures both in turn over HTTP. Then how the costs grow
with the data, whether slow clients keep others waiting, how fast a worker imports a history, how
fast a public database of foods comes in, and how long a week of everybody's training takes; how
fast heart rates and a maker's events are stored, and how an export of Apple Health comes in.
The figures go to the screen and to var/bench/last.json; a missed goal is a figure and no failure,
a wrong answer is.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import sys
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from cryptography.fernet import Fernet
from tqdm import tqdm

from benchmarks import answers, processes
from benchmarks.apple_exports import measure_apple_export
from benchmarks.case import DIARIES, SOCIAL, WEARABLES, WORLDS, Case, Sample, sample_of
from benchmarks.cases import CASES
from benchmarks.database import databases
from benchmarks.food_imports import measure_food_imports
from benchmarks.heart_rates import measure_heart_rates
from benchmarks.imports import measure_imports
from benchmarks.measure import ROUNDS, Meter, Target, meter
from benchmarks.report import Comparison, Growth, Report
from benchmarks.slow_clients import try_slow_clients
from benchmarks.webhooks import measure_webhooks
from benchmarks.weekly import measure_weekly
from config import embedded

VAR = embedded.VAR / "bench"
SLOW_CASE = "detail"
IMPORT, FOOD_IMPORT, WEEKLY = "import", "food-import", "weekly"
HEART_RATES, WEBHOOKS, APPLE_EXPORT = "heart-rates", "webhooks", "apple-export"
# For --only, beside the cases.
JOBS = {
    DIARIES: (IMPORT, FOOD_IMPORT, WEEKLY),
    SOCIAL: (),
    WEARABLES: (HEART_RATES, WEBHOOKS, APPLE_EXPORT),
}
LOADERS = {
    DIARIES: ("benchmarks.data", ("users", "foods")),
    SOCIAL: ("benchmarks.social_data", ("posts",)),
    WEARABLES: ("benchmarks.wearables_data", ("beats",)),
}


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    given = bool(os.environ.get("DATABASE_URL"))
    try:
        with embedded.servers(var=VAR):
            report = _measure(options, given=given)
    except embedded.EmbeddedServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    report.write(VAR / "last.json")
    print(report.text())
    slow = report.slow_clients
    return 1 if slow and slow.answered < slow.normal else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--users", type=int, default=2_000, help="20000 for a large run")
    parser.add_argument("--foods", type=int, default=500_000, help="of the shared table")
    parser.add_argument("--posts", type=int, default=1_000_000, help="of the social cases")
    parser.add_argument(
        "--beats", type=int, default=5_000_000, help="heart rates; 50000000 for a large run"
    )
    parser.add_argument("--seconds", type=float, default=3, help=f"of each of {ROUNDS} rounds")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--import-rows", type=int, default=50_000, help="of an imported file")
    parser.add_argument(
        "--export-mb", type=int, default=100, help="of Apple Health; 1024 for a large run"
    )
    families = dict.fromkeys(case.family for case in CASES.values())
    jobs = [job for world in WORLDS for job in JOBS[world]]
    names = dict.fromkeys([*families, *CASES, *jobs])
    parser.add_argument("--only", choices=[*names], help="this alone, no slow clients")
    parser.add_argument("--fresh", action="store_true", help="load the data again")
    options = parser.parse_args()
    if options.users < 10:  # a tenth of them is one
        parser.error("--users must be at least 10.")
    if options.foods < 1_000:
        parser.error("--foods must be at least 1000.")
    if options.posts < 10_000:  # a twentieth of a tenth of them take part in a challenge
        parser.error("--posts must be at least 10000.")
    if options.beats < 3_000_000:  # a tenth of them are those of one person
        parser.error("--beats must be at least 3000000.")
    if options.export_mb < 1:
        parser.error("--export-mb must be at least 1.")
    if options.import_rows < 1_000:  # fewer are read in no time that could be measured
        parser.error("--import-rows must be at least 1000.")
    return options


def _measure(options: argparse.Namespace, *, given: bool) -> Report:
    environ = _environment()
    sizes = (options.users, options.foods, options.posts, options.beats)
    report = Report(*sizes, options.seconds, options.connections)
    chosen = [one for one in CASES.values() if options.only in (None, one.name, one.family)]
    for world in WORLDS:
        cases = [case for case in chosen if case.world == world]
        jobs = [job for job in JOBS[world] if options.only in (None, job)]
        if not cases and not jobs:
            continue
        full, tenth = databases(world, given=given)
        training_alone = options.only == WEEKLY
        loader = _loader(world, options, training_alone=training_alone)
        samples = {full: _loaded(environ, full, loader)}
        if cases:
            samples[tenth] = _loaded(environ, tenth, _loader(world, options, share=10))
            _measure_cases(options, environ, samples, cases, report)
        if world == DIARIES:
            _measure_diaries(jobs, options, environ, full, report)
        if world == WEARABLES:
            _measure_wearables(jobs, options, environ, samples, report)
    return report


def _measure_diaries(
    jobs: list[str],
    options: argparse.Namespace,
    environ: dict[str, str],
    full: str,
    report: Report,
) -> None:
    if IMPORT in jobs:
        report.imports = measure_imports(
            environ=environ,
            dsn=full,
            users=options.users,
            rows=options.import_rows,
            folder=VAR,
        )
    if FOOD_IMPORT in jobs:
        report.food_imports = measure_food_imports(
            environ=environ, dsn=full, rows=options.import_rows, folder=VAR
        )
    if WEEKLY in jobs:
        report.weekly = measure_weekly(environ=environ, dsn=full)


def _measure_wearables(
    jobs: list[str],
    options: argparse.Namespace,
    environ: dict[str, str],
    samples: dict[str, Sample],
    report: Report,
) -> None:
    full, sample = next(iter(samples.items()))
    if HEART_RATES in jobs:
        report.heart_rates = measure_heart_rates(environ=environ, dsn=full, beats=options.beats)
    if WEBHOOKS in jobs:
        report.webhooks = measure_webhooks(
            environ=environ,
            dsn=full,
            sample=sample,
            seconds=options.seconds,
            connections=options.connections,
            folder=VAR,
        )
    if APPLE_EXPORT in jobs:
        report.apple_export = measure_apple_export(
            environ=environ, dsn=full, sample=sample, megabytes=options.export_mb, folder=VAR
        )


def _measure_cases(
    options: argparse.Namespace,
    environ: dict[str, str],
    samples: dict[str, Sample],
    cases: list[Case],
    report: Report,
) -> None:
    reads = [case for case in cases if not case.writes]
    full, tenth = samples
    counted = _queries(environ, cases, full, samples[full])
    with ExitStack() as stack:

        def start(name: str, app: str, dsn: str) -> Target:
            log = VAR / f"{name.replace(' ', '-')}.log"
            server = processes.web_server(name=name, app=app, dsn=dsn, environ=environ, log=log)
            return Target(stack.enter_context(server), samples[dsn])

        product = start("bench product", "config.wsgi:application", full)
        limit = start("bench limit", "benchmarks.limit_app:application", full)
        small = start("bench tenth", "config.wsgi:application", tenth) if reads else product
        for case in cases:
            answers.compare(case, product, limit)

        meter_ = meter(dsn=full, seconds=options.seconds, connections=options.connections)
        with meter_ as measured, tqdm(unit="turn") as progress:
            progress.reset(total=2 * measured.turns * (len(cases) + len(reads)))
            report.growth += _growth(measured, reads, product, small, progress)
            for case in cases:  # the writes come last: they change what the reads find
                pairs = measured.in_turn(case, product, limit, progress)
                report.comparisons.append(Comparison.of(case, pairs, **counted[case.name]))
        if options.only is None and CASES[SLOW_CASE] in cases:
            report.slow_clients = try_slow_clients(CASES[SLOW_CASE], product)


def _growth(
    measured: Meter, reads: list[Case], full: Target, tenth: Target, progress: "tqdm[None]"
) -> list[Growth]:
    return [Growth.of(case, measured.in_turn(case, full, tenth, progress)) for case in reads]


def _loader(
    world: str, options: argparse.Namespace, *, share: int = 1, training_alone: bool = False
) -> list[str]:
    """The program that loads this share of the data, with its arguments."""
    module, sizes = LOADERS[world]
    arguments = [module]
    for size in sizes:
        arguments += [f"--{size}", str(getattr(options, size) // share)]
    wanted = {"--fresh": options.fresh, "--training": training_alone}
    return arguments + [name for name, is_wanted in wanted.items() if is_wanted]


def _loaded(environ: dict[str, str], dsn: str, loader: list[str]) -> Sample:
    unlimited = {**environ, "DATABASE_URL": dsn, "DATABASE_STATEMENT_TIMEOUT_MS": "0"}
    return sample_of(json.loads(processes.run(*loader, environ=unlimited)))


def _queries(
    environ: dict[str, str], cases: list[Case], dsn: str, sample: Sample
) -> dict[str, Any]:
    there = {**environ, "DATABASE_URL": dsn, "LOG_LEVEL": "WARNING"}
    names = [case.name for case in cases]
    given = json.dumps(asdict(sample)).encode()
    counted: dict[str, Any] = json.loads(
        processes.run("benchmarks.queries", *names, environ=there, given=given)
    )
    return counted


def _environment() -> dict[str, str]:
    """Production, but without TLS and with a rate limit that nobody reaches.

    Requests are counted all the same, but under so high a limit Redis hears of few of them; in
    production it hears of each person's first in a minute, at about 0.14 ms.
    """
    metrics = VAR / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(parents=True)
    return {
        **os.environ,
        "ENVIRONMENT": "production",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "WEARABLE_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "API_RATE_PER_MINUTE": "1000000000",
        "CACHE_PREFIX": "bench",
        "VAR_DIR": str(VAR),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }


if __name__ == "__main__":
    sys.exit(main())
