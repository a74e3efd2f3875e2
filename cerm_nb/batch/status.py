"""What stands under the results folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cerm_nb import artifacts, findings, manifest

if TYPE_CHECKING:
    from pathlib import Path

    from cerm_nb.project import Project


def standing(project: Project) -> list[tuple[str, ...]]:
    """List every whole result.

    Returns
    -------
    list of tuple
        Client, as-of day, notebook, verdicts, when it was made (UTC), seconds, page; sorted.
    """
    rows: list[tuple[str, ...]] = []
    for path in sorted(project.out.glob(f"*/*/[0-9]*/{manifest.NAME}")):
        folder = path.parent
        made = manifest.read(folder)
        if made is None or not (folder / "findings.json").is_file():
            continue
        told = findings.from_json((folder / "findings.json").read_text(encoding="utf-8"))
        rows.append(
            (
                made["client"],
                made["as_of"],
                made["notebook"],
                ", ".join(dict.fromkeys(finding.verdict.replace("_", " ") for finding in told)),
                made["started"].replace("T", " ").removesuffix("+00:00"),
                str(made["seconds"]),
                _page(folder, made, project),
            )
        )
    return rows


def _page(folder: Path, made: dict[str, Any], project: Project) -> str:
    """Name the page of a result, unless it tells of an earlier one."""
    page = folder.with_name(f"{folder.name}.html")
    if made["key"] == manifest.BY_HAND:
        return "made by hand; `cerm run` draws its page"
    whole = page.is_file() and artifacts.sha256(page) == made["page"]
    return project.label(page) if whole else "page is missing; run again"
