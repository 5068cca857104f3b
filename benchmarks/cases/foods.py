"""The search for a food while somebody types, in a table of very many.

The product puts its SQL together for each request (nutrition/selectors/search.py), by the lengths
of the words alone. benchmarks/nutrition_data.py writes down what it makes of each such shape of a
text, and the limit runs just that.
"""

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, quote
from uuid import UUID

import orjson

from benchmarks.case import (
    PAGE_SIZE,
    Case,
    Db,
    Environ,
    Request,
    Sample,
    Visitor,
    first_page,
)
from benchmarks.noted import Noted

SEARCHES = "searches.json"  # below VAR_DIR
RECENT = timedelta(days=90)
LONG = 12  # letters of a word; longer ones are searched in the same way
KEY = ("match_tier", "match_score", "sort_name", "id")


class Search(Noted):
    """A statement of the search."""

    @staticmethod
    def shape(text: str) -> str:
        """The lengths of the words."""
        return "-".join(str(min(len(word), LONG)) for word in text.split())


@cache
def _searches() -> dict[str, Search]:
    noted = orjson.loads((Path(os.environ["VAR_DIR"]) / SEARCHES).read_bytes())
    return {shape: Search(**parts) for shape, parts in noted.items()}


def search_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", f"/api/v1/foods/?q={quote(random.choice(sample.searches))}")


def search(db: Db, user_id: UUID, environ: Environ) -> Any:
    text = parse_qs(environ["QUERY_STRING"])["q"][0]
    words = {f"word{n}": word for n, word in enumerate(text.split())}
    since = datetime.now(UTC).date() - RECENT
    values = {"user": user_id, "limit": PAGE_SIZE + 1, "since": since, "q": text, **words}
    page = first_page(environ, _searches()[Search.shape(text)].rows(db, values), KEY)
    for row in page["results"]:
        del row["match_tier"], row["match_score"], row["sort_name"]
        row["micronutrients"] = orjson.Fragment(row["micronutrients"])
        row["estimated"] = orjson.Fragment(row["estimated"])
        ids, names = row.pop("portion_ids") or (), row.pop("portion_names") or ()
        amounts = row.pop("portion_amounts") or ()
        row["portions"] = [
            {"id": id_, "name": name, "amount": amount}
            for id_, name, amount in zip(ids, names, amounts, strict=True)
        ]
    return page


CASES = (Case("foods", search_request, search, goal=0.6),)
