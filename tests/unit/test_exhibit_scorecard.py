"""The scorecard's map, charts, sparklines and board as a notebook calls for them."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from test_figures import texts

from cerm_nb import exhibits
from cerm_nb.analyses.value import Params
from cerm_nb.cards import Shown
from cerm_nb.exhibits import Exhibits
from cerm_nb.figures import Board, Figure, Words
from cerm_nb.messages import Messages

ADDED = {
    "value.sparkline": "{n:integer} values from {first} to {last}, {low} to {high}, target {target}",
    "value.map_link": "lag {lag:integer}, {estimate:number.1}",
    "value.left_out": "{n:integer} more are not shown.",
    "not_enough.no_scorecard": "there are none",
    "value.said.held": "{what}: we said {forecast} ({low} to {high}), it was {actual}.",
    "value.said.likely_came": "{what}: we gave it {probability:percent}.",
}
INDICATORS = pd.DataFrame(
    {
        "indicator": ["retention", "wait", "revenue"],
        "name": ["Retention", "", None],
        "perspective": ["customer", "process", "financial"],
        "unit": ["%", "min", "KRW"],
        "direction": ["higher", "lower", "higher"],
        "latest": [35.25, 8.25, np.nan],
        "period": [pd.Timestamp("2026-06-01"), pd.Timestamp("2026-06-15"), pd.NaT],
        "level": [34.5, 8.25, 41_200_000.0],
        "target": [36.0, np.nan, 46_000_000.0],
        "target_date": [pd.Timestamp("2026-12-31"), pd.NaT, pd.Timestamp("2026-12-31")],
        "attainment": [72.0, np.nan, 10.0],
        "attainment_low": [60.0, np.nan, np.nan],
        "attainment_high": [85.0, np.nan, np.nan],
        "variation": ["improvement", "undetermined", "common"],
        "assurance": ["passes", "undetermined", "fails"],
        "p_hit": [0.64, np.nan, 0.1],
        "p_hit_low": [0.51, np.nan, 0.05],
        "p_hit_high": [0.75, np.nan, 0.2],
        "owner": ["Marketing", None, ""],
    }
)
MONTHS = pd.date_range("2025-07-01", periods=12, freq="MS")
POINTS = pd.concat(
    [
        pd.DataFrame(
            {
                "indicator": name,
                "period": MONTHS,
                "value": np.r_[np.nan, np.linspace(30, 34.5, 11)],
                "mean": 32.0,
                "lower": 28.0,
                "upper": 36.0,
                "special_cause": "",
                "signal": 0,
                "phase": 0,
                "chart": "xmr",
            }
        )
        for name in ("retention", "wait")
    ],
    ignore_index=True,
)
LINKS = pd.DataFrame(
    {
        "from": ["wait", "retention"],
        "to": ["retention", "revenue"],
        "evidence": ["supported", "too_short"],
        "lag": [2, np.nan],
        "estimate": [-0.52, np.nan],
    }
)


@pytest.fixture
def run(monkeypatch):
    known = {**exhibits.catalogue(), **{key: {"en": text, "ko": text} for key, text in ADDED.items()}}
    monkeypatch.setattr(exhibits, "catalogue", lambda: known)
    monkeypatch.setattr("cerm_nb.messages.catalogue", lambda: known)
    return Exhibits("value", Messages("en", "KRW", "value"), Params(), dt.date(2026, 6, 30))


@pytest.fixture
def words(run):
    return Words("Two of three improve", "as of 30 June 2026", "alt", "Read down.", run.messages.all_labels())


def many(count):
    frame = pd.concat([INDICATORS] * (count // 3 + 1), ignore_index=True).head(count)
    return frame.assign(indicator=[f"i{number}" for number in range(count)], name="")


def test_sparklines_say_what_they_show_and_stand_beside_their_indicator(run):
    trends = run.sparklines(INDICATORS.set_index(pd.Index([7, 3, 5])), POINTS)
    assert list(trends.index) == [7, 3, 5]
    assert trends[7].alt == "11 values from 30.0% to 34.5%, 30.0% to 34.5%, target 36.0%"
    assert trends[3].alt.endswith("target –")
    assert trends[5].alt.startswith("0 values from – to –")
    assert (trends[7].target, trends[7].lower, trends[7].upper) == (36.0, 28.0, 36.0)


def test_a_table_takes_the_sparklines_as_a_column(run, words):
    frame = INDICATORS[["indicator", "level"]].assign(trend=run.sparklines(INDICATORS, POINTS))
    assert run.table(frame, words).html.count("<svg") == 3


def test_the_map_words_only_links_that_were_borne_out_or_contradicted(run, words):
    figure = run.strategy_map(INDICATORS, LINKS, words)
    assert isinstance(figure, Figure)
    shown = texts(figure.svg)
    assert "lag 2, -0.5" in shown
    assert {"Retention", "wait"} <= set(shown)


def test_a_map_of_many_keeps_those_with_links_and_says_how_many_are_left_out(run, words):
    links = LINKS.assign(**{"from": ["i29", "i28"], "to": ["i28", "i27"]})
    figure = run.strategy_map(many(30), links, words)
    assert {"i29", "i28", "i27", "i0"} <= {text.strip() for text in texts(figure.narrow)}
    assert figure.words.note == "Read down. 6 more are not shown."


def test_charts_are_drawn_of_indicators_with_points_only(run, words):
    figure = run.control_charts(POINTS, INDICATORS, words)
    assert {"Retention", "wait"} <= set(texts(figure.svg))
    assert figure.words.note == "Read down."
    points = pd.concat([POINTS.head(12).assign(indicator=f"i{number}") for number in range(14)])
    assert run.control_charts(points, many(14), words).words.note == "Read down. 2 more are not shown."


def test_the_board_writes_levels_targets_intervals_and_leaves_out_what_is_unknown(run, words):
    board = run.board(INDICATORS, POINTS, words, said=["a"] * 9, actions=["b"])
    assert isinstance(board, Board)
    assert '<strong>35.2% <span class="cerm-board-period">· 2026-06</span></strong>' in board.html
    assert '<strong>8.25 min <span class="cerm-board-period">· 2026-06-15</span></strong>' in board.html
    assert "<strong>–</strong>" in board.html
    assert "8.25 min</span>" not in board.html  # the level only where it is not the latest value
    for told in (
        "Level 34.5%",
        "36.0% (2026-12)",
        "72\u00a0(60–85)",
        "64%\u00a0(51%–75%)",
        "Marketing",
        "8.25 min",
    ):
        assert told in board.html
    assert board.html.count("<li>a</li>") == 4
    assert not re.search(r"\bnan\b", board.html)
    assert "None" not in board.html


def test_a_board_of_many_shows_seven_and_says_so(run, words):
    board = run.board(many(9), POINTS, words)
    assert board.html.count('class="cerm-board-tile"') == 7
    assert "2 more are not shown." in board.html


@pytest.mark.parametrize("kind", ["map", "charts", "charts without a value", "board"])
def test_nothing_to_show_is_said_instead(run, words, kind):
    none = INDICATORS.head(0)
    shown = {
        "map": lambda: run.strategy_map(none, LINKS, words),
        "charts": lambda: run.control_charts(POINTS.head(0), INDICATORS, words),
        "charts without a value": lambda: run.control_charts(POINTS.assign(value=np.nan), INDICATORS, words),
        "board": lambda: run.board(none, POINTS, words),
    }[kind]()
    assert isinstance(shown, Shown)
    assert "there are none" in shown.text


def cells(table):
    return [
        (given, text)
        for given, text in re.findall(r"<t[dh]([^>]*)>([^<]*)</t[dh]>", table.html)
        if 'scope="col"' not in given
    ]


def test_a_table_writes_each_row_in_its_own_unit(run, words):
    table = run.unit_table(INDICATORS, ["name", "level", "target"], ["level", "target"], words)
    assert [text for _, text in cells(table)] == [
        *("Retention", "34.5%", "36.0%"),
        *("", "8.25 min", "–"),
        *("–", "₩41.2M", "₩46M"),
    ]


def test_what_is_in_a_rows_own_unit_stands_right_as_numbers_do(run, words):
    table = run.unit_table(INDICATORS, ["name", "level", "owner"], ["level"], words)
    right = [text for given, text in cells(table) if "cerm-number" in given]
    assert right == ["34.5%", "8.25 min", "₩41.2M"]


def test_columns_without_a_unit_are_written_as_their_label_says(run, words):
    frame = INDICATORS.assign(share=[0.5, 0.25, np.nan])
    table = run.unit_table(frame, ["name", "level", "share"], ["level"], words)
    assert [text for _, text in cells(table)][2::3] == ["50%", "25%", "–"]


def test_a_unit_nobody_tells_leaves_the_bare_number(run, words):
    frame = INDICATORS.assign(unit=[None, np.nan, ""])
    table = run.unit_table(frame, ["level"], ["level"], words)
    assert [text for _, text in cells(table)] == ["34.5", "8.25", "41,200,000"]


def test_differences_of_shares_are_told_in_percentage_points(run, words):
    table = run.unit_table(INDICATORS, ["level", "target"], ["level", "target"], words, ["level"])
    assert [text for _, text in cells(table)][:2] == ["34 % points", "36.0%"]
    assert [text for _, text in cells(table)][2] == "8.2 min"


def test_the_latest_value_is_told_with_its_period(run):
    assert run.latest(INDICATORS) == ["35.2% · 2026-06", "8.25 min · 2026-06-15", ""]


def test_names_of_indicators_are_never_translated(run):
    labels = {**run.messages.all_labels(), "target": "Ziel", "go": "Los"}
    words = Words("title", "subtitle", "alt", labels=labels)
    frame = INDICATORS.assign(name=["target", "go", "Ziel"])
    shown = (
        run.table(frame[["name", "level"]], words).html,
        run.board(frame, POINTS, words).html.replace("Ziel 36.0%", ""),
        run.control_charts(POINTS, frame, words).html,
        run.strategy_map(frame, LINKS, words).html,
        run.intervals(frame.assign(low=0.1, high=0.9), "name", "p_hit", words).html,
    )
    for html in shown:
        assert ">go<" in html
        assert ">target<" in html
        assert "Los" not in html


def test_a_hostile_unit_is_text(run, words):
    frame = INDICATORS.assign(unit="<script>alert(1)</script>")
    assert "<script" not in run.unit_table(frame, ["level"], ["level"], words).html


FORECASTS = pd.DataFrame(
    {
        "kind": ["held", "held", "likely_came"],
        "question": ["value", "scorecard", "scorecard"],
        "quantity": ["revenue", "level", "hit"],
        "subject": ["target", "wait", "wait"],
        "measure": ["target", "Waiting time", "Waiting time"],
        "unit": ["KRW", "min", None],
        "forecast": [41_200_000.0, 8.25, 0.64],
        "low": [40_000_000.0, 8.0, 0.5],
        "high": [45_000_000.0, 9.0, 0.7],
        "actual": [43_000_000.0, 8.5, 1.0],
        "probability": [np.nan, np.nan, 0.64],
    }
)


def test_what_was_said_and_what_it_was_is_a_sentence_each_in_its_own_unit(run):
    money, minutes, chance = run.said(FORECASTS)
    assert money.endswith(": we said ₩41.2M (₩40M to ₩45M), it was ₩43M.")
    assert "target customers" in money
    assert minutes.endswith("Waiting time: we said 8.25 min (8.00 min to 9.00 min), it was 8.50 min.")
    assert chance.endswith("Waiting time: we gave it 64%.")


def test_without_forecasts_nothing_was_said(run):
    assert run.said(FORECASTS.head(0)) == []


def test_sentences_are_shown_as_a_list_of_texts(run):
    shown = run.points(["one", "<b>two</b>"])
    assert shown.text == "- one\n- <b>two</b>"
    assert shown.markup.count("<li>") == 2
    assert "<b>" not in shown.markup
    assert run.points(each for each in ()).text == ""


@pytest.mark.parametrize(
    ("quantity", "subject", "question", "told"),
    [
        ("revenue", "all", "value", "revenue from all customers"),
        ("purchases", "target", "value", "purchases by the target customers"),
        ("clv", "A", "value", "the value of tier A"),
        ("level", "Waiting time", "scorecard", "Waiting time"),
        ("level", "target", "scorecard", "target"),
    ],
)
def test_what_a_forecast_is_about_is_said_by_quantity_subject_and_question(quantity, subject, question, told):
    assert Messages("en", "KRW", "value").about(quantity, subject, question) == told
