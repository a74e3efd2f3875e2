"""Satisfaction, loyalty and recommendation of each brand in each wave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.levels import cell_states
from cerm_nb.stats import weighted_means

if TYPE_CHECKING:
    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats
    from cerm_nb.surveys import Survey

COLUMNS = ["brand", "wave", "measure", "value", "low", "high", "n", "n_eff", "state"]
PROMOTER, DETRACTOR, SCALE = 9, 6, (0, 10)  # Reichheld 2003
RECOMMENDATION = "recommendation"


def loyalty(survey: Survey, own: Params) -> pd.DataFrame:
    """Tell overall judgements by brand and wave.

    Parameters
    ----------
    survey
        From `read_survey`.
    own
        min_neff, clear_neff and confidence are used.

    Returns
    -------
    DataFrame
        brand, wave, measure (the outcome, with ``_rational`` or ``_emotional`` behind it where it is one of
        these, and ``net_promoter_score`` in points of −100 to 100 where the scale declared for
        recommendation runs from 0 to 10), value (weighted mean), low, high, n, n_eff, state (empty, ``few``
        or ``hidden``, then without numbers).
    """
    asked = measures(survey)
    if not asked:
        return pd.DataFrame(columns=COLUMNS)
    cells = ((brand, wave) for brand in survey.brands for wave in survey.waves)
    return pd.concat([_cell(survey, *cell, asked, own) for cell in cells], ignore_index=True)


def measures(survey: Survey) -> dict[str, Floats]:
    """Name overall judgements as told, the net promoter score among them; answers of shape (rows,)."""
    found = {
        measure if nature == "overall" else f"{measure}_{nature}": values
        for (measure, nature), values in survey.outcomes.items()
    }
    asked = found.get(RECOMMENDATION)
    if asked is not None and survey.scales.get(RECOMMENDATION) == SCALE:
        score = 100.0 * ((asked >= PROMOTER).astype(float) - (asked <= DETRACTOR))
        found["net_promoter_score"] = np.where(np.isnan(asked), np.nan, score)
    return found


def _cell(survey: Survey, brand: str, wave: str, measures: dict[str, Floats], own: Params) -> pd.DataFrame:
    rows = survey.at(brand, wave)
    found = weighted_means(
        np.column_stack([values[rows] for values in measures.values()]), survey.weights[rows]
    )
    low, high = found.interval(own.confidence)
    state, hidden = cell_states(found.n_eff, own), found.n_eff < own.min_neff
    numbers = {"value": found.mean, "low": low, "high": high}
    frame = pd.DataFrame({"brand": brand, "wave": wave, "measure": list(measures)})
    frame = frame.assign(**{name: np.where(hidden, np.nan, each) for name, each in numbers.items()})
    frame = frame.assign(n=found.n, n_eff=found.n_eff, state=state)
    return frame[frame["n"] > 0][COLUMNS]
