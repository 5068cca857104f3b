"""Whether the limit gives the product's answers: else it would be the limit of something else."""

from collections.abc import Iterable
from random import Random
from typing import Any

import orjson

from benchmarks import load
from benchmarks.case import Case
from benchmarks.measure import Target

TRIED = 20


def compare(case: Case, product: Target, limit: Target) -> None:
    """Raise SystemExit for the first request that the two answer differently."""
    for seed, visitor in enumerate(product.sample.visitors[:TRIED]):
        answers = []
        for target in (product, limit):
            # The same seed chooses the same content; an id of the client is new each time.
            request = case.request(product.sample, visitor, Random(seed))
            sent = request.wire(case=case.name, token=visitor.token)
            status, body = load.exchange(target.server.port, sent)
            if status != case.status:
                raise SystemExit(f"{case.name}, {target.server.name}: {status} {body[:500]!r}")
            answers.append(orjson.loads(body))
        place = _difference(*answers, ignored=case.volatile)
        if place is not None:
            raise SystemExit(
                f"{case.name}: the limit answers {request.path} otherwise at answer{place}."
            )


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
