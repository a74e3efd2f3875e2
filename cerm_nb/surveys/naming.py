"""Which brand and wave a survey is told of, and names in the params that it does not know."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from cerm_nb.errors import DataError, Problem
from cerm_nb.surveys.layout import ITEM, ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cerm_nb.surveys.parameters import SurveyParams

MOST_NAMES = 12  # so many names are told where one is wrong, of more only the nearest


def item_names(items: pd.DataFrame) -> list[str]:
    """Write attributes as 'touchpoint / attribute'."""
    return [f"{touchpoint} / {attribute}" for touchpoint, attribute in items[ITEM].to_numpy()]


def find_item(items: pd.DataFrame, name: str) -> int:
    """Position of 'touchpoint / attribute'.

    Raises
    ------
    DataError
        Where it is not asked about, with the nearest names.
    """
    names = item_names(items)
    if name in names:
        return names.index(name)
    raise DataError(_unknown("attribute", name, names))


def _unknown(what: str, name: str, names: Sequence[str]) -> Problem:
    close = get_close_matches(name, names, 3, 0.4)
    step = f"did you mean {' or '.join(close)}?" if close else "see the survey for its names"
    expected = ", ".join(names) if len(names) <= MOST_NAMES else str(len(names))
    known = f"one of {expected}" if names else ""
    return Problem(f"survey → {what}", f"{name!r} is not in the survey", known, step)


def rated_most(experience: pd.DataFrame, judged: pd.DataFrame) -> str:
    """Take the brand rated most; where most ratings name none, the one judged most that nobody rated."""
    left = judged[~judged["brand"].isin({*experience["brand"], ""})]
    return _most(experience) or _most(left)


def _most(answers: pd.DataFrame) -> str:
    raters = answers.drop_duplicates(ROW)["brand"].value_counts()
    return str(min(raters.index[raters == raters.iloc[0]])) if len(raters) else ""


def latest_wave(experience: pd.DataFrame, brand: str, waves: Sequence[str]) -> str:
    """Take the latest wave in which the brand was rated; what names no brand is of the own one."""
    rated = set(experience.loc[experience["brand"].isin({brand, ""}), "wave"])
    return next((wave for wave in reversed(waves) if wave in rated), waves[-1] if waves else "")


def named_wrongly(
    table: pd.DataFrame, judged: pd.DataFrame, items: pd.DataFrame, own: SurveyParams
) -> list[Problem]:
    """Tell of the brand, wave and attributes that the params name and the survey does not know."""
    brands = set(table["brand"]) - {""}
    rated = table[(table["measure"] == "experience") & table["value"].notna()]
    if not _most(rated):
        brands |= set(judged["brand"]) - brands - {""} or {own.own_brand}
    waves = {*table["wave"], *judged["wave"]}
    found = [
        _unknown(what, name, sorted(known - {""}))
        for what, name, known in (("brand", own.own_brand, brands), ("wave", own.wave, waves))
        if name and name not in known
    ]
    names = item_names(items)
    return found + [_unknown("attribute", name, names) for name in own.named_attributes if name not in names]
