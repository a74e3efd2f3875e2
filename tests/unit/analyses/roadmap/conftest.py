"""The hotel's survey and what other questions publish of it, read once; and a small survey by hand."""

import pytest
import roadmap_data as data

from cerm_nb.analyses import roadmap


@pytest.fixture(scope="session")
def own():
    return roadmap.Params(bootstrap=200, budget=6e8, staff=50, staff_per_month=6)


@pytest.fixture(scope="session")
def hotel(own):
    return roadmap.read_survey(*data.frames(), own)


@pytest.fixture(scope="session")
def hotel_draws(hotel, own):
    return roadmap.draw_respondents(hotel, own)


@pytest.fixture(scope="session")
def published(hotel, hotel_draws):
    return data.published(hotel, hotel_draws)


@pytest.fixture(scope="session")
def aimed(hotel, published, own):
    return roadmap.aims(hotel, published[1], own)


@pytest.fixture(scope="session")
def worth(hotel, hotel_draws, published, aimed, own):
    return roadmap.worth_of(hotel, hotel_draws, published[1], aimed, own)


@pytest.fixture(scope="session")
def found(hotel, worth, own):
    return roadmap.initiatives(
        data.table("initiatives"), hotel, worth, data.table("indicators"), data.AS_OF, own
    )


@pytest.fixture(scope="session")
def small():
    """Read the small survey: survey, draws, attributes as published, aims and worth."""
    own = roadmap.Params(bootstrap=100)
    survey = roadmap.read_survey(*data.small_frames(), None, own)
    draws = roadmap.draw_respondents(survey, own)
    _, attributes = data.published(survey, draws)
    aimed = roadmap.aims(survey, attributes, own)
    return survey, draws, attributes, aimed, roadmap.worth_of(survey, draws, attributes, aimed, own)
