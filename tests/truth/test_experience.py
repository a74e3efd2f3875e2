"""Published results that the experience question must reproduce, on reference data that is not shipped."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.experience.drivers import cronbach_alpha
from cerm_nb.analyses.experience.shapley import lmg

SWISS = {
    "Education": 0.368080,
    "Examination": 0.242203,
    "Infant.Mortality": 0.159559,
    "Catholic": 0.149377,
    "Agriculture": 0.080782,
}
ALPHAS = {
    "PERQ": 0.872406,
    "CUSA": 0.770113,
    "IMAG": 0.714447,
    "PERV": 0.816695,
    "CUEX": 0.432597,
    "CUSL": 0.441717,
}


def oracle(name: str) -> pd.DataFrame:
    folder = os.environ.get("CERM_ORACLE_DATA")
    if not folder:
        pytest.skip("CERM_ORACLE_DATA names no folder of reference data")
    return pd.read_csv(Path(folder) / name)


def test_lmg_shares_of_swiss_fertility():
    table = oracle("swiss.csv")[[*SWISS, "Fertility"]]
    parts = lmg(table.corr().to_numpy())
    assert parts.sum() == pytest.approx(0.706735, abs=1e-6)
    assert parts / parts.sum() == pytest.approx(list(SWISS.values()), abs=1e-6)


@pytest.mark.parametrize("construct", ALPHAS)
def test_cronbach_s_alpha_of_mobile_phone_satisfaction(construct):
    table = oracle("mobi.csv")
    values = table[[name for name in table if name.startswith(construct)]].to_numpy(dtype=float)
    assert cronbach_alpha(values, np.ones(len(values))) == pytest.approx(ALPHAS[construct], abs=1e-6)
