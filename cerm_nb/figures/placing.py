"""Where names stand beside points so that none touches another: the nearest free place, tried in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    Numbers = np.ndarray[Any, np.dtype[np.float64]]
    Integers = np.ndarray[Any, np.dtype[np.int64]]
    Truths = np.ndarray[Any, np.dtype[np.bool_]]

LEADER = 12.0  # from this distance on a line leads to the name, in pixels
_REACHES = np.array([8.0, 13, 20, 28, 38, 50, 64, 80, 100, 125, 155, 190])
# To the right first, to the left, above and below, then between; further ways round last.
_ANGLES = np.deg2rad([0.0, 180, 270, 90, 315, 45, 225, 135, *np.arange(22.5, 360, 45)])
_HINDRANCE = 14.0  # what covering a point costs, in pixels of distance
_CROSSED = 300.0
_GAP = 2.5
_SWEEPS, _STARTS = 4, 8
_STEPS = np.linspace(0.0, 1.0, 12)


class Obstacles(NamedTuple):
    """What names keep away from, in pixels."""

    area: tuple[float, float, float, float]  # left, top, right, bottom: no name leaves it
    points: Numbers  # (m, 2): no name covers one if it can be helped
    boxes: Numbers  # (k, 4) left, top, right, bottom: no name touches one


class _Ways(NamedTuple):
    """Ways to place one name: one row each."""

    boxes: Numbers
    leaders: Numbers  # (ways, steps, 2): places along the line to the name
    costs: Numbers


def place(
    points: Numbers, sizes: Numbers, obstacles: Obstacles, most: float = np.inf, *, crossing: bool = False
) -> Numbers:
    """Place names beside their points.

    Parameters
    ----------
    points
        Places of the points in pixels, shape (n, 2), the most important first.
    sizes
        Width and height of each name in pixels, shape (n, 2).
    obstacles
        What names keep away from.
    most
        Longest distance between a point and its name, in pixels.
    crossing
        Whether the line to a name may run through another name, and a name stand nearer to another point,
        where there is no other way.

    Returns
    -------
    array
        Boxes of the names, shape (n, 4): left, top, right, bottom; NaN where there is no room for one.
    """
    ways = [
        _ways(point, size, obstacles, most, points[:0] if crossing else np.delete(points, at, axis=0))
        for at, (point, size) in enumerate(zip(points, sizes, strict=True))
    ]
    order, best = list(range(len(ways))), np.full(len(ways), -1)
    for _ in range(_STARTS):
        chosen = _settled(ways, order, _CROSSED if crossing else np.inf)
        if (chosen < 0).sum() < (best < 0).sum():
            best = chosen
        lost = [at for at in order if chosen[at] < 0 and len(ways[at].boxes)]
        if not lost:
            break
        # Those that found no room come first when all begin anew.
        order = [*lost, *(at for at in order if at not in lost)]
    boxes = [each.boxes[at] if at >= 0 else [np.nan] * 4 for each, at in zip(ways, best, strict=True)]
    return np.array(boxes, dtype=float).reshape(-1, 4)


def _settled(ways: list[_Ways], order: list[int], dear: float) -> Integers:
    """Choose a way for each name in some order, then again given all others, until none moves."""
    chosen = np.full(len(ways), -1)
    for _ in range(_SWEEPS):
        before = chosen.copy()
        for at in order:
            taken = [i for i in np.flatnonzero(chosen >= 0) if i != at]
            chosen[at] = _cheapest(ways[at], [(ways[i], int(chosen[i])) for i in taken], dear)
        if (chosen == before).all():
            break
    return chosen


def leader(point: Numbers, box: Numbers) -> Numbers:
    """Find where the line from a point reaches its name's box; shape (..., 2)."""
    return np.clip(point, box[..., :2], box[..., 2:])


def _ways(point: Numbers, size: Numbers, obstacles: Obstacles, most: float, others: Numbers) -> _Ways:
    reach, angle = (part.ravel() for part in np.meshgrid(_REACHES, _ANGLES, indexing="ij"))
    turn = np.tile(np.arange(len(_ANGLES)), len(_REACHES))
    direction = np.column_stack([np.cos(angle), np.sin(angle)])
    centres = point + direction * reach[:, None] + np.clip(1.5 * direction, -1, 1) * size / 2
    # To a tenth of a pixel, so that every machine chooses the same.
    boxes = np.round(np.hstack([centres - size / 2, centres + size / 2]), 1)
    distance = np.linalg.norm(leader(point, boxes) - point, axis=1)
    upper, lower = obstacles.area[:2], obstacles.area[2:]
    inside = (boxes[:, :2] >= upper).all(axis=1) & (boxes[:, 2:] <= lower).all(axis=1)
    free = inside & (distance <= most) & ~_touch(boxes, obstacles.boxes).any(axis=1)
    # A name nearer to another point would be read as that one's.
    gaps = np.linalg.norm(leader(others[None], boxes[:, None]) - others[None], axis=2)
    free &= (gaps >= np.minimum(distance, LEADER)[:, None]).all(axis=1)
    covered = _within(obstacles.points, boxes).sum(axis=1)
    costs = reach + 0.4 * turn + _HINDRANCE * covered
    ends = leader(point, boxes)
    leaders = point + (ends - point)[:, None, :] * _STEPS[None, :, None]
    return _Ways(boxes[free], leaders[free], costs[free])


def _cheapest(ways: _Ways, others: list[tuple[_Ways, int]], dear: float) -> int:
    """Find the cheapest way that touches no other name; −1 where there is none."""
    if not len(ways.boxes):
        return -1
    costs = ways.costs
    if others:
        boxes = np.array([other.boxes[at] for other, at in others])
        lines = np.concatenate([other.leaders[at] for other, at in others])
        steps = _within(ways.leaders.reshape(-1, 2), boxes).any(axis=0)
        crossed = steps.reshape(len(ways.boxes), -1).any(axis=1) | _within(lines, ways.boxes).any(axis=1)
        touched = _touch(ways.boxes, boxes).any(axis=1)
        costs = costs + np.where(crossed, dear, 0.0) + np.where(touched, np.inf, 0.0)
    return int(costs.argmin()) if np.isfinite(costs).any() else -1


def _touch(some: Numbers, others: Numbers) -> Truths:
    """Whether boxes touch, shape (some, others)."""
    left, top, right, bottom = some.T[:, :, None]
    across = (left < others[:, 2] + _GAP) & (others[:, 0] < right + _GAP)
    return np.asarray(across & (top < others[:, 3] + _GAP) & (others[:, 1] < bottom + _GAP))


def _within(points: Numbers, boxes: Numbers) -> Truths:
    """Whether points lie in boxes or at their edge, shape (boxes, points)."""
    x, y = points.T
    left, top, right, bottom = boxes.T[:, :, None]
    return np.asarray((x > left - _GAP) & (x < right + _GAP) & (y > top - _GAP) & (y < bottom + _GAP))
