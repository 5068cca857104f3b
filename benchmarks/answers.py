"""Whether the limit gives the product's answers: else it would be the limit of something else."""

from collections.abc import Iterable
from random import Random
from typing import Any

import orjson

from benchmarks import load
from benchmarks.case import Case, Visitor
from benchmarks.measure import Target

TRIED = 20


def compare(case: Case, product: Target, limit: Target) -> None:
    """Raise SystemExit for the first request that the two answer differently."""
    for seed, visitor in enumerate(case.visitors(product.sample)[:TRIED]):
        # The same seed chooses the same content; an id of the client is new each time.
        pair = (_answers(case, target, visitor, Random(seed)) for target in (product, limit))
        place = _difference(*pair, ignored=case.volatile)
        if place is not None:
            raise SystemExit(f"{case.name}: the limit answers otherwise at answer{place}.")


def _answers(case: Case, target: Target, visitor: Visitor, random: Random) -> list[Any]:
    """To the requests that the person sends in turn."""
    answers = []
    for expected in case.statuses:
        request = case.request(target.sample, visitor, random)
        sent = request.wire(case=case.name, token=visitor.token)
        status, body = load.exchange(target.server.port, sent)
        if status != expected:
            raise SystemExit(
                f"{case.name}, {target.server.name}: {request.path} {status} {body[:500]!r}"
            )
        answers.append(orjson.loads(body) if body else None)
    return answers


def _difference(one: Any, other: Any, *, ignored: frozenset[str]) -> str | None:
    """Where two documents differ first; both must have the ignored keys as well."""
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() != other.keys():
            return f": only one has {', '.join(sorted(one.keys() ^ other.keys()))}"
        keys: Iterable[Any] = one.keys() - ignored
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        keys = range(len(one))
    else:
        return None if one == other else f": {other!r:.80} and not {one!r:.80}"
    for key in keys:
        place = _difference(one[key], other[key], ignored=ignored)
        if place is not None:
            return f"[{key!r}]{place}"
    return None
