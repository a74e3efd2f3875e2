"""Whether a comparison may be believed: looked at before any result is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from cerm_nb.stats.experiments.effects import difference_of_means

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

MISMATCH = 0.001  # p below which arms are not of the sizes planned (Fabijan et al. 2019)
UNBALANCED = 0.25  # standard deviations apart before the change (What Works Clearinghouse: adjust from .05)
TOUCHED = 0.01, 0.05  # share of the control that got an offer: told from, not to be believed from
LOST = 0.10, 0.10  # share lost told from; difference of the arms not to be believed from


@dataclass(frozen=True)
class Check:
    """One condition of a believable comparison.

    Parameters
    ----------
    key
        ``sample_ratio_mismatch``, ``baseline_imbalance``, ``contaminated_control`` or ``attrition`` here;
        questions add their own.
    found
        What was found, by name.
    level
        ``ok``, ``warn`` (told beside the result) or ``block`` (the result is not told as one).
    """

    key: str
    found: Mapping[str, object]
    level: str


def sample_ratio(counts: Sequence[int], planned: Sequence[float] | None = None) -> Check:
    """Compare the sizes of the arms with what was planned.

    Parameters
    ----------
    counts
        What was assigned to each arm, two or more.
    planned
        Shares planned, adding up to 1; equal where None.

    Returns
    -------
    Check
        Key ``sample_ratio_mismatch``; found ``counts``, ``chi2``, ``p``; ``block`` below p .001.

    Raises
    ------
    ValueError
        For fewer than two arms, or shares that are not positive or do not add up to 1.

    Notes
    -----
    Pearson's χ².
    """
    found = np.asarray(counts, dtype=float)
    shares = np.full(len(found), 1 / max(len(found), 1)) if planned is None else np.asarray(planned, float)
    if len(found) < 2 or len(shares) != len(found) or (shares <= 0).any() or abs(shares.sum() - 1) > 1e-6:
        raise ValueError("give two or more arms, and a positive share of each adding up to 1")
    expected = shares * found.sum()
    chi2 = float(((found - expected) ** 2 / expected).sum()) if found.sum() else 0.0
    p = float(chdtrc(len(found) - 1, chi2))
    told = {"counts": tuple(int(n) for n in found), "chi2": chi2, "p": p}
    return Check("sample_ratio_mismatch", told, "block" if p < MISMATCH else "ok")


def baseline_balance(treated: ArrayLike, control: ArrayLike, spread: float) -> Check:
    """Compare the arms before the change.

    Parameters
    ----------
    treated, control
        Values before the change of what was assigned (means of clusters), shapes (n,) and (m,).
    spread
        Standard deviation of single units, that the difference is told in.

    Returns
    -------
    Check
        Key ``baseline_imbalance``; found ``difference``, ``standardised``, ``p``; ``warn`` from a quarter of
        the spread.
    """
    found = difference_of_means(treated, control)
    standardised = found.estimate / spread if spread > 0 else np.nan
    level = "warn" if abs(standardised) >= UNBALANCED else "ok"
    told = {"difference": found.estimate, "standardised": standardised, "p": found.p}
    return Check("baseline_imbalance", told, level)


def contaminated_control(reached: int, n: int) -> Check:
    """Tell how many of the control got the change, or another that works on the same outcome.

    Parameters
    ----------
    reached, n
        Units of the control reached, and all units of the control.

    Returns
    -------
    Check
        Key ``contaminated_control``; found ``reached``, ``n``, ``share``; ``warn`` from 1 %, ``block`` from
        5 %: the difference is then less than the effect by as much as was reached.
    """
    share = reached / n if n else 0.0
    level = "block" if share >= TOUCHED[1] else "warn" if share >= TOUCHED[0] else "ok"
    return Check("contaminated_control", {"reached": reached, "n": n, "share": share}, level)


def attrition(treated: tuple[int, int], control: tuple[int, int]) -> Check:
    """Compare what was lost of each arm between assignment and the end.

    Parameters
    ----------
    treated, control
        Left at the end and assigned, ``0 <= left <= assigned``.

    Returns
    -------
    Check
        Key ``attrition``; found ``lost_treated``, ``lost_control`` (shares); ``warn`` where a tenth is lost,
        ``block`` where the arms differ by a tenth in what they lost.
    """
    lost = [1 - left / assigned if assigned else 0.0 for left, assigned in (treated, control)]
    level = "block" if abs(lost[0] - lost[1]) >= LOST[1] else "warn" if max(lost) >= LOST[0] else "ok"
    return Check("attrition", {"lost_treated": lost[0], "lost_control": lost[1]}, level)
