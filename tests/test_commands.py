"""What is true of every command of ours: how it rehearses, repeats, refuses and ends."""

import argparse
import json
import re
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import (
    BaseCommand,
    CommandError,
    call_command,
    get_commands,
    load_command_class,
)
from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, transaction
from django.utils import timezone

from analytics.models import TrainingDay
from social.models import Challenge, ChallengeParticipant, Post
from social.services import demo_messages, repair
from tests import filled
from tests.factories.users import UserFactory
from tests.recalled import recalled
from tests.users.everything import person_with_everything, use_a_folder_of_the_test
from tests.workouts.test_catalogue import STEP_UP
from users.management import ops
from users.management.ops import OpsCommand
from users.models import User
from wearables.models import DailyActivity, WearableDevice
from workouts.models import PlanRun

OURS = {"config", "users", "workouts", "nutrition", "wearables", "analytics", "social"}
PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
SECTION = re.compile(r"^### `([a-z_]+)`\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
# The page says once what they do.
COMMON = {"--dry-run", "--force"}
# What a run may leave although it changes nothing: how far clocks have come, since whoever looks
# at people's rows moves them; when it was; that it was.
CLOCKS = {"users_syncclock", "analytics_analyticsstate"}
NOTED = {"recompute_challenges": {"social_challenge"}, "import_foods": {"nutrition_foodimport"}}


def commands() -> dict[str, BaseCommand]:
    return {
        name: load_command_class(app, name)
        for name, app in sorted(get_commands().items())
        if app in OURS
    }


def options(command: BaseCommand) -> Iterator[argparse.Action]:
    """Those of the command itself."""
    usual = {action.dest for action in BaseCommand().create_parser("", "")._actions}
    if isinstance(command, migrate.Command):
        usual |= {action.dest for action in migrate.Command().create_parser("", "")._actions}
    parser: CommandParser = command.create_parser("manage.py", "")
    yield from (action for action in parser._actions if action.dest not in usual)


COMMANDS = commands()


# --- Rehearsing and repeating ----------------------------------------------------------------


@recalled
def world() -> None:
    """People with rows everywhere, of which much is wrong, for each command to find work."""
    call_command("load_catalogue", stdout=StringIO())
    ana = person_with_everything("ana")
    UserFactory(username="ben", email="ben@demo.numeneon.example")
    UserFactory(username="cara", email="cara@demo.numeneon.example")
    TrainingDay.objects.filter(user=ana).write(volume=7)
    DailyActivity.objects.filter(user=ana).write(steps=7)
    Post.objects.filter(author=ana).write(likes_count=7)
    PlanRun.objects.filter(user=ana).write(replayed=b"another")
    Challenge.objects.write(finished_at=None)
    ChallengeParticipant.objects.write(current_progress=7, is_stale=False)
    WearableDevice.objects.filter(user=ana).write(
        provider="oura", status="active", is_active=True, connection_mode="oauth"
    )
    demo_messages.add_messages(now=timezone.now())


@pytest.fixture
def _world(db, monkeypatch, tmp_path, settings):
    use_a_folder_of_the_test(monkeypatch, tmp_path)
    settings.VAR_DIR = tmp_path
    world()


@pytest.fixture
def arguments(tmp_path) -> dict[str, list[str]]:
    """What a command needs, or has more to do with."""
    exercises = tmp_path / "exercises.json"
    exercises.write_text(json.dumps([STEP_UP]))
    foods = tmp_path / "foods.jsonl"
    foods.write_text("{}\n")
    return {
        "check_integrity": ["--repair", "--only", "derived", "wearable-days", "counters"],
        "import_exercises": [str(exercises)],
        "import_foods": [str(foods), "--format", "off-jsonl"],
        "seed_social": ["--users", "3"],
        "rebuild_figures": ["--since", str(timezone.now().date())],
    }


# These go by connections of their own, which see nothing of a test's transaction; they have tests
# with databases and servers of their own.
APART = {"backup", "restore", "load_test"}
WRITING = [
    name
    for name, command in COMMANDS.items()
    if isinstance(command, OpsCommand) and command.writes and name not in APART
]
# A day of demo is hours of writing, and tested at length in its own place.
REPEATED = [name for name in WRITING if name not in {"seed_demo", "seed_social"}]


def changed_by(name: str, *arguments: str) -> set[str]:
    """The tables that are not as they were. That something wrong was left is no failure here."""
    before = filled.rows()
    with suppress(CommandError) if name == "check_integrity" else nullcontext():
        call_command(name, *arguments)
    after = filled.rows()
    return {table for table in before | after if before.get(table) != after.get(table)}


@pytest.mark.usefixtures("_world")
@pytest.mark.parametrize("name", WRITING)
def test_a_dry_run_changes_nothing(name: str, arguments):
    assert changed_by(name, *arguments.get(name, []), "--dry-run") == set()


@pytest.mark.usefixtures("_world")
@pytest.mark.parametrize("name", REPEATED)
def test_a_second_run_changes_nothing(name: str, arguments):
    changed_by(name, *arguments.get(name, []))

    changed = changed_by(name, *arguments.get(name, []))

    assert changed - CLOCKS - NOTED.get(name, set()) == set()


@pytest.mark.usefixtures("_world")
def test_what_commands_mend_was_wrong(arguments):
    """So that the two tests above show something."""
    mended = {
        name: changed_by(name, *arguments.get(name, []))
        for name in ("rebuild_analytics", "settle_wearables", "repair_counters")
    }

    assert "analytics_trainingday" in mended["rebuild_analytics"]
    assert "wearables_dailyactivity" in mended["settle_wearables"]
    assert "social_post" in mended["repair_counters"]


# --- Ends ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["seed_demo", "seed_social", "seed_messages"])
def test_a_demo_is_refused_in_production(name: str, db, settings):
    settings.PRODUCTION = True
    before = filled.rows()

    with pytest.raises(CommandError, match="This is production: add --force") as refused:
        call_command(name)

    assert refused.value.returncode == 1
    assert filled.rows() == before


@pytest.mark.parametrize(
    "name", ["rebuild_analytics", "settle_wearables", "sync_wearables", "replay_wearables"]
)
@pytest.mark.parametrize("username", ["nobody", "nobody\udcff", "no\x00body"])
def test_an_unknown_person_is_a_sentence(name: str, username: str, db):
    with pytest.raises(CommandError, match="There is nobody called no"):
        call_command(name, user=username)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["weekly_stats", "--week-of", "yesterday"], "invalid fromisoformat value"),
        (["rebuild_analytics", "--since", "2026-13-01"], "invalid fromisoformat value"),
        (["recompute_challenges", "--challenge", "7"], "invalid UUID value"),
        (["partition_heart_rates", "--months", "-1"], "from 0 to 120 months"),
        (["seed_demo", "--users", "0"], "there must be at least one"),
        (["load_test", "--seconds", "601"], "from 1 to 600"),
        (["load_test", "--url", "http://10.0.0.1/"], "10.0.0.1 is not this machine"),
        (["load_test", "--url", "ftp://localhost"], "no address of http"),
        (["db_stats", "--table", "muscles"], "There is no table called muscles"),
    ],
)
def test_bad_input_is_a_sentence(line: list[str], message: str, db):
    with pytest.raises(CommandError, match=message):
        call_command(*line)


@pytest.mark.parametrize(
    "line",
    [
        ["backup", "--keep", "0"],
        ["db_stats", "--table", "muscles"],
        ["rebuild_figures", "--since", "2000-01-01"],
    ],
)
def test_a_wrong_call_is_told_from_a_failure(line: list[str], db):
    with pytest.raises(CommandError) as refused:
        call_command(*line)

    assert refused.value.returncode == 2


def test_what_is_interrupted_is_as_it_was(db, monkeypatch):
    before = filled.rows()
    written = []

    def interrupted(**_: Any) -> None:
        with transaction.atomic():
            written.append(UserFactory().pk)
            raise KeyboardInterrupt

    monkeypatch.setattr(repair, "repaired", interrupted)

    with pytest.raises(CommandError, match="Interrupted") as ended:
        call_command("repair_counters")

    assert ended.value.returncode == 130
    assert written
    assert not User.objects.filter(pk__in=written).exists()
    assert filled.rows() == before


def test_a_lost_database_is_a_sentence(db, monkeypatch):
    def lost(**_: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(repair, "repaired", lost)

    with pytest.raises(CommandError, match="The database failed: server closed") as ended:
        call_command("repair_counters")

    assert ended.value.returncode == 1


def test_nothing_is_drawn_where_nobody_looks(db, capsys):
    call_command("recompute_challenges")

    assert capsys.readouterr() == ("0 challenges: 0 rows were wrong.\n", "")


def test_a_bar_is_drawn_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    assert list(ops.progress([1, 2], of="Challenges")) == [1, 2]

    assert "Challenges: 100%" in capsys.readouterr().err


# --- The page --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_on_the_page_with_every_option(name: str):
    sections = dict(SECTION.findall(PAGE.read_text()))
    command = COMMANDS[name]
    names = {max(one.option_strings, key=len, default=one.dest) for one in options(command)}
    names -= COMMON if name != "restore" else {"--dry-run"}

    assert name in sections
    assert {one for one in names if f"`{one}" not in sections[name]} == set()
    assert set(re.findall(r"^\| `(--[a-z0-9-]+)", sections[name], re.MULTILINE)) <= names
    assert command.help
    assert all(action.help for action in options(command))


def test_nothing_else_is_on_the_page():
    names = [name for name, _ in SECTION.findall(PAGE.read_text())]

    assert sorted(names) == sorted(COMMANDS)
