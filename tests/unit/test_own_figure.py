import base64
import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.axes import Axes

from cerm_nb.figures import own
from cerm_nb.words import Words

WORDS = Words(title="가치 <b>", subtitle="s", alt="A density & more")
DATA = pd.DataFrame({"value": np.arange(50.0) ** 1.5, "tier": ["A", "B"] * 25})


def histogram(axes: Axes) -> None:
    sns.histplot(DATA, x="value", hue="tier", ax=axes)
    axes.set_xlabel("고객생애가치")


def drawing(html: str) -> str:
    return base64.b64decode(re.findall(r"base64,([^\"]+)", html)[0]).decode()


def test_a_seaborn_drawing_becomes_a_figure_with_its_words() -> None:
    figure = own(histogram, words=WORDS)
    assert repr(figure) == "Figure: 가치 <b>"
    assert "가치 &lt;b&gt;" in figure.html
    assert 'alt="A density &amp; more"' in figure.svg
    assert "고객생애가치" in drawing(figure.svg)


def test_it_is_the_same_every_time_and_leaves_no_style_behind() -> None:
    before = dict(mpl.rcParams)
    assert own(histogram, words=WORDS).html == own(histogram, words=WORDS).html
    assert dict(mpl.rcParams) == before


def test_it_too_needs_alternative_text() -> None:
    with pytest.raises(ValueError, match="alternative text"):
        own(histogram, words=Words(title="t", subtitle="s"))
