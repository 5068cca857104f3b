"""A workout as a session of a run: which one it is, and what the plan asks of each set."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

Content = Mapping[str, Any]


def targets_for(*, user_id: UUID, content: Content) -> tuple[dict[str, Any], Sequence[Content]]:
    raise NotImplementedError
