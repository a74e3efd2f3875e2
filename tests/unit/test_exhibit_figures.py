"""Journeys, comparisons and planes as a notebook calls for them."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from test_figures import texts

from cerm_nb import exhibits
from cerm_nb.analyses.value import Params
from cerm_nb.cards import Shown
from cerm_nb.exhibits import Exhibits
from cerm_nb.figures import Figure
from cerm_nb.messages import Messages

FRAME = pd.DataFrame(
    {
        "stage": ["before", "at"],
        "touchpoint": ["web", "desk"],
        "share": [0.25, 0.5],
        "low": [0.2, 0.4],
        "high": [0.3, 0.6],
        "share_low": [0.1, 0.1],
        "share_high": [0.9, 0.9],
        "other": [0.3, 0.3],
    }
)


@pytest.fixture
def run():
    return Exhibits("value", Messages("ko", "KRW", "value"), Params(), dt.date(2026, 6, 30))


@pytest.fixture
def words(run):
    return exhibits.Words("제목", "부제", "설명", labels=run.messages.all_labels())


DRAW = {
    "journey": lambda run, data, words: run.journey(data, "stage", "touchpoint", "share", words),
    "compare": lambda run, data, words: run.compare(
        data, "touchpoint", ["share", "other"], words, low="low", high="high"
    ),
    "plane": lambda run, data, words: run.plane(data, "share", "other", "touchpoint", words),
}


@pytest.mark.parametrize("kind", DRAW)
def test_numbers_are_written_as_the_labels_say(run, words, kind):
    figure = DRAW[kind](run, FRAME, words)
    assert isinstance(figure, Figure)
    assert [text for text in texts(figure.svg) if text.endswith("%") or "%" in text]


@pytest.mark.parametrize("kind", DRAW)
@pytest.mark.parametrize("data", [FRAME.assign(share=np.nan, other=np.nan), FRAME.head(0)])
def test_nothing_to_show_is_said_instead(run, words, kind, data):
    shown = DRAW[kind](run, data, words)
    assert isinstance(shown, Shown)
    assert shown == run.unknown("groups_too_small")


def test_the_interval_of_a_journey_may_stand_in_columns_of_any_name(run, words):
    figure = run.journey(
        FRAME, "stage", "touchpoint", "share", words, low="share_low", high="share_high", reference=0.2
    )
    assert any(re.search(r"25.*10.*90", text) for text in texts(figure.svg))


def test_what_a_figure_says_besides_its_labels_comes_from_the_messages(run, monkeypatch):
    parts = {
        "title": "t",
        "subtitle": "s",
        "alt": "a",
        "note": "n",
        "upper_left": "{found} high",
        "emphasis": "key",
    }
    added = {f"value.map.{part}": {"en": text, "ko": text} for part, text in parts.items()}
    known = {**exhibits.catalogue(), **added}
    monkeypatch.setattr(exhibits, "catalogue", lambda: known)
    monkeypatch.setattr("cerm_nb.messages.catalogue", lambda: known)
    labels = run.words("map", "very").labels
    assert labels["upper_left"] == "very high"
    assert labels["emphasis"] == "key"
    assert "lower_left" not in labels
