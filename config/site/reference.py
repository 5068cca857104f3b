"""The API's reference: every operation in a table, and the whole document in Redoc."""

import html
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

REDOC = "redoc/bundles/redoc.standalone.js"
ELSEWHERE = "https://cdn.redoc.ly/redoc/logo-mini.svg"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Numeneon API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="../assets/favicon.svg"><style>body{margin:0}</style></head>
<body><div id="redoc"></div><script src="redoc.standalone.js"></script><script>
Redoc.init("openapi.json", {disableGoogleFont: true, hideLoading: true},
  document.getElementById("redoc"));
</script></body></html>
"""
INTRODUCTION = """# API reference

Every operation, by area. The whole document, with every field, unit and example, is
[shown by Redoc](redoc/index.html) and [to be had as JSON](redoc/openapi.json); a running server
has it at `/api/schema/`, and tries it out at `/api/docs/`. The walk through it is
[in api.md](api.md).
"""


def on_files(files: Files, *, config: Any) -> Files:
    document = _document()
    files.append(File.generated(config, "api-reference.md", content=_table(document)))
    files.append(File.generated(config, "redoc/index.html", content=PAGE))
    text = json.dumps(document, separators=(",", ":"), default=str)
    files.append(File.generated(config, "redoc/openapi.json", content=text))
    import drf_spectacular_sidecar  # noqa: PLC0415 - has its place once Django is set up

    script = (
        Path(drf_spectacular_sidecar.__file__).parent / "static/drf_spectacular_sidecar" / REDOC
    )
    # Its mark is on a server of theirs; the site asks nobody for anything.
    code = script.read_text().replace(ELSEWHERE, "data:,")
    files.append(File.generated(config, "redoc/redoc.standalone.js", content=code))
    return files


def _document() -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("ENVIRONMENT", "development")
    import django  # noqa: PLC0415 - needs the environment

    django.setup()
    from drf_spectacular.generators import SchemaGenerator  # noqa: PLC0415 - needs Django

    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


def _table(document: dict[str, Any]) -> str:
    by_area: dict[str, list[str]] = defaultdict(list)
    for area, line in _lines(document):
        by_area[area].append(line)
    parts = [INTRODUCTION]
    for area in sorted(by_area):
        head = f"## {area}\n\n| method | path | what it does |\n| --- | --- | --- |"
        parts.append("\n".join([head, *by_area[area]]))
    return "\n\n".join(parts) + "\n"


def _lines(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            said = operation.get("summary") or operation.get("description", "")
            first = html.escape(said.strip().split("\n\n")[0].replace("\n", " ").replace("|", "/"))
            old = " (deprecated)" if operation.get("deprecated") else ""
            area = (operation.get("tags") or ["other"])[0]
            yield area, f"| {method.upper()} | `{path}` | {first}{old} |"
