"""What staff may look up of what people do together, and the desk of the moderators.

What somebody says to somebody else is read nowhere but in a report of it.
"""

from social.admin import (
    achievement,
    challenge,
    comment,
    conversation,
    graph,
    group,
    parts,
    people,
    post,
    report,
)

__all__ = [
    "achievement",
    "challenge",
    "comment",
    "conversation",
    "graph",
    "group",
    "parts",
    "people",
    "post",
    "report",
]
