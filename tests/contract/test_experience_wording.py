"""Every key the experience analysis can give has a wording: reasons, caveats, verdicts, variants, columns."""

from __future__ import annotations

import ast
import re

import pytest
from wording_scan import Scan, given_to, keys, texts, worded

from cerm_nb import messages, surveys
from cerm_nb.analyses import experience

SCAN = Scan("40_experience", experience, surveys=surveys)
REASONED = (
    "Importance",
    "Classes",
    "Needs",
    "Effects",
    "NotEnoughData",
)  # calls whose first part is a reason


def refusals() -> set[str]:
    """First parts of the pairs that list why importance cannot be told."""
    pairs = [node for node in SCAN.function("_refusal", "importance.py") if isinstance(node, ast.Tuple)]
    return set().union(*(texts(pair.elts[0]) for pair in pairs))


def caveats() -> dict[str, set[str]]:
    listed = {"items_too_few_answers": {"items", "n"}, "items_constant": {"items", "n"}}
    listed |= {"cells_hidden": {"n", "cells", "least"}, "cells_few": {"n", "cells", "least"}}
    collinear = next(given_to(SCAN.nodes("importance.py"), "pair"))
    return SCAN.caveats() | listed | {"items_collinear": keys(collinear)}


REASONS = SCAN.firsts(*REASONED) | refusals() | SCAN.assigned("reason", "unknown")
REASONS |= SCAN.told_why_not("unless", "unknown")
CAVEATS, RULINGS = caveats(), SCAN.rulings("verdict.py") | {("go", "sound")}
VARIANTS = SCAN.variants(
    {
        "kind": {"both", "behind", "ahead", "alike"},
        "tendency": {"feeling", "reason", "undetermined"},
        "moments_kind": {"clear", "few", "unclear", "unknown"},
    }
)
DRAWING = ("intervals", "lines", "plane", "compare", "journey", "curve", "grid")
ASKED = (SCAN.drawn(*DRAWING, options=("emphasis",)) | SCAN.listed("table")) - {"is_moment"}
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
    assert SCAN.is_worded_from(f"caveat.{caveat}", CAVEATS[caveat])


def test_no_caveat_of_experience_is_worded_that_is_not_given() -> None:
    assert SCAN.worded_caveats() == CAVEATS.keys()


def test_the_answer_of_experience_has_its_parts() -> None:
    parts = ("question", "owner", "answer", "answer_unknown", "basis", "action.not_enough_data")
    assert [part for part in parts if not worded(f"experience.{part}")] == []


@pytest.mark.parametrize(("verdict", "reason"), sorted(RULINGS))
def test_a_verdict_of_experience_says_why_and_what_to_do(verdict: str, reason: str) -> None:
    assert worded(f"experience.action.{verdict}")
    assert worded(f"experience.verdict.{reason}")


@pytest.mark.parametrize("source", ["expectation", "params", "best_competitor"])
def test_a_gap_says_to_what_it_is(source: str) -> None:
    given = {
        text for file in ("verdict.py", "priorities.py") for node in SCAN.nodes(file) for text in texts(node)
    }
    assert source in given
    assert worded(f"experience.aim.{source}")


@pytest.mark.parametrize("figure", sorted(VARIANTS))
def test_every_finding_a_figure_can_state_has_a_title_and_no_other(figure: str) -> None:
    assert SCAN.titles(figure) == VARIANTS[figure]


def test_a_difference_is_one_of_the_kinds_that_have_titles() -> None:
    choices = [node for node in SCAN.function("standing", "extracts.py") if isinstance(node, ast.Dict)]
    kinds = set().union(
        *(texts(value) for each in choices if isinstance(each.keys[0], ast.Tuple) for value in each.values)
    )
    assert kinds | {"alike"} == VARIANTS["rivals"]


def test_what_can_be_said_of_moments_of_truth_is_one_of_the_kinds_that_have_titles() -> None:
    assert SCAN.returned("moments_kind", "extracts.py") == VARIANTS["journey"]


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
    assert SCAN.is_named(name)


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_a_number_of_experience_says_how_it_is_written(name: str) -> None:
    assert SCAN.format_of(name)


@pytest.mark.parametrize("name", [*experience.Params.model_fields])
def test_a_parameter_of_experience_has_a_name(name: str) -> None:
    assert SCAN.is_named(name)
