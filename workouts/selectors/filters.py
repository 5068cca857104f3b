"""What the filters of all lists have in common."""

from typing import Any


def escape_like(text: str) -> str:
    """The text as it stands in a LIKE pattern."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def given(narrowed: object) -> dict[str, Any]:
    """The fields of a filter that narrow."""
    return {name: value for name, value in vars(narrowed).items() if value is not None}
