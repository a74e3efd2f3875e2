"""Every key the roadmap analysis can give has a wording: reasons, caveats, verdicts, variants, columns."""

from __future__ import annotations

import ast
import json
import re
from itertools import product
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from cerm_nb import findings, messages, stats, surveys
from cerm_nb.analyses import roadmap
from cerm_nb.analyses.roadmap.pilots import TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = Path(roadmap.__file__).parent
STATS = Path(stats.__file__).parent
ROOMS = {
    "": ROOM,
    "surveys/": Path(surveys.__file__).parent,
    "experiments/": STATS / "experiments",
    "intervention/": STATS / "intervention",
}
TREES = {
    start + path.name: ast.parse(path.read_text(encoding="utf-8"))
    for start, room in ROOMS.items()
    for path in sorted(room.glob("*.py"))
}
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "60_roadmap.ipynb"
CELLS = [
    ast.parse("".join(cell["source"]))
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
]
FINDINGS = {"verdict.py": "roadmap", "tried.py": "roadmap.effect"}  # file with a verdict → its messages


def nodes(*files: str) -> Iterator[ast.AST]:
    for file in files or TREES:
        yield from ast.walk(TREES[file])


def shown() -> Iterator[ast.AST]:
    for cell in CELLS:
        yield from ast.walk(cell)


def texts(node: ast.AST) -> set[str]:
    """Texts a choice can give: one, the other, or what stands in for an empty one."""
    if isinstance(node, ast.IfExp):
        return texts(node.body) | texts(node.orelse)
    if isinstance(node, ast.BoolOp):
        return set().union(*map(texts, node.values))
    return {node.value} - {""} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def calls(found: Iterator[ast.AST], *names: str) -> Iterator[ast.Call]:
    for node in found:
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
            yield node


def returned(function: str, file: str) -> set[str]:
    """Texts a function can give back, or choose from in a mapping or a list of rules."""
    made = next(node for node in nodes(file) if getattr(node, "name", "") == function)
    given = [node.value for node in ast.walk(made) if isinstance(node, ast.Return) and node.value]
    parts = [part for value in given for part in (value, *getattr(value, "elts", ()))]
    parts += [part for value in given for call in calls(ast.walk(value), "next") for part in call.args]
    found = set().union(*map(texts, parts))
    choices = [node for node in ast.walk(made) if isinstance(node, ast.Dict)]
    return found | set().union(*(texts(value) for each in choices for value in each.values))


def rulings() -> set[tuple[str, str, str]]:
    """Messages a verdict is worded by, verdict, reason."""
    found: set[tuple[str, str, str]] = set()
    for file, about in FINDINGS.items():
        rules = [node for node in nodes(file) if isinstance(node, ast.Tuple) and len(node.elts) == 3]
        pairs = {(first, second) for rule in rules for first, second in product(*map(texts, rule.elts[:2]))}
        found |= {(about, *pair) for pair in pairs if pair[0] in findings.VERDICTS} | {(about, "go", "sound")}
    return found


def untold() -> set[str]:
    """Reasons why something cannot be told, from the results and where the notebook shows them."""
    found = {reason for _, verdict, reason in RULINGS if verdict == "not_enough_data"}
    found |= set().union(*(texts(call.args[0]) for call in calls(nodes("pareto.py"), "Pareto") if call.args))
    found |= set().union(*(texts(call.args[0]) for call in calls(nodes("what_if.py"), "Options")))
    found |= returned("_slope", "worth.py")
    for node in nodes("causes.py", "worth.py"):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reason":
            found |= texts(node.value)
    for call in calls(shown(), "unless", "unknown"):
        found |= texts(call.args[0]) | (assigned("why") if "why" in ast.unparse(call.args[0]) else set())
    return found


def assigned(name: str) -> set[str]:
    given = [
        node for node in shown() if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]
    return set().union(*(texts(node.value) for node in given))


def caveats() -> dict[str, set[str]]:
    """Caveat → the values it comes with, as far as they stand beside it."""
    told = [node.value if isinstance(node, ast.Yield) else node for node in nodes()]
    found: dict[str, set[str]] = {}
    for pair in told:
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[1], ast.Dict):
            values = {str(key.value) for key in pair.elts[1].keys if isinstance(key, ast.Constant)}
            found |= dict.fromkeys(texts(pair.elts[0]), values)
    flags = next(
        node.value
        for node in nodes("initiatives.py")
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "flags"
    )
    listed = {str(key.value) for key in flags.keys}
    named = {f"initiatives_{key}" if key in ("running", "done") else key for key in listed}
    return found | {key: {"initiatives", "n"} for key in named} | checks()


def checks() -> dict[str, set[str]]:
    """Check of a pilot → what was found, with its initiative."""
    found: dict[str, set[str]] = {}
    for call in calls(nodes("experiments/checks.py", "pilots.py"), "Check"):
        for key in texts(call.args[0]):
            about = call.args[1]
            if isinstance(about, ast.Name):  # told of in the lines before
                made = [
                    node.value
                    for file in ("experiments/checks.py", "pilots.py")
                    for part in nodes(file)
                    if isinstance(part, ast.FunctionDef) and call in ast.walk(part)
                    for node in ast.walk(part)
                    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == about.id
                ]
                about = made[-1]
            found[key] = {str(name.value) for name in about.keys} | {"initiative"}
    return found


def variants() -> dict[str, set[str]]:
    """Figure → titles its variants can ask for."""
    known = {
        "journey_kind": returned("journey_kind", "extracts.py"),
        "segments_kind": returned("segments_kind", "extracts.py"),
        "pilots_kind": returned("pilots_kind", "extracts.py"),
        "watched_kind": returned("watched_kind", "extracts.py"),
    }
    found: dict[str, set[str]] = {}
    for call in calls(shown(), "words"):
        for option in call.keywords:
            if option.arg == "variant":
                inner = set(re.findall(r"\w+", ast.unparse(option.value)))
                given = set().union(*(known[name] for name in known if name in inner))
                found[call.args[0].value] = given | texts(option.value)
    return found


def columns() -> set[str]:
    """Columns the notebook names where it shows something."""
    drawing = ("intervals", "lines", "journey", "grid", "schedule")
    named = {
        text
        for call in calls(shown(), *drawing)
        for part in (*call.args, *(option.value for option in call.keywords if option.arg != "mark"))
        for text in (texts(part) | set().union(*map(texts, getattr(part, "elts", []))))
    }
    lists = [node for node in shown() if isinstance(node, ast.Assign | ast.AugAssign)]
    asked = [
        node.value
        for node in lists
        if "columns" in {ast.unparse(node.target if isinstance(node, ast.AugAssign) else node.targets[0])}
    ]
    return named.union(*(texts(part) for each in asked for part in each.elts))


RULINGS = rulings()
UNTOLD, CAVEATS, VARIANTS = untold(), caveats(), variants()
ASKED = columns() - {"is_moment", "meaning", "note", "end"} - set().union(*VARIANTS.values())
WORDS = {
    *("name", "touchpoint", "stage", "moment", "cell", "row", "cause", "selected", "limit", "added"),
    *("dropped", "area", "verdict", "reason", "measure", "promise", "whom", "scenario", "role", "process"),
    "information",
}
REASONS = {
    *("interval_too_wide", "not_after_adjustment", "below_margin", "harmful"),
    *returned("_nothing_to_compare", "pilots.py"),
    *returned("_verdict", "control.py"),
    *TOLD,
    *("conflicting_periods", "no_values", "indicator_unknown", "none_after", "too_few_before"),
    *("constant_before", "too_few", "no_spread", "no_effect_expected", "spread_unknown"),
}
VALUES = {
    *(
        "before",
        "at",
        "after",
        "yes",
        "possible",
        "no",
        "unknown",
        "rational",
        "emotional",
        "budget",
        "staff",
    ),
    *("product_service", "contact_people", "communication", "people", "process", "information"),
    *("worked", "no_effect", "worsened", "undetermined", "not_started", "first_time", "returning"),
    *("own", "highlight", "neutral", "survey", "outcomes", "respondents", "circumstances", "contacts"),
    *("initiatives", "indicators", "pilots", "kpis"),
}


def worded(key: str) -> bool:
    told = messages.catalogue().get(key, {})
    return all(told.get(language) for language in messages.LANGUAGES)


def fields(key: str) -> set[str]:
    told = messages.catalogue()[key]
    parts = (part for language in messages.LANGUAGES for part in Formatter().parse(told[language]))
    return {name.partition(".")[0] for _, name, _, _ in parts if name}


def test_the_scan_finds_what_is_known_to_be_there() -> None:
    assert {"no_initiatives", "no_outcome", "no_contacts", "too_few_answers", "nothing_tried"} <= UNTOLD
    assert {"costs_untold", "no_pilots", "no_causes_found", "nothing_planned", "outcome_constant"} <= UNTOLD
    assert {"margins_not_met", "effects_add_up", "initiatives_done", "no_limits"} <= CAVEATS.keys()
    assert {"attrition", "limits_related", "indicator_shared", "variables_alike"} <= CAVEATS.keys()
    assert CAVEATS["incomplete_rows"] == {"n", "rows", "share", "initiative"}
    assert {verdict for _, verdict, _ in RULINGS} == set(findings.VERDICTS)
    assert VARIANTS["pilots"] == {"all", "some", "none"}
    assert VARIANTS["control"] == {"worsened", "moved", "none", "waiting"}
    assert {"emotion", "shortfall", "cumulative", "impact", "shadow_gain", "detectable"} <= ASKED


@pytest.mark.parametrize("reason", sorted(UNTOLD))
def test_a_reason_why_a_roadmap_cannot_be_told_is_worded(reason: str) -> None:
    assert worded(f"not_enough.{reason}")


@pytest.mark.parametrize("caveat", sorted(CAVEATS))
def test_a_caveat_of_the_roadmap_is_worded_from_what_comes_with_it(caveat: str) -> None:
    key = f"roadmap.caveat.{caveat}"
    assert worded(key)
    assert fields(key) <= CAVEATS[caveat] | {"why", "own"}


def test_no_caveat_of_the_roadmap_is_worded_that_is_not_given() -> None:
    told = {key.rpartition(".")[2] for key in messages.catalogue() if key.startswith("roadmap.caveat.")}
    assert told == CAVEATS.keys()


@pytest.mark.parametrize("about", sorted(FINDINGS.values()))
def test_the_answers_of_the_roadmap_have_their_parts(about: str) -> None:
    parts = ("question", "owner", "answer", "answer_unknown", "basis", "action.not_enough_data")
    assert [part for part in parts if not worded(f"{about}.{part}")] == []


@pytest.mark.parametrize(("about", "verdict", "reason"), sorted(RULINGS))
def test_a_verdict_of_the_roadmap_says_why_and_what_to_do(about: str, verdict: str, reason: str) -> None:
    assert worded(f"{about}.action.{verdict}")
    assert verdict == "not_enough_data" or worded(f"{about}.verdict.{reason}")


@pytest.mark.parametrize("figure", sorted(VARIANTS))
def test_every_finding_of_the_roadmap_has_a_title_and_no_other(figure: str) -> None:
    start = f"roadmap.{figure}.title."
    titles = {key.removeprefix(start) for key in messages.catalogue() if key.startswith(start)}
    assert titles == VARIANTS[figure]
    assert all(worded(start + title) for title in titles)


@pytest.mark.parametrize("name", sorted(ASKED | VALUES | REASONS))
def test_what_tables_and_figures_of_the_roadmap_show_has_a_name(name: str) -> None:
    assert worded(f"roadmap.label.{name}") or worded(f"label.{name}")


@pytest.mark.parametrize("name", sorted(ASKED - WORDS))
def test_a_number_of_the_roadmap_says_how_it_is_written(name: str) -> None:
    assert messages.Messages("en", question="roadmap").format_of(name)


@pytest.mark.parametrize("name", [*roadmap.Params.model_fields])
def test_a_parameter_of_the_roadmap_has_a_name(name: str) -> None:
    assert worded(f"roadmap.label.{name}") or worded(f"label.{name}")
