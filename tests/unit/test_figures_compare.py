import re

import numpy as np
import pandas as pd
import pytest
from test_figures import numbers, paths, places, texts

from cerm_nb import figures, palette
from cerm_nb.figures import Words, symbols

LABELS = {"experience": "자사 체감", "expectation": "기대 수준", "food": "조식", "scale": "평점(1–7점)"}
WORDS = Words("맛에서 앞섭니다", "n = 291", "속성 3개의 비교", labels=LABELS)
RATED = pd.DataFrame(
    {
        "touchpoint": ["food", "room", "food"],
        "attribute": ["taste", "quiet", "variety"],
        "experience": [5.1, 4.0, np.nan],
        "low": [4.9, 3.8, np.nan],
        "high": [5.3, 4.2, np.nan],
        "expectation": [5.5, 4.6, 4.9],
        "A": [5.0, 4.9, 4.2],
        "B": [4.1, np.nan, 4.4],
    }
)
SERIES = ["experience", "expectation", "A", "B"]


def compare(data=RATED, values=SERIES, words=WORDS, **options):
    return figures.compare(data, "attribute", values, words=words, **options)


def marks(svg, colour):
    """Shape and place of the marks of one colour, the key's own among them."""
    found = [
        path
        for paint in ("fill", "stroke")
        for path in paths(svg, colour, paint)
        if path.get("transform") and path.get("stroke-opacity") is None
    ]
    told = [(path.get("d"), *map(float, re.findall(r"-?[\d.]+", path.get("transform")))) for path in found]
    return list(dict.fromkeys(told))


def test_every_number_has_its_mark_and_every_series_its_key():
    svg = compare().svg
    assert len(marks(svg, "own")) == 2 + 1
    assert len(marks(svg, "expected")) == 3 + 1
    assert len(marks(svg, "competitor")) == 3 + 2 + 2
    for name in ("자사 체감", "기대 수준", "A", "B"):
        assert name in texts(svg)


def test_series_of_one_colour_differ_in_shape():
    shapes = {shape for shape, *_ in marks(compare().svg, "competitor")}
    assert len(shapes) == 2
    looks = symbols.symbols(["own", "expected", *["competitor"] * 3])
    assert len({(look.shape, look.filled) for look in looks}) == 5
    assert len({(look.shape, look.filled) for look in symbols.symbols(["own"] * 5)}) == 5


def test_marks_lie_where_the_numbers_say():
    svg = compare(RATED.head(1)).svg
    across = {colour: [x for _, x, y in marks(svg, colour) if y > 20] for colour in palette.MEANINGS}
    (own,), (expected,), (two, one) = across["own"], across["expected"], sorted(across["competitor"])
    assert two < one < own < expected
    assert (own - two) / (expected - two) == pytest.approx(1.0 / 1.4, abs=0.01)


def test_ours_alone_has_an_interval_and_its_numbers():
    svg = compare(low="low", high="high").svg
    shades = [path for path in paths(svg, "own") if path.get("stroke-opacity")]
    assert len(shades) == 2
    x0, _, x1, _ = numbers(shades[0])
    assert x0 < marks(svg, "own")[0][1] < x1
    assert "5.1  (4.9 – 5.3)" in texts(svg)
    assert "–" in texts(svg)
    assert "5.1" in texts(compare().svg)


def test_ours_need_not_come_first():
    svg = compare(values=["expectation", "experience"], own="experience").svg
    assert "5.1" in texts(svg)
    assert len(marks(svg, "own")) == 3


def test_rows_of_a_group_stand_together_under_its_name():
    for svg in (compare(group="touchpoint").svg, compare(group="touchpoint").narrow):
        tops = {name: boxes[0][1] for name, boxes in places(svg).items()}
        names = ["조식", "taste", "variety", "room", "quiet"]
        assert sorted(names, key=tops.__getitem__) == names


def test_a_long_comparison_has_its_scale_above_too():
    long = pd.concat([RATED] * 8, ignore_index=True)
    for few, many in ((compare().svg, compare(long).svg), (compare().narrow, compare(long).narrow)):
        assert texts(few).count("4.5") == 1
        assert texts(many).count("4.5") == 2


def test_the_scale_is_named_where_told():
    assert "평점(1–7점)" not in texts(compare().svg)
    assert "평점(1–7점)" in texts(compare(scale="scale").svg)


def test_a_scale_of_ratings_does_not_begin_at_zero():
    assert "0" not in texts(compare().svg)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"values": []}, "0 series"),
        ({"values": [*SERIES, "low", "high"]}, "6 series"),
        ({"own": "ours"}, "'ours' is not one of the series"),
        ({"meanings": ["own"]}, "1 meanings for 4 series"),
        ({"meanings": ["own", "target", "neutral", "neutral"]}, "'target' is not one of"),
        ({"data": RATED.head(0)}, "nothing to draw"),
        ({"data": RATED.assign(**dict.fromkeys(SERIES, np.nan))}, "nothing to draw"),
    ],
)
def test_what_cannot_be_compared_is_refused(options, told):
    with pytest.raises(ValueError, match=told):
        compare(**options)


def test_the_names_in_the_key_do_not_touch_on_a_phone():
    words = Words("t", "s", "a", labels={name: f"이름이 매우 긴 경쟁사 {name}" for name in SERIES})
    boxes = [
        box for name, (box, *_) in places(compare(words=words).narrow).items() if name.startswith("이름")
    ]
    assert len(boxes) == 4
    assert max(right for _, _, right, _ in boxes) <= 350
    rows = {}
    for left, top, right, _ in boxes:
        assert rows.get(top, -1.0) <= left
        rows[top] = right
