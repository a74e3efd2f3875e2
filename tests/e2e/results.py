"""What a run left, as tests read it: findings, tables, pages, and what the closing table said."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any

import pandas as pd
from projects import files

if TYPE_CHECKING:
    from pathlib import Path

UNWORDED = r"\bnan\b|\bNone\b|-0\.0+\b|\d\.\d{7}|[{}]|\b[a-z]+_[a-z_]+\b"


@dataclass(frozen=True)
class Results:
    """What one question left for the clients of a project.

    Parameters
    ----------
    project
        The project's folder.
    question
        The notebook's name.
    screen
        What the command line said.
    shown
        Client → markup its cells showed, where it was run by hand: such a run leaves no page.
    """

    project: Path
    question: str
    screen: str = ""
    shown: dict[str, str] = field(default_factory=dict)

    def folder(self, client: str) -> Path:
        """Where a client's results of its one day are."""
        (day,) = (self.project / "out" / client).iterdir()
        return day

    def findings(self, client: str) -> dict[str, dict[str, Any]]:
        """Findings by their names."""
        text = (self.folder(client) / self.question / "findings.json").read_text(encoding="utf-8")
        return {found["id"]: found for found in json.loads(text)}

    def finding(self, client: str) -> dict[str, Any]:
        """The only finding."""
        (found,) = self.findings(client).values()
        return found

    def table(self, client: str, name: str) -> pd.DataFrame:
        """A published table."""
        return pd.read_parquet(self.folder(client) / self.question / "tables" / f"{name}.parquet")

    def tables(self, client: str) -> set[str]:
        """Names of the published tables."""
        return {path.stem for path in (self.folder(client) / self.question / "tables").glob("*.parquet")}

    def page(self, client: str) -> str:
        """The page, or what the cells showed."""
        if client in self.shown:
            return self.shown[client]
        return (self.folder(client) / f"{self.question}.html").read_text(encoding="utf-8")

    def told(self, client: str) -> str:
        """What a reader sees of it, without the code and the params it was made with."""
        return readable(self.page(client))

    def written(self, client: str) -> dict[str, str]:
        """All that stands in its files and on its page, as text."""
        kept = {
            name: content.decode("utf-8", "ignore") for name, content in files(self.folder(client)).items()
        }
        return kept | {"shown": self.page(client)}


def readable(page: str) -> str:
    """Take markup, code and the names of files off a page."""
    left_out = r'<style.*?</style>|<details class="code">.*?</details>|<footer.*'
    shown = re.sub(r"<[^>]+>", " ", re.sub(left_out, " ", page, flags=re.S))
    return re.sub(r"(?:data|params)/\S+", " ", unescape(" ".join(shown.split())))


def unworded(text: str, *known: str) -> set[str]:
    """What no reader should see: missing values, unrounded numbers, keys; but names that are the client's."""
    return set(re.findall(UNWORDED, text)) - set(known)


def said_of(client: str, screen: str) -> str:
    """Cut one client's rows out of the closing table."""
    rows, inside = [], False
    for line in screen.splitlines():
        name = line[1:].split(" ")[0] if line.startswith(" ") and line[1:2].strip() else ""
        inside = name == client if name else inside
        if inside:
            rows.append(line[line.find("  ") :].strip())
    return " ".join(" ".join(rows).split())
