"""The formulas as their own code tells of them, each with its source."""

import importlib
import inspect
import os
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from types import ModuleType
from typing import Any, Final

from mkdocs.structure.files import File, Files

# Packages of formulas, in the order of the page; the others hold rules of our own.
PACKAGES: Final = {
    "analytics.formulas": "Strength, load, hearts, bodies, sleep",
    "nutrition.formulas": "Food and energy",
    "wearables.formulas": "Sources that agree and disagree",
    "workouts.training": "Plans and progression",
    "social.formulas": "Streaks",
}
INTRODUCTION = """# Formulas

What is computed, by which formula, for whom it holds, and who published it. The text is that of
the functions themselves, and the API names the same ids in each `provenance`
([what that is](analytics.md#provenance)). How the numbers become answers is told in
[Analytics](analytics.md), [Food](nutrition.md), [Training](training.md) and
[Wearables](wearables.md).

"""


def on_files(files: Files, *, config: Any) -> Files:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("ENVIRONMENT", "development")
    parts = [_package(name, title) for name, title in PACKAGES.items()]
    text = INTRODUCTION + "\n".join(parts)
    files.append(File.generated(config, "formulas.md", content=text))
    return files


def _package(name: str, title: str) -> str:
    package = importlib.import_module(name)
    names = [found.name for found in pkgutil.iter_modules(package.__path__)]
    modules = [importlib.import_module(f"{name}.{module}") for module in sorted(names)]
    return "\n".join([f"## {title}\n", *(line for module in modules for line in _module(module))])


def _module(module: ModuleType) -> Iterator[str]:
    functions = [
        thing
        for name, thing in inspect.getmembers(module, inspect.isfunction)
        if thing.__module__ == module.__name__ and not name.startswith("_") and thing.__doc__
    ]
    formulas = list(_formulas(vars(module).values(), of=module.__name__))
    if not functions and not formulas:
        return
    yield f"### {module.__name__.split('.', 1)[1]}\n"
    yield f"{_text(module)}\n"
    if formulas:
        yield "| id | formula | holds for | source |\n| --- | --- | --- | --- |"
        yield from (_row(formula) for formula in formulas)
        yield ""
    for function in sorted(functions, key=lambda function: function.__code__.co_firstlineno):
        parameters = ", ".join(inspect.signature(function).parameters)
        yield f"**`{function.__name__}({parameters})`**\n"
        yield f"{_text(function)}\n"


def _text(thing: Any) -> str:
    """A docstring as a page shows it."""
    return escape(inspect.getdoc(thing) or "", quote=False).replace("*", "\\*")


def _formulas(values: Iterable[Any], *, of: str) -> Iterator[Any]:
    """Each formula that the module defines, alone or in a mapping."""
    from analytics.formulas.provenance import Formula  # noqa: PLC0415 - needs the environment

    seen: set[str] = set()
    source = inspect.getsource(importlib.import_module(of))
    for value in values:
        held = value.values() if isinstance(value, Mapping) else [getattr(value, "formula", value)]
        for formula in held:
            ours = isinstance(formula, Formula) and f'"{formula.id}"' in source
            if ours and formula.id not in seen:
                seen.add(formula.id)
                yield formula


def _row(formula: Any) -> str:
    version = f" (version {formula.version})" if formula.version > 1 else ""
    cells = (f"`{formula.id}`{version}", formula.name, formula.valid, formula.source)
    return f"| {' | '.join(escape(cell, quote=False).replace('|', '/') for cell in cells)} |"
