"""The hotel's shipped survey, read once."""

import json

import pytest
from experience_surveys import HOTEL, hotel_frames

from cerm_nb.analyses.experience import Params, draw_respondents, read_survey


@pytest.fixture(scope="session")
def own():
    return Params(bootstrap=200)


@pytest.fixture(scope="session")
def frames():
    return hotel_frames()


@pytest.fixture(scope="session")
def hotel(frames, own):
    return read_survey(*frames[:3], own)


@pytest.fixture(scope="session")
def hotel_draws(hotel, own):
    return draw_respondents(hotel, own)


@pytest.fixture(scope="session")
def planted():
    return json.loads((HOTEL / "truth.json").read_text(encoding="utf-8"))["survey"]
