"""Every key the promise analysis can give has a wording: reasons, caveats, verdicts, variants, columns."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from cerm_nb import findings, messages, surveys
from cerm_nb.analyses import promise
from cerm_nb.analyses.promise import candidate_rows, headlines
from cerm_nb.analyses.promise.extracts import MOVED

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = Path(promise.__file__).parent
ROOMS = {"": ROOM, "surveys/": Path(surveys.__file__).parent}
TREES = {
    start + path.name: ast.parse(path.read_text(encoding="utf-8"))
    for start, room in ROOMS.items()
    for path in sorted(room.glob("*.py"))
}
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "50_promise.ipynb"
CELLS = [
    ast.parse("".join(cell["source"]))
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", [])
]
REASONED = {"NotEnoughData", "Model", "Positions", "Built"}  # calls whose first part is a reason
OUTCOMES = {"one_level", "too_few_choices", "collinear_levels", "separated"}  # of the pooled logit


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


def reasons() -> set[str]:
    found = set().union(*(texts(call.args[0]) for call in calls(nodes(), *REASONED) if call.args))
    assigned = [node for node in nodes("willingness.py") if isinstance(node, ast.Assign)]
    kept = [one for one in assigned if getattr(one.targets[0], "id", "") in {"unclear", "reason"}]
    found |= set().union(*(texts(one.value) for one in kept))
    found |= set().union(*(texts(call.args[1]) for call in calls(nodes(), "Told") if len(call.args) > 1))
    chosen = [node for node in shown() if isinstance(node, ast.Assign)]
    found |= set().union(*(texts(one.value) for one in chosen if getattr(one.targets[0], "id", "") == "why"))
    return found.union(OUTCOMES, *(texts(call.args[0]) for call in calls(shown(), "unless")))


def caveats() -> dict[str, set[str]]:
    """Caveat → the values it comes with, as far as they stand beside it."""
    pairs = [node for node in nodes() if isinstance(node, ast.Tuple | ast.Yield)]
    told = [pair.value if isinstance(pair, ast.Yield) else pair for pair in pairs]
    found: dict[str, set[str]] = {}
    for pair in told:
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[1], ast.Dict):
            values = {str(key.value) for key in pair.elts[1].keys if isinstance(key, ast.Constant)}
            found |= dict.fromkeys(texts(pair.elts[0]), values)
    cells = {"n", "cells", "least"}
    partial = {"candidate", "stages_missing", "dimensions_missing"}
    return found | {
        "cells_hidden": cells,
        "cells_few": cells,
        "promise_partial": partial,
        "importance_contradicts": {"derived", "stated"},
        "ratings_left_out": {"n"},
        "rated_all_alike": {"n"},
        **{key: found.get(key, {"scenario", "attributes"}) for key in GIVEN_BY_SCENARIOS},
    }


GIVEN_BY_SCENARIOS = ("attributes_left_equal", "attributes_without_effect", "price_extrapolated")


def rulings() -> set[str]:
    """Reasons and verdicts of candidates."""
    (made,) = [node for node in nodes("candidates.py") if getattr(node, "name", "") == "_verdict"]
    rules = [node for node in ast.walk(made) if isinstance(node, ast.Tuple) and len(node.elts) == 3]
    return set().union(*(texts(rule.elts[1]) or texts(rule.elts[0]) for rule in rules))


def without() -> set[str]:
    """Reasons where no promise is written."""
    (made,) = [node for node in nodes("verdict.py") if getattr(node, "name", "") == "_without"]
    held = [node for node in ast.walk(made) if isinstance(node, ast.Dict)]
    values = [
        value for one in held for key, value in zip(one.keys, one.values, strict=True) if key is not None
        and getattr(key, "value", "") == "reason"
    ]  # fmt: skip
    return set().union(*map(texts, values))


def returned(function: str, file: str) -> set[str]:
    (made,) = [node for node in nodes(file) if getattr(node, "name", "") == function]
    values = [node.value for node in ast.walk(made) if isinstance(node, ast.Return) and node.value]
    found = set().union(*map(texts, values))
    inner = [node for value in values for node in ast.walk(value) if isinstance(node, ast.Call)]
    for call in inner:  # {…}.get(…, otherwise)
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Dict):
            found |= set().union(*map(texts, [*call.func.value.values, *call.args[1:]]))
    return found


KINDS = {
    "lead": returned("lead", "headlines.py"),
    "share_kind": returned("share_kind", "headlines.py"),
    "forecast_kind": returned("forecast_kind", "headlines.py"),
    "place": {"both", "ahead", "behind", "alike"},
    "model": {"choice", "rating"},
    "built": returned("kind", "twin.py"),
}


def variants() -> dict[str, set[str]]:
    """Figure → titles its variants can ask for."""
    found: dict[str, set[str]] = {}
    for call in calls(shown(), "words"):
        for option in call.keywords:
            if option.arg == "variant":
                inner = set(re.findall(r"\w+", ast.unparse(option.value)))
                given = set().union(*(KINDS[name] for name in KINDS if name in inner))
                found[call.args[0].value] = given | texts(option.value)  # type: ignore[attr-defined]
    return found


def columns() -> set[str]:
    """Columns the notebook names where it shows something."""
    drawing = ("intervals", "compare")
    named = {text for call in calls(shown(), *drawing) for part in call.args for text in texts(part)}
    lists = [
        node
        for call in calls(shown(), "table", "compare")
        for part in call.args
        for node in ast.walk(part)
        if isinstance(node, ast.List)
    ]
    return named.union(*(texts(part) for each in lists for part in each.elts))


REASONS, CAVEATS, RULINGS, WITHOUT, VARIANTS = reasons(), caveats(), rulings(), without(), variants()
TABLES = {
    *("item", "move", "importance", "gap", "value", "cost", "x", "y", "fit", "apart"),
    *candidate_rows.CHECKS,
    *("candidate", "promised_level", "proof", "metric_name", "owner", "kept", "kept_before", "touchpoint"),
}
VALUES = {
    *promise.RULES,
    *promise.VERDICTS,
    *(*MOVED, "keep", "whole", "partial", "individual", "pooled", "chance", "choice", "best_worst"),
    *("before", "at", "after", "product_service", "contact_people", "communication"),
    *("survey", "outcomes", "respondents", "choices", "indicators", "initiatives"),
}
TEXTS = {"item", "move", "candidate", "verdict", "consistency", "proof", "metric_name", "owner", "touchpoint"}
NUMBERS = (
    (columns() | TABLES | {*promise.RULES}) - TEXTS - {"brand", "attribute", "model", "items", "scenario"}
)


def worded(key: str) -> bool:
    told = messages.catalogue().get(key, {})
    return all(told.get(language) for language in messages.LANGUAGES)


def fields(key: str) -> set[str]:
    told = messages.catalogue()[key]
    parts = (part for language in messages.LANGUAGES for part in Formatter().parse(told[language]))
    return {name.partition(".")[0] for _, name, _, _ in parts if name}


def test_the_scan_finds_what_is_known_to_be_there() -> None:
    assert {"no_choices", "no_scenarios", "no_price", "price_slope_unclear", "brands_alike"} <= REASONS
    assert {"no_promises", "no_rivals", "too_few_answers", "no_chosen_segments"} <= REASONS
    assert {"chains_disagree", "standings_undetermined", "margins_not_met", "sets_greedy"} <= CAVEATS.keys()
    assert {"share_of_preference", "price_extrapolated", "promise_partial"} <= CAVEATS.keys()
    assert {"fix_first", "credibility_unproven", "no_carriers", "not_preferred"} <= RULINGS
    assert {"importance_unknown", "no_promise", "nothing_to_carry"} == WITHOUT
    assert VARIANTS["shares"] == {"preferred", "unsure", "not", "none"}
    assert VARIANTS["what_if"] == {"against_today", "alone"}
    assert VARIANTS["holdout"] == {"better", "worse", "alike"}
    assert {"item", "estimate", "hit_rate", "worth", "share", "reach"} <= columns()


@pytest.mark.parametrize("reason", sorted(REASONS | WITHOUT | {"no_carriers", "too_few_answers"}))
def test_a_reason_why_a_promise_cannot_be_told_is_worded(reason: str) -> None:
    assert worded(f"not_enough.{reason}")


@pytest.mark.parametrize("caveat", sorted(CAVEATS))
def test_a_caveat_of_the_promise_is_worded_from_what_comes_with_it(caveat: str) -> None:
    key = f"promise.caveat.{caveat}"
    assert worded(key)
    assert fields(key) <= CAVEATS[caveat] | {"why", "own"}


def test_no_caveat_of_the_promise_is_worded_that_is_not_given() -> None:
    told = {key.rpartition(".")[2] for key in messages.catalogue() if key.startswith("promise.caveat.")}
    assert told == CAVEATS.keys()


def test_the_answer_of_the_promise_has_its_parts() -> None:
    parts = ("question", "owner", "answer", "answer_unknown", "basis", "verdict.sound")
    actions = tuple(f"action.{verdict}" for verdict in findings.VERDICTS)
    assert [part for part in (*parts, *actions) if not worded(f"promise.{part}")] == []


@pytest.mark.parametrize("reason", sorted(RULINGS | WITHOUT))
def test_a_verdict_on_the_first_candidate_says_why(reason: str) -> None:
    assert worded(f"promise.verdict.{reason}")


@pytest.mark.parametrize("reason", sorted(RULINGS - {"no_carriers"}))
def test_an_answer_that_is_not_go_does_not_say_that_it_can_be_promised(reason: str) -> None:
    assert worded(f"promise.answer.{reason}")


@pytest.mark.parametrize("reason", sorted(RULINGS | {"credible"}))
def test_a_candidates_ruling_is_told(reason: str) -> None:
    key = f"promise.ruling.{reason}"
    assert worded(key)
    assert fields(key) <= {"title", "floor", *candidate_rows.CHECKS} | {
        f"{kind}_{part}" for kind in ("fix", "weakest") for part in ("touchpoint", "attribute")
    }


@pytest.mark.parametrize("figure", sorted(VARIANTS))
def test_every_finding_a_figure_of_the_promise_can_state_has_a_title_and_no_other(figure: str) -> None:
    start = f"promise.{figure}.title."
    titles = {key.removeprefix(start) for key in messages.catalogue() if key.startswith(start)}
    assert titles == VARIANTS[figure]
    assert all(worded(start + title) for title in titles)


@pytest.mark.parametrize("name", sorted(columns() | TABLES | VALUES))
def test_what_tables_and_figures_of_the_promise_show_has_a_name(name: str) -> None:
    assert worded(f"promise.label.{name}") or worded(f"label.{name}")


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_a_number_of_the_promise_says_how_it_is_written(name: str) -> None:
    assert messages.Messages("en", question="promise").format_of(name)


@pytest.mark.parametrize("name", [*promise.Params.model_fields])
def test_a_parameter_of_the_promise_has_a_name(name: str) -> None:
    assert worded(f"promise.label.{name}") or worded(f"label.{name}")


def test_the_tables_used_of_other_questions_are_declared() -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert set(headlines.PUBLISHED) <= set(notebook["metadata"]["cerm"]["optional"])
