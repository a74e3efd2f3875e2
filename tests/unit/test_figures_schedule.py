import re

import numpy as np
import pandas as pd
import pytest
from test_figures import paths, places, texts
from test_figures_plane import overlaps

from cerm_nb import figures
from cerm_nb.figures import Words

LABELS = {"own": "사람", "improvement": "프로세스"}
WORDS = Words("아홉 달이면 끝납니다", "월별", "계획", labels=LABELS)
PLAN = pd.DataFrame(
    {
        "name": ["접객 교육", "무선망 교체", "모바일 체크인"],
        "start": pd.to_datetime(["2026-07-01", "2026-07-01", "2026-12-01"]),
        "end": pd.to_datetime(["2026-11-30", "2027-02-28", "2027-05-31"]),
        "area": ["own", "improvement", "improvement"],
        "cost": ["5,500만원", "3.2억원", "1.8억원"],
    }
)


def draw(data=PLAN, **options):
    return figures.schedule(data, "name", "start", "end", words=WORDS, meaning="area", note="cost", **options)


def test_each_task_is_named_with_its_note_and_no_text_touches_another():
    figure = draw(date_format=lambda day: day.strftime("%Y-%m"))
    for svg in (figure.svg, figure.narrow):
        assert {*PLAN["name"], *PLAN["cost"], "사람", "프로세스"} <= set(texts(svg))
        assert not overlaps(svg)


def test_names_stand_in_the_order_given_under_their_groups():
    data = PLAN.assign(when=["now", "now", "later"])
    at = {text: boxes[0][1] for text, boxes in places(draw(data, group="when").svg).items()}
    assert at["now"] < at["접객 교육"] < at["무선망 교체"] < at["later"] < at["모바일 체크인"]


def test_a_task_without_days_has_no_bar():
    whole, part = (
        draw(frame).svg for frame in (PLAN, PLAN.assign(end=PLAN["end"].where([True, True, False])))
    )
    assert part.count("<path") < whole.count("<path")


def test_without_any_day_there_is_nothing_to_draw():
    with pytest.raises(ValueError, match="nothing to draw"):
        draw(PLAN.assign(start=pd.NaT, end=pd.NaT))


def test_points_get_ellipses_and_arrows_only_where_they_have_them():
    data = pd.DataFrame(
        {
            "x": [0.0, 2.0, -1.0],
            "y": [0.0, 1.0, 1.0],
            "name": ["a", "b", "c"],
            "first": [0.5, np.nan, np.nan],
            "second": [0.2, np.nan, np.nan],
            "angle": [0.3, np.nan, np.nan],
            "from_x": [np.nan, 0.0, np.nan],
            "from_y": [np.nan, 0.0, np.nan],
        }
    )
    plain = figures.plane(data, "x", "y", "name", words=WORDS).svg
    ellipses = figures.plane(data, "x", "y", "name", words=WORDS, ellipse=("first", "second", "angle")).svg
    arrows = figures.plane(data, "x", "y", "name", words=WORDS, start=("from_x", "from_y")).svg
    shapes = [len(paths(svg, "own")) for svg in (plain, ellipses, arrows)]
    assert shapes[1] == shapes[0] + 1
    assert shapes[2] > shapes[0]


def test_the_plane_is_wide_enough_for_an_ellipse():
    around = figures.plane_shapes.outlines(
        np.array([[1.0, 2.0]]), pd.DataFrame({"a": [3.0], "b": [1.0], "t": [np.pi / 2]}), ("a", "b", "t")
    )[0]
    np.testing.assert_allclose([around[:, 0].min(), around[:, 0].max()], [0.0, 2.0], atol=1e-9)
    np.testing.assert_allclose([around[:, 1].min(), around[:, 1].max()], [-1.0, 5.0], atol=1e-9)


def test_no_label_of_the_scale_is_cut_off_at_an_edge():
    figure = draw(date_format=lambda day: day.strftime("%-d %B %Y"))
    for svg in (figure.svg, figure.narrow):
        width = float(re.search(r"viewBox=\"0 0 ([\d.]+)", svg)[1])
        found = [box for text, boxes in places(svg).items() if "202" in text for box in boxes]
        assert len(found) >= 2
        assert all(box[0] >= -0.5 and box[2] <= width + 0.5 for box in found)
        assert not overlaps(svg)
