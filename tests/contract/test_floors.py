"""The package's floors: arrows point downward, there are no circles, analyses never import one another."""

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import cerm_nb

PACKAGE = Path(cerm_nb.__file__).parent
ROOMS = {
    1: "errors",
    2: "sources schemas artifacts manifest params project stats surveys findings messages earlier",
    3: "batch report figures tables cards words palette analyses",
    4: "cli progress notebook session client_data exhibits twin",
}
FLOORS = {room: floor for floor, rooms in ROOMS.items() for room in rooms.split()}
ANALYSIS_ROOMS = {"stats", "surveys", "findings", "errors", "sources"}
ANALYSIS_LIBRARIES = {
    "numpy",
    "pandas",
    "scipy",
    "sklearn",
    "statsmodels",
    "pydantic",
} | sys.stdlib_module_names
# Who is who takes comparing records, which is a database's work: Splink is one such use of DuckDB.
ROOM_LIBRARIES = {"readiness": {"duckdb", "splink"}}


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, *, at_run_time_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        child
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if at_run_time_only and node in typing_only:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {_target(str(node.module), alias.name) for alias in node.names}
    return found


def _target(module: str, name: str) -> str:
    """Name the module an import takes from: a submodule where the name is one."""
    below = PACKAGE.parent / module.replace(".", "/") / name
    return f"{module}.{name}" if below.with_suffix(".py").exists() or below.is_dir() else module


def room(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "cerm_nb" else None


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_imports_no_higher_floor(path: Path) -> None:
    here = room(module_name(path))
    if here is None:
        return
    assert here in FLOORS, f"{here} has no floor: say in this test, and in docs/adr, where it belongs"
    above = {
        target
        for target in imported(path)
        if (there := room(target)) in FLOORS and FLOORS[there] > FLOORS[here]
    }
    assert not above


def test_modules_import_each_other_in_no_circle() -> None:
    names = {module_name(path) for path in MODULES}
    graph = {}
    for path in MODULES:
        found = imported(path, at_run_time_only=True)
        graph[module_name(path)] = (found & names) - {module_name(path), "cerm_nb"}
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("path", [p for p in MODULES if "analyses" in p.parts], ids=module_name)
def test_an_analysis_imports_only_what_computes(path: Path) -> None:
    own = ".".join(module_name(path).split(".")[:3])
    libraries = ANALYSIS_LIBRARIES | ROOM_LIBRARIES.get(own.rpartition(".")[2], set())
    for target in imported(path) - {"__future__"}:
        if target.split(".")[0] == "cerm_nb":
            inside = target == "cerm_nb" or target.startswith(own) or own.startswith(target)
            assert inside or room(target) in ANALYSIS_ROOMS, f"{module_name(path)} imports {target}"
        else:
            assert target.split(".")[0] in libraries, f"{module_name(path)} imports {target}"


@pytest.mark.parametrize("path", [p for p in MODULES if "report" in p.parts], ids=module_name)
def test_the_report_never_sees_customer_data(path: Path) -> None:
    assert not {target for target in imported(path) if room(target) in {"sources", "analyses"}}


def test_nothing_imports_a_notebook() -> None:
    assert not [path for path in MODULES if any(target.startswith("notebooks") for target in imported(path))]


def test_a_module_stays_one_room() -> None:
    long = {
        module_name(path): n for path in MODULES if (n := path.read_text(encoding="utf-8").count("\n")) > 300
    }
    assert not long
