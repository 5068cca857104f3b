"""The privacy page speaks of every table that holds something of a person."""

import re
from pathlib import Path

from users import personal_data

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "privacy.md").read_text()
TABLE = re.compile(r"`([a-z]+\.[A-Z]\w+)`")
STORED = PAGE[: PAGE.index("## Who sees it")]


def test_every_table_of_personal_data_is_on_the_page():
    tables = {part.label for part in personal_data.registered()}

    assert tables - set(TABLE.findall(PAGE)) - {"admin.LogEntry"} == set()


def test_no_table_is_on_the_page_twice_or_without_holding_anything_of_a_person():
    tables = {part.label for part in personal_data.registered()}
    named = TABLE.findall(STORED)

    assert len(named) == len(set(named))
    assert set(named) <= tables
