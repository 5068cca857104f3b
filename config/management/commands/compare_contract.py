import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from drf_spectacular.generators import SchemaGenerator

from config.openapi.contract import breaks, contract_of
from users.management.ops import OpsCommand

BASELINE = "docs/openapi-baseline.json"


class Command(OpsCommand):
    help = "Compare the API with what clients were promised; fail where it would break them."
    writes = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accept", action="store_true", help=f"Promise what there is now ({BASELINE})."
        )

    def handle(self, *, accept: bool, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / BASELINE
        document = SchemaGenerator().get_schema(request=None, public=True)
        now = contract_of(document)
        if accept:
            path.write_text(_written(now))
            self.stdout.write(f"{len(now['operations'])} operations are promised in {BASELINE}.")
            return
        found = breaks(json.loads(path.read_text()), now)
        if found:
            raise CommandError(
                "\n".join(
                    [
                        "This would break clients (docs/deprecation.md):",
                        *(f"  {line}" for line in found),
                    ]
                )
            )
        self.stdout.write("Clients of the promised API go on working.")


def _written(contract: Any) -> str:
    """One line for each operation and shape, so that a change is read in a diff."""
    kinds = [
        f'"{kind}": {{\n'
        + ",\n".join(
            f"{json.dumps(name)}: {json.dumps(parts)}" for name, parts in sorted(all_.items())
        )
        + "\n}"
        for kind, all_ in contract.items()
    ]
    return "{\n" + ",\n".join(kinds) + "\n}\n"
