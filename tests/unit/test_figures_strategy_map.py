import itertools

import numpy as np
import pandas as pd
import pytest
from test_figures import paths, places, texts
from test_figures_plane import overlaps

from cerm_nb import figures
from cerm_nb.figures import Words, map_layout, states

LAYERS = ("financial", "customer", "process")
LABELS = {
    "financial": "재무",
    "customer": "고객",
    "process": "프로세스",
    "supported": "뒷받침됨",
    "not_supported": "뒷받침 안 됨",
    "too_short": "기간 부족",
    "contradicted": "반대 방향",
    "improvement": "개선",
    "concern": "우려",
    "common": "통상 변동",
}
WORDS = Words("연결 넷 가운데 하나가 뒷받침됩니다", "2023–2026", "지표와 연결", labels=LABELS)
NODES = pd.DataFrame(
    {
        "indicator": ["revenue", "satisfaction", "complaints", "wait", "training"],
        "name": ["객실당 매출", "전반 만족도", "불만 접수율", "체크인 10분 초과 비율", "접객 교육 시간"],
        "layer": ["financial", "customer", "customer", "process", "process"],
        "state": ["improvement", "concern", "common", "common", "improvement"],
    }
)
EDGES = pd.DataFrame(
    {
        "from": ["satisfaction", "wait", "wait", "training"],
        "to": ["revenue", "complaints", "satisfaction", "revenue"],
        "evidence": ["supported", "not_supported", "too_short", "contradicted"],
        "note": ["시차 2, +.5", "", "", "시차 1, −.4"],
    }
)


def draw(nodes=NODES, edges=EDGES, words=WORDS, **options):
    return figures.strategy_map(nodes, edges, layers=LAYERS, words=words, **options)


def crowd(size=24, links=30, seed=4):
    rng = np.random.default_rng(seed)
    nodes = pd.DataFrame(
        {
            "indicator": [f"i{number}" for number in range(size)],
            "name": [f"지표의 조금 긴 이름 {number}" for number in range(size)],
            "layer": np.resize(LAYERS, size),
            "state": np.resize(list(states.STATES), size),
        }
    )
    pairs = list(itertools.permutations(nodes["indicator"], 2))
    chosen = [pairs[at] for at in rng.choice(len(pairs), links, replace=False)]
    edges = pd.DataFrame(chosen, columns=["from", "to"])
    return nodes, edges.assign(evidence=np.resize(["supported", "too_short"], links), note="lag 2, +.5")


def test_indicators_stand_under_the_names_of_their_layers_from_the_top_down():
    at = {text: boxes[0][1] for text, boxes in places(draw().svg).items()}
    assert at["재무"] < at["고객"] < at["프로세스"]
    assert abs(at["객실당 매출"] - at["재무"]) < 10
    assert at["객실당 매출"] < at["전반 만족도"] < at["접객 교육 시간"]


def test_each_kind_of_evidence_has_a_line_of_its_own():
    svg = draw().svg
    grey = {path.get("stroke-dasharray") for path in paths(svg, "neutral")} - {None}
    assert len(grey) == 2
    solid = [path for path in paths(svg, "own") if len(path.get("d")) > 100]
    assert [path.get("stroke-dasharray") for path in solid] == [None]
    warning = [path for path in paths(svg, "concern") if len(path.get("d")) > 100]
    assert len(warning) == 1
    assert warning[0].get("stroke-dasharray")


def test_notes_stand_at_their_lines_and_the_key_names_only_what_is_there():
    shown = texts(draw().svg)
    assert {"시차 2, +.5", "시차 1, −.4", "뒷받침됨", "반대 방향", "우려"} <= set(shown)
    fewer = texts(draw(edges=EDGES.head(1)).svg)
    assert "반대 방향" not in fewer


def test_a_phone_gets_a_list_that_says_what_drives_what():
    shown = texts(draw().narrow)
    order = [
        shown.index(text)
        for text in ("재무", "객실당 매출", "고객", "전반 만족도", "→ 객실당 매출 (시차 2, +.5)")
    ]
    assert order == sorted(order)
    assert shown.count("→ 불만 접수율") == 1


@pytest.mark.parametrize("seed", range(3))
def test_no_text_touches_another_on_a_full_map_and_no_note_is_lost(seed):
    nodes, edges = crowd(seed=seed)
    figure = draw(nodes, edges)
    for svg in (figure.svg, figure.narrow):
        assert not overlaps(svg)
    words = " ".join(texts(figure.svg))
    assert words.count("lag 2, +.5") == len(edges)
    boxes = [box for several in places(figure.svg).values() for box in several]
    assert all(left > -1 and right < 721 for left, _, right, _ in boxes)


def test_lines_pass_between_boxes_never_through_one():
    nodes, edges = crowd(18, 20)
    links = [
        map_layout.Link(*(int(row[side][1:]) for side in ("from", "to"))) for row in edges.to_dict("records")
    ]
    layers = [LAYERS.index(layer) for layer in nodes["layer"]]
    rows = map_layout.rows(layers, links, ordered=False)
    placed = map_layout.boxes(rows, list(nodes["name"]), 90, 40, figures.figure.WIDE)
    for link, way in zip(links, map_layout.ways(placed, links), strict=True):
        for at, box in enumerate(placed):
            inside = (way[:, 0] > box.left) & (way[:, 0] < box.right) & (way[:, 1] > box.top + 2)
            inside &= way[:, 1] < box.bottom - 2
            assert at in link or not inside.any()


def test_rows_hold_the_order_given_or_else_cross_few_lines():
    links = [map_layout.Link(2, 1), map_layout.Link(3, 0)]
    assert map_layout.rows([0, 0, 1, 1], links, ordered=True) == [[0, 1], [2, 3]]
    top, bottom = map_layout.rows([0, 0, 1, 1], links, ordered=False)
    assert (top.index(1) < top.index(0)) == (bottom.index(2) < bottom.index(3))


def test_the_order_column_says_who_stands_first():
    ordered = draw(NODES.assign(order=[0, 1, 0, 1, 0]))
    at = {text: boxes[0][0] for text, boxes in places(ordered.svg).items()}
    assert at["불만 접수율"] < at["전반 만족도"]


def test_a_map_without_links_or_names_is_drawn():
    bare = draw(NODES.drop(columns="name"), EDGES.head(0))
    assert {"revenue", "wait"} <= set(texts(bare.svg))
    assert "뒷받침됨" not in texts(bare.svg)


def test_the_same_inputs_give_the_same_bytes_and_texts_are_escaped():
    hostile = NODES.assign(name="<script>alert(1)</script>")
    assert draw().html == draw().html
    assert "<script" not in draw(hostile).html


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nodes": NODES.head(0)}, "0 indicators on a map"),
        ({"nodes": pd.concat([NODES] * 5)}, "25 indicators on a map"),
        ({"nodes": NODES.assign(state="good")}, "states .*good"),
        ({"nodes": NODES.assign(layer="sky")}, "layers .*sky"),
        ({"edges": EDGES.assign(evidence="maybe")}, "evidence .*maybe"),
        ({"edges": EDGES.assign(to="nowhere")}, "indicators .*nowhere"),
        ({"words": Words("a", "b")}, "needs alternative text"),
    ],
)
def test_what_cannot_be_drawn_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        draw(**change)
