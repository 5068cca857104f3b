"""What clients call things: an operation's id, and the area that it belongs to.

An id is the words of the path, without what stands in braces, and a verb. GET is `list` where it
answers several, else `get`; PUT is `replace`, PATCH is `update`, DELETE is `delete`. POST is
`create` where the same path lists what it makes; else the path ends in the verb itself, as
`workouts_finish` does.
"""

import re
from typing import Any

from config.openapi.accounts import PATHS as ACCOUNT_PATHS

API = "/api/v1/"
# The first word of a path says which area it is in; two of people are of their own account.
AREAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "accounts": ("Sign-up, log-in, second factors, passkeys and sessions.", ()),
    "me": ("Your own profile, settings, picture, phones, export and erasure.", ()),
    "sync": ("What an offline phone has missed.", ("sync",)),
    "notifications": ("What happened to you, kept and live.", ("notifications", "stream")),
    "exercises": ("The catalogue and your own exercises.", ("exercises", "exercise-aliases")),
    "workouts": ("The training diary, set by set.", ("workouts", "workout-sets")),
    "plans": (
        "Plans, what they ask of you today, and why.",
        (
            "plans",
            "plan-runs",
            "plan-generations",
            "progression-rules",
            "gyms",
            "training-maxes",
        ),
    ),
    "imports": ("History from other apps and files.", ("workout-imports", "activity-imports")),
    "foods": (
        "What can be eaten: the shared table, your own foods, recipes, favorites.",
        ("foods", "food-categories", "food-attributions", "favorite-foods", "recipes"),
    ),
    "nutrition": (
        "The food diary: meals, photos, water, goals and days.",
        (
            "meals",
            "water",
            "food-images",
            "nutrition-goal",
            "nutrition-days",
            "nutrition-summaries",
        ),
    ),
    "wearables": (
        "Watches and rings: connections, syncs, recordings.",
        ("wearables", "wearable-providers", "devices", "sync-runs", "recorded-workouts"),
    ),
    "health": (
        "Days, nights, heart rate, recovery and the body.",
        ("daily-activity", "sleep", "heart-rate", "recovery", "body-metrics", "energy-balance"),
    ),
    "strength": (
        "One-repetition maxima, progress and records.",
        ("strength", "one-rm-tests", "personal-records"),
    ),
    "training": (
        "What training adds up to: load, analyses, breaks, the timeline.",
        ("training-load", "training-breaks", "workout-analyses", "activity-timeline"),
    ),
    "goals": ("What you aim at, and where it stands.", ("goals",)),
    "calculators": ("Formulas alone; nothing is stored.", ("calculators",)),
    "people": (
        "Others: profiles, follows, friends, blocks and mutes.",
        ("users", "friends", "friend-requests", "follow-requests", "blocks", "mutes"),
    ),
    "posts": (
        "The feed, posts, comments, pictures and reports.",
        ("feed", "explore", "hashtags", "posts", "comments", "pictures", "reports"),
    ),
    "messages": ("Conversations.", ("conversations", "messages")),
    "groups": ("Groups.", ("groups",)),
    "challenges": ("Challenges and achievements.", ("challenges", "achievements")),
}
_AREA_OF = {word: area for area, (_, words) in AREAS.items() for word in words}
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_VERBS = {"put": "replace", "patch": "update", "delete": "delete"}


def name(result: dict[str, Any]) -> None:
    """Give every operation its id and its area; describe the areas that there are."""
    result["paths"] = {_dated(path, item): item for path, item in result["paths"].items()}
    for path, item in result["paths"].items():
        lists = _lists(item.get("get", {}))
        for method, operation in item.items():
            if isinstance(operation, dict):
                operation["operationId"] = operation_id(
                    path, method, lists=lists, made_by_get="get" in item
                )
                operation["tags"] = [area(path)]
                operation.setdefault("summary", _first_sentence(operation))
                operation["summary"] = operation["summary"].strip()
    result["tags"] = [
        {"name": tag, "description": description} for tag, (description, _) in AREAS.items()
    ]


def _dated(path: str, item: dict[str, Any]) -> str:
    """A row that is looked up by its day is looked up by a date, not by an id."""
    parameters = [
        one
        for operation in item.values()
        if isinstance(operation, dict)
        for one in operation.get("parameters", ())
        if one.get("in") == "path" and one["schema"].get("pattern") == _DAY
    ]
    for one in parameters:
        one |= {"name": "date", "schema": {"type": "string", "format": "date"}}
    return path.replace("{id}", "{date}") if parameters else path


def operation_id(path: str, method: str, *, lists: bool, made_by_get: bool = False) -> str:
    is_account = path.startswith(ACCOUNT_PATHS)
    rest = path.removeprefix(ACCOUNT_PATHS if is_account else API).removesuffix(".svg")
    words = [word for word in rest.split("/") if word and not word.startswith("{")]
    verb = _VERBS.get(method, "")
    if method == "get":
        verb = "list" if lists else "get"
    elif method == "post" and (lists or (rest.startswith("account/") and made_by_get)):
        verb = "create"
    return re.sub(r"[^a-z0-9]+", "_", "_".join([*words, verb]).strip("_"))


def area(path: str) -> str:
    if path.startswith(ACCOUNT_PATHS):
        return "accounts"
    first, _, rest = path.removeprefix(API).partition("/")
    if first == "users" and (rest == "me/" or rest.startswith("me/")):
        return "me"
    return _AREA_OF.get(first, first)


def _lists(operation: dict[str, Any]) -> bool:
    """Whether a GET was named a list by the code that it comes from."""
    return str(operation.get("operationId", "")).endswith("_list")


def _first_sentence(operation: dict[str, Any]) -> str:
    text = " ".join(operation.get("description", "").split())
    sentence = re.split(r"(?<=[.:;])\s", text, maxsplit=1)[0]
    return sentence.rstrip(".:;")[:80]
