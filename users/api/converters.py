"""What may stand in a path, beside what Django knows. Importing it makes it known."""

from datetime import date

from django.urls import register_converter

from users.api.fields import EARLIEST_YEAR, LATEST_YEAR


class DayConverter:
    """A day in a path, such as 2026-03-02."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        # A ValueError says that the path leads nowhere.
        day = date.fromisoformat(value)
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise ValueError(value)
        return day

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")
