"""The guide, the methods page and the code say the same."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.main import get_command

from cerm_nb import messages, schemas
from cerm_nb.analyses import readiness, segments, value
from cerm_nb.analyses.experience import frames
from cerm_nb.analyses.promise import candidates as promise_candidates
from cerm_nb.analyses.promise import checks as promise_checks
from cerm_nb.analyses.promise import wanted as promise_wanted
from cerm_nb.analyses.readiness import quality
from cerm_nb.analyses.readiness.fixes import FIXES, GATES
from cerm_nb.analyses.readiness.identity import golden, resolving
from cerm_nb.analyses.readiness.maturity import MATURITY
from cerm_nb.analyses.scorecard import accountability, charts, derived, indicators, links, rebasing
from cerm_nb.analyses.scorecard.forecasts import COLUMNS as KEPT
from cerm_nb.analyses.segments.profiles import SIZES
from cerm_nb.analyses.value import verdict
from cerm_nb.batch import plan
from cerm_nb.cli import app
from cerm_nb.params import CommonParams
from cerm_nb.sources import TableSpec

if TYPE_CHECKING:
    from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
# modules whose names are also those of functions of the package
promise_moves, promise_positions, promise_proof = (
    importlib.import_module(f"cerm_nb.analyses.promise.{name}") for name in ("moves", "positions", "proof")
)
scorecard_drift, scorecard_interventions, value_forecasts = (
    importlib.import_module(f"cerm_nb.analyses.{name}")
    for name in ("scorecard.drift", "scorecard.interventions", "value.forecasts")
)
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
TABLES = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
METHODS = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
STEPS = plan.discover(ROOT / "notebooks")
MODELS: list[type[BaseModel]] = [CommonParams, TableSpec, *(step.parameters for step in STEPS)]
KEYS = [(model, name) for model in MODELS for name in model.model_fields]
COLUMNS = [(table, column) for table in schemas.SCHEMAS for column in schemas.describe(table)]
COMMANDS = getattr(get_command(app), "commands")  # noqa: B009  # a group, which its type does not tell
# Clients, questions and results that the pages invent as examples, or that only a run makes.
INVENTED = re.compile(r"hotel|shop|bad|regions|CLIENT|[<*…]|^out")
ROOMS = "|".join(sorted(path.name for path in ROOT.iterdir() if path.is_dir() and path.name != ".git"))
PATH = re.compile(
    rf"(?:\./)?(?:{ROOMS.replace('.', '[.]')})/[\w./-]*|[\w.-]+\.(?:md|toml|lock|yml)|Makefile|LICENSE"
)
CODE_ROOTS = {
    "experience": "cerm_nb.analyses.experience",
    "readiness": "cerm_nb.analyses.readiness",
    "value": "cerm_nb.analyses.value",
    "segments": "cerm_nb.analyses.segments",
    "sources": "cerm_nb.sources",
    "stats": "cerm_nb.stats",
    "surveys": "cerm_nb.surveys",
    "promise": "cerm_nb.analyses.promise",
    "roadmap": "cerm_nb.analyses.roadmap",
    "scorecard": "cerm_nb.analyses.scorecard",
}
CODE = re.compile(rf"({'|'.join(CODE_ROOTS)})(\.\w+)+")


def cells(row: str) -> list[str]:
    """Cells of a table row, a bar inside code included."""
    return [cell.strip() for cell in row.strip().strip("|").split(" | ")]


def rows(text: str, first: str) -> list[list[str]]:
    """Table rows that begin with a name in code."""
    return [cells(line) for line in text.splitlines() if line.startswith(f"| `{first}` |")]


def quoted(text: str) -> list[str]:
    """Text in backticks, blocks of code left out."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))


def told_default(model: type[BaseModel], name: str) -> str:
    """Default as the guide writes it; empty where words say it."""
    default = model.model_fields[name].get_default(call_default_factory=True)
    is_plain = isinstance(default, (int, float, str, list, dict))
    return f"`{default}`" if is_plain and (default or default == 0 or model is CommonParams) else ""


@pytest.mark.parametrize(("model", "name"), KEYS, ids=[f"{model.__name__}.{name}" for model, name in KEYS])
def test_a_params_key_is_documented_with_its_default_and_meaning(model: type[BaseModel], name: str) -> None:
    field = model.model_fields[name]
    found = [row for row in rows(GUIDE, field.alias or name) if len(row) == 4]
    same = [row for row in found if row[3] == field.description and told_default(model, name) in row[2]]
    key = field.alias or name
    assert same, f"docs/guide.md needs a row: `{key}`, {told_default(model, name)}, {field.description}"


@pytest.mark.parametrize(
    ("table", "column"), COLUMNS, ids=[f"{table}.{each.name}" for table, each in COLUMNS]
)
def test_a_client_tables_column_is_documented(table: str, column: schemas.ColumnMeaning) -> None:
    section = TABLES.partition(f"## The table `{table}`\n")[2].partition("\n## ")[0]
    needed = "yes" if column.required else "no"
    codes = f"; one of {', '.join(f'`{code}`' for code in column.codes)}" if column.codes else ""
    told = [f"`{column.name}`", column.kind, needed, column.meaning + codes]
    assert told in rows(section, column.name)


@pytest.mark.parametrize("table", schemas.SCHEMAS)
def test_a_client_table_is_documented(table: str) -> None:
    assert f"## The table `{table}`\n\n{schemas.schema(table).description}\n" in TABLES


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_documented_with_its_options(command: str) -> None:
    row = next(line for line in GUIDE.splitlines() if line.startswith(f"| `cerm {command}"))
    options = [name for each in COMMANDS[command].params for name in each.opts if name.startswith("--")]
    told = set(re.findall(r"--[a-z][a-z-]*", row))
    assert told == set(options) - {"--help"}


def test_no_command_is_documented_that_is_not_there() -> None:
    assert set(re.findall(r"^\| `cerm (\w+)", GUIDE, flags=re.M)) == set(COMMANDS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_published_table_is_documented(step: plan.Step) -> None:
    for table in step.gives:
        assert rows(GUIDE, table), f"docs/guide.md does not tell of the table {table}"


@pytest.mark.parametrize(
    ("table", "columns"), [("customers", value.CUSTOMERS), ("forecasts", value_forecasts.COLUMNS)]
)
def test_a_published_table_of_value_is_documented_with_its_columns(table: str, columns: list[str]) -> None:
    told = re.sub(r" \([^)]*\)", "", rows(GUIDE, table)[0][2]).split(", ")
    assert told == columns


READINESS = {
    "sources": quality.PUBLISHED,
    "links": resolving.LINKS,
    "maturity": MATURITY,
    "acquisition": readiness.ACQUISITION,
    "fixes": FIXES,
}


@pytest.mark.parametrize("table", READINESS)
def test_a_published_table_of_readiness_is_documented_with_its_columns(table: str) -> None:
    told = re.sub(r" \([^)]*\)", "", rows(GUIDE, table)[0][2]).split(", ")
    assert told == READINESS[table]


def test_the_golden_record_is_documented_with_its_fields() -> None:
    told = re.findall(r"\w+", rows(GUIDE, "customers")[1][2])
    assert {"customer_id_from", *golden.FIELDS, "lowest_probability"} <= set(told)


PROMISED = {
    "value_curve": promise_moves.TABLE,
    "positions": promise_positions.TABLE,
    "part_worths": promise_wanted.PART_WORTHS,
    "shares": promise_wanted.SHARES,
    "promise": [*promise_candidates.TABLE, "title"],
    "proof": [*promise_proof.MATRIX, *promise_proof.SCORE],
    "carriers": promise_checks.COLUMNS,
    "willingness": promise_wanted.WILLINGNESS,
    "single_changes": promise_wanted.CHANGES,
    "sets": promise_wanted.SETS,
    "forecasts": promise_wanted.FORECASTS,
}
ROADMAP = {
    "initiatives": importlib.import_module("cerm_nb.analyses.roadmap.verdict").TABLE,
    "limits": importlib.import_module("cerm_nb.analyses.roadmap.selection").LIMITS,
    **{
        name: importlib.import_module(f"cerm_nb.analyses.roadmap.{name}").COLUMNS
        for name in ("causes", "schedule", "pilots", "control", "blueprint")
    },
}
PUBLISHED = {
    "profiles": segments.PROFILES,
    "solutions": segments.SOLUTIONS,
    "typing": segments.TYPING,
    "sizes": SIZES,
    "refinement": segments.REFINEMENT,
    "touchpoints": frames.TOUCHPOINTS,
    "attributes": frames.ATTRIBUTES,
    "drivers": frames.DRIVERS,
    "loyalty": frames.LOYALTY,
    **PROMISED,
    **ROADMAP,
}


@pytest.mark.parametrize("table", PUBLISHED)
def test_a_published_table_is_documented_with_unit_and_meaning_of_its_columns(table: str) -> None:
    section = TABLES.partition(f"### `{table}`: ")[2].partition("\n##")[0]
    told = [cells(line) for line in section.splitlines() if line.startswith("| `")]
    assert [row[0].strip("`") for row in told] == PUBLISHED[table]
    assert all(len(row) == 3 and all(row) for row in told)


SCORECARD = {
    "indicators": indicators.COLUMNS,
    "points": indicators.POINTS,
    "links": links.COLUMNS,
    "forecasts": KEPT,
    "accountability": accountability.SCORED[len(KEPT) :],
    "proposals": list(rebasing.PROPOSALS),
    "interventions": scorecard_interventions.COLUMNS,
    "given": derived.POINTS,
    "sources": accountability.SOURCES,
    "drift": scorecard_drift.DRIFT,
    "reviews.json": ["from", "to", "reason", "windows", "made_at", "due", *scorecard_drift.TOLD],
}


@pytest.mark.parametrize("table", SCORECARD)
def test_a_published_table_of_the_scorecard_is_documented_with_its_columns(table: str) -> None:
    published = TABLES.partition("## What `80_scorecard` publishes\n")[2].partition("\n## ")[0]
    section = published.partition(f"### `{table}`: ")[2].partition("\n###")[0]
    told = [cells(line) for line in section.splitlines() if line.startswith("| `")]
    assert [row[0].strip("`") for row in told] == SCORECARD[table]
    assert all(len(row) == 3 and all(row) for row in told)


def test_all_tables_the_scorecard_publishes_are_documented() -> None:
    step = next(step for step in STEPS if step.name == "80_scorecard")
    assert {*step.gives, "reviews.json"} == set(SCORECARD)
    assert accountability.SCORED[: len(KEPT)] == KEPT


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_path_named_in_a_page_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = [name for name in quoted(text) if PATH.fullmatch(name) and not INVENTED.search(name)]
    made = {"findings.json", "manifest.json"}
    missing = [name for name in named if name not in made and not (ROOT / name).exists()]
    linked = [link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) if not INVENTED.search(link)]
    missing += [link for link in linked if not (page.parent / link).exists()]
    assert not missing


def test_the_scan_tells_paths_from_other_code() -> None:
    assert all(map(PATH.fullmatch, ["docs/none.md", "none.toml", "cerm_nb/a.py"]))
    assert not any(map(PATH.fullmatch, ["returned / gross", "x", "--out"]))


@pytest.mark.parametrize("page", [GUIDE, METHODS], ids=["guide", "methods"])
def test_a_link_within_the_pages_leads_to_a_heading(page: str) -> None:
    anchors = {name: _anchors(text) for name, text in (("guide.md", GUIDE), ("methods.md", METHODS))}
    own = "guide.md" if page is GUIDE else "methods.md"
    links = re.findall(r"\]\(([\w.]*)#([^)]+)\)", page)
    assert links
    assert [link for link in links if link[1] not in anchors[link[0] or own]] == []


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", sorted({name for name in quoted(METHODS) if name.startswith("test_")}))
def test_a_test_that_methods_names_is_there(name: str) -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert any(f"def {name}(" in source for source in sources)


@pytest.mark.parametrize("name", sorted({name for name in quoted(METHODS) if CODE.fullmatch(name)}))
def test_code_that_methods_names_is_there(name: str) -> None:
    room, *rest = name.split(".")
    module = importlib.import_module(".".join([CODE_ROOTS[room], *rest[:-1]]))
    assert callable(getattr(module, rest[-1]))


def test_methods_tells_every_caveat_verdict_and_segment() -> None:
    source = Path(verdict.__file__).read_text(encoding="utf-8")
    rulings = re.findall(r'\("(?:stop|watch|not_enough_data)", "(\w+)"', source)
    caveats = [*re.findall(r'yield \(?\s*"(\w+)"', source), "totals_underpredicted", "totals_overpredicted"]
    assert rulings
    assert len(caveats) > 10
    assert {*rulings, *caveats, *value.SEGMENTS.values()} <= set(quoted(METHODS))


def test_methods_tells_every_caveat_verdict_and_reason_of_readiness() -> None:
    # test_readiness_wording holds these messages to what the analysis can give
    ruled = re.compile(r"readiness\.(?:\w+\.)?(?:caveat|verdict)\.(\w+)")
    told = {found[1] for key in messages.catalogue() if (found := ruled.fullmatch(key))}
    assert len(told) > 30
    keys = {*told, *readiness.STATES, *readiness.DIMENSIONS, *GATES} - {"sound"}
    assert keys - set(quoted(METHODS)) == set()


@pytest.mark.parametrize("question", ["segments", "experience", "promise", "roadmap", "scorecard"])
def test_methods_tells_every_caveat_and_verdict_of(question: str) -> None:
    # the wording tests hold these messages to what the analyses can give
    ruled = re.compile(rf"{question}\.(?:account\.)?(?:caveat|verdict)\.(\w+)")
    told = {found[1] for key in messages.catalogue() if (found := ruled.fullmatch(key))}
    section = METHODS.partition(f"0_{question}: ")[2].partition("\n## ")[0]
    assert len(told) > 10
    assert told - {"sound"} - set(quoted(section)) == set()


def test_methods_tells_every_reason_and_chart_of_the_scorecard() -> None:
    section = METHODS.partition("0_scorecard: ")[2].partition("\n## ")[0]
    room = Path(indicators.__file__).parent
    source = "".join(
        (room / f"{name}.py").read_text(encoding="utf-8") for name in ("verdict", "account_answer")
    )
    rulings = re.findall(r'\("(?:stop|watch|not_enough_data)", "(\w+)"', source)
    assert len(rulings) == 13
    told = set(quoted(section))
    assert {*rulings, *charts.CHARTS, *charts.CAUSES} - {""} - told == set()
    assert {"supported", "contradicted", "not_supported", "too_short"} <= told
