"""How notebooks are written: parameters as the model says, short cells, both languages, real outputs."""

import ast
import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import papermill
import pytest
from click.testing import CliRunner
from papermill.cli import papermill as command_line

from cerm_nb.batch import plan
from cerm_nb.params import CommonParams

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_LINES = 12
KNOWN_TAGS = {"parameters", "hide-input", "interactive", "answer", "nbval-skip", "lang-ko", "lang-en"}

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str = "code") -> list[dict]:
    return [
        cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind
    ]


def tags(cell: dict) -> set[str]:
    return set(cell["metadata"].get("tags", []))


def source(cell: dict) -> str:
    return "".join(cell["source"])


def own_model(path: Path) -> type:
    return importlib.import_module(f"cerm_nb.analyses.{path.stem.partition('_')[2]}").Params


def fields(path: Path) -> dict:
    return {**CommonParams.model_fields, **own_model(path).model_fields}


def test_the_parameters_cell_is_the_model(path: Path) -> None:
    (cell,) = [cell for cell in cells(path) if "parameters" in tags(cell)]
    assigned = {}
    for node in ast.parse(source(cell)).body:
        assert isinstance(node, ast.AnnAssign), ast.unparse(node)
        assigned[ast.unparse(node.target)] = node
    assert list(assigned) == list(fields(path))
    for name, field in fields(path).items():
        default = field.get_default(call_default_factory=True)
        value = ast.literal_eval(assigned[name].value)
        is_sample = name == "client" and (ROOT / "params" / f"{value}.yml").is_file()
        assert value == default or is_sample, name
        annotation = ast.unparse(assigned[name].annotation)
        assert annotation == type(default).__name__, f"{name}: {annotation}"


def test_each_parameter_says_what_it_means(path: Path) -> None:
    (cell,) = [cell for cell in cells(path) if "parameters" in tags(cell)]
    lines = source(cell).splitlines()
    for line, (name, field) in zip(lines, fields(path).items(), strict=True):
        assert line.startswith(f"{name}:")
        assert line.endswith(f"  # {field.description}")
        assert line.partition("#")[0].count("=") == 1  # papermill's help loses a line with two


def test_papermill_shows_every_parameter_with_its_help(path: Path) -> None:
    shown = papermill.inspect_notebook(path)
    for name, field in fields(path).items():
        assert shown[name]["help"] == field.description
        assert (
            shown[name]["inferred_type_name"] == type(field.get_default(call_default_factory=True)).__name__
        )


def test_help_on_the_command_line_names_every_parameter(path: Path) -> None:
    told = CliRunner().invoke(command_line, ["--help-notebook", str(path)])
    assert told.exit_code == 0, told.output
    assert not [name for name in fields(path) if f"{name}:" not in told.output]


def test_cells_hold_one_idea(path: Path) -> None:
    long = [
        cell["id"]
        for cell in cells(path)
        if len(source(cell).splitlines()) > MOST_LINES and "parameters" not in tags(cell)
    ]
    assert not long


def test_cells_hold_no_function_no_sql_and_no_path(path: Path) -> None:
    for cell in cells(path):
        tree = ast.parse(source(cell))
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        assert not [node for node in ast.walk(tree) if isinstance(node, kinds)], cell["id"]
        if "parameters" in tags(cell):
            continue
        texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        assert not [
            text for text in texts if re.search(r"(?i)\bselect\b.+\bfrom\b|[/\\]|\.(csv|parquet|yml)$", text)
        ]
        assert not source(cell).rstrip().endswith(";"), "nbval fails on a cell that ends in ;"


def test_notebooks_import_only_the_door_and_their_analysis(path: Path) -> None:
    question = path.stem.partition("_")[2]
    allowed = {"cerm_nb.notebook", "cerm_nb.analyses", f"cerm_nb.analyses.{question}"}
    for cell in cells(path):
        for node in ast.walk(ast.parse(source(cell))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert set(names) <= allowed, cell["id"]


def test_prose_is_there_in_both_languages(path: Path) -> None:
    prose = cells(path, "markdown")
    english = [cell["id"] for cell in prose if "lang-en" in tags(cell)]
    korean = [cell["id"] for cell in prose if "lang-ko" in tags(cell)]
    assert len(english) + len(korean) == len(prose)
    assert [name.removesuffix("-en") for name in english] == [name.removesuffix("-ko") for name in korean]
    for cell in prose:
        assert bool(re.search("[가-힣]", source(cell))) == ("lang-ko" in tags(cell))


def test_prose_explains_the_code(path: Path) -> None:
    english = " ".join(source(cell) for cell in cells(path, "markdown") if "lang-en" in tags(cell))
    code = sum(len(source(cell).splitlines()) for cell in cells(path) if "parameters" not in tags(cell))
    assert len(english.split()) >= 5 * code


def test_tags_are_known(path: Path) -> None:
    assert not [
        cell["id"] for kind in ("code", "markdown") for cell in cells(path, kind) if tags(cell) - KNOWN_TAGS
    ]


def test_the_interactive_twin_comes_last_and_is_not_compared(path: Path) -> None:
    last = cells(path)[-1]
    assert tags(last) >= {"interactive", "nbval-skip"}
    assert [cell["id"] for cell in cells(path) if "interactive" in tags(cell)] == [last["id"]]


def test_committed_outputs_are_whole(path: Path) -> None:
    """A cell without outputs would pass nbval whatever the code does."""
    counts = []
    for cell in cells(path):
        if "nbval-skip" in tags(cell):
            continue
        counts.append(cell["execution_count"])
        shows = isinstance(ast.parse(source(cell)).body[-1], ast.Expr)
        assert bool(cell["outputs"]) == shows, f"{cell['id']}: run the notebook before committing it"
        assert not [output for output in cell["outputs"] if output["output_type"] in {"error", "stream"}]
    assert counts == list(range(1, len(counts) + 1))


def test_nbval_notices_a_changed_number(path: Path, tmp_path: Path) -> None:
    if path.stem != "20_value":  # one notebook shows that nbval compares; it runs all of them anyway
        pytest.skip("shown with 20_value")
    notebook = json.loads(path.read_text(encoding="utf-8"))
    (cell,) = [cell for cell in notebook["cells"] if cell["id"] == "open"]
    (output,) = cell["outputs"]
    before = "".join(output["data"]["text/plain"])
    after = re.sub(r"\d(?= rows)", lambda digit: str((int(digit[0]) + 1) % 10), before, count=1)
    assert before != after
    output["data"]["text/plain"] = after
    # Only what the changed cell needs is run: it is the first that shows a number.
    notebook["cells"] = notebook["cells"][: notebook["cells"].index(cell) + 1]
    copy = tmp_path / path.name
    copy.write_text(json.dumps(notebook), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "filterwarnings=default"]
    command += ["--nbval", "--nbval-cell-timeout=300", "--nbval-sanitize-with"]
    command += [str(ROOT / "tests/notebooks/sanitize.cfg"), "--rootdir", str(ROOT), str(copy)]
    environment = {**__import__("os").environ, "CERM_ROOT": str(ROOT), "CERM_OUT": str(tmp_path / "out")}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=False)
    assert ran.returncode == 1, ran.stdout
    assert "1 failed" in ran.stdout
    assert "mismatch 'text/plain'" in ran.stdout


def test_the_batch_can_place_it(path: Path) -> None:
    step = plan.read_step(path)
    assert step.gives
    assert step.parameters is own_model(path)
