import itertools
import re

import numpy as np
import pandas as pd
import pytest
from test_figures import numbers, paths, places, texts

from cerm_nb import figures
from cerm_nb.figures import Words, placing

CORNERS = {
    "upper_left": "말하지 않은 동인",
    "upper_right": "핵심 동인",
    "lower_left": "비중 낮음",
    "lower_right": "말로만 중요",
}
LABELS = {"stated": "응답 중요도", "derived": "도출 중요도", "missing": "응답 부족", "emphasis": "먼저 할 일"}
WORDS = Words("말과 행동이 다릅니다", "n = 480", "중요도 두 가지", labels={**LABELS, **CORNERS})
HARD_TO_PLACE = 42


def attributes(size=HARD_TO_PLACE, seed=3):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"stated": rng.normal(5, 0.8, size), "derived": rng.gamma(1.2, 0.02, size)})
    frame["attribute"] = [f"고객접점 속성의 이름 {number}" for number in range(size)]
    return frame.assign(low=frame["derived"] * 0.5, high=frame["derived"] * 1.6, top=np.arange(size) < 3)


def plane(data, words=WORDS, **options):
    return figures.plane(data, "stated", "derived", "attribute", words=words, **options)


def overlaps(svg):
    boxes = [(text, box) for text, several in places(svg).items() for box in several]
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes, 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


@pytest.mark.parametrize(("size", "seed"), [(1, 3), (2, 3), (7, 3), (15, 4), (HARD_TO_PLACE, 4)])
def test_no_text_touches_another(size, seed):
    figure = plane(attributes(size, seed), x_reference=5, y_reference=0.02, emphasis="top")
    assert not overlaps(figure.svg)
    assert not overlaps(figure.narrow)


def test_points_at_one_place_are_all_named():
    same = attributes(20).assign(stated=5.0, derived=0.02)
    for svg in (plane(same).svg, plane(same).narrow):
        assert not overlaps(svg)
        assert {str(number) for number in range(1, 21)} <= set(texts(svg))
        assert set(same["attribute"]) <= set(texts(svg))


def test_few_points_bear_their_names_and_many_on_a_phone_numbers():
    few, many = attributes(5), attributes()
    assert set(few["attribute"]) <= set(texts(plane(few).svg)) | {""}
    assert "1" not in texts(plane(few).svg)
    narrow = texts(plane(many).narrow)
    assert [str(number) for number in range(1, 26)] == [text for text in narrow if text.isdigit()][-25:]
    assert set(many["attribute"].head(25)) <= set(narrow)


def test_only_the_most_important_are_named_and_all_are_drawn():
    svg = plane(attributes(), most=10).svg
    assert sum(text.startswith("고객접점") for text in texts(svg)) == 10
    drawn = [path for path in paths(svg, "own", "fill") if path.get("transform")]
    assert len(drawn) == HARD_TO_PLACE
    assert sum(path.get("fill-opacity") is not None for path in drawn) == HARD_TO_PLACE - 10


def test_emphasised_points_are_named_before_all_others():
    data = attributes().assign(top=np.arange(HARD_TO_PLACE) >= HARD_TO_PLACE - 2)
    figure = plane(data, emphasis="top", most=2)
    assert set(data["attribute"].tail(2)) <= set(texts(figure.svg))
    assert "먼저 할 일" in texts(figure.svg)
    assert len(paths(figure.svg, "highlight", "fill")) == 2 + 1


def test_points_lie_where_the_numbers_say_with_their_intervals_as_a_cross():
    data = attributes(3).assign(
        left=lambda frame: frame["stated"] - 0.2, right=lambda frame: frame["stated"] + 0.2
    )
    svg = plane(data, x_low="left", x_high="right", y_low="low", y_high="high").svg
    dots = [
        tuple(map(float, re.findall(r"-?[\d.]+", path.get("transform"))))
        for path in paths(svg, "own", "fill")
    ]
    assert np.argsort([x for x, _ in dots]).tolist() == np.argsort(data["stated"]).tolist()
    assert np.argsort([-y for _, y in dots]).tolist() == np.argsort(data["derived"]).tolist()
    lines = [numbers(path) for path in paths(svg, "own") if path.get("stroke-opacity")]
    assert len(lines) == 6
    for (x, y), across, up in zip(dots, lines[::2], lines[1::2], strict=True):
        assert across[0] < x < across[2]
        assert across[1] == across[3] == y
        assert up[1] > y > up[3]
        assert up[0] == up[2] == x


def test_an_end_that_is_missing_leaves_its_line_out():
    data = attributes(3).assign(low=[np.nan, 0.01, 0.01])
    lines = [
        path
        for path in paths(plane(data, y_low="low", y_high="high").svg, "own")
        if path.get("stroke-opacity")
    ]
    assert len(lines) == 2


def test_quadrants_are_named_in_their_corners_and_no_point_lies_upon_the_names():
    svg = plane(attributes(), x_reference=5, y_reference=0.02).svg
    box = {key: places(svg)[name][0] for key, name in CORNERS.items()}
    assert box["upper_left"][1] == box["upper_right"][1] < box["lower_left"][1] == box["lower_right"][1]
    assert box["upper_left"][0] == box["lower_left"][0] < box["upper_right"][0]
    dots = [
        tuple(map(float, re.findall(r"-?[\d.]+", path.get("transform"))))
        for path in paths(svg, "own", "fill")
    ]
    for left, top, right, bottom in box.values():
        assert not [1 for x, y in dots if left < x < right and top < y < bottom]
    assert svg.count("stroke-dasharray") == 2


def test_lines_of_reference_lie_within_the_plot_and_are_named():
    labels = {"x_reference": "가로 평균", "y_reference": "세로 평균"}
    figure = plane(attributes(4), Words("t", "s", "a", labels=labels), x_reference=9, y_reference=-1)
    assert {"가로 평균", "세로 평균"} <= set(texts(figure.svg))
    assert not overlaps(figure.narrow)


def test_points_without_a_place_are_told():
    data = attributes(4)
    data.loc[1, "derived"] = np.nan
    assert f"응답 부족: {data.loc[1, 'attribute']}" in texts(plane(data).svg)
    assert f"응답 부족: {data.loc[1, 'attribute']}" in texts(plane(data).narrow)


def test_points_take_the_colour_and_shape_of_their_meaning():
    svg = plane(attributes(2).assign(kind=["own", "competitor"]), meaning="kind").svg
    (own,), (competitor,) = paths(svg, "own", "fill"), paths(svg, "competitor", "fill")
    assert own.get("d") != competitor.get("d")


@pytest.mark.parametrize(
    ("data", "options", "told"),
    [
        (attributes(0), {}, "nothing to draw"),
        (attributes(3).assign(stated=np.nan), {"x_reference": 5, "y_reference": 0}, "nothing to draw"),
        (attributes(3).assign(kind="friend"), {"meaning": "kind"}, "'friend' is not one of"),
    ],
)
def test_what_has_no_place_is_refused(data, options, told):
    with pytest.raises(ValueError, match=told):
        plane(data, **options)


def test_the_same_many_points_give_the_same_bytes():
    assert plane(attributes(15), emphasis="top").html == plane(attributes(15), emphasis="top").html


def test_names_stand_at_the_nearest_free_side_and_keep_off_what_is_taken():
    area = (0.0, 0.0, 400.0, 300.0)
    points, sizes = np.array([[200.0, 150.0]]), np.array([[60.0, 15.0]])
    nothing = np.zeros((0, 4))
    (free,) = placing.place(points, sizes, placing.Obstacles(area, points, nothing))
    assert free.tolist() == [208.0, 142.5, 268.0, 157.5]
    taken = np.array([[205.0, 140.0, 300.0, 160.0]])
    (left,) = placing.place(points, sizes, placing.Obstacles(area, points, taken))
    assert left[2] <= 200


def test_a_name_without_room_is_told_by_nan():
    points, sizes = np.array([[10.0, 10.0], [12.0, 10.0]]), np.array([[60.0, 15.0]] * 2)
    boxes = placing.place(points, sizes, placing.Obstacles((0, 0, 50, 20), points, np.zeros((0, 4))))
    assert np.isnan(boxes).all()
    empty = placing.place(points[:0], sizes[:0], placing.Obstacles((0, 0, 50, 20), points, np.zeros((0, 4))))
    assert empty.shape == (0, 4)


def test_a_name_never_stands_nearer_to_another_named_point():
    points = np.array([[100.0, 100.0], [118.0, 100.0], [109.0, 112.0], [109.0, 88.0]])
    boxes = placing.place(
        points, np.full((4, 2), (50.0, 14.0)), placing.Obstacles((0, 0, 300, 300), points, np.zeros((0, 4)))
    )
    assert not np.isnan(boxes).any()
    for at, box in enumerate(boxes):
        away = np.linalg.norm(placing.leader(points, box[None]) - points, axis=1)
        assert away[at] <= away.min() + 1e-9 or away[at] > placing.LEADER
