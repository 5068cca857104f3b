"""The documents say what is there: relations, files, commands, addresses."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.core.management import get_commands
from django.db import models
from django.urls import resolve

ROOT = Path(__file__).resolve().parent.parent
# The home of the site leads to pages that are made with it; its build follows every link.
PAGES = [
    page
    for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))
    if page.name != "index.md"
]
OURS = {"users", "workouts", "nutrition", "wearables", "analytics", "social"}

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
NAMED_COMMAND = re.compile(r"`((?:seed|import|load|rebuild)_[a-z_]+)`")
ADDRESS = re.compile(
    r"(?<![\w.>])/(?:api|_allauth|accounts|admin|healthz|readyz|metrics)[\w/{}-]*(?:\.svg)?"
)
ID = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
PREFIXES = {"/api/", "/api/v1/", "/api/v2/", "/_allauth/", "/_allauth/app/v1/"}
CELL = r"\s*`?([^|`]+?)`?\s*"
ROW = re.compile(rf"^\|{CELL}\|{CELL}\|\s*([^|]+?)\s*\|\s*([^|]+?)\s*\|$", re.MULTILINE)


def relations() -> Iterator[tuple[str, str, str]]:
    """(relation, target, on_delete) of each field of ours that refers to another row."""
    for model in apps.get_models():
        options = model._meta
        if options.app_label not in OURS or options.proxy:
            continue
        local = [*options.local_fields, *options.local_many_to_many, *options.private_fields]
        for field in local:
            if field.is_relation:
                yield f"{options.label}.{field.name}", _target(field), _on_delete(field)


def _target(field: Any) -> str:
    return field.related_model._meta.label if field.related_model else "any model"


def _on_delete(field: Any) -> str:
    if isinstance(field, models.ManyToManyField):
        through = field.remote_field.through._meta
        return "none" if through.auto_created else f"through {through.label}"
    if isinstance(field, GenericForeignKey):
        return "none"
    if isinstance(field, GenericRelation):
        return "CASCADE"  # Django's own rule for what is reached this way
    on_delete = field.remote_field.on_delete
    if getattr(on_delete, "__name__", "") == "set_on_delete":
        _, (value,), _ = on_delete.deconstruct()
        return f"SET({value.__name__})"
    # Relations of polymorphic rows wrap what happens, so that it happens to rows of all kinds.
    return getattr(on_delete, "action", on_delete).__name__


def documented() -> list[tuple[str, str, str]]:
    text = (ROOT / "docs" / "relationships.md").read_text()
    rows = [row for row in ROW.findall(text) if row[0].count(".") == 2]
    assert all(reason for *_, reason in rows)
    return [(name, target, what.replace("`", "")) for name, target, what, _ in rows]


def test_every_relation_is_in_the_table_with_its_target_and_on_delete():
    in_models, in_table = set(relations()), set(documented())

    assert in_models - in_table == set(), "missing in docs/relationships.md, or wrong there"
    assert in_table - in_models == set(), "in docs/relationships.md, but not so in the models"


def test_no_relation_is_in_the_table_twice():
    names = [name for name, *_ in documented()]

    assert len(names) == len(set(names)) > 20


def prose(page: Path) -> str:
    return FENCED.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """The fragments of a page's headings, as hosts of Markdown make them."""
    titles = HEADING.findall(prose(page))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


LINKS = [
    pytest.param(page, link, id=f"{page.name}:{link}")
    for page in PAGES
    for link in LINK.findall(prose(page))
    if "://" not in link
]


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_every_relative_link_leads_somewhere(page: Path, link: str):
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page

    assert target.exists()
    assert target.is_relative_to(ROOT)
    assert not fragment or fragment in anchors(target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path):
    text = page.read_text()

    assert {*COMMAND.findall(text), *NAMED_COMMAND.findall(text)} <= get_commands().keys()


def _without_variables(shell: str) -> str:
    return re.sub(r"\$[A-Z]+", "{id}", shell.replace("$BASE", ""))


ADDRESSES = {
    re.sub(r"\{\w+\}", ID, address.replace("{date}", "2026-03-02"))
    for page in PAGES
    for address in ADDRESS.findall(_without_variables(page.read_text()))
}


@pytest.mark.parametrize("address", sorted(ADDRESSES - PREFIXES))
def test_every_address_that_a_page_names_exists(address: str):
    assert resolve(address)
