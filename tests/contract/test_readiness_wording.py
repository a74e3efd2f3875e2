"""Every key the readiness analysis can give has a wording: reasons, caveats, verdicts, states, measures."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cerm_nb import findings, messages
from cerm_nb.analyses import readiness
from cerm_nb.analyses.readiness.fixes import GATES
from cerm_nb.analyses.readiness.identity import agreement, records

ROOM = Path(readiness.__file__).parent
TREES = {
    path.relative_to(ROOM).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(ROOM.rglob("*.py"))
}
REASONED = {"undetermined", "_nothing", "Untrained", "Estimate", "Path"}  # calls that take a reason


def nodes(name: str = "") -> Iterator[ast.AST]:
    for file, tree in TREES.items():
        if file == name or not name:
            yield from ast.walk(tree)


def texts(*parts: ast.AST) -> set[str]:
    """Text a choice or call gives; empty ones stand for no reason."""
    inner = (node for part in parts for node in ast.walk(part))
    return {
        str(node.value) for node in inner if isinstance(node, ast.Constant) and isinstance(node.value, str)
    } - {""}


def choice(node: ast.AST) -> set[str]:
    """Keys a text or a choice between two gives."""
    if isinstance(node, ast.IfExp):
        return choice(node.body) | choice(node.orelse)
    return texts(node) if isinstance(node, ast.Constant) else set()


def reasons() -> set[str]:
    calls = [node for node in nodes() if isinstance(node, ast.Call)]
    named = [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in REASONED]
    found = set().union(*(choice(argument) for call in named for argument in call.args))
    made = [node for node in nodes() if isinstance(node, ast.FunctionDef) and node.name == "_reason"]
    pairs = [node for function in made for node in ast.walk(function) if isinstance(node, ast.Tuple)]
    found = found.union(*(choice(pair.elts[0]) for pair in pairs))
    scores = [call for call in calls if getattr(call.func, "id", "") == "SourceScores"]
    return found.union(*(choice(call.args[0]) for call in scores))


def caveats() -> set[str]:
    """First parts of pairs of a key and its values."""
    pairs = [node for node in nodes() if isinstance(node, ast.Tuple) and len(node.elts) == 2]
    given = [pair for pair in pairs if isinstance(pair.elts[1], ast.Dict) or _is_values(pair.elts[1])]
    return set().union(*(choice(pair.elts[0]) for pair in given))


def _is_values(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "values"


def rulings(file: str) -> set[tuple[str, str]]:
    """Verdicts with their reasons, as a file's rules list them."""
    tuples = [node for node in nodes(file) if isinstance(node, ast.Tuple) and len(node.elts) >= 2]
    return {
        (verdict, reason)
        for node in tuples
        for verdict in choice(node.elts[0]) & set(findings.VERDICTS)
        for reason in choice(node.elts[1]) or {"sound"}
    }


def function(name: str, file: str) -> set[str]:
    """Keys a function can return."""
    made = [node for node in nodes(file) if isinstance(node, ast.FunctionDef) and node.name == name]
    returned = [node.value for part in made for node in ast.walk(part) if isinstance(node, ast.Return)]
    return set().union(*(choice(value) for value in returned if value))


def fix_kinds() -> set[str]:
    pairs = [
        value
        for node in nodes("fixes.py")
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if key and texts(key) & {"kind", "what"}
    ]
    assigned = [
        word.value
        for node in nodes("fixes.py")
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "assign"
        for word in node.keywords
        if word.arg == "kind"
    ]
    plain = [value for value in (*pairs, *assigned) if not isinstance(value, ast.Subscript)]
    return texts(*plain)


COUNTED, RETURNED = "readiness.customer_count", "readiness.acquisition_return"
OF_THE_COUNT = {"interval_wide", "errors_uncertain"}
JUDGED = {
    "readiness": rulings("verdict.py"),
    COUNTED: {each for each in rulings("conclusions.py") if each[1] in {*OF_THE_COUNT, "sound"}},
    RETURNED: {each for each in rulings("conclusions.py") if each[1] not in OF_THE_COUNT},
}
ANSWERED = [(answer, *each) for answer, found in JUDGED.items() for each in sorted(found)]
REASONS = reasons() | {reason for _, verdict, reason in ANSWERED if verdict == "not_enough_data"}
CAVEATS = caveats()
NAMES = {
    *readiness.MEASURES,
    *readiness.EVIDENCE,
    *readiness.STATES,
    *readiness.DIMENSIONS,
    *readiness.SOURCES,
    *readiness.Params.model_fields,
    *GATES,
    *agreement.COMPARED,
    *records.TELLING,
    *fix_kinds(),
    *function("_measurable", "returns.py"),
    *("splink", "keys", "declared", "none"),
}


def worded(key: str) -> bool:
    told = messages.catalogue().get(key, {})
    return all(told.get(language) for language in messages.LANGUAGES)


def test_the_scan_finds_what_is_known_to_be_there() -> None:
    assert {"no_tables", "nothing_measured", "no_value", "no_records", "one_person", "few_pairs"} <= REASONS
    assert {"declared_above_measured", "declared_below_measured", "links_cut", "later_rows"} <= CAVEATS
    assert {"splink_not_installed", "splink_not_used", "spend_unmeasurable", "sources_missing"} <= CAVEATS
    assert {"yes", "no_cost", "contacts_only", "missing", "unused", "unknown", "rows"} <= NAMES
    told = {answer: {reason for _, reason in found} for answer, found in JUDGED.items()}
    known = {
        "nothing_measured",
        "below_first_gate",
        "below_ready",
        "dimension_unknown",
        "borderline",
        "mostly_declared",
        "no_sources",
        "sound",
    }
    assert told["readiness"] == known
    assert told[COUNTED] == {"interval_wide", "errors_uncertain", "sound"}
    assert told[RETURNED] == {
        "loss",
        "unmeasured",
        "unproven",
        "few_activities",
        "margin_unknown",
        "sound",
    }


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_reason_why_something_cannot_be_told_is_worded(reason: str) -> None:
    assert worded(f"not_enough.{reason}")


@pytest.mark.parametrize("caveat", sorted(CAVEATS))
def test_a_caveat_of_readiness_is_worded(caveat: str) -> None:
    assert worded(f"readiness.caveat.{caveat}")


def test_no_caveat_of_readiness_is_worded_that_is_not_given() -> None:
    told = {key.rpartition(".")[2] for key in messages.catalogue() if key.startswith("readiness.caveat.")}
    assert told - CAVEATS == set()


@pytest.mark.parametrize("answer", JUDGED)
def test_an_answer_of_readiness_has_its_parts(answer: str) -> None:
    parts = ("question", "owner", "answer", "answer_unknown", "basis", "action.not_enough_data")
    assert [part for part in parts if not worded(f"{answer}.{part}")] == []


@pytest.mark.parametrize(("answer", "verdict", "reason"), ANSWERED)
def test_a_verdict_of_readiness_says_why_and_what_to_do(answer: str, verdict: str, reason: str) -> None:
    assert worded(f"{answer}.action.{verdict}")
    assert worded(f"{answer}.verdict.{reason}") or verdict == "not_enough_data"


@pytest.mark.parametrize("kind", ["there", "ready", "never"])
def test_every_way_to_readiness_has_a_title(kind: str) -> None:
    assert kind in function("kind", "path.py")
    assert worded(f"readiness.path.title.{kind}")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_tables_and_figures_of_readiness_show_has_a_name(name: str) -> None:
    assert worded(f"label.{name}")
