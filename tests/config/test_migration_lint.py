"""The rules for migrations: what breaks the release that still runs is found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import connection, models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    Migration,
    RemoveField,
    RenameField,
    RunPython,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from config.operations import migration_rules

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "gym_barbell"
INDEX = models.Index(fields=["weight"], name="barbell_weight")
POSITIVE = models.CheckConstraint(condition=models.Q(weight__gt=0), name="barbell_positive")
COUNT_NEEDED = AddField("barbell", "count", models.IntegerField(default=1))


def nothing(*_: object) -> None:
    pass


def migration(*operations: object, **changes: object) -> Migration:
    kind = type("Migration", (Migration,), {"operations": list(operations), **changes})
    return kind("0002_change", "gym")


@pytest.fixture(name="before")
def fixture_before() -> Iterator[ProjectState]:
    """A table that a release has."""
    fields = [("id", models.IntegerField(primary_key=True)), ("weight", models.FloatField())]
    first, state = migration(CreateModel("Barbell", fields)), ProjectState()
    with connection.schema_editor() as editor:
        first.apply(state, editor)
    yield state
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        pytest.param(
            migration(AddIndex("barbell", INDEX)),
            ["require-concurrent-index-creation"],
            id="index-that-stops-writes",
        ),
        pytest.param(
            migration(AddIndexConcurrently("barbell", INDEX), atomic=False),
            [],
            id="index-beside-writes",
        ),
        pytest.param(
            migration(COUNT_NEEDED), ["ban-drop-default"], id="column-that-old-code-does-not-fill"
        ),
        pytest.param(
            migration(AddField("barbell", "count", models.IntegerField(db_default=1))),
            [],
            id="column-that-the-database-fills",
        ),
        pytest.param(
            migration(AddField("barbell", "count", models.IntegerField(null=True))),
            [],
            id="column-that-may-be-empty",
        ),
        pytest.param(
            migration(RemoveField("barbell", "weight")),
            ["ban-drop-column"],
            id="column-that-old-code-reads",
        ),
        pytest.param(
            migration(
                RemoveField("barbell", "weight"),
                allowed={"ban-drop-column": "The last release does not read it."},
            ),
            [],
            id="column-of-which-somebody-vouches",
        ),
        pytest.param(
            migration(RenameField("barbell", "weight", "weight_kg")),
            ["renaming-column"],
            id="another-name",
        ),
        pytest.param(
            migration(AlterField("barbell", "weight", models.IntegerField())),
            ["changing-column-type"],
            id="another-type",
        ),
        pytest.param(
            migration(AddConstraint("barbell", POSITIVE)),
            ["constraint-missing-not-valid"],
            id="constraint-that-reads-every-row",
        ),
        pytest.param(
            migration(AddConstraintNotValid("barbell", POSITIVE)),
            [],
            id="constraint-for-what-comes",
        ),
        pytest.param(migration(RunPython(nothing, nothing)), [], id="data"),
        pytest.param(migration(RunPython(nothing)), ["irreversible"], id="no-way-back"),
        pytest.param(
            migration(RunPython(nothing), irreversible="What was removed is nowhere else."),
            [],
            id="no-way-back-and-why",
        ),
        pytest.param(
            migration(AddIndex("barbell", INDEX), RunPython(nothing, nothing)),
            ["data-beside-schema", "require-concurrent-index-creation"],
            id="data-and-schema",
        ),
        pytest.param(
            migration(COUNT_NEEDED, RemoveField("barbell", "count"), atomic=False),
            ["one-step", "ban-drop-default", "ban-drop-column"],
            id="half-of-it-may-be-done",
        ),
    ],
)
def test_what_breaks_the_release_that_runs_is_a_fault(
    before: ProjectState, change: Migration, rules: list[str]
) -> None:
    faults = migration_rules.judge(connection, change, before, old_tables={TABLE})

    assert [fault.rule for fault in faults] == rules
    assert {fault.migration for fault in faults} <= {"gym.0002_change"}


def test_a_table_that_no_release_knows_may_be_changed_in_any_way(before: ProjectState) -> None:
    change = migration(COUNT_NEEDED, AddIndex("barbell", INDEX), RemoveField("barbell", "count"))

    faults = migration_rules.judge(connection, change, before, old_tables={"users_user"})

    assert faults == []


def test_a_migration_that_cannot_be_taken_back_as_it_says_fails(before: ProjectState) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("no way back")

    change = migration(RunPython(nothing, refuse))

    with pytest.raises(ValueError, match="no way back"):
        migration_rules.judge(connection, change, before, old_tables={TABLE})


def test_a_migration_of_a_release_must_stay_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration_rules, "RELEASED", tmp_path / "released.txt")
    migration_rules.RELEASED.touch()
    loader = MigrationLoader(connection)
    present = migration_rules.ours(loader)

    assert migration_rules.release(loader) == len(present)
    assert migration_rules.release(loader) == 0
    assert migration_rules.lint(connection) == []

    lines = migration_rules.RELEASED.read_text().splitlines()
    lines[0] = "analytics.0001_analytics 0123456789abcdef"
    migration_rules.RELEASED.write_text("\n".join([*lines, "users.0000_gone 0123456789abcdef"]))
    faults = migration_rules.lint(connection)

    assert [(fault.migration, fault.rule) for fault in faults] == [
        ("analytics.0001_analytics", "released"),
        ("users.0000_gone", "released"),
    ]
