"""Every key the segments analysis can give has a wording: reasons, caveats, verdicts, rulings, names."""

import ast
import re
from itertools import product
from pathlib import Path

import pytest
from wording_scan import Scan, worded

from cerm_nb import findings, messages
from cerm_nb.analyses import segments
from cerm_nb.analyses.segments.choosing import BEHAVIOUR
from cerm_nb.analyses.segments.describing import BACKGROUND
from cerm_nb.analyses.segments.verdict import REFUSED

ROOM = Path(segments.__file__).parent
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in sorted(ROOM.glob("*.py"))}
SCAN = Scan("30_segments", segments)
NOTEBOOK = SCAN.notebook
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
VERDICTS = {"sound", *REFUSED} | {reason.strip('"') for _, reason in RULED if reason.startswith('"')}
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


def test_the_scan_finds_what_is_known_to_be_there() -> None:
    assert {"few_units", "no_columns", "few_patterns"} == UNTOLD
    assert {"no_needs", "no_stable_segments", "segment_too_small", "no_responses", "not_tried"} <= REASONS
    assert {"nothing_telling", "no_value"} <= REASONS
    assert {"found_on_sample", "bic_prefers", "few_units", "typing_is_cross_validated"} <= CAVEATS
    assert {"one_cloud", "continuum", "typing_weak", "few_assigned", "structure_not_tested"} <= VERDICTS
    assert {"no_stable_segments", "only_small_segments"} == set(REFUSED) <= REASONS
    assert {"unstable", "segment_unstable", "too_small", "finer", "coarser", "other_method"} <= RULINGS
    assert {"few_responses", "one_response", "no_fields", "no_reliable_gain"} == SPLITS


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_reason_why_segments_cannot_be_told_is_worded(reason: str) -> None:
    assert worded(f"not_enough.{reason}")


@pytest.mark.parametrize("caveat", sorted(CAVEATS))
def test_a_caveat_of_segments_is_worded(caveat: str) -> None:
    assert worded(f"segments.caveat.{caveat}")


def test_no_caveat_of_segments_is_worded_that_is_not_given() -> None:
    assert SCAN.worded_caveats() == CAVEATS


@pytest.mark.parametrize("reason", sorted(VERDICTS))
def test_a_verdict_of_segments_says_why(reason: str) -> None:
    assert worded(f"segments.verdict.{reason}")


@pytest.mark.parametrize("ruling", findings.VERDICTS)
def test_a_verdict_of_segments_says_what_to_do(ruling: str) -> None:
    assert worded(f"segments.action.{ruling}")


def test_an_action_is_worded_for_no_reason_that_is_not_given() -> None:
    special = [key.split(".")[3] for key in messages.catalogue() if re.match(r"segments\.action\.\w+\.", key)]
    assert set(special) <= VERDICTS


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_tables_and_figures_of_segments_show_has_a_name(name: str) -> None:
    assert SCAN.is_named(name)


@pytest.mark.parametrize("way", ["high", "low"])
def test_every_part_of_a_name_is_worded(way: str) -> None:
    parts = [f"name.{field}.{way}" for field in BEHAVIOUR]
    assert [part for part in ("name.plain", f"name.{way}", *parts) if not worded(f"segments.{part}")] == []


def test_names_compare_with_other_customers_and_the_notes_say_so() -> None:
    """Nobody is told that what sets a kind apart comes first for it."""
    names = {key: told for key, told in messages.catalogue().items() if key.startswith("segments.name.")}
    for key in set(names) - {"segments.name.plain"}:
        assert re.search(r"er\b|more|less", names[key]["en"]), key
        assert re.search("더|덜", names[key]["ko"]), key
    compared = {"en": "other", "ko": "나머지 고객"}
    for note, language in product(("sizes", "facts"), messages.LANGUAGES):
        assert compared[language] in messages.catalogue()[f"segments.{note}.note"][language]


@pytest.mark.parametrize(
    ("field", "level", "told"),
    [
        ("mean_spend", "", {"en": "₩120,000 or more", "ko": "₩120,000 이상"}),
        ("weeks_since_last", "", {"en": " 8.0 or more", "ko": " 8.0 이상"}),
        ("gender", "f", {"en": ": f", "ko": ": f"}),
    ],
)
def test_a_cut_is_told_in_its_unit(field: str, level: str, told: dict[str, str]) -> None:
    assert "segments.cut_key(row.field, row.level)" in CODE
    values = {"field": field, "level": level, "cut": 120_000.0 if field == "mean_spend" else 8.0}
    for language in messages.LANGUAGES:
        words = messages.Messages(language, "KRW", "segments")
        text = words.fill(f"segments.{segments.cut_key(field, level)}", values)
        assert text == words.label(field) + (" " if level == "" else "") + told[language].lstrip()


@pytest.mark.parametrize("key", ["recognised", "typing.title"])
def test_one_item_is_told_as_one(key: str) -> None:
    values = dict.fromkeys(("accuracy", "accuracy_low", "accuracy_high"), 0.8) | {"fields": 1}
    told = messages.Messages("en").fill(f"segments.{key}", values)
    assert told.startswith("With 1 item, ")


@pytest.mark.parametrize(("dropped", "told"), [(1, "1 customer;"), (2, "2 customers;")])
def test_what_was_left_out_agrees_in_number(dropped: int, told: str) -> None:
    words = messages.Messages("en")
    values = {"dropped": dropped, "n": 300, "columns": dropped, "names": ["a"]}
    assert told in words.fill("segments.caveat.units_left_out", values)
    assert f"{dropped} item" in words.fill("segments.caveat.columns_left_out", values)


@pytest.mark.parametrize("ruling", ["go", "watch", "watch.continuum", "stop", "not_enough_data"])
def test_what_to_do_is_true_where_nobody_was_asked(ruling: str) -> None:
    told = messages.catalogue()[f"segments.action.{ruling}"]
    assert not re.search(r"\b[Aa]sk\b|respondent", told["en"])
    assert not re.search("응답자|문항", told["ko"])


def test_no_translated_korean_is_left() -> None:
    """Words a Korean manager stumbled over."""
    texts = [told["ko"] for key, told in messages.catalogue().items() if key.startswith("segments.")]
    cells = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "markdown"]
    for word in ("최약", "항상 최대", "알아보", "알아볼", "흩어", "겹침", "가운데 80%"):
        assert [text for text in texts + cells if word in text] == []


@pytest.mark.parametrize(
    ("exhibit", "variants"),
    [
        ("stability", {"found", "small", "none"}),
        ("solutions", {"found", "most", "none"}),
        ("methods", {"several", "single"}),
        ("value", {"clv", "spend"}),
        ("refinement", {"split", "whole", "unknown"}),
        ("what_if", {"chosen", "possible", "refused"}),
    ],
)
def test_every_finding_of_a_figure_has_a_title(exhibit: str, variants: set[str]) -> None:
    assert SCAN.titles(exhibit) == variants
