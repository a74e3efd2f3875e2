"""The board's page and the scorecard's figures in Chromium: on screens, on a phone, and printed."""

import re

import numpy as np
import pandas as pd
import pytest
import report_examples as examples
from nbformat import v4
from test_browser import RUN, TOUCHING, opened, ran

from cerm_nb import figures, report, tables
from cerm_nb.figures import Sparkline, Words

pytestmark = pytest.mark.browser

PERSPECTIVES = ("financial", "customer", "process", "people_information")
LONG = {
    "en": "Completeness of the customer information that the front desk can see while a guest arrives",
    "ko": "손님이 도착했을 때 프런트에서 볼 수 있는 고객정보의 완성도와 최근 이용 이력의 정확도",
}
SENTENCE = {
    "en": "We said target customers would buy 1,240 times in six months, between 1,150 and 1,330; it "
    "was 1,212, so the model of the value question keeps its verdict and stands until next quarter.",
    "ko": "타깃 고객의 구매는 6개월 동안 1,240건(1,150–1,330건)으로 예측했고, 실제는 1,212건이었습니다. "
    "따라서 가치 질문의 모형은 판정을 유지하고 다음 분기까지 다시 적합하지 않습니다.",
}
# Seven tiles in the ways that need most room.
SPREADS = {"one each": (0, 1, 1, 1, 1, 2, 3), "even": (0, 0, 1, 1, 2, 2, 3), "all in one": (1,) * 7}
CUT = """() => [...document.querySelectorAll('.cerm-board-sheet, .cerm-board-tile, .cerm-board-side')]
    .filter(box => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1)
    .map(box => box.className + ' ' + box.innerText.slice(0, 40))"""


def board(lang="en", spread="one each", text=None):
    rows = [
        {
            "name": text or LONG[lang],
            "perspective": PERSPECTIVES[at],
            "latest": text or "412,346 rooms",
            "period": text or "2026-06-30",
            "level": text or "398,112 rooms",
            "target": text or "460,000 rooms (2026-12)",
            "attainment": 72.0,
            "attainment_low": 60.0,
            "attainment_high": 85.0,
            "attained": text or "72\u00a0(60–85)",
            "variation": "undetermined",
            "assurance": "hit_and_miss",
            "p_hit": text or "64%\u00a0(51%–75%)",
            "owner": text or "Customer management and marketing",
            "trend": Sparkline(list(np.sin(np.arange(36.0))), text or "36 values", 0.5, -0.8, 0.8),
        }
        for at in SPREADS[spread]
    ]
    labels = {
        "undetermined": "Undetermined",
        "hit_and_miss": "Hit and miss",
        "p_hit": "Chance to hit in time",
    }
    return figures.board(
        pd.DataFrame(rows),
        perspectives=PERSPECTIVES,
        words=Words(text or SENTENCE[lang], "Hotel", note=SENTENCE[lang], labels=labels),
        said=[text or SENTENCE[lang]] * 4,
        actions=[text or SENTENCE[lang]] * 4,
    )


def page(*things, lang="en"):
    cells = [
        examples.prose("# Is it working?"),
        *[examples.shown(thing) for thing in things],
        examples.prose("After"),
    ]
    return report.page(
        v4.new_notebook(cells=cells), lang=lang, words=examples.WORDS[lang], findings=[], meta=examples.META
    )


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_printed_the_board_is_exactly_one_landscape_page(browser, tmp_path, lang, spread):
    tab, told = opened(browser, page(examples.example_table(lang), board(lang, spread), lang=lang), tmp_path)
    pages = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", tab.pdf(prefer_css_page_size=True))
    wide = [float(width) > float(height) for width, height in pages]
    assert wide == [False, True, False]
    assert [round(float(side)) for side in pages[1]] == [842, 595]
    assert told["console"] == []
    tab.emulate_media(media="print")
    assert tab.evaluate(CUT) == []
    tab.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_screens_the_board_fits_and_turns_with_the_readers_colours(browser, tmp_path, width, scheme):
    tab, told = opened(
        browser,
        page(board("ko"), lang="ko"),
        tmp_path,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    )
    assert told == {"requests": [], "dialogs": [], "console": []}
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert tab.evaluate(CUT) == []
    line = "getComputedStyle(document.querySelector('.cerm-board-level svg path:last-of-type')).stroke"
    assert tab.evaluate(line) == {"light": "rgb(15, 76, 129)", "dark": "rgb(99, 179, 232)"}[scheme]
    tab.close()


@pytest.mark.parametrize("payload", [f"<script>{RUN}</script>", f'"><img src=x onerror="{RUN}">'])
def test_hostile_texts_on_a_board_run_nothing(browser, tmp_path, payload):
    frame = pd.DataFrame({"name": ["a"], "trend": [Sparkline([1.0, 2.0], payload)]})
    table = tables.show(frame, words=Words(payload, payload))
    tab, told = opened(browser, page(board(text=payload), table), tmp_path)
    assert not ran(tab)
    assert told == {"requests": [], "dialogs": [], "console": []}
    tab.close()


def scorecard_figures():
    months = pd.date_range("2023-07-01", periods=36, freq="MS")
    names = [f"고객정보 완성도 지표 {number}" for number in range(12)]
    point = {
        "mean": 10.0,
        "lower": 7.0,
        "upper": 13.0,
        "special_cause": "",
        "signal": 0,
        "phase": 0,
        "chart": "xmr",
    }
    values = {name: 10 + np.sin(np.arange(36.0) + at) for at, name in enumerate(names)}
    points = pd.concat(
        [
            pd.DataFrame({"indicator": name, "period": months, "value": values[name], **point})
            for name in names
        ]
    )
    panels = pd.DataFrame({"indicator": names, "state": "common", "direction": "higher", "target": 12.0})
    nodes = pd.DataFrame({"indicator": names, "layer": np.resize(PERSPECTIVES, 12), "state": "concern"})
    edges = pd.DataFrame(
        {"from": names[1:], "to": names[:-1], "evidence": "supported", "note": "시차 2, +.5"}
    )
    words = Words("제목", "부제", "그림", labels={})
    return [
        figures.control_charts(points, panels, words=words),
        figures.control_charts(points, panels.head(1), words=words),
        figures.strategy_map(nodes, edges, layers=PERSPECTIVES, words=words),
    ]


@pytest.mark.parametrize("width", [390, 1280])
def test_no_two_texts_of_the_scorecards_figures_touch(browser, tmp_path, width):
    html = page(*scorecard_figures(), lang="ko")
    tab, _ = opened(browser, html, tmp_path, viewport={"width": width, "height": 800})
    assert tab.evaluate(TOUCHING) == []
    tab.close()
