"""The position map: brands by their means, how sure their places are, and where the promise would move us."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import fdtri

from cerm_nb.surveys import item_names

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.records import Promise
    from cerm_nb.analyses.promise.value_curve import ValueCurve
    from cerm_nb.stats import Floats, Integers
    from cerm_nb.surveys import Survey

TABLE = ["kind", "name", "touchpoint", "attribute", "x", "y", "from_x", "from_y"]
TABLE += ["half_major", "half_minor", "angle", "fit", "n_eff", "left_out"]
FLAT = 1e-9  # variance up to which brands do not differ


@dataclass(frozen=True, eq=False)
class Positions:
    """Brands on two axes.

    Parameters
    ----------
    reason
        Empty, or why there is no map: ``one_brand``, ``no_common_attributes`` or ``brands_alike``; then the
        table is empty.
    table
        kind (``brand``, ``attribute`` or ``promise``), name, touchpoint, attribute, x and y (brands and
        promises: points of the scale along the axis; attributes: points by which it rises over one standard
        deviation of the brands along the axis), from_x and from_y (promises: where we stand today),
        half_major, half_minor and angle (brands: ellipse at `confidence`; angle of the longer axis from x,
        degrees counter-clockwise), fit (share of its distance from the middle that
        the axes show), n_eff
        (brands: smallest of its attributes), left_out (promises: carriers that are not on the map).
    shares
        Share of the variance between brands on each axis, one or two of them.
    noise
        Share of the variance between brands that the draws of respondents alone bring about.
    attributes
        Attributes the map rests on; the others are not known of every brand.
    """

    reason: str
    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TABLE))
    shares: tuple[float, ...] = ()
    noise: float = np.nan
    attributes: int = 0


def positions(survey: Survey, curve: ValueCurve, own: Params) -> Positions:
    """Place brands, attributes and promises.

    Parameters
    ----------
    survey, curve
        From `read_survey` and `value_curve`.
    own
        promises and confidence are used.

    Notes
    -----
    Principal components of brand means, not standardised: attributes share one scale, and one on which
    brands hardly differ should not weigh as much as the others. Brands hidden throughout are left out. The
    components of each draw of respondents, all of them, are turned onto the sample's (Procrustes, Schönemann
    1966) before ellipses are taken of the first two: so axes that change places between draws, because they
    tell nearly as much, do not pose as brands that move (Lebart 2007). The first axes make the most of chance
    too: `noise` tells how much there is.
    """
    brands = np.flatnonzero(np.isfinite(curve.means[:, 0]).any(axis=1))
    if len(brands) < 2:
        return Positions("one_brand")
    items = np.flatnonzero(np.isfinite(curve.means[brands, 0]).all(axis=0))
    if not items.size:
        return Positions("no_common_attributes")
    means = np.moveaxis(curve.means[np.ix_(brands, np.arange(curve.means.shape[1]), items)], 1, 0)
    means = np.where(np.isfinite(means), means, means[:1])
    centred = means - means.mean(axis=1, keepdims=True)
    if not (centred[0] ** 2).sum() > FLAT:
        return Positions("brands_alike", attributes=len(items))
    _, spread, right = np.linalg.svd(centred[0], full_matrices=False)
    axes = min(2, int((spread**2 > FLAT).sum()))
    loadings = _turned(right[:axes].T)
    points = centred[0] @ loadings
    parts = [
        _brands(survey, curve, brands, items, points, _aligned(centred, points), own).assign(
            fit=_fit(points, centred[0])
        ),
        _attributes(survey, items, centred[0], loadings),
        _promises(survey, curve, items, points, loadings, own.promises),
    ]
    table = pd.concat([part for part in parts if len(part)], ignore_index=True).reindex(columns=TABLE)
    total = (centred[0] ** 2).sum()
    by_chance = centred[1:].var(axis=0).sum() / total
    shares = tuple(float(share) for share in spread[:axes] ** 2 / total)
    return Positions("", table, shares, float(min(by_chance, 1.0)), len(items))


def _turned(loadings: Floats) -> Floats:
    """Turn each axis so that attributes rise along it, whichever way the decomposition had it."""
    return loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)


def _aligned(centred: Floats, points: Floats) -> Floats:
    """Points of each draw turned onto the sample's, shape (draws, brands, axes)."""
    right = np.linalg.svd(centred, full_matrices=False)[2]
    placed = centred @ right.transpose(0, 2, 1)
    first, _, second = np.linalg.svd(placed[1:].transpose(0, 2, 1) @ placed[0])
    turned = placed[1:] @ (first @ second)
    axes = points.shape[1]
    return np.asarray(turned[:, :, :axes] * np.sign((placed[0, :, :axes] * points).sum(axis=0)))


def _plane(points: Floats) -> Floats:
    """Two columns, the second 0 where there is one axis."""
    return points if points.shape[-1] == 2 else np.concatenate([points, np.zeros_like(points)], axis=-1)


def _brands(
    survey: Survey,
    curve: ValueCurve,
    brands: Integers,
    items: Integers,
    points: Floats,
    drawn: Floats,
    own: Params,
) -> pd.DataFrame:
    n_eff = curve.n_eff[np.ix_(brands, items)].min(axis=1)
    axes = points.shape[1]
    away = drawn - drawn.mean(axis=0)
    covariance = np.einsum("dba,dbc->bac", away, away) / len(away)
    free = np.maximum(n_eff - axes, 1.0)
    # Hotelling's region of a mean of `axes` variables; the draws' variance is that of n, not of n − 1
    reach = axes * n_eff / free * fdtri(axes, free, own.confidence)
    values, vectors = np.linalg.eigh(covariance)
    half = np.sqrt(np.maximum(values, 0.0) * reach[:, None])[:, ::-1]
    longer = _plane(vectors[:, :, -1])
    angle = np.degrees(np.arctan2(longer[:, 1], longer[:, 0])) % 180.0
    sides = half if axes == 2 else np.column_stack([half[:, 0], np.zeros(len(half))])
    names = np.array(survey.brands, dtype=object)[brands]
    columns = {"kind": "brand", "name": names, **_placed(points), "n_eff": n_eff, "angle": angle}
    return pd.DataFrame({**columns, "half_major": sides[:, 0], "half_minor": sides[:, 1]})


def _placed(points: Floats) -> dict[str, Floats]:
    x, y = _plane(points).T
    return {"x": x, "y": y}


def _fit(shown: Floats, whole: Floats) -> Floats:
    """Share of the squared length of each row that is shown; NaN where it has none."""
    total = (whole**2).sum(axis=1)
    return np.asarray((shown**2).sum(axis=1) / np.where(total > FLAT, total, np.nan))


def _attributes(survey: Survey, items: Integers, centred: Floats, loadings: Floats) -> pd.DataFrame:
    along = centred @ loadings
    rise = loadings * np.sqrt((along**2).sum(axis=0) / max(len(centred) - 1, 1))
    fit = _fit((along @ loadings.T).T, centred.T)
    part = survey.items.iloc[items]
    named = part[["touchpoint", "attribute"]].reset_index(drop=True)
    return named.assign(kind="attribute", name=item_names(part), fit=fit, **_placed(rise))


def _promises(
    survey: Survey,
    curve: ValueCurve,
    items: Integers,
    points: Floats,
    loadings: Floats,
    promises: list[Promise],
) -> pd.DataFrame:
    """Where we would stand if every level promised were reached; levels above it stay as they are."""
    if not np.isfinite(curve.means[0, 0]).any():
        return pd.DataFrame()
    ours = curve.means[0, 0, items]
    place = {int(item): at for at, item in enumerate(items)}
    told = []
    for promise in promises:
        level = ours.copy()
        known = [(survey.find(one.touchpoint, one.attribute), one.level) for one in promise.carriers]
        for item, promised in known:
            if item in place:
                level[place[item]] = max(promised, level[place[item]])
        left_out = sum(item not in place for item, _ in known)
        told.append((promise.name, points[0] + (level - ours) @ loadings, left_out))
    if not told:
        return pd.DataFrame()
    reached = _placed(np.array([point for _, point, _ in told]))
    today = dict(zip(("from_x", "from_y"), _plane(points[:1])[0], strict=True))
    names = {"name": [name for name, _, _ in told], "left_out": [left for _, _, left in told]}
    return pd.DataFrame({"kind": "promise", **names, **reached, **today})
