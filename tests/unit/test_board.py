"""The board's page, and the sparklines on it and in tables."""

import re
from importlib.resources import files
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from cerm_nb import figures, palette
from cerm_nb.figures import Sparkline, Words, board_tile, states
from cerm_nb.report.sanitize import clean

PERSPECTIVES = ("financial", "customer", "process", "people_information")
LABELS = {
    "financial": "재무",
    "customer": "고객",
    "process": "프로세스",
    "attainment": "달성도",
    "p_hit": "달성 확률",
    "owner": "담당",
    "level": "수준",
    "target": "목표",
    "variation": "변동",
    "assurance": "목표 대비",
    "improvement": "개선",
    "passes": "늘 달성",
    "said": "지난번 예측과 실제",
    "actions": "다음 조치",
}
WORDS = Words(
    "일곱 가운데 둘이 나아졌습니다", "한빛호텔 · 2026년 6월 30일", note="띠는 통상 범위", labels=LABELS
)
TILE = {
    "name": "재방문율",
    "perspective": "customer",
    "latest": "35.2%",
    "period": "2026-06",
    "level": "34.5%",
    "target": "36.0%",
    "attainment": 72.0,
    "attainment_low": 60.0,
    "attainment_high": 85.0,
    "attained": "72 (60–85)",
    "variation": "improvement",
    "assurance": "passes",
    "p_hit": "64% (51–75%)",
    "owner": "마케팅팀",
    "trend": Sparkline([1.0, 2.0, 1.5], "세 달의 흐름", target=2.0),
}


def tiles(*changes):
    return pd.DataFrame([{**TILE, **change} for change in changes or ({},)])


def board(data=None, words=WORDS, **options):
    return figures.board(tiles() if data is None else data, perspectives=PERSPECTIVES, words=words, **options)


def drawn(svg):
    return ElementTree.fromstring(svg.replace("currentColor", "#000"))


def shapes(svg, tag):
    return list(drawn(svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def test_a_tile_says_level_target_attainment_states_chance_and_owner():
    text = re.sub(r"<[^>]+>", " ", board().html)
    for told in (
        "35.2%  · 2026-06",
        "수준 34.5%",
        "목표 36.0%",
        "72 (60–85)",
        "개선",
        "늘 달성",
        "64% (51–75%)",
        "마케팅팀",
    ):
        assert told in text


def test_perspectives_stand_from_the_top_down_and_empty_ones_are_left_out():
    html = board(tiles({"perspective": "process"}, {"perspective": "financial"})).html
    assert html.index("재무") < html.index("프로세스")
    assert "고객<" not in html


def test_what_was_said_stands_beside_what_comes_next_only_where_there_is_something():
    html = board(said=["1,240건이라 했고 1,212건이었습니다"], actions=["다시 적합합니다"]).html
    assert (
        html.index("지난번 예측과 실제")
        < html.index("1,212건")
        < html.index("다음 조치")
        < html.index("다시 적합")
    )
    assert "지난번" not in board().html
    assert "cerm-board-side" not in board().html


def test_what_is_unknown_leaves_no_empty_label():
    html = board(
        tiles(
            {
                "attained": "",
                "attainment": np.nan,
                "p_hit": "",
                "owner": "",
                "target": "",
                "level": "",
                "period": "",
            }
        )
    ).html
    for label in ("달성도", "달성 확률", "담당", "목표 <", "수준", "·<"):
        assert label not in html


def test_the_bar_is_as_long_as_the_attainment_and_marks_its_interval():
    bars = re.findall(r'<rect x="0" y="3" width="([\d.]+)" height="6"', board().html)
    assert [float(wide) for wide in bars] == [96.0, pytest.approx(0.72 * 96, abs=0.1)]
    assert "M57.6 6H81.6" in board().html
    beyond = board(tiles({"attainment": 130.0, "attainment_low": -20.0, "attainment_high": np.nan})).html
    assert beyond.count('width="96" height="6"') == 2


def test_every_drawing_has_a_text_and_every_state_its_own_shape():
    drawings = re.findall(r"<svg[^>]*>", board().html)
    assert len(drawings) == 4
    assert all(re.search(r'role="img" aria-label="[^"]+"', drawing) for drawing in drawings)
    outlines = {state: re.findall(r' d="([^"]+)"', states.icon(state, "x")) for state in states.STATES}
    assert len({tuple(found) for found in outlines.values()}) == len(states.STATES)
    targets = {
        state: re.sub("#[0-9a-f]{6}", "", board(tiles({"assurance": state})).html)
        for state in board_tile.ASSURANCE
    }
    assert len(set(targets.values())) == len(board_tile.ASSURANCE)


def test_every_colour_is_one_that_turns_with_the_readers_screen():
    used = set(re.findall(r'"(#[0-9a-f]{6})"', board().html))
    assert used <= {pair[0] for pair in (*palette.MEANINGS.values(), palette.SURFACES["paper"])}
    assert ".cerm-board" in palette.css("page")


def test_every_text_is_escaped():
    hostile = "<script>alert(1)</script>"
    texts = dict.fromkeys(
        ("name", "latest", "period", "level", "target", "attained", "p_hit", "owner"), hostile
    )
    words = Words(hostile, hostile, note=hostile, labels=dict.fromkeys(LABELS, hostile))
    trend = Sparkline([1.0], f'"><b>{hostile}')
    html = board(tiles({**texts, "trend": trend}), words, said=[hostile], actions=[hostile]).html
    assert "<script" not in html
    assert "<b>&" not in html.replace("<b>&lt;script", "")


def test_the_page_lets_the_whole_board_through():
    html = board(said=["a"], actions=["b"]).html
    kept = clean(html, "image")
    assert sorted(re.findall(r"<\w+", kept)) == sorted(re.findall(r"<\w+", html))
    assert sorted(re.findall(r'[\w-]+="[^"]*"', kept)) == sorted(
        re.findall(r'[\w-]+="[^"]*"', html.replace(" mathjax_ignore", ""))
    )
    assert "style=" not in html


def test_the_same_inputs_give_the_same_bytes_and_a_constant_repr():
    assert board().html == board().html
    assert (
        repr(board()) == board()._repr_mimebundle_()["text/plain"] == "Board: 일곱 가운데 둘이 나아졌습니다"
    )


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        (tiles().head(0), {}, "0 indicators on a board"),
        (tiles(*[{}] * 8), {}, "8 indicators on a board"),
        (tiles(), {"said": ["a"] * 5}, "5 and 0 sentences"),
        (tiles({"perspective": "sky"}), {}, "perspectives .*sky"),
        (tiles({"variation": "good"}), {}, "state 'good'"),
        (tiles({"assurance": "good"}), {}, "assurance 'good'"),
    ],
)
def test_what_the_page_cannot_hold_is_refused(data, options, message):
    with pytest.raises(ValueError, match=message):
        board(data, **options)


def test_a_sparkline_draws_its_series_its_range_and_its_target():
    svg = Sparkline([1.0, 3.0, 2.0], "흐름", target=2.0, lower=1.0, upper=3.0).svg
    line, target = (path.get("d") for path in shapes(svg, "path")[::-1])
    assert line == "M4 24h0L60 4L116 14"
    assert target == "M0 14H120"
    assert [rect.get("y") for rect in shapes(svg, "rect")] == ["4"]
    assert [dot.get("cx") for dot in shapes(svg, "circle")] == ["116"]


def test_a_sparkline_breaks_at_gaps_and_ends_at_the_last_known_value():
    svg = Sparkline([1.0, np.nan, 2.0, np.nan], "흐름").svg
    assert shapes(svg, "path")[0].get("d").count("M") == 2
    assert shapes(svg, "circle")[0].get("cx") == "78.7"


@pytest.mark.parametrize("values", [[5.0, 5.0, 5.0], [5.0]])
def test_a_sparkline_of_equal_values_runs_through_the_middle(values):
    assert shapes(Sparkline(values, "흐름").svg, "circle")[0].get("cy") == "14"


@pytest.mark.parametrize("values", [[], [np.nan, np.nan]])
def test_a_sparkline_without_a_value_is_empty_and_still_described(values):
    svg = Sparkline(values, "값 없음", target=3.0).svg
    assert 'aria-label="값 없음"' in svg
    assert not shapes(svg, "path")


def test_a_sparkline_without_alternative_text_is_refused():
    with pytest.raises(ValueError, match="needs alternative text"):
        Sparkline([1.0], " ")


def test_the_actions_keep_who_takes_them_where_what_was_said_is_cut():
    css = (files("cerm_nb") / "board.css").read_text(encoding="utf-8")
    html = board(said=["a"], actions=["b (Head)"]).html
    assert '<ul class="cerm-board-list cerm-board-actions"><li>b (Head)</li>' in html
    assert ".cerm-board-actions li{-webkit-line-clamp:12}" in css
