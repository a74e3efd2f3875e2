"""Write every broken or strange input into a folder, as a project `cerm check` can be tried on.

    python tests/broken/make_broken.py FOLDER
    cd FOLDER && cerm check params/zip_bomb.yml

The same files every time. ``cases.json`` says how each case must end. Inputs of hundreds of megabytes are
written only with ``--large``.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import broken_formats
import broken_json
import broken_packages
import broken_params
import broken_survey
import broken_texts
import broken_values
import broken_wide
import broken_workbooks

if TYPE_CHECKING:
    from broken_case import Case

MODULES = (
    broken_texts,
    broken_json,
    broken_values,
    broken_wide,
    broken_survey,
    broken_packages,
    broken_formats,
    broken_workbooks,
    broken_params,
)
ROOT = Path(__file__).parents[2]


def all_cases() -> dict[str, Case]:
    """List every case by its name, each name once."""
    listed = [case for module in MODULES for case in module.cases()]
    doubles = [name for name, number in Counter(case.name for case in listed).items() if number > 1]
    if doubles:
        raise ValueError(f"cases of one name: {', '.join(doubles)}")
    return {case.name: case for case in listed}


def make_project(folder: Path) -> Path:
    """Lay out a project with the real notebooks and no client."""
    (folder / "params").mkdir(parents=True)
    (folder / "data").mkdir()
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    return folder


def expectation(case: Case) -> dict[str, object]:
    """Say how a case must end, for people."""
    if case.error:
        return {"ends": "error", "says": case.error}
    told = {"shows": case.shown, "holds": case.holds, "counts": case.counted}
    return {"ends": "works"} | {name: value for name, value in told.items() if value}


def main() -> None:
    """Write all cases."""
    parser = argparse.ArgumentParser(description="Write every broken input into a new project.")
    parser.add_argument("folder", type=Path, help="a folder that does not exist yet")
    parser.add_argument("--large", action="store_true", help="write those of hundreds of megabytes too")
    given = parser.parse_args()
    project = make_project(given.folder)
    cases = [case for case in all_cases().values() if given.large or case.megabytes is None]
    for case in cases:
        case.write(project)
    expected = {case.name: expectation(case) for case in cases}
    (project / "cases.json").write_text(json.dumps(expected, ensure_ascii=False, indent=2), encoding="utf-8")
    print(f"{len(cases)} cases below {project}")  # noqa: T201  # its answer


if __name__ == "__main__":
    main()
