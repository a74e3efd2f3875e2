"""The answer, its verdict and its caveats, all as numbers and keys: the wording lives elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.readiness.fixes import FIRST, READY, fixes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from cerm_nb.analyses.readiness.maturity import Maturity
    from cerm_nb.analyses.readiness.parameters import Params
    from cerm_nb.analyses.readiness.quality import SourceScores

Caveat = tuple[str, "Mapping[str, object]"]

WIDE_GAP = 1.0  # levels between what is said and what was measured that are worth telling


@dataclass(frozen=True, eq=False)
class Answer:
    """Whether the customer information can carry the programme.

    Parameters
    ----------
    value, low, high
        Overall maturity, 1–5: that of the weakest dimension; NaN where it could not be told.
    n
        Units the weakest dimension's level rests on: rows, customers, columns, activities or respondents.
    verdict, reason
        ``go`` (ready), ``watch`` (ready for questions 1–3), ``stop`` (fix first) or ``not_enough_data``, and
        why (empty for ``go``): see `verdict`.
    weakest
        Dimension that decides; empty where none is known.
    evidence, share
        What decided it, and its share (NaN where it was declared).
    dimensions
        Dimensions that are known.
    sources_there
        Sources, of seven, that hold any row.
    rows
        Rows of the seven sources.
    fixes
        What to fix, the most urgent first: see `fixes`.
    caveats
        (key, values) in the order to be shown.
    """

    value: float
    low: float
    high: float
    n: int
    verdict: str
    reason: str
    weakest: str
    evidence: str
    share: float
    dimensions: int
    sources_there: int
    rows: int
    fixes: pd.DataFrame
    caveats: tuple[Caveat, ...]

    @property
    def urgent(self) -> int:
        """How many fixes stand between the client and the next gate."""
        return int((self.fixes["gate"] != "later").sum())


def answer(state: Maturity, scores: SourceScores, own: Params) -> Answer:
    """Put the answer together.

    Parameters
    ----------
    state, scores
        From `maturity` and `score_sources`.
    own
        good_share is used.
    """
    decision, reason = verdict(state, scores)
    known = state.frame[state.frame["dimension"] == state.weakest]
    n, evidence, share = known[["n", "evidence", "share"]].iloc[0] if len(known) else (0, "none", np.nan)
    return Answer(
        state.level,
        state.low,
        state.high,
        int(n),
        decision,
        reason,
        state.weakest,
        evidence,
        float(share),
        len(state.frame) - len(state.unknown),
        scores.sources_there,
        int(scores.by_source["rows"].sum()),
        fixes(scores, state, own),
        (*_maturity_caveats(state), *_source_caveats(scores)),
    )


def verdict(state: Maturity, scores: SourceScores) -> tuple[str, str]:
    """Judge by the weakest dimension.

    Parameters
    ----------
    state, scores
        From `maturity` and `score_sources`.

    Returns
    -------
    tuple of str
        Verdict and reason, the first that applies:

        - ``not_enough_data``: no dimension was measured or declared (``nothing_measured``);
        - ``stop``, fix first: no source holds anything, whatever people say (``no_sources``), or the weakest
          dimension is below level 2 (``below_first_gate``);
        - ``watch``, ready for questions 1–3: it is below level 3 (``below_ready``), a dimension is unknown
          (``dimension_unknown``), the interval reaches below level 3 (``borderline``), or what was measured
          rests on what people say in more than one dimension (``mostly_declared``);
        - ``go``, ready: it is at level 3 or above, and so is its interval.
    """
    rules = (
        ("not_enough_data", "nothing_measured", np.isnan(state.level)),
        ("stop", "no_sources", not scores.sources_there),
        ("stop", "below_first_gate", state.level < FIRST),
        ("watch", "below_ready", state.level < READY),
        ("watch", "dimension_unknown", bool(state.unknown)),
        ("watch", "borderline", state.low < READY),
        ("watch", "mostly_declared", (state.frame["evidence"] == "declared").sum() > 1),
    )
    return next(((name, reason) for name, reason, applies in rules if applies), ("go", ""))


def _maturity_caveats(state: Maturity) -> Iterator[Caveat]:
    for dimension in state.unknown:
        yield "dimension_unknown", {"dimension": dimension}
    said = state.frame[state.frame["evidence"] == "declared"]
    for row in said.itertuples():
        yield "declared_only", {"dimension": row.dimension, "level": row.level, "n": row.declared_n}
    apart = state.frame[state.frame["gap"].abs() >= WIDE_GAP]
    for row in apart.itertuples():
        values = {"dimension": row.dimension, "declared": row.declared, "measured": row.measured}
        yield ("declared_above_measured" if float(str(row.gap)) > 0 else "declared_below_measured"), values


def _source_caveats(scores: SourceScores) -> Iterator[Caveat]:
    missing = 7 - scores.sources_there
    if missing:
        names = scores.by_source.loc[scores.by_source["rows"] == 0, "source"]
        yield "sources_missing", {"missing": missing, "sources": tuple(names)}
    if scores.later:
        yield "later_rows", {"rows": scores.later}
    if len(scores.unused):
        yield (
            "information_unused",
            {"entries": len(scores.unused), "rows": scores.unused_rows, "share": scores.unused_share},
        )
