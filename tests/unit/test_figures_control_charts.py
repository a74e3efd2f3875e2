import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from test_figures import numbers, paths, places, texts
from test_figures_plane import overlaps

from cerm_nb import figures
from cerm_nb.figures import Words, control_data

LABELS = {
    "concern": "우려",
    "improvement": "개선",
    "common": "통상 변동",
    "target": "목표",
    "mean": "평균",
    "limits": "관리 한계",
    "upper": "상한",
    "lower": "하한",
}
WORDS = Words("하나가 통상 범위를 벗어났습니다", "2024–2025", "관리도", labels=LABELS)
MONTHS = pd.date_range("2024-01-01", periods=24, freq="MS")


def series(name, *, special=(), phases=(0,) * 24, chart="xmr", values=None, months=MONTHS):
    frame = pd.DataFrame({"indicator": name, "period": months, "chart": chart, "phase": phases})
    rng = np.random.default_rng(len(name))
    frame["value"] = rng.normal(10, 1, len(months)) if values is None else values
    frame["mean"], frame["lower"], frame["upper"] = (
        10.0 + frame["phase"],
        7.0 + frame["phase"],
        13.0 + frame["phase"],
    )
    frame["special_cause"], frame["signal"] = "", 0
    for at, signal in special:
        frame.loc[at, ["special_cause", "signal"]] = ["outside", signal]
    return frame


def panels(*names, direction="higher", state="common", **more):
    return pd.DataFrame({"indicator": names, "state": state, "direction": direction, **more})


def draw(points=None, shown=None, **options):
    points = series("wait") if points is None else points
    shown = panels(*points["indicator"].unique()) if shown is None else shown
    return figures.control_charts(points, shown, words=options.pop("words", WORDS), **options)


def filled(svg, meaning):
    return paths(svg, meaning, "fill")


def dashed(svg):
    every = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")
    return [path for path in every if path.get("stroke-dasharray")]


def is_level(path):
    return len(set(numbers(path)[1::2])) == 1


@pytest.mark.parametrize(
    ("signal", "direction", "good"),
    [(1, "higher", True), (1, "lower", False), (-1, "lower", True), (-1, "higher", False)],
)
def test_a_special_cause_is_good_or_bad_by_the_direction(signal, direction, good):
    figure = draw(series("wait", special=[(5, signal)]), panels("wait", direction=direction))
    one, other = ("improvement", "concern") if good else ("concern", "improvement")
    for svg in (figure.svg, figure.narrow):
        # One in the key and one on the line.
        assert len(filled(svg, one)) == 2
        assert not filled(svg, other)


def test_good_and_bad_differ_in_shape_too():
    svg = draw(series("wait", special=[(5, 1), (9, -1)])).svg
    assert filled(svg, "improvement")[0].get("d") != filled(svg, "concern")[0].get("d")


def test_a_signal_without_a_special_cause_is_not_marked():
    points = series("wait", special=[(5, 1)]).assign(special_cause=None)
    assert not filled(draw(points).svg, "improvement")


def test_limits_stand_level_in_each_phase_and_a_line_parts_the_phases():
    one, two = (draw(series("wait", phases=phases)).svg for phases in ([0] * 24, [0] * 12 + [1] * 12))
    levels = [sum(is_level(path) for path in dashed(svg)) for svg in (one, two)]
    assert levels[1] == levels[0] + 2
    upright = [
        path for path in dashed(two) if len(numbers(path)) == 4 and numbers(path)[0] == numbers(path)[2]
    ]
    assert len(upright) == 1


def test_limits_of_counts_step_and_those_of_residuals_move_from_point_to_point():
    points = series("wait")
    points[["lower", "upper"]] += np.sin(np.arange(24))[:, None]
    stepped, moving = (dashed(draw(points.assign(chart=chart)).svg) for chart in ("c", "residual"))
    lengths = [sorted(len(numbers(path)) for path in found)[-2:] for found in (stepped, moving)]
    assert lengths[1] == [48, 48]
    assert min(lengths[0]) > 48


def test_up_to_twelve_stand_in_two_or_three_columns_and_in_one_on_a_phone():
    for count, columns in ((1, 1), (2, 2), (3, 3), (4, 2), (12, 3)):
        names = [f"지표 {number}" for number in range(count)]
        figure = draw(pd.concat([series(name) for name in names]))
        lefts = {round(places(figure.svg)[name][0][0]) for name in names}
        assert len(lefts) == columns
        assert {round(places(figure.narrow)[name][0][0]) for name in names} == {20}
        assert not overlaps(figure.svg)
        assert not overlaps(figure.narrow)


def test_panels_stand_in_the_order_asked_for_under_name_and_state():
    points = pd.concat([series("a"), series("b")])
    shown = panels("b", "a", name=["불만", "만족"], state=["concern", "improvement"])
    at = places(draw(points, shown).svg)
    assert at["불만"][0][0] < at["만족"][0][0]
    assert {"우려", "개선"} <= set(at)


def test_all_share_one_time_axis():
    short = series("b", months=MONTHS[12:], phases=(0,) * 12, values=np.arange(12.0))
    whole = draw(pd.concat([series("a"), short]))
    lines = [numbers(path)[::2] for path in paths(whole.svg, "own") if len(numbers(path)) in (24, 48)]
    assert max(lines[1]) - min(lines[1]) < 0.55 * (max(lines[0]) - min(lines[0]))


def test_a_chart_alone_names_its_limits_and_says_why_they_were_set_anew():
    breaks = pd.DataFrame({"indicator": ["wait"], "period": [MONTHS[12]], "text": ["모바일 체크인을 시작함"]})
    points = series("wait", phases=[0] * 12 + [1] * 12)
    figure = draw(points, panels("wait", target=12.5), breaks=breaks)
    for svg in (figure.svg, figure.narrow):
        assert "모바일 체크인을 시작함" in " ".join(texts(svg))
        assert not overlaps(svg)
    assert {"상한 14.0", "평균 11.0", "하한 8.00", "목표 12.5"} <= set(texts(figure.svg))
    many = draw(pd.concat([points, series("b")]), breaks=breaks)
    assert "모바일 체크인을 시작함" not in " ".join(texts(many.svg))


def test_a_gap_breaks_the_line_and_a_long_series_has_no_dots():
    values = np.r_[np.arange(10.0), np.nan, np.arange(13.0)]
    line = next(
        path
        for path in paths(draw(series("wait", values=values)).svg, "own")
        if path.get("d").count("M") == 2
    )
    assert line is not None
    months = pd.date_range("2010-01-01", periods=120, freq="MS")
    long = series("wait", months=months, phases=(0,) * 120)
    assert not [path for path in paths(draw(long).svg, "own") if path.get("stroke-linecap") == "round"]


def test_every_point_of_a_short_series_has_its_dot():
    dots = [path for path in paths(draw().svg, "own") if path.get("stroke-linecap") == "round"]
    assert [path.get("d").count("M") for path in dots] == [24]


@pytest.mark.parametrize(("freq", "written"), [("MS", "2024-01"), ("D", "2024-01-05"), ("QS", "2024-01")])
def test_dates_are_written_as_finely_as_they_stand(freq, written):
    days = pd.date_range("2024-01-01", periods=24, freq=freq)
    shown = texts(draw(series("wait", months=days)).svg)
    assert any(len(text) == len(written) and re.fullmatch(r"[\d-]+", text) for text in shown)


def test_limits_that_are_unknown_are_not_drawn():
    points = series("wait").assign(mean=np.nan, lower=np.nan, upper=np.nan)
    shown = texts(draw(points).svg)
    assert "관리 한계" not in shown
    assert not any(text.startswith("상한") for text in shown)


def test_the_same_inputs_give_the_same_bytes_and_texts_are_escaped():
    assert draw().html == draw().html
    hostile = panels("wait", name=["<img src=x onerror=alert(1)>"])
    assert "<img" not in draw(shown=hostile).html


def test_twelve_charts_stay_small():
    points = pd.concat([series(f"i{number}") for number in range(12)])
    assert len(draw(points).html.encode()) < 150_000


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shown": panels()}, "0 control charts"),
        ({"shown": panels(*"abcdefghijklm")}, "13 control charts"),
        ({"shown": panels("other")}, "no points of .*other"),
        ({"shown": panels("wait", direction="up")}, "direction 'up'"),
        ({"shown": panels("wait", state="fine")}, "state 'fine'"),
        (
            {"points": series("wait").assign(value=np.nan, lower=np.nan, upper=np.nan, mean=np.nan)},
            "nothing to draw",
        ),
        ({"words": Words("a", "b")}, "needs alternative text"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        draw(**change)


@pytest.mark.parametrize(
    ("value", "written"), [(412345.6, "412,346"), (12.34, "12.3"), (5.126, "5.13"), (-0.5, "-0.50")]
)
def test_numbers_at_lines_have_three_digits_that_count(value, written):
    assert control_data.short(value) == written
