"""Lines as small as a word, for tables and tiles: the course of a series, its usual range and its target.

great_tables' own (``fmt_nanoplot``) need polars for a pandas frame and come with styles, ids and hover texts,
which a page without any of these cannot carry; these are plain shapes in the colours of all figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb import palette
from cerm_nb.figures.states import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    Number = float | np.floating

_WIDTH, _HEIGHT, _AIR = 120, 28, 4.0
_MOST = 240  # more points than half pixels only make the page heavy


@dataclass(frozen=True, repr=False)
class Sparkline:
    """The course of a series as a line without a scale; frozen, the same for the same inputs.

    Parameters
    ----------
    values
        The series in order, NaN where it has a gap.
    alt
        What it shows, for those who do not see it.
    target
        Level to be reached, drawn as a dashed line; NaN: none.
    lower, upper
        Ends of the usual range, drawn as a band; NaN: none.

    Raises
    ------
    ValueError
        Without alternative text.
    """

    values: Sequence[float]
    alt: str
    target: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError("a sparkline needs alternative text: say in alt what it shows")

    def __repr__(self) -> str:
        return self.alt

    @property
    def svg(self) -> str:
        """The drawing; empty room where the series has no value."""
        values = np.asarray(self.values, dtype=float)[-_MOST:]
        around = np.array([*values, self.target, self.lower, self.upper])
        if not np.isfinite(values).any():
            return drawing(self.alt, "", _WIDTH, _HEIGHT)
        low, high = np.nanmin(around), np.nanmax(around)
        scale = (_HEIGHT - 2 * _AIR) / (high - low) if high > low else 0.0
        across = np.linspace(_AIR, _WIDTH - _AIR, len(values)) if len(values) > 1 else np.array([_WIDTH / 2])
        shapes = self._band(low, scale) + self._target(low, scale) + _line(across, _down(values, low, scale))
        return drawing(self.alt, shapes, _WIDTH, _HEIGHT)

    def _band(self, low: float, scale: float) -> str:
        if not np.isfinite([self.lower, self.upper]).all():
            return ""
        top, bottom = (float(_down(end, low, scale)) for end in (self.upper, self.lower))
        return (
            f'<rect x="0" y="{_short(top)}" width="{_WIDTH}" height="{_short(bottom - top)}" '
            f'fill="currentColor" fill-opacity="0.09"/>'
        )

    def _target(self, low: float, scale: float) -> str:
        if not np.isfinite(self.target):
            return ""
        y = _short(float(_down(self.target, low, scale)))
        colour = palette.colour("highlight")
        return f'<path d="M0 {y}H{_WIDTH}" stroke="{colour}" stroke-width="1.2" stroke-dasharray="4 2.5"/>'


def _line(across: np.ndarray, down: np.ndarray) -> str:
    """Draw the line, broken at its gaps, and a dot at its last value."""
    known = np.isfinite(down)
    begins = known & ~np.r_[False, known[:-1]]
    steps = "".join(
        f"M{_short(x)} {_short(y)}h0" if first else f"L{_short(x)} {_short(y)}"
        for x, y, first, there in zip(across, down, begins, known, strict=True)
        if there
    )
    colour, last = palette.colour("own"), int(np.flatnonzero(known)[-1])
    ends = 'stroke-linejoin="round" stroke-linecap="round"'
    return (
        f'<path d="{steps}" stroke="{colour}" stroke-width="1.6" {ends}/>'
        f'<circle cx="{_short(across[last])}" cy="{_short(down[last])}" r="2.6" fill="{colour}"/>'
    )


def _down(value: Number | np.ndarray, low: float, scale: float) -> np.ndarray:
    """Turn values into pixels from the upper edge; in the middle where all are equal."""
    if not scale:
        return np.where(np.isfinite(value), _HEIGHT / 2, np.nan)
    return np.asarray(_HEIGHT - _AIR - (np.asarray(value) - low) * scale)


def _short(number: float) -> str:
    return f"{round(float(number), 1) + 0.0:g}"
