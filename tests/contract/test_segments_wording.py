"""Every key the segments analysis can give has a wording: reasons, caveats, verdicts, rulings, names."""

import ast
import json
import re
from pathlib import Path

import pytest

from cerm_nb import findings, messages
from cerm_nb.analyses import segments
from cerm_nb.analyses.segments.choosing import BEHAVIOUR
from cerm_nb.analyses.segments.describing import BACKGROUND

ROOM = Path(segments.__file__).parent
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in sorted(ROOM.glob("*.py"))}
NOTEBOOK = json.loads(
    (Path(__file__).parents[2] / "notebooks" / "30_segments.ipynb").read_text(encoding="utf-8")
)
CODE = "\n".join("".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code")


def scanned(file: str, *patterns: str) -> set[str]:
    keys = {key for pattern in patterns for key in re.findall(pattern, SOURCES[file])}
    assert keys, f"nothing in {file} matches {patterns}: the scan is out of date"
    return keys


def returned(function: str, file: str) -> set[str]:
    """Texts a function can return, in a tuple or not."""
    made = [node for node in ast.walk(ast.parse(SOURCES[file])) if getattr(node, "name", "") == function]
    values = [node.value for part in made for node in ast.walk(part) if isinstance(node, ast.Return)]
    texts = [value.elts[0] if isinstance(value, ast.Tuple) else value for value in values if value]
    return {str(node.value) for node in texts if isinstance(node, ast.Constant)} - {""}


RULED = set(re.findall(r'\("(go|watch|stop|not_enough_data)", ("\w*"|[\w.]+),', SOURCES["verdict.py"]))
TYPING = scanned("typing_tool.py", r'_none\("(\w+)"')
UNTOLD = returned("_refusal", "finding.py")
REASONS = (
    scanned("choosing.py", r'NotEnoughData\("(\w+)"\)')
    | UNTOLD
    | TYPING
    | scanned("finding.py", r'UNTESTED, "(\w+)", values')
    | scanned("refinement.py", r'reason = "(\w+)"', r'else "(no_responses)"')
    | scanned("what_if.py", r'\(\), \(\), "(\w+)"')
    | set(re.findall(r'(?:unpriced = |reason or \()"(\w+)" if', CODE))
)
VERDICTS = {"sound", "no_stable_segments", "one_cloud", "structure_not_tested", "typing_weak"}
VERDICTS |= set(TYPING) - {"no_segments"}
CAVEATS = scanned("verdict.py", r'yield "(\w+)", \{')
RULINGS = set(re.findall(r'"(\w+)"', re.search(r"keys = \[(.*)\]", SOURCES["finding.py"])[1]))
SPLITS = scanned("refinement.py", r'"reason": "(\w+)"', r'else "(no_reliable_gain)"')
NAMES = {
    *segments.METHODS,
    *("behaviour", "needs", "both", "given"),
    *(RULINGS | {"chosen"}),
    *(SPLITS | {"split"}),
    *BACKGROUND,
    *BEHAVIOUR,
    *segments.Params.model_fields,
}


def worded(key: str) -> bool:
    told = messages.catalogue().get(key, {})
    return all(told.get(language) for language in messages.LANGUAGES)


def test_the_scan_finds_what_is_known_to_be_there() -> None:
    assert {"few_units", "no_columns", "few_patterns"} == UNTOLD
    assert {"no_needs", "no_stable_segments", "segment_too_small", "no_responses", "not_tried"} <= REASONS
    assert {"nothing_telling", "no_value"} <= REASONS
    assert {"found_on_sample", "bic_prefers", "few_units", "typing_is_cross_validated"} <= CAVEATS
    assert {reason.strip('"') for _, reason in RULED} >= {"one_cloud", "typing_weak"}
    assert {"unstable", "segment_unstable", "too_small", "coarser", "other_method"} <= RULINGS
    assert {"few_responses", "one_response", "no_fields", "no_reliable_gain"} == SPLITS


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_reason_why_segments_cannot_be_told_is_worded(reason: str) -> None:
    assert worded(f"not_enough.{reason}")


@pytest.mark.parametrize("caveat", sorted(CAVEATS))
def test_a_caveat_of_segments_is_worded(caveat: str) -> None:
    assert worded(f"segments.caveat.{caveat}")


def test_no_caveat_of_segments_is_worded_that_is_not_given() -> None:
    told = {key.rpartition(".")[2] for key in messages.catalogue() if key.startswith("segments.caveat.")}
    assert told == CAVEATS


@pytest.mark.parametrize("reason", sorted(VERDICTS))
def test_a_verdict_of_segments_says_why(reason: str) -> None:
    assert worded(f"segments.verdict.{reason}")


@pytest.mark.parametrize("verdict", findings.VERDICTS)
def test_a_verdict_of_segments_says_what_to_do(verdict: str) -> None:
    assert worded(f"segments.action.{verdict}")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_tables_and_figures_of_segments_show_has_a_name(name: str) -> None:
    assert worded(f"segments.label.{name}") or worded(f"label.{name}")


@pytest.mark.parametrize("way", ["high", "low"])
def test_every_part_of_a_name_is_worded(way: str) -> None:
    parts = [f"name.{field}.{way}" for field in BEHAVIOUR]
    assert [part for part in ("name.plain", f"name.{way}", *parts) if not worded(f"segments.{part}")] == []


@pytest.mark.parametrize(
    ("exhibit", "variants"),
    [
        ("stability", {"found", "none"}),
        ("solutions", {"found", "most", "none"}),
        ("value", {"clv", "spend"}),
        ("refinement", {"split", "whole", "unknown"}),
        ("what_if", {"chosen", "possible", "refused"}),
    ],
)
def test_every_finding_of_a_figure_has_a_title(exhibit: str, variants: set[str]) -> None:
    start = f"segments.{exhibit}.title."
    assert {key.removeprefix(start) for key in messages.catalogue() if key.startswith(start)} == variants
