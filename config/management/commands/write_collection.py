import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from drf_spectacular.generators import SchemaGenerator

from config.openapi.collection import collection_of, environment
from users.management.ops import OpsCommand


class Command(OpsCommand):
    help = "Write every request of the API as a collection for Postman, Bruno or newman."
    writes = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--safe", action="store_true", help="The log-in and what changes nothing, alone."
        )
        parser.add_argument(
            "--folder", type=Path, help="Where to; the folder of data (VAR_DIR) without it."
        )

    def handle(self, *, safe: bool, folder: Path | None, **options: Any) -> None:
        document = SchemaGenerator().get_schema(request=None, public=True)
        folder = folder or Path(settings.VAR_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        collection = collection_of(document, safe=safe)
        files = {
            "numeneon.postman_collection.json": collection,
            "numeneon.postman_environment.json": environment(),
        }
        for name, content in files.items():
            (folder / name).write_text(json.dumps(content, indent=1) + "\n")
        count = sum(len(area["item"]) for area in collection["item"])
        self.stdout.write(f"{count} requests are in {folder / next(iter(files))}.")
