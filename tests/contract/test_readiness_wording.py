"""Every key the readiness analysis can give has a wording: reasons, caveats, verdicts, states, measures."""

import ast

import pytest
from wording_scan import Scan, calls, texts, worded

from cerm_nb import findings
from cerm_nb.analyses import readiness
from cerm_nb.analyses.readiness.fixes import GATES
from cerm_nb.analyses.readiness.identity import agreement, records

SCAN = Scan("10_readiness", readiness)
REASONED = ("undetermined", "_nothing", "Untrained", "Estimate", "Path")  # calls that take a reason


def within(*parts: ast.AST) -> set[str]:
    """All texts that stand in some code."""
    return set().union(*(texts(node) for part in parts for node in ast.walk(part)))


def reasons() -> set[str]:
    found = set().union(*(texts(part) for call in calls(SCAN.nodes(), *REASONED) for part in call.args))
    made = [node for node in SCAN.nodes() if isinstance(node, ast.FunctionDef) and node.name == "_reason"]
    pairs = [node for each in made for node in ast.walk(each) if isinstance(node, ast.Tuple)]
    return found.union(*(texts(pair.elts[0]) for pair in pairs)) | SCAN.firsts("SourceScores")


def caveats() -> set[str]:
    """First parts of pairs of a key and its values, or of a variable that holds them."""
    pairs = [node for node in SCAN.nodes() if isinstance(node, ast.Tuple) and len(node.elts) == 2]
    held = [pair for pair in pairs if getattr(pair.elts[1], "id", "") == "values"]
    return {*SCAN.caveats()}.union(*(texts(pair.elts[0]) for pair in held))


def rulings(file: str) -> set[tuple[str, str]]:
    """Verdicts with their reasons, as a file's rules list them."""
    tuples = [node for node in SCAN.nodes(file) if isinstance(node, ast.Tuple) and len(node.elts) >= 2]
    return {
        (verdict, reason)
        for node in tuples
        for verdict in texts(node.elts[0]) & set(findings.VERDICTS)
        for reason in texts(node.elts[1]) or {"sound"}
    }


def fix_kinds() -> set[str]:
    pairs = [
        value
        for node in SCAN.nodes("fixes.py")
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if key and within(key) & {"kind", "what"}
    ]
    assigned = [
        word.value
        for node in SCAN.nodes("fixes.py")
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "assign"
        for word in node.keywords
        if word.arg == "kind"
    ]
    plain = [value for value in (*pairs, *assigned) if not isinstance(value, ast.Subscript)]
    return within(*plain)


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
    *SCAN.returned("_measurable", "returns.py"),
    *("splink", "keys", "declared", "none"),
}


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
    assert SCAN.worded_caveats() - CAVEATS == set()


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
    assert kind in SCAN.returned("kind", "path.py")
    assert worded(f"readiness.path.title.{kind}")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_tables_and_figures_of_readiness_show_has_a_name(name: str) -> None:
    assert worded(f"label.{name}")
