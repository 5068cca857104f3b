"""What is stored agrees with itself, or is named, and mended where that can be."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from config.operations import files, integrity
from config.operations.integrity import CHECKS
from nutrition.models import Recipe
from nutrition.services.recipes import recompute
from social.models import Friendship
from tests import filled
from tests.config.broken import BROKEN
from tests.factories.social import FriendshipFactory
from tests.users.everything import person_with_everything, use_a_folder_of_the_test
from users.services.checks import Check, Found

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


def check(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code and the results."""
    out = StringIO()
    try:
        call_command("check_integrity", *arguments, "--json", stdout=out, stderr=StringIO())
    except CommandError as error:
        return error.returncode, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_all_is_right_of_people_who_use_everything():
    person_with_everything("ana")
    recompute(Recipe.objects.values_list("user_id", "pk"))
    call_command("settle_wearables")
    call_command("partition_heart_rates")

    code, results = check()

    assert {one["check"]: one["examples"] for one in results if one["wrong"]} == {}
    assert [one["check"] for one in results] == [one.name for one in CHECKS]
    assert code == 0


@pytest.mark.parametrize(
    ("name", "broken", "repairable"),
    BROKEN,
    ids=[f"{name}-{broken.__name__}" for name, broken, _ in BROKEN],
)
def test_what_is_broken_is_named_and_mended_once(
    name: str, broken: Callable[[], str], *, repairable: bool
):
    example = broken()
    before = filled.rows()

    found = check("--only", name)
    rehearsed = check("--only", name, "--repair", "--dry-run")
    unchanged = filled.rows() == before
    repaired = check("--only", name, "--repair")
    again = check("--only", name, "--repair")

    code, [result] = found
    assert (code, result["wrong"], result["left"]) == (1, 1, 1)
    assert result["examples"][0].startswith(example)
    assert rehearsed == found
    assert unchanged
    code, [result] = repaired
    assert (code, result["mended"], result["left"]) == ((0, 1, 0) if repairable else (1, 0, 1))
    code, [result] = again
    assert (code, result["mended"]) == ((0, 0) if repairable else (1, 0))
    assert result["wrong"] == (0 if repairable else 1)


def test_each_check_is_tried():
    assert {name for name, _, _ in BROKEN} == {check.name for check in CHECKS}
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_what_cannot_be_mended_says_what_to_do():
    advised = {check.name for check in CHECKS if check.advice}

    assert advised >= {check.name for check in CHECKS if check.mend is None}


def test_each_kind_of_file_has_its_folder():
    assert files.file_fields().keys() == files.FOLDERS.keys()


def test_a_check_that_fails_does_not_keep_others_from_their_turn(monkeypatch, capsys):
    def fail(track: object) -> Found:
        raise DatabaseError("no such thing")

    whole = next(one for one in CHECKS if one.name == "friendships")
    checks = (Check(name="failing", about="Fails.", look=fail, advice="-"), whole)
    monkeypatch.setattr("config.management.commands.check_integrity.CHECKS", checks)
    tie = FriendshipFactory()
    Friendship.objects.exclude(pk=tie.pk).remove()

    with pytest.raises(CommandError, match=r"Could not check: failing\.") as ended:
        call_command("check_integrity")

    assert ended.value.returncode == 2
    assert capsys.readouterr().out.splitlines() == [
        "?  failing: could not be checked. DatabaseError: no such thing",
        "!  friendships: 1 wrong of 1",
        "     Each friendship is there for both.",
        f"     such as {tie.pk}",
        "     --repair mends it",
    ]


def test_an_unknown_check_is_refused():
    with pytest.raises(CommandError, match="invalid choice: 'muscles'"):
        call_command("check_integrity", "--only", "muscles")


def test_the_checks_of_every_app_are_run():
    apps = {module for module in vars(integrity) if hasattr(vars(integrity)[module], "CHECKS")}

    assert apps >= {"users", "nutrition", "wearables", "analytics", "social"}
