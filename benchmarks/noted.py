"""Statements of the product, as it runs them: written down for the limit by a loader."""

import re
from typing import Any

from benchmarks.case import Db, Statement


class Noted:
    """A statement with the names of its parameters in their order; nameless ones have numbers."""

    def __init__(self, sql: str, names: list[str]) -> None:
        self.statement, self.names = Statement(sql), names

    @staticmethod
    def raw(statement: str) -> dict[str, Any]:
        """From SQL with the driver's parameters to what __init__ takes."""
        names: list[str] = []

        def marked(found: re.Match[str]) -> str:
            name = found[1] or str(len(names))
            if name not in names:
                names.append(name)
            return f"${names.index(name) + 1}"

        sql = re.sub(r"%(?:\((\w+)\))?s", marked, statement).replace("%%", "%")
        return {"sql": sql, "names": names}

    def rows(self, db: Db, values: dict[str, Any]) -> list[dict[str, Any]]:
        return self.statement.rows(db, *(values[name] for name in self.names))

    def run(self, db: Db, values: dict[str, Any]) -> None:
        self.statement.run(db, *(values[name] for name in self.names))
