"""The pages of the repository as pages of the site."""

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[([^\]]*)\]\((\.\./[^)\s#]+|clients/[^)\s#]+)(#[^)\s]*)?\)")
# Files beside docs/ that the site has too.
PAGES = {"../README.md": "index.md", "../CHANGELOG.md": "changelog.md"}


def on_files(files: Files, *, config: Any) -> Files:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    files.append(File.generated(config, "changelog.md", content=changelog))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Links out of docs/ lead to pages where there are some, and else name a file."""
    return LINK.sub(_within, markdown)


def _within(link: re.Match[str]) -> str:
    text, target, fragment = link[1], link[2], link[3] or ""
    if target in PAGES:
        return f"[{text}]({PAGES[target]}{fragment})"
    if not (ROOT / "docs" / target).exists():
        return link[0]  # which leads nowhere, as the build will say
    name = target.removeprefix("../")
    return f"`{name}`" if text.strip("`") == name else f"{text} (`{name}`)"
