"""The answer, its verdict and its caveats, all as numbers and keys: the wording lives elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.segments.structure import NATURAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.analyses.segments.finding import Segments
    from cerm_nb.analyses.segments.parameters import Params
    from cerm_nb.analyses.segments.typing_tool import TypingTool

Caveat = tuple[str, dict[str, object]]

REFUSED = ("no_stable_segments", "only_small_segments")  # reasons why none of what was tried is chosen
FEW_ASSIGNED = 0.5  # share of units the typing tool must be sure of
WEAK_TYPING = 0.7  # accuracy whose interval must not reach below
RARE = 0.05  # share of the starts that should end in the best optimum
WORTH_TELLING = 0.01
SMALL_SURVEY = 300  # units below which rare kinds of customers go unseen


@dataclass(frozen=True, eq=False)
class Answer:
    """Which kinds of customers there are, and whether they come back.

    Parameters
    ----------
    value, low, high
        Stability of the chosen segments, or else of the most stable: median adjusted Rand index of pairs of
        resamples, and its 10th and 90th percentile; NaN where nothing was tried.
    n
        Units.
    verdict, reason
        ``go``, ``watch``, ``stop`` or ``not_enough_data``, and why (empty for ``go``): see `verdict`.
    k, method
        Segments chosen and how; 0 and empty where none.
    kind
        What segments rest on: ``behaviour``, ``needs``, ``both`` or ``given``.
    structure_p
        Largest p of the comparisons with data without clumps (see `Structure`): small where segments are
        clumps, NaN where that could not be told.
    largest_share, smallest_share
        Weighted shares of the largest and the smallest segment.
    fields
        Fields the typing tool asks.
    accuracy, accuracy_low, accuracy_high
        Its cross-validated accuracy.
    caveats
        (key, values) in the order to be shown.
    """

    value: float
    low: float
    high: float
    n: int
    verdict: str
    reason: str
    k: int
    method: str
    kind: str
    structure_p: float
    largest_share: float
    smallest_share: float
    fields: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    caveats: tuple[Caveat, ...]


def answer(segments: Segments, typing: TypingTool, own: Params) -> Answer:
    """Put the answer together.

    Parameters
    ----------
    segments, typing
        From `find_segments` and `fit_typing`.
    own
        min_posterior is told in a caveat.
    """
    best, chosen = segments.best, segments.chosen
    stable = best.stability if best else None
    decision, reason = verdict(segments, typing)
    shares = chosen.solution.shares if chosen else np.array([np.nan])
    return Answer(
        *((stable.median, stable.q10, stable.q90) if stable else (np.nan, np.nan, np.nan)),
        n=segments.base.n,
        verdict=decision,
        reason=reason,
        k=chosen.solution.k if chosen else 0,
        method=chosen.solution.method if chosen else "",
        kind=segments.base.kind,
        structure_p=segments.structure.p,
        largest_share=float(shares[0]),
        smallest_share=float(shares[-1]),
        fields=len(typing.fields),
        accuracy=typing.accuracy,
        accuracy_low=typing.low,
        accuracy_high=typing.high,
        caveats=tuple(_caveats(segments, typing, own)),
    )


def verdict(segments: Segments, typing: TypingTool) -> tuple[str, str]:
    """Judge whether the segments can be worked with.

    Parameters
    ----------
    segments, typing
        From `find_segments` and `fit_typing`.

    Returns
    -------
    tuple of str
        Verdict and reason, the first that applies:

        - ``not_enough_data``: what segments were to be found on is not known (the base's reason), there are
          too few units (``few_units``) or distinct patterns (``few_patterns``), or no column tells units
          apart (``no_columns``);
        - ``stop``: no number of segments comes back from resamples (``no_stable_segments``), or only with
          a segment that is too small (``only_small_segments``);
        - ``watch``: segments rest on behaviour alone (``continuum``: how often and how lately somebody buys
          are tied by construction, so that no gap proves kinds of customers); others may be cuts through one
          cloud (``one_cloud``); there is no typing tool (its reason), its accuracy may be below
          70 % (``typing_weak``), or it assigns less than half of the units (``few_assigned``); or whether
          segments are cuts could not be told (``structure_not_tested``);
        - ``go``.
    """
    refused = segments.reason in REFUSED
    p = segments.structure.p
    untold = bool(np.isnan(p))
    rules = (
        ("not_enough_data", segments.reason, bool(segments.reason) and not refused),
        ("stop", segments.reason, refused),
        ("watch", "continuum", segments.base.kind == "behaviour"),
        ("watch", "one_cloud", p > NATURAL),
        ("watch", typing.reason, bool(typing.reason)),
        ("watch", "typing_weak", typing.low < WEAK_TYPING),
        ("watch", "few_assigned", _assigned(typing) < FEW_ASSIGNED),
        ("watch", "structure_not_tested", untold),
    )
    return next(((name, reason) for name, reason, applies in rules if applies), ("go", ""))


def _assigned(typing: TypingTool) -> float:
    """Share of units the tool is sure enough of to assign them."""
    kept = typing.frame[typing.frame["chosen"].astype(bool)]
    return float(kept["assigned_share"].iloc[-1]) if len(kept) else np.nan


def _caveats(segments: Segments, typing: TypingTool, own: Params) -> Iterator[Caveat]:
    yield from _data_caveats(segments)
    if segments.chosen is None:
        return
    solution = segments.chosen.solution
    if solution.best_restart_share < RARE:
        yield "optimum_rarely_reached", {"share": solution.best_restart_share}
    if np.isnan(segments.structure.p) and segments.base.kind != "behaviour":  # there it decides nothing
        yield "structure_not_tested", {}
    yield from _rivals(segments, own)
    if not typing.reason:
        yield "typing_is_cross_validated", {"accuracy": typing.accuracy, "threshold": own.min_posterior}


def _data_caveats(segments: Segments) -> Iterator[Caveat]:
    base = segments.base
    if base.dropped:
        yield "units_left_out", {"dropped": base.dropped, "n": base.n}
    if base.left_out:
        names = tuple(str(name) for name, _ in base.left_out)
        yield "columns_left_out", {"columns": len(names), "names": names}
    if base.imputed_share >= WORTH_TELLING:
        yield "empty_cells_filled", {"share": base.imputed_share}
    if len(segments.frame) and int(segments.frame["n"].iloc[0]) < base.n:
        yield "found_on_sample", {"sample": int(segments.frame["n"].iloc[0]), "n": base.n}
    if 0 < base.n < SMALL_SURVEY:
        yield "few_units", {"n": base.n}


def _rivals(segments: Segments, own: Params) -> Iterator[Caveat]:
    """Tell where the information criterion would have chosen another number."""
    frame = segments.frame
    picked = frame[frame["chosen"]].iloc[0]
    soft = frame[(frame["method"] == picked["method"]) & frame["bic"].notna()]
    if len(soft):
        best = int(soft.loc[soft["bic"].idxmin(), "k"])
        if best != int(picked["k"]):
            yield "bic_prefers", {"k": best, "chosen": int(picked["k"])}
    if int(picked["k"]) == own.max_segments:
        yield "most_segments_tried", {"k": int(picked["k"])}
