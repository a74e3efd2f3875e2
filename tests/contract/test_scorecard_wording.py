"""Every key the scorecard can give has a wording: reasons, caveats, verdicts, variants, columns, codes."""

from __future__ import annotations

import ast
import dataclasses
import re

import pytest
from wording_scan import Scan, fields, given_to, keys, texts, worded

from cerm_nb import findings, messages
from cerm_nb.analyses import scorecard
from cerm_nb.analyses.scorecard import forecasts, outlook_forecasts
from cerm_nb.analyses.scorecard.changes import ASPECTS, KEYS, SETTINGS
from cerm_nb.analyses.scorecard.derived import SOURCES
from cerm_nb.analyses.scorecard.drift import LOWER
from cerm_nb.figures.map_list import EVIDENCE

SCAN = Scan("80_scorecard", scorecard)
ANSWERS = {"verdict.py": "scorecard", "account_answer.py": "scorecard.account"}  # file → its messages
FLAGGED = {"records.py": "odd", "strategy_map.py": "odd", "status.py": "flags"}  # file → caveats by key
NAMES = {"n", "names"}
ABOUT = re.compile(r"scorecard\.(account\.)?(answer|answer_unknown|basis|(verdict|action)\..*)$")
GATHERED = {"indicator", "from"}  # what a caveat tells of one has: of many it is told at once


def caveats() -> dict[str, set[str]]:
    """Caveat → the values it comes with; those of a few, and those of many at once."""
    found = SCAN.caveats()
    for file, name in FLAGGED.items():
        found |= dict.fromkeys(keys(next(given_to(SCAN.nodes(file), name))), NAMES)
    found |= {"unlisted": NAMES, "periods_unfinished": NAMES, "periods_missing": {"indicator", "n"}}
    found |= {key: {"from", "to"} for key in ("against_order", "lagging_drives_leading")}
    found |= {key: {"as_of", "what"} for key in ("earlier_damaged", "earlier_foreign")}
    many = {f"{key}_many": NAMES for key, values in found.items() if values & GATHERED}
    return found | {key: values for key, values in many.items() if not key.startswith("interventions")}


def lost() -> set[str]:
    """Reasons why it cannot be known what happened."""
    seen = set().union(*(texts(part) for node in SCAN.nodes("happened.py") for part in made(node)))
    return (seen | {"no_series"}) - {"indicator"}


def made(node: ast.AST) -> list[ast.expr]:
    """What `_unknown` is given, and what choices between arrays choose from."""
    called = getattr(node, "func", None) if isinstance(node, ast.Call) else None
    name = getattr(called, "id", getattr(called, "attr", ""))
    return node.args[1:] if isinstance(node, ast.Call) and name in ("_unknown", "where") else []


RULINGS = {
    (about, *ruling) for file, about in ANSWERS.items() for ruling in SCAN.rulings(file) | {("go", "sound")}
}
UNTOLD = {reason for _, verdict, reason in RULINGS if verdict == "not_enough_data"}
UNTOLD |= SCAN.told_why_not("unless", "unknown") | lost()
UNTOLD |= set().union(*map(texts, given_to(SCAN.shown(), "why")))
CAVEATS = caveats()
VARIANTS = SCAN.variants({})
SHOWN = SCAN.drawn("intervals", "lines") | SCAN.listed("table", "unit_table")
COLUMNS = (SHOWN | {"off", "coverage"}) - set().union(*VARIANTS.values(), {"high", "low"}) | {"high", "low"}
MEASURED = {  # in the unit of their row
    *("level", "target", "before", "after", "difference", "expected", "expected_low", "expected_high"),
    *("run_rate", "needed_rate", "effect", "actual", "latest", "mean", "lower", "upper"),
}
WORDS = {
    *("name", "course", "measure", "variation", "assurance", "pace", "from_name", "to_name", "evidence"),
    *("verdict", "question", "source", "quantity", "group", "row", "activity", "trend"),
}
CODES = {
    "variation": {"concern", "common", "improvement", "undetermined"},
    "assurance": {"passes", "fails", "hit_and_miss", "undetermined"},
    "evidence": set(EVIDENCE),
    "trend": {"rising", "falling", "undetermined"},
    "pace": {"reached", "enough", "too_slow", "undetermined"},
    "intervention": {"worked", "worsened", "undetermined"},
    "perspective": {"financial", "customer", "process", "people_information"},
    "group": {"stayed", "entered", "new", "left", "gone"},
    "gap": {"closed", "opened", "smaller", "larger"},
    "list": {"added", "withdrawn", *KEYS},
    "aspect": set(ASPECTS),
    "verdict": set(findings.VERDICTS),
    "quantity": {
        *("purchases", "revenue", "clv", forecasts.JUDGEMENT, forecasts.GAP),
        *(outlook_forecasts.LEVEL, outlook_forecasts.HIT),
    },
    "source": {forecasts.LAST_WAVE, forecasts.GAIN, outlook_forecasts.MODEL},
    "question": {"value", "experience", "roadmap", "scorecard", "promise", "readiness", "segments"},
    "ahead_unit": {"months", "days"},
    "given": {each.indicator for each in SOURCES},
    "setting": set(SETTINGS),
    "part of a figure": {
        *("mean", "limits", "upper", "lower", "target", "attainment", "p_hit", "owner", "said", "actions"),
        *("actual", "expected", "variation", "assurance", "indicator", "months", "target_percent"),
    },
    "table": {"indicators", "kpis", "campaigns", "transactions"},
}
SAID = ("held", "too_high", "too_low", "likely_came", "likely_failed", "unlikely_came", "unlikely_failed")
NEWS = {
    "verdict": {"question", "then", "now"},
    "gap": {"item", "then", "now", "difference", "low", "high", "change"},
    "status": {"measure", "aspect", "then", "now"},
    "list": {"entry", "list", "change"},
}


def test_the_scan_finds_what_is_known_to_be_there() -> None:
    assert {"no_scorecard", "no_targets", "no_chance_known", "no_earlier_run", "nothing_due"} <= UNTOLD
    assert {
        "no_focus",
        "no_kpis",
        "no_proposals",
        "no_backtest",
        "no_links_drawn",
        "nothing_before",
    } <= UNTOLD
    assert {"series_ended", "gap", "no_new_wave", "not_asked", "no_record", "not_answered"} <= UNTOLD
    assert {"customers_renumbered"} <= UNTOLD & CAVEATS.keys()
    assert {"targets_past", "values_missing", "points_few", "periods_repeated", "undriven"} <= CAVEATS.keys()
    assert {"interventions_overlap", "campaign_part_period", "events_left_out"} <= CAVEATS.keys()
    assert {"steps_removed", "links_aggregated", "trade_off", "settings_changed"} <= CAVEATS.keys()
    assert CAVEATS["frequency_changed"] >= {"indicator", "period"}
    assert CAVEATS["outcomes_unknown"] == {"n", "reason"}
    assert {verdict for _, verdict, _ in RULINGS} == set(findings.VERDICTS)
    assert VARIANTS["charts"] == {"signals", "quiet"}
    assert VARIANTS["sources"] == {"drift", "hold"}
    assert {"course", "needed_rate", "n_apart", "from_name", "p_adjusted", "value_share"} <= COLUMNS


@pytest.mark.parametrize("reason", sorted(UNTOLD))
def test_a_reason_why_a_scorecard_cannot_be_told_is_worded(reason: str) -> None:
    assert worded(f"not_enough.{reason}")


@pytest.mark.parametrize("caveat", sorted(CAVEATS))
def test_a_caveat_of_the_scorecard_is_worded_from_what_comes_with_it(caveat: str) -> None:
    assert SCAN.is_worded_from(f"caveat.{caveat}", CAVEATS[caveat])


def test_no_caveat_of_the_scorecard_is_worded_that_is_not_given() -> None:
    assert SCAN.worded_caveats() == CAVEATS.keys()


@pytest.mark.parametrize("about", sorted(ANSWERS.values()))
def test_the_answers_of_the_scorecard_have_their_parts(about: str) -> None:
    parts = ("question", "owner", "answer", "answer_unknown", "basis", "verdict.sound")
    assert [part for part in parts if not worded(f"{about}.{part}")] == []


@pytest.mark.parametrize(("about", "verdict", "reason"), sorted(RULINGS))
def test_a_verdict_of_the_scorecard_says_why_and_what_to_do(about: str, verdict: str, reason: str) -> None:
    assert worded(f"{about}.action.{verdict}")
    assert verdict == "not_enough_data" or worded(f"{about}.verdict.{reason}")


@pytest.mark.parametrize("key", sorted(key for key in messages.catalogue() if ABOUT.match(key)))
def test_an_answer_of_the_scorecard_is_worded_from_what_it_holds(key: str) -> None:
    found = scorecard.Account if key.startswith("scorecard.account.") else scorecard.Answer
    held = {field.name for field in dataclasses.fields(found)} | {"why", "own"}
    counted = {"improved", "worsened", "passed", "failed"} if found is scorecard.Answer else set()
    assert fields(key) <= held | counted


@pytest.mark.parametrize("figure", sorted(VARIANTS))
def test_every_finding_of_the_scorecard_has_a_title_and_no_other(figure: str) -> None:
    assert SCAN.titles(figure) == VARIANTS[figure]


@pytest.mark.parametrize(("kind", "code"), sorted((kind, code) for kind in CODES for code in CODES[kind]))
def test_a_code_the_scorecard_shows_has_a_name(kind: str, code: str) -> None:
    assert SCAN.is_named(code), kind


@pytest.mark.parametrize("column", sorted(COLUMNS - {"row"}))
def test_a_column_of_the_scorecard_has_a_name(column: str) -> None:
    assert SCAN.is_named(column)


@pytest.mark.parametrize("column", sorted(COLUMNS - WORDS - MEASURED))
def test_a_number_of_the_scorecard_says_how_it_is_written(column: str) -> None:
    assert SCAN.format_of(column)


@pytest.mark.parametrize("name", [*scorecard.Params.model_fields])
def test_a_parameter_of_the_scorecard_has_a_name(name: str) -> None:
    assert SCAN.is_named(name)


@pytest.mark.parametrize("kind", SAID)
def test_what_was_said_and_what_it_was_is_worded(kind: str) -> None:
    assert worded(f"scorecard.said.{kind}")
    told = {*forecasts.COLUMNS, "actual", "what"}
    assert fields(f"scorecard.said.{kind}") <= told


def test_every_kind_of_forecast_that_came_due_can_be_said() -> None:
    start = "scorecard.said."
    assert {key.removeprefix(start) for key in messages.catalogue() if key.startswith(start)} == {*SAID}


@pytest.mark.parametrize("kind", sorted(NEWS))
def test_news_is_worded_from_what_comes_with_it(kind: str) -> None:
    assert worded(f"scorecard.news.{kind}")
    assert fields(f"scorecard.news.{kind}") <= NEWS[kind]


@pytest.mark.parametrize("reason", sorted(LOWER.keys() | {"told", "kept", "lowered", "action"}))
def test_a_lowered_verdict_is_worded(reason: str) -> None:
    assert worded(f"verdict.{reason}" if reason in LOWER else f"review.{reason}")


@pytest.mark.parametrize("tendency", ["too_high", "too_low", "too_narrow"])
def test_how_a_model_drifts_is_worded(tendency: str) -> None:
    assert worded(f"review.reason.{tendency}")
    assert tendency in {
        text for node in SCAN.nodes("drift.py") if isinstance(node, ast.Call) for part in node.args
        for text in texts(part)
    }  # fmt: skip
