"""Names of a plane keep off its arrows where there is room."""

from xml.etree import ElementTree

import numpy as np
import pandas as pd

from cerm_nb import figures
from cerm_nb.figures import Words, canvas

WORDS = Words(title="Map", subtitle="Points", alt="Brands and an arrow", labels={})


def test_a_name_does_not_lie_on_the_arrow_to_its_neighbour():
    # the arrow leaves our point to the right, where its name would stand first
    frame = pd.DataFrame(
        {"x": [0.0, 1.0, -1.0], "y": [0.0, 0.0, 1.0], "name": ["our own hotel", "promise", "rival"]}
    ).assign(from_x=[np.nan, 0.0, np.nan], from_y=[np.nan, 0.0, np.nan])
    svg = figures.plane(frame, "x", "y", "name", start=("from_x", "from_y"), words=WORDS).svg
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    ours, promise = (next(one for one in found if one.text == name) for name in ("our own hotel", "promise"))
    x, size = float(ours.get("x")), float(ours.get("font-size"))
    wide = canvas.measure(ours.text, size)
    left = x - {None: 0.0, "middle": wide / 2, "end": wide}[ours.get("text-anchor")]
    beside = left + wide < float(promise.get("x")) / 2
    assert beside or abs(float(ours.get("y")) - float(promise.get("y"))) > size / 2
