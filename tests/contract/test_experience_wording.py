"""Every key the experience analysis can give has a wording: reasons, caveats, verdicts, variants, columns."""

from __future__ import annotations

import ast
import json
import re
from itertools import product
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from cerm_nb import findings, messages, surveys
from cerm_nb.analyses import experience

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = Path(experience.__file__).parent
ROOMS = {"": ROOM, "surveys/": Path(surveys.__file__).parent}
TREES = {
    start + path.name: ast.parse(path.read_text(encoding="utf-8"))
    for start, room in ROOMS.items()
    for path in sorted(room.glob("*.py"))
}
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "40_experience.ipynb"
CELLS = [
    ast.parse("".join(cell["source"]))
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
]
REASONED = {
    "Importance",
    "Classes",
    "Needs",
    "Effects",
    "NotEnoughData",
}  # calls whose first part is a reason


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


def firsts(name: str, file: str) -> set[str]:
    """First parts of the pairs a function lists, such as its rules."""
    made = (node for node in nodes(file) if isinstance(node, ast.FunctionDef) and node.name == name)
    pairs = (node for part in made for node in ast.walk(part) if isinstance(node, ast.Tuple))
    return set().union(*(texts(pair.elts[0]) for pair in pairs))


def assigned(names: set[str], *files: str) -> set[str]:
    """Texts given to variables of these names."""
    return set().union(
        *(
            texts(node.value)
            for node in nodes(*files)
            if isinstance(node, ast.Assign) and {getattr(target, "id", "") for target in node.targets} & names
        )
    )


def reasons() -> set[str]:
    found = set().union(*(texts(call.args[0]) for call in calls(nodes(), *REASONED) if call.args))
    found |= firsts("_refusal", "importance.py") | assigned({"reason", "unknown"})
    return found.union(*(texts(call.args[0]) for call in calls(shown(), "unless", "unknown")))


def caveats() -> dict[str, set[str]]:
    """Caveat → the values it comes with, as far as they stand beside it."""
    pairs = [node for node in nodes() if isinstance(node, ast.Tuple | ast.Yield)]
    told = [pair.value if isinstance(pair, ast.Yield) else pair for pair in pairs]
    found: dict[str, set[str]] = {}
    for pair in told:
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[1], ast.Dict):
            values = {str(key.value) for key in pair.elts[1].keys if isinstance(key, ast.Constant)}
            found |= dict.fromkeys(texts(pair.elts[0]), values)
    pair = next(
        node.value
        for node in nodes("importance.py")
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "pair"
    )
    listed = {"items_too_few_answers": {"items", "n"}, "items_constant": {"items", "n"}}
    listed |= {"cells_hidden": {"n", "cells", "least"}, "cells_few": {"n", "cells", "least"}}
    return found | listed | {"items_collinear": {str(key.value) for key in pair.keys}}


def rulings() -> set[tuple[str, str]]:
    rules = [node for node in nodes("verdict.py") if isinstance(node, ast.Tuple) and len(node.elts) >= 2]
    pairs = {(first, second) for rule in rules for first, second in product(*map(texts, rule.elts[:2]))}
    return {pair for pair in pairs if pair[0] in findings.VERDICTS} | {("go", "sound")}


def variants() -> dict[str, set[str]]:
    """Figure → titles its variants can ask for."""
    known = {
        "kind": {"both", "behind", "ahead", "alike"},
        "tendency": {"feeling", "reason", "undetermined"},
        "moments_kind": {"clear", "few", "unclear", "unknown"},
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
    """Columns the notebook names where it shows something, and those its tables choose."""
    drawing = ("intervals", "lines", "plane", "compare", "journey", "curve", "grid")
    named = {
        text
        for call in calls(shown(), *drawing)
        for part in (*call.args, *(option.value for option in call.keywords if option.arg == "emphasis"))
        for text in texts(part)
    }
    lists = [
        node
        for call in calls(shown(), "table")
        for part in call.args
        for node in ast.walk(part)
        if isinstance(node, ast.List)
    ]
    lists += [
        node.value
        for node in shown()
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "columns"
    ]
    return named.union(*(texts(part) for each in lists for part in each.elts))


ASKED = columns() - {"is_moment"}
REASONS, CAVEATS, RULINGS, VARIANTS = reasons(), caveats(), rulings(), variants()
TABLES = {
    *("terms", "touchpoint", "respondents", "share", "share_low", "share_high", "wish_share"),
    *("item", "class", "class_probability", "penalty", "reward"),
}
VALUES = {
    *experience.CLASSES,
    *("undetermined", "lmg", "relative_weights", "before", "at", "after", "tier", "segment"),
    *("product_service", "contact_people", "communication", "satisfaction", "loyalty", "recommendation"),
    *("satisfaction_rational", "satisfaction_emotional", "net_promoter_score", "preference"),
    *("survey", "outcomes", "respondents", "comments"),
}
NUMBERS = (
    (ASKED | TABLES)
    - {"item", "row", "touchpoint", "stage", "brand", "competitor", "group"}
    - {*("outcome", "terms", "class")}
)


def worded(key: str) -> bool:
    told = messages.catalogue().get(key, {})
    return all(told.get(language) for language in messages.LANGUAGES)


def fields(key: str) -> set[str]:
    told = messages.catalogue()[key]
    parts = (part for language in messages.LANGUAGES for part in Formatter().parse(told[language]))
    return {name.partition(".")[0] for _, name, _, _ in parts if name}


def test_the_scan_finds_what_is_known_to_be_there() -> None:
    assert {"no_experience_ratings", "no_outcome", "ratings_constant", "too_few_answers"} <= REASONS
    assert {"no_comments", "one_wave", "no_stated_importance", "themes_too_small", "no_groups"} <= REASONS
    assert {"margins_not_met", "one_wave", "answers_missing", "correlations_mended"} <= CAVEATS.keys()
    assert {verdict for verdict, _ in RULINGS} == {"go", "watch", "stop"}
    assert {"journey", "rivals", "feeling", "change", "loyalty"} <= VARIANTS.keys()
    assert VARIANTS["loyalty"] == {"both", "behind", "ahead", "alike", "alone"}
    assert {"item", "gap", "below_floor", "importance_derived", "p_adjusted", "moment_of_truth"} <= ASKED


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_reason_why_an_experience_cannot_be_told_is_worded(reason: str) -> None:
    assert worded(f"not_enough.{reason}")


@pytest.mark.parametrize("caveat", sorted(CAVEATS))
def test_a_caveat_of_experience_is_worded_from_what_comes_with_it(caveat: str) -> None:
    key = f"experience.caveat.{caveat}"
    assert worded(key)
    assert fields(key) <= CAVEATS[caveat] | {"why", "own"}


def test_no_caveat_of_experience_is_worded_that_is_not_given() -> None:
    told = {key.rpartition(".")[2] for key in messages.catalogue() if key.startswith("experience.caveat.")}
    assert told == CAVEATS.keys()


def test_the_answer_of_experience_has_its_parts() -> None:
    parts = ("question", "owner", "answer", "answer_unknown", "basis", "action.not_enough_data")
    assert [part for part in parts if not worded(f"experience.{part}")] == []


@pytest.mark.parametrize(("verdict", "reason"), sorted(RULINGS))
def test_a_verdict_of_experience_says_why_and_what_to_do(verdict: str, reason: str) -> None:
    assert worded(f"experience.action.{verdict}")
    assert worded(f"experience.verdict.{reason}")


@pytest.mark.parametrize("source", ["expectation", "params", "best_competitor"])
def test_a_gap_says_to_what_it_is(source: str) -> None:
    given = {text for file in ("verdict.py", "priorities.py") for node in nodes(file) for text in texts(node)}
    assert source in given
    assert worded(f"experience.aim.{source}")


@pytest.mark.parametrize("figure", sorted(VARIANTS))
def test_every_finding_a_figure_can_state_has_a_title_and_no_other(figure: str) -> None:
    start = f"experience.{figure}.title."
    titles = {key.removeprefix(start) for key in messages.catalogue() if key.startswith(start)}
    assert titles == VARIANTS[figure]
    assert all(worded(start + title) for title in titles)


def test_a_difference_is_one_of_the_kinds_that_have_titles() -> None:
    made = next(node for node in nodes("extracts.py") if getattr(node, "name", "") == "standing")
    choices = [node for node in ast.walk(made) if isinstance(node, ast.Dict)]
    kinds = set().union(
        *(texts(value) for each in choices if isinstance(each.keys[0], ast.Tuple) for value in each.values)
    )
    assert kinds | {"alike"} == VARIANTS["rivals"]


def test_what_can_be_said_of_moments_of_truth_is_one_of_the_kinds_that_have_titles() -> None:
    made = next(node for node in nodes("extracts.py") if getattr(node, "name", "") == "moments_kind")
    given = {text for node in ast.walk(made) if isinstance(node, ast.Return) for text in texts(node.value)}
    assert given == VARIANTS["journey"]


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_it_is_said_beside_the_themes_that_names_may_stand_there_and_of_which_wave_they_are(
    language: str,
) -> None:
    told = messages.catalogue()
    assert {"en": "Names of persons", "ko": "사람 이름"}[language] in told["experience.needs.note"][language]
    assert "{period}" in told["experience.needs.subtitle"][language]
    assert "{wave}" in told["experience.needs.in_wave"][language]


def test_no_level_of_significance_is_worded_but_that_of_the_params() -> None:
    told = [
        text for key, texts in messages.catalogue().items() if "experience." in key for text in texts.values()
    ]
    assert not [text for text in told if re.search(r"\b5 ?%", text)]


@pytest.mark.parametrize("name", sorted(ASKED | TABLES | VALUES))
def test_what_tables_and_figures_of_experience_show_has_a_name(name: str) -> None:
    assert worded(f"experience.label.{name}") or worded(f"label.{name}")


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_a_number_of_experience_says_how_it_is_written(name: str) -> None:
    assert messages.Messages("en", question="experience").format_of(name)


@pytest.mark.parametrize("name", [*experience.Params.model_fields])
def test_a_parameter_of_experience_has_a_name(name: str) -> None:
    assert worded(f"experience.label.{name}") or worded(f"label.{name}")
