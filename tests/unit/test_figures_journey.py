import re

import numpy as np
import pandas as pd
import pytest
from test_figures import numbers, paths, places, texts

from cerm_nb import figures
from cerm_nb.figures import Words

LABELS = {
    "before": "이용 전",
    "at": "이용 중",
    "after": "이용 후",
    "emphasis": "핵심 접점(MOT)",
    "missing": "응답 부족",
    "gap": "차이(점)",
}
WORDS = Words("체크인에서 기대에 못 미칩니다", "n = 291", "접점 6곳의 차이", labels=LABELS)
STOPS = pd.DataFrame(
    {
        "stage": ["before", "before", "at", "at", "at", "after"],
        "touchpoint": ["전화 예약", "웹 예약", "체크인", "객실", "조식", "후속 메일"],
        "gap": [-0.4, -0.1, -0.6, np.nan, 0.2, 0.3],
        "low": [-0.6, -0.3, -0.8, np.nan, 0.0, np.nan],
        "high": [-0.2, 0.1, -0.4, np.nan, 0.4, np.nan],
        "moment": [False, False, True, True, False, pd.NA],
    }
)


def journey(data=STOPS, words=WORDS, **options):
    return figures.journey(data, "stage", "touchpoint", "gap", "low", "high", words=words, **options)


def dots(svg, colour="own"):
    """Places of the marks of one colour, left to right and down."""
    found = [path for path in paths(svg, colour, "fill") if path.get("transform")]
    return [tuple(map(float, re.findall(r"-?[\d.]+", path.get("transform")))) for path in found]


def test_touchpoints_stand_from_top_to_bottom_under_their_stages():
    for svg in (journey().svg, journey().narrow):
        told = [text for text in places(svg) if text in {*STOPS["touchpoint"], *LABELS.values()}]
        order = sorted(told, key=lambda text: places(svg)[text][0][1])
        assert [text for text in order if text not in {"응답 부족", "차이(점)"}] == [
            *("이용 전", "전화 예약", "웹 예약"),
            *("이용 중", "체크인", "객실", "조식"),
            *("이용 후", "후속 메일"),
        ]


def test_a_stage_that_comes_twice_is_brought_together():
    mixed = STOPS.iloc[[0, 2, 1, 3, 4, 5]]
    assert journey(mixed).svg == journey().svg


def test_a_touchpoint_without_a_stage_has_a_group_of_its_own():
    svg = journey(STOPS.assign(stage=["before", None, "at", "at", "at", "after"])).svg
    assert places(svg)["–"][0][1] < places(svg)["웹 예약"][0][1]


def test_the_line_leads_through_every_estimate_and_breaks_where_one_is_missing():
    (line,) = [path for path in paths(journey().svg, "own") if path.get("stroke-width") == "2.2"]
    assert [step for step in line.get("d") if step.isalpha()] == ["M", "L", "L", "M", "L"]
    across, down = numbers(line)[0::2], numbers(line)[1::2]
    assert list(zip(across, down, strict=True)) == dots(journey().svg)
    assert down == sorted(down)
    assert np.argsort(across).tolist() == [2, 0, 1, 3, 4]


def test_each_estimate_has_its_interval_where_it_is_known():
    shades = [path for path in paths(journey().svg, "own") if path.get("stroke-opacity")]
    assert len(shades) == 4
    for shade, (x, y) in zip(shades, dots(journey().svg), strict=False):
        x0, y0, x1, y1 = numbers(shade)
        assert x0 < x < x1
        assert y0 == y1 == y


def test_numbers_with_intervals_stand_beside_and_what_is_missing_is_said():
    for svg in (journey().svg, journey().narrow):
        assert "-0.4  (-0.6 – -0.2)" in texts(svg)
        assert "0.3" in texts(svg)
        assert texts(svg).count("응답 부족") == 1
    bare = journey(words=Words("t", "s", "a"))
    assert "–" in texts(bare.svg)


def test_moments_of_truth_are_brought_out_by_colour_shape_and_weight():
    figure = journey(emphasis="moment")
    (key, dot) = sorted(dots(figure.svg, "highlight"), key=lambda place: place[1])
    assert key[1] < min(y for _, y in dots(figure.svg))
    assert dot[1] > key[1]
    assert len(dots(figure.svg)) == 4
    full, diamond = (paths(figure.svg, colour, "fill")[0].get("d") for colour in ("own", "highlight"))
    assert "C" in full
    assert "C" not in diamond
    assert "핵심 접점(MOT)" in texts(figure.svg)
    bold = re.findall(r'font-weight="650"[^>]*>([^<]+)<', figure.svg)
    assert {"체크인", "객실"} <= set(bold)
    assert not {"조식", "전화 예약"} & set(bold)


def test_without_a_moment_of_truth_there_is_no_key():
    assert "핵심 접점(MOT)" not in texts(journey(STOPS.assign(moment=False), emphasis="moment").svg)


def test_the_line_of_reference_lies_within_the_plot_though_all_fall_short():
    low = STOPS.head(3)
    words = Words("t", "s", "a", labels={"reference": "기대 수준과 같음"})
    svg = journey(low, words, reference=0).svg
    (dashed,) = re.findall(r'<path d="M ([\d.]+) [\d.]+ L \1 [\d.]+"[^>]*stroke-dasharray', svg)
    assert float(dashed) > max(x for x, _ in dots(svg))
    assert "기대 수준과 같음" in texts(svg)


def test_a_single_touchpoint_is_drawn():
    assert len(dots(journey(STOPS.head(1)).svg)) == 1


@pytest.mark.parametrize("data", [STOPS.head(0), STOPS.assign(gap=np.nan, low=np.nan, high=np.nan)])
def test_no_estimate_at_all_is_refused_whatever_the_reference(data):
    with pytest.raises(ValueError, match="nothing to draw"):
        journey(data, reference=0)


def test_columns_that_may_be_missing_are_read():
    assert journey(STOPS.convert_dtypes(), emphasis="moment").svg == journey(emphasis="moment").svg


def test_seventeen_long_names_stay_apart_on_a_phone():
    data = pd.DataFrame(
        {
            "stage": ["before"] * 4 + ["at"] * 11 + ["after"] * 2,
            "touchpoint": [f"아주 긴 고객접점의 이름과 그 설명 {number}" for number in range(17)],
            "gap": np.linspace(-1, 1, 17),
            "low": np.linspace(-1.3, 0.7, 17),
            "high": np.linspace(-0.7, 1.3, 17),
        }
    )
    boxes = [box for several in places(journey(data).narrow).values() for box in several]
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one, other)
