"""Names over the columns of a grid are told in full, on a phone by a key."""

from xml.etree import ElementTree

import pandas as pd
import pytest

from cerm_nb import figures
from cerm_nb.figures import Words

PARTS = ["communication, feeling", "contact people, reason", "product and service, reason", "short"]
WORDS = Words(
    title="Missing", subtitle="Points", alt="Tiles", labels={"cell": "What is rated", "place": "Touchpoint"}
)


def drawn(parts):
    rows = [(place, part, at / 10) for place in ("desk", "room") for at, part in enumerate(parts)]
    frame = pd.DataFrame(rows, columns=["place", "cell", "n"])
    return figures.grid(frame, "place", "cell", "n", words=WORDS)


def lines(svg):
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return [(one.text, float(one.get("y"))) for one in found]


def test_heads_that_would_be_cut_are_numbers_with_a_key():
    told = lines(drawn([*PARTS, *(f"{part} again" for part in PARTS)]).narrow)
    assert not [text for text, _ in told if "…" in text]
    for number, part in enumerate(PARTS, start=1):
        assert f"{number}: {part}" in [text for text, _ in told]
        assert str(number) in [text for text, _ in told]
    key = [y for text, y in told if text.startswith(tuple(f"{at}: " for at in range(1, 9)))]
    heads = [y for text, y in told if text in {"1", "2", "3", "4"}]
    assert len(set(key)) == len(key)
    assert max(key) < min(heads)


@pytest.mark.parametrize("parts", [["left", "right"], ["one two", "three four"]])
def test_heads_that_fit_stand_over_their_columns(parts):
    told = [text for text, _ in lines(drawn(parts).svg)]
    assert not [text for text in told if text.startswith("1: ")]
    assert " ".join(told).count(parts[0]) == 1
