"""Whether some combination of levels decides every choice it bears on, so that no estimate is finite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.logit_stages import Stages
    from cerm_nb.stats import Floats


def separating(choices: Stages) -> Floats | None:
    """Find a direction along which no rival ever gains on the chosen alternative and some lose.

    Parameters
    ----------
    choices
        From `stages_of`.

    Returns
    -------
    ndarray or None
        Direction, shape (columns,); None where there is none, and a finite estimate exists.

    Notes
    -----
    Albert & Anderson 1984 for separation, as a linear programme: the most that all rivals together can lose.
    """
    against = np.unique(choices.contrasts[choices.rivals], axis=0)
    found = linprog(against.sum(axis=0), A_ub=against, b_ub=np.zeros(len(against)), bounds=(-1, 1))
    return np.asarray(found.x, dtype=np.float64) if found.fun < -1e-7 else None
