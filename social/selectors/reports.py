"""A person's own reports, as they are shown."""

from collections.abc import Collection
from typing import Any, LiteralString
from uuid import UUID

from social.selectors.targets import kind_of
from users.keyset import Page, Place, SqlList, fetch

_SOURCE: LiteralString = """
    SELECT report.id, report.target_type_id, report.target_id, report.reason, report.details,
        report.status, report.created_at, report.resolved_at
    FROM social_report report
"""
_LIST = SqlList(
    source=f"{_SOURCE} WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s",
    key=(("report.created_at", "timestamptz"), ("report.id", "uuid")),
)


def report_page(*, user_id: UUID, size: int, place: Place | None) -> Page:
    """What this person reported, newest first."""
    page = _LIST.page(
        where=["report.user_id = %(user)s"], parameters={"user": user_id}, size=size, place=place
    )
    _name_kinds(page.rows)
    return page


def reports(*, user_id: UUID, ids: Collection[UUID]) -> list[dict[str, Any]]:
    """These reports, as far as they are this person's."""
    rows = fetch(
        f"{_SOURCE} WHERE report.user_id = %(user)s AND report.id = ANY(%(ids)s::uuid[])",
        {"user": user_id, "ids": list(ids)},
    )
    _name_kinds(rows)
    return rows


def _name_kinds(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        row["target_type"] = kind_of(row.pop("target_type_id")).name
