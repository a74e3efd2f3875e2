"""Every key the roadmap analysis can give has a wording: reasons, caveats, verdicts, variants, columns."""

from __future__ import annotations

import ast

import pytest
from wording_scan import Scan, calls, given_to, keys, texts, worded

from cerm_nb import findings, surveys
from cerm_nb.analyses import roadmap
from cerm_nb.analyses.roadmap.pilots import TOLD
from cerm_nb.stats import experiments, intervention

SCAN = Scan("60_roadmap", roadmap, surveys=surveys, experiments=experiments, intervention=intervention)
FINDINGS = {"verdict.py": "roadmap", "tried.py": "roadmap.effect"}  # file with a verdict → its messages
CHECKED = ("experiments/checks.py", "pilots.py")


def untold() -> set[str]:
    """Reasons why something cannot be told, from the results and where the notebook shows them."""
    found = {reason for _, verdict, reason in RULINGS if verdict == "not_enough_data"}
    found |= SCAN.firsts("Pareto", files=("pareto.py",)) | SCAN.firsts("Options", files=("what_if.py",))
    found |= SCAN.returned("_slope", "worth.py") | SCAN.assigned("reason", files=("causes.py", "worth.py"))
    found |= SCAN.told_why_not("unless", "unknown")
    return found.union(*map(texts, given_to(SCAN.shown(), "why")))


def caveats() -> dict[str, set[str]]:
    flags = keys(next(given_to(SCAN.nodes("initiatives.py"), "flags")))
    named = {f"initiatives_{key}" if key in ("running", "done") else key for key in flags}
    return SCAN.caveats() | {key: {"initiatives", "n"} for key in named} | checks()


def checks() -> dict[str, set[str]]:
    """Check of a pilot → what was found, with its initiative."""
    found: dict[str, set[str]] = {}
    for call in calls(SCAN.nodes(*CHECKED), "Check"):
        about = call.args[1]
        if isinstance(about, ast.Name):  # told of in the lines before
            made = [node for node in SCAN.nodes(*CHECKED) if isinstance(node, ast.FunctionDef)]
            body = [part for each in made if call in ast.walk(each) for part in ast.walk(each)]
            about = [*given_to(body, about.id)][-1]
        found |= dict.fromkeys(texts(call.args[0]), keys(about) | {"initiative"})
    return found


RULINGS = {
    (about, *ruling) for file, about in FINDINGS.items() for ruling in SCAN.rulings(file) | {("go", "sound")}
}
UNTOLD, CAVEATS = untold(), caveats()
KINDS = ("journey_kind", "segments_kind", "pilots_kind", "watched_kind")
VARIANTS = SCAN.variants({kind: SCAN.returned(kind, "extracts.py") for kind in KINDS})
DRAWN = SCAN.drawn(
    *("intervals", "lines", "journey", "grid", "schedule"),
    options=("emphasis", "meaning", "group", "note"),
)
ASKED = (DRAWN | SCAN.listed()) - {"is_moment", "meaning", "note", "end"} - set().union(*VARIANTS.values())
WORDS = {
    *("name", "touchpoint", "stage", "moment", "cell", "row", "cause", "selected", "limit", "added"),
    *("dropped", "area", "verdict", "reason", "measure", "promise", "whom", "scenario", "role", "process"),
    "information",
}
REASONS = {
    *("interval_too_wide", "not_after_adjustment", "below_margin", "harmful"),
    *SCAN.returned("_nothing_to_compare", "pilots.py"),
    *SCAN.returned("_verdict", "control.py"),
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
    assert SCAN.is_worded_from(f"caveat.{caveat}", CAVEATS[caveat])


def test_no_caveat_of_the_roadmap_is_worded_that_is_not_given() -> None:
    assert SCAN.worded_caveats() == CAVEATS.keys()


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
    assert SCAN.titles(figure) == VARIANTS[figure]


@pytest.mark.parametrize("name", sorted(ASKED | VALUES | REASONS))
def test_what_tables_and_figures_of_the_roadmap_show_has_a_name(name: str) -> None:
    assert SCAN.is_named(name)


@pytest.mark.parametrize("name", sorted(ASKED - WORDS))
def test_a_number_of_the_roadmap_says_how_it_is_written(name: str) -> None:
    assert SCAN.format_of(name)


@pytest.mark.parametrize("name", [*roadmap.Params.model_fields])
def test_a_parameter_of_the_roadmap_has_a_name(name: str) -> None:
    assert SCAN.is_named(name)
