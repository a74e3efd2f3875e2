import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from test_palette import contrast, linear

from cerm_nb import figures, palette
from cerm_nb.figures import Words, canvas, marks, scales, tiles

WORDS = Words(
    title="It grew", subtitle="Purchases, n = 3", alt="A rising line", labels={"x": "Week", "y": "Ours"}
)
SERIES = pd.DataFrame({"x": [0.0, 1, 2], "y": [10.0, 20, 30], "low": [9.0, 18, 27], "high": [11.0, 22, 33]})
RATED = pd.DataFrame({"name": ["a", "b"], "value": [2.0, -1.0], "low": [1.5, -2.0], "high": [2.5, 0.5]})
GRID = pd.DataFrame({"f": [2, 2, 1, 1], "r": [1, 2, 1, 2], "n": [1.0, 2, 3, np.nan]})
STOPS = pd.DataFrame(
    {
        "stage": ["f", "f", "r"],
        "name": ["a", "b", "1"],
        "value": [2.0, np.nan, -1.0],
        "low": [1.5, np.nan, -2.0],
        "high": [2.5, np.nan, 0.5],
        "key": [True, False, None],
    }
)


def draw(kind, words=WORDS):
    return {
        "lines": lambda: figures.lines(
            SERIES, "x", ["y"], words=words, band=("low", "high"), mark=(1, "here")
        ),
        "curve": lambda: figures.curve(SERIES, "x", "y", words=words, points=[(1, 20, "look")]),
        "columns": lambda: figures.columns(SERIES, "x", "y", words=words, highlight=1),
        "bars": lambda: figures.bars(
            RATED, "name", "value", words=words, low="low", high="high", highlight="a"
        ),
        "intervals": lambda: figures.intervals(
            RATED, "name", "value", "low", "high", words=words, reference=0
        ),
        "grid": lambda: figures.grid(GRID, "f", "r", "n", words=words),
        "journey": lambda: figures.journey(
            STOPS, "stage", "name", "value", "low", "high", words=words, emphasis="key", reference=0
        ),
        "compare": lambda: figures.compare(
            STOPS, "name", ["value", "low", "high"], words=words, low="low", high="high", group="stage"
        ),
        "plane": lambda: figures.plane(
            SERIES, "x", "y", "y", words=words, y_low="low", y_high="high", x_reference=1, y_reference=15
        ),
    }[kind]()


NAMED = ["x", "y", "a", "f", "r", "1", "value", "low", "reference", "emphasis", "missing", "upper_left"]
EVERY = pytest.mark.parametrize(
    "kind",
    ["lines", "curve", "columns", "bars", "intervals", "grid", "journey", "compare", "plane"],
)


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def paths(svg, colour, paint="stroke"):
    return [
        element
        for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path")
        if element.get(paint) == palette.colour(colour)
    ]


def places(svg):
    """Where each text lies, as the drawing takes it: left, top, right, bottom."""
    starts = {None: 0.0, "middle": 0.5, "end": 1.0}
    boxes = {}
    for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        x, y, size = (float(element.get(name)) for name in ("x", "y", "font-size"))
        left = x - starts[element.get("text-anchor")] * canvas.measure(element.text, size)
        boxes.setdefault(element.text, []).append(
            (left, y - 0.75 * size, left + canvas.measure(element.text, size), y + 0.2 * size)
        )
    return boxes


def numbers(path):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path.get("d"))]


@EVERY
def test_a_figure_without_alternative_text_is_refused(kind):
    with pytest.raises(ValueError, match="needs alternative text"):
        draw(kind, Words(title="It grew", subtitle="", alt="  "))


@EVERY
def test_the_same_inputs_give_the_same_bytes(kind):
    assert draw(kind).html == draw(kind).html


@EVERY
def test_both_drawings_name_what_they_show(kind):
    for svg in (draw(kind).svg, draw(kind).narrow):
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert root.get("aria-label") == "A rising line"


@EVERY
def test_every_word_from_outside_is_escaped(kind):
    hostile = '"><script>alert(1)</script>'
    words = Words(hostile, hostile, hostile, hostile, dict.fromkeys(NAMED, hostile))
    html = draw(kind, words).html
    assert "<script" not in html
    ElementTree.fromstring(draw(kind, words).svg)


@EVERY
def test_a_drawing_has_no_ids_styles_or_dates_and_every_number_is_short(kind):
    svg = draw(kind).svg
    assert not re.search(r"\s(?:id|style|xlink:href|clip-path)=|<defs|<metadata", svg.split(">", 1)[1])
    assert not re.search(r"\d\.\d{2}", " ".join(re.findall(r'\s(?:d|x|y|transform)="([^"]*)"', svg)))
    assert len(svg) < 30_000


@EVERY
def test_every_text_lies_within_the_drawing(kind):
    for svg in (draw(kind).svg, draw(kind).narrow):
        root = ElementTree.fromstring(svg)
        width, height = float(root.get("width")), float(root.get("height"))
        for text in root.iter("{http://www.w3.org/2000/svg}text"):
            assert 0 <= float(text.get("x")) <= width, text.text
            assert 0 < float(text.get("y")) <= height, text.text


@EVERY
def test_korean_and_dollar_signs_need_no_font_and_are_no_mathematics(kind):
    # Warnings are errors here, so a font that is looked for or a glyph that is missing would fail.
    words = Words(
        "성장", "구매 $", "그림", labels={"x": "주차 $x_1$", "y": "우리 $100", "a": "가격 $", "1": "하나 $"}
    )
    html = draw(kind, words).html
    assert "$" in html
    assert "성장" in html


def test_the_mime_bundle_has_html_and_a_constant_repr():
    figure = draw("lines")
    bundle = figure._repr_mimebundle_()
    assert bundle["text/plain"] == repr(figure) == "Figure: It grew"
    assert bundle["text/html"].startswith('<figure class="cerm-figure mathjax_ignore">')
    assert '<div class="cerm-narrow" hidden>' in bundle["text/html"]


def test_drawing_leaves_matplotlibs_settings_as_they_were():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    draw("lines")
    assert dict(mpl.rcParams) == before


def test_lines_are_drawn_where_the_data_say():
    line, *_ = paths(draw("lines").svg, "own")
    x0, y0, x1, y1, x2, y2 = numbers(line)
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
    assert y0 - y1 == pytest.approx(y1 - y2, abs=0.2)
    assert y0 > y1


def test_the_interval_is_drawn():
    (band,) = paths(draw("lines").svg, "own", "fill")
    assert float(band.get("fill-opacity")) < 0.3


def test_names_of_lines_that_end_together_do_not_touch():
    data = pd.DataFrame({"x": [0, 1], "actual": [0, 10.0], "expected": [0, 10.1], "target": [0, 9.9]})
    svg = figures.lines(data, "x", ["actual", "expected", "target"], words=WORDS).svg
    places = re.findall(r'y="([\d.]+)"[^>]*>(?:actual|expected|target)<', svg)
    heights = sorted(map(float, places))
    assert len(heights) == 3
    assert np.diff(heights).min() >= 13


def test_columns_called_by_a_meaning_take_it_and_the_others_what_is_free():
    assert marks.meanings(["actual", "expected", "ours"]) == ["own", "expected", "highlight"]


def test_more_lines_than_meanings_are_refused():
    with pytest.raises(ValueError, match="too many to tell apart"):
        marks.meanings([f"line{number}" for number in range(8)])


def test_dates_are_ticked_at_months_and_written_by_the_format():
    data = pd.DataFrame({"day": pd.date_range("2016-04-01", periods=24, freq="MS"), "y": np.arange(24.0)})
    svg = figures.lines(data, "day", ["y"], words=WORDS, x_format="{:%Y-%m}".format).svg
    ticked = [text for text in texts(svg) if re.fullmatch(r"\d{4}-\d\d", text)]
    assert len(ticked) >= 3
    assert set(ticked) <= {f"{day:%Y-%m}" for day in data["day"]}


def test_a_curve_of_many_customers_stays_small():
    share = np.linspace(0, 1, 25_000)
    data = pd.DataFrame({"x": share, "y": share**3})
    assert len(figures.curve(data, "x", "y", words=WORDS, diagonal=True).html) < 30_000


def test_bars_are_as_long_as_their_values():
    data = pd.DataFrame({"name": ["a", "b"], "value": [4.0, 2.0]})
    long, short = paths(figures.bars(data, "name", "value", words=WORDS).svg, "own", "fill")
    widths = [max(numbers(bar)[0::2]) - min(numbers(bar)[0::2]) for bar in (long, short)]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.3)


def test_a_highlighted_bar_has_the_colour_of_the_highlight():
    assert len(paths(draw("bars").svg, "highlight", "fill")) == 1


def test_interval_numbers_are_written_beside_the_dots():
    assert "2  (1.5 – 2.5)" in texts(draw("intervals").svg)


def test_a_missing_tile_shows_a_dash_and_a_double_one_is_refused():
    assert "–" in texts(draw("grid").svg)
    with pytest.raises(ValueError, match="claim the same tile"):
        figures.grid(pd.concat([GRID, GRID]), "f", "r", "n", words=WORDS)


def test_numbers_read_on_every_tile_in_light_and_dark():
    for side in (0, 1):
        paper, ink = palette.SURFACES["paper"][side], palette.SURFACES["ink"][side]
        for strength in tiles.STRENGTHS:
            tile = _blend(palette.MEANINGS["own"][side], paper, strength)
            text = paper if strength > tiles._FIRST_STRONG else ink
            assert contrast(tile, text) >= 4.5, (side, strength)


def _blend(colour, paper, strength):
    pairs = zip(*(bytes.fromhex(each[1:]) for each in (colour, paper)), strict=True)
    return "#" + "".join(f"{round(strength * a + (1 - strength) * b):02x}" for a, b in pairs)


@pytest.mark.parametrize("kind", ["lines", "bars"])
def test_data_without_a_number_are_refused(kind):
    empty = pd.DataFrame({"x": [1.0], "y": [np.nan], "name": ["a"], "value": [np.nan]})
    draw = {
        "lines": lambda: figures.lines(empty, "x", ["y"], words=WORDS),
        "bars": lambda: figures.bars(empty, "name", "value", words=WORDS),
    }
    with pytest.raises(ValueError, match="nothing to draw"):
        draw[kind]()


def test_long_names_are_broken_at_spaces_and_cut_with_an_ellipsis():
    assert canvas.wrap("one two three", canvas.measure("one two", 12) + 1, 12) == ["one two", "three"]
    assert canvas.wrap("가나다라마바사", 40, 12)[0].endswith("…")


def test_limits_hold_zero_only_where_the_data_come_near():
    assert scales.limits([1.0, 100]) == (0.0, 100.0)
    assert scales.limits([90.0, 100]) == (90.0, 100.0)
    assert scales.limits([5.0, 5.0], zero=False) == (4.5, 5.5)


def test_colours_are_read_as_hexadecimal():
    assert linear("#ffffff").tolist() == [1, 1, 1]
