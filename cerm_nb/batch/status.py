"""What stands under the results folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cerm_nb import artifacts, findings

if TYPE_CHECKING:
    from cerm_nb.project import Project


def standing(project: Project) -> list[tuple[str, ...]]:
    """List every whole result.

    Returns
    -------
    list of tuple
        Client, as-of day, notebook, verdicts, when it was made (UTC), seconds, page; sorted.
    """
    rows: list[tuple[str, ...]] = []
    for path in sorted(project.out.glob("*/*/*/manifest.json")):
        folder = path.parent
        manifest = artifacts.read_manifest(folder)
        if manifest is None or folder.name.startswith("."):
            continue
        told = findings.from_json((folder / "findings.json").read_text(encoding="utf-8"))
        page = folder.with_name(f"{folder.name}.html")
        rows.append(
            (
                manifest["client"],
                manifest["as_of"],
                manifest["notebook"],
                ", ".join(dict.fromkeys(finding.verdict.replace("_", " ") for finding in told)),
                manifest["started"].replace("T", " ").removesuffix("+00:00"),
                str(manifest["seconds"]),
                project.label(page) if page.is_file() else "",
            )
        )
    return rows
