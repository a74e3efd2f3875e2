"""Every key the promise analysis can give has a wording: reasons, caveats, verdicts, variants, columns."""

from __future__ import annotations

import ast

import pytest
from wording_scan import Scan, fields, given_to, texts, worded

from cerm_nb import findings, surveys
from cerm_nb.analyses import promise
from cerm_nb.analyses.promise import candidate_rows, headlines
from cerm_nb.analyses.promise.extracts import MOVED

SCAN = Scan("50_promise", promise, surveys=surveys)
REASONED = ("NotEnoughData", "Model", "Positions", "Built")  # calls whose first part is a reason
OUTCOMES = {"one_level", "too_few_choices", "collinear_levels", "separated"}  # of the pooled logit
GIVEN_BY_SCENARIOS = ("attributes_left_equal", "attributes_without_effect", "price_extrapolated")


def caveats() -> dict[str, set[str]]:
    found = SCAN.caveats()
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


def rulings() -> set[str]:
    """Reasons and verdicts of candidates."""
    made = SCAN.function("_verdict", "candidates.py")
    rules = [node for node in made if isinstance(node, ast.Tuple) and len(node.elts) == 3]
    return set().union(*(texts(rule.elts[1]) or texts(rule.elts[0]) for rule in rules))


def without() -> set[str]:
    """Reasons where no promise is written."""
    held = [node for node in SCAN.function("_without", "verdict.py") if isinstance(node, ast.Dict)]
    pairs = [pair for one in held for pair in zip(one.keys, one.values, strict=True)]
    return set().union(
        *(texts(value) for key, value in pairs if key is not None and texts(key) == {"reason"})
    )


REASONS = OUTCOMES | SCAN.firsts(*REASONED) | SCAN.firsts("Told", at=1) | SCAN.told_why_not()
REASONS |= SCAN.assigned("unclear", "reason", files=("willingness.py",))
REASONS |= set().union(*map(texts, given_to(SCAN.shown(), "why")))
CAVEATS, RULINGS, WITHOUT = caveats(), rulings(), without()
VARIANTS = SCAN.variants(
    {
        "lead": SCAN.returned("lead", "headlines.py"),
        "share_kind": SCAN.returned("share_kind", "headlines.py"),
        "forecast_kind": SCAN.returned("forecast_kind", "headlines.py"),
        "place": {"both", "ahead", "behind", "alike"},
        "model": {"choice", "rating"},
        "built": SCAN.returned("kind", "twin.py"),
    }
)
COLUMNS = SCAN.drawn("intervals", "compare") | SCAN.listed("table", "compare")
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
NUMBERS = (COLUMNS | TABLES | {*promise.RULES}) - TEXTS - {"brand", "attribute", "model", "items", "scenario"}


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
    assert {"item", "estimate", "hit_rate", "worth", "share", "reach"} <= COLUMNS


@pytest.mark.parametrize("reason", sorted(REASONS | WITHOUT | {"no_carriers", "too_few_answers"}))
def test_a_reason_why_a_promise_cannot_be_told_is_worded(reason: str) -> None:
    assert worded(f"not_enough.{reason}")


@pytest.mark.parametrize("caveat", sorted(CAVEATS))
def test_a_caveat_of_the_promise_is_worded_from_what_comes_with_it(caveat: str) -> None:
    assert SCAN.is_worded_from(f"caveat.{caveat}", CAVEATS[caveat])


def test_no_caveat_of_the_promise_is_worded_that_is_not_given() -> None:
    assert SCAN.worded_caveats() == CAVEATS.keys()


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
    assert SCAN.titles(figure) == VARIANTS[figure]


@pytest.mark.parametrize("name", sorted(COLUMNS | TABLES | VALUES))
def test_what_tables_and_figures_of_the_promise_show_has_a_name(name: str) -> None:
    assert SCAN.is_named(name)


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_a_number_of_the_promise_says_how_it_is_written(name: str) -> None:
    assert SCAN.format_of(name)


@pytest.mark.parametrize("name", [*promise.Params.model_fields])
def test_a_parameter_of_the_promise_has_a_name(name: str) -> None:
    assert SCAN.is_named(name)


def test_the_tables_used_of_other_questions_are_declared() -> None:
    assert set(headlines.PUBLISHED) <= set(SCAN.notebook["metadata"]["cerm"]["optional"])
