"""Many people who follow, post, compete and write to each other; needs Django.

    python -m benchmarks.social_data --posts 1000000 [--fresh]

fills the database of DATABASE_URL, unless it holds just this already, logs the visitors in, writes
the sample to its output and the product's statements to VAR_DIR. There are a twentieth as many
people as posts, at least 5,000, who all take part in one challenge if there are posts enough, and
60 visitors, who follow 50, 500 or 5,000. benchmarks/social_rows.py makes the rows, stored in the
order in which they would have come.
"""

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import django

django.setup()

import orjson  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from tqdm import tqdm  # noqa: E402

from benchmarks import loaded, social_rows  # noqa: E402
from benchmarks.case import PAGE_SIZE, Sample, Visitor  # noqa: E402
from benchmarks.cases.social import CIRCLES, STATEMENTS  # noqa: E402
from benchmarks.noted import Noted  # noqa: E402
from benchmarks.rows import copy, uuid7_at  # noqa: E402
from social.models import Challenge, ConversationMember  # noqa: E402
from social.selectors import people  # noqa: E402
from social.selectors.cards import cards  # noqa: E402
from social.selectors.feed import feed_page  # noqa: E402
from social.selectors.leaderboards import board  # noqa: E402
from social.selectors.messages import conversation_messages  # noqa: E402
from social.services import likes  # noqa: E402
from users.models import SyncClock, User, UserProfile, UserSettings  # noqa: E402
from workouts.models import Exercise, Workout, WorkoutSet  # noqa: E402

SEED = 7
VISITORS = 60
LEAST_PEOPLE = 5_000
EVERY = 10  # how many people there are for one who shows a workout
SETS = 12
BEGIN = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
END = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
# What is built once all rows are there, in a part of the time that it takes row by row.
BIG = ("social_post", "social_posthashtag", "social_postmedia", "social_mention", "social_like")
BIG += ("social_socialfollow", "social_challengeparticipant", "social_message")
_LATER = """
    SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', relname, conname),
        format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', relname, conname,
            pg_get_constraintdef(c.oid))
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE contype = 'f' AND relname = ANY(%(tables)s)
    UNION ALL
    SELECT format('DROP INDEX %%I', indexname), indexdef FROM pg_indexes
    WHERE tablename = ANY(%(tables)s) AND indexdef NOT LIKE 'CREATE UNIQUE%%'
"""


def prepare(*, posts: int, fresh: bool) -> Sample:
    """The database as a run wants it, whatever an earlier one left there."""
    loader = loaded.fingerprint(__file__, ["benchmarks/social_rows.py"])
    wanted = json.dumps({"posts": posts, "loader": loader})
    is_loaded = loaded.note() == wanted and not fresh
    if not is_loaded:
        loaded.empty()
    call_command("migrate", verbosity=0, interactive=False)
    if is_loaded:
        with connection.cursor() as cursor:
            cursor.execute(social_rows.FORGET_LIKES, {"end": END})
            cursor.execute("TRUNCATE users_outboxmessage")
    else:
        call_command("load_catalogue", stdout=sys.stderr)
        _load(posts)
        loaded.write_note(wanted)
    loaded.vacuum()
    sample = _sample(posts)
    _note_statements(sample)
    return sample


def _load(posts: int) -> None:
    random = Random(SEED)
    crowd = max(LEAST_PEOPLE, posts // 20)
    numbers = {
        "posts": posts,
        "people": crowd + VISITORS,
        "visitors": VISITORS,
        "participants": posts // 20,
        "messages": max(2 * PAGE_SIZE, posts // 1_000),
        "pairs": min(posts // 50, (crowd - 400) // 2),
    }
    values = {"begin": BEGIN, "circles": list(CIRCLES)}
    with transaction.atomic():
        ids = [uuid7_at(BEGIN, random) for _ in range(crowd + VISITORS)]
        _copy_people(ids, random)
        _copy_workouts(ids[::EVERY], random)
        with connection.cursor() as cursor, _later(BIG):
            for statement in tqdm(social_rows.ROWS, desc="social", unit="part"):
                _run(cursor, statement.format(**numbers), values)


def _run(cursor: Any, statements: str, values: dict[str, Any]) -> None:
    """Several statements in one text, which PostgreSQL takes only without parameters."""
    for name, value in values.items():
        given = "ARRAY" + str(value) if isinstance(value, list) else f"'{value.isoformat()}'"
        statements = statements.replace(f"%({name})s", given)
    cursor.execute(statements)


def _copy_people(ids: Sequence[UUID], random: Random) -> None:
    # A hash takes as long as a log-in is meant to take; everybody shares this one.
    password = make_password("nobody logs in here")
    total = len(ids)
    names = [f"social{number:06}" for number in range(total)]
    addresses = [f"{name}@bench.numeneon.example" for name in names]
    copy(
        User,
        ("id", "username", "email", "password", "date_joined"),
        ((*row, password, BEGIN) for row in zip(ids, names, addresses, strict=True)),
        total,
    )
    copy(
        UserProfile,
        ("user_id", "display_name", "email", "visibility", "created_at", "updated_at"),
        (
            (*row, _visibility(number, random), BEGIN, BEGIN)
            for number, row in enumerate(zip(ids, names, addresses, strict=True))
        ),
        total,
    )
    copy(UserSettings, ("user_id", "updated_at"), ((id_, BEGIN) for id_ in ids), total)
    copy(SyncClock, ("user_id", "revision"), ((id_, 10_000_000) for id_ in ids), total)


def _visibility(number: int, random: Random) -> str:
    drawn = random.random()
    if number < VISITORS or drawn < 0.8:
        return "public"
    return "followers" if drawn < 0.98 else "private"


def _copy_workouts(owners: Sequence[UUID], random: Random) -> None:
    """One of each owner, for their posts to show."""
    exercise = Exercise.objects.filter(created_by=None, is_cardio=False).order_by("slug")
    shared = list(exercise.values_list("pk", flat=True)[: SETS // 4])
    workouts = [(uuid7_at(BEGIN, random), owner) for owner in owners]
    hour = dt.timedelta(hours=1)
    copy(
        Workout,
        (
            *("id", "user_id", "name", "date", "start_time", "end_time", "duration"),
            *("started_at", "finished_at", "timezone", "revision", "created_at", "updated_at"),
        ),
        (
            (
                *(*keys, "Push day", BEGIN.date(), dt.time(8), dt.time(9), 60),
                *(BEGIN, BEGIN + hour, "UTC", 1, BEGIN, BEGIN),
            )
            for keys in workouts
        ),
        len(workouts),
    )
    copy(
        WorkoutSet,
        (
            *("id", "user_id", "workout_id", "exercise_id", "position", "set_number"),
            *("reps", "weight", "rpe"),
        ),
        (
            (
                *(uuid7_at(BEGIN, random), owner, workout, shared[place // 4], place + 1),
                *(place % 4 + 1, random.randint(3, 12), random.randrange(20, 100), 7),
            )
            for workout, owner in workouts
            for place in range(SETS)
        ),
        SETS * len(workouts),
    )


@contextmanager
def _later(tables: Sequence[str]) -> Iterator[None]:
    with connection.cursor() as cursor:
        # No table changes while foreign keys wait to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_LATER, {"tables": list(tables)})
        found = cursor.fetchall()
        for drop, _ in found:
            cursor.execute(drop)
        yield
        for _, build in tqdm(found, desc="social, indexes and keys", mininterval=1):
            cursor.execute(build)


def _sample(posts: int) -> Sample:
    visitors = list(User.objects.order_by("username")[:VISITORS])
    seats = ConversationMember.objects.filter(user__in=visitors).order_by("pk")
    conversations: dict[UUID, list[str]] = {}
    for user_id, conversation_id in seats.values_list("user_id", "conversation_id"):
        conversations.setdefault(user_id, []).append(str(conversation_id))
    with connection.cursor() as cursor:
        cursor.execute(social_rows.UNLIKED.format(posts=posts))
        unliked = [str(post_id) for (post_id,) in cursor.fetchall()]
    return Sample(
        visitors=tuple(
            Visitor(
                token=token,
                circle=CIRCLES[number % len(CIRCLES)],
                conversations=tuple(conversations[user.pk]),
            )
            for number, (user, token) in enumerate(
                zip(visitors, loaded.log_in(visitors), strict=True)
            )
        ),
        posts=tuple(unliked),
        challenges=tuple(str(id_) for id_ in Challenge.objects.values_list("pk", flat=True)),
    )


def _note_statements(sample: Sample) -> None:
    """Write down what the product runs for each case, for the limit to run just that."""
    [visitor] = User.objects.order_by("username").values_list("pk", flat=True)[:1]
    asked: dict[str, Any] = {"viewer_id": visitor, "size": PAGE_SIZE, "place": None}
    nobody: frozenset[UUID] = frozenset()
    post, challenge = UUID(sample.posts[0]), UUID(sample.challenges[0])
    conversation = UUID(sample.visitors[0].conversations[0])

    def feed() -> None:
        people.hidden_from(visitor)
        rows = feed_page(hidden=nobody, **asked).rows
        cards(visitor, [row["id"] for row in rows], hidden=nobody)

    def leaderboard() -> None:
        people.hidden_from(visitor)
        board(challenge_id=challenge, hidden=nobody, **asked)

    def messages() -> None:
        people.hidden_from(visitor)
        page = conversation_messages(conversation_id=conversation, hidden=nobody, **asked)
        people.briefs({row["sender"] for row in page.rows} if page else ())

    noted = {
        "feed": _statements(feed),
        "leaderboard": _statements(leaderboard),
        "conversation": _statements(messages),
        "like": _statements(lambda: likes.like(user_id=visitor, post_id=post)),
        "unlike": _statements(lambda: likes.unlike(user_id=visitor, post_id=post)),
    }
    (Path(os.environ["VAR_DIR"]) / STATEMENTS).write_bytes(orjson.dumps(noted))


def _statements(act: Callable[[], object]) -> list[dict[str, Any]]:
    """What is asked of the database. Savepoints are Django's own."""
    seen: list[str] = []

    def note(execute: Any, statement: str, *rest: Any) -> Any:
        seen.append(statement)
        return execute(statement, *rest)

    with connection.execute_wrapper(note):
        act()
    return [Noted.raw(one) for one in seen if "SAVEPOINT" not in one]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.social_data")
    parser.add_argument("--posts", type=int, required=True)
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    sample = prepare(posts=options.posts, fresh=options.fresh)
    json.dump(asdict(sample), sys.stdout)


if __name__ == "__main__":
    main()
