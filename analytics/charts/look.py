"""Who looks at which chart of whom. It needs no library for drawing."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Theme = Literal["auto", "light", "dark"]
Width = Literal["phone", "wide"]
Chart = Literal["strength", "weight", "muscles", "calories", "load"]


@dataclass(frozen=True, kw_only=True)
class Look:
    """By day or at night, on a phone or on a wide screen.

    "auto" follows the device, where the SVG is shown by a browser. Other programs often know no
    style sheets; for them are "light" and "dark".
    """

    theme: Theme = "auto"
    width: Width = "phone"

    @property
    def is_wide(self) -> bool:
        return self.width == "wide"

    @property
    def pixels(self) -> int:
        return 1000 if self.is_wide else 360


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which picture of a person: from so many days before their today on."""

    chart: Chart
    user_id: UUID
    days: int
    look: Look
    exercise_id: UUID | None = None
