"""Who has let us read what: codes, tokens, and the ends of them."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

CODE_LIFETIME: Final = timedelta(minutes=10)
TESTING_LIFETIME: Final = timedelta(days=7)


@dataclass
class Code:
    """What the browser takes back to the app; good for one exchange."""

    slug: str
    person: str
    redirect_uri: str
    scopes: frozenset[str]
    challenge: str
    made_at: datetime
    wants_refresh: bool = True
    is_used: bool = False


@dataclass
class Grant:
    """One consent of a person, with the tokens that came of it."""

    slug: str
    person: str
    scopes: frozenset[str]
    made_at: datetime
    access: dict[str, datetime] = field(default_factory=dict)  # token -> its end
    refresh: set[str] = field(default_factory=set)
    refresh_ends_at: datetime | None = None
    is_dead: bool = False
    # A JWT of a personal key is no consent, and has no refresh token.
    is_key: bool = False

    def new_access(self, now: datetime, lifetime_s: int, *, length: int = 32) -> str:
        token = f"{self.slug}-access-{secrets.token_hex(length)}"
        self.access[token] = now + timedelta(seconds=lifetime_s)
        return token

    def new_refresh(self) -> str:
        token = f"{self.slug}-refresh-{secrets.token_hex(24)}"
        self.refresh.add(token)
        return token

    def may_refresh(self, token: str, now: datetime) -> bool:
        ended = self.refresh_ends_at is not None and now >= self.refresh_ends_at
        return token in self.refresh and not self.is_dead and not ended

    def is_open(self, token: str, now: datetime) -> bool:
        return not self.is_dead and token in self.access and now < self.access[token]


class Grants:
    """All of them, of all makers."""

    def __init__(self) -> None:
        self.codes: dict[str, Code] = {}
        self.all: list[Grant] = []

    def of(self, slug: str, person: str = "", *, keys: bool = True) -> list[Grant]:
        """The living ones of a maker, the newest last."""
        return [
            grant
            for grant in self.all
            if grant.slug == slug
            and not grant.is_dead
            and person in {"", grant.person}
            and (keys or not grant.is_key)
        ]

    def by_access(self, slug: str, token: str, now: datetime) -> Grant | None:
        return next((grant for grant in self.of(slug) if grant.is_open(token, now)), None)

    def holding(self, slug: str, token: str) -> Grant | None:
        """Whose token this is, of whichever kind, used or not."""
        return next(
            (grant for grant in self.of(slug) if token in grant.access or token in grant.refresh),
            None,
        )

    def end(self, slug: str, person: str = "", *, keys: bool = True) -> int:
        """Make every token of them worthless; answers of how many consents."""
        ended = self.of(slug, person, keys=keys)
        for grant in ended:
            grant.is_dead = True
        return len(ended)
