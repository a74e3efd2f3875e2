"""An analyst's own seaborn or matplotlib drawing, in the look of the report and under its rules."""

from __future__ import annotations

import base64
import io
import logging
import warnings
from html import escape
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure as Drawing

from cerm_nb import palette
from cerm_nb.figures.figure import NARROW, WIDE, Figure, Size
from cerm_nb.figures.svg import FONTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from cerm_nb.words import Words

_STYLE: Any = {
    "svg.fonttype": "none",  # text stays text: Korean needs no font on this machine
    "svg.hashsalt": "cerm",
    "font.family": [name.strip(" '") for name in FONTS.split(",")],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": palette.SURFACES["paper"][0],
    "axes.facecolor": palette.SURFACES["paper"][0],
}


def own(plot: Callable[[Axes], object], *, words: Words) -> Figure:
    """Show a drawing that the package's own figures do not cover.

    Parameters
    ----------
    plot
        Draws on the axes it is given, for example ``lambda axes: sns.kdeplot(scores, x="p_alive", ax=axes)``.
        It is called twice, for a wide column and for a phone.
    words
        Title, subtitle, alternative text and note, as of every figure; axes keep the names the plot gives.

    Returns
    -------
    Figure
        Like every other: title above, alternative text, constant repr. It keeps its light paper on dark
        screens, since colours chosen by hand cannot follow.

    Raises
    ------
    ValueError
        Without alternative text.
    """
    if not words.alt.strip():
        raise ValueError(f"figure {words.title!r} needs alternative text: say in words.alt what it shows")
    return Figure(svg=_image(plot, WIDE, words.alt), narrow=_image(plot, NARROW, words.alt), words=words)


def _image(plot: Callable[[Axes], object], size: Size, alt: str) -> str:
    import seaborn as sns  # half a second that pages without such a drawing need not pay

    colours = [pair[0] for pair in palette.MEANINGS.values()]
    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    with mpl.rc_context(), sns.axes_style("ticks"), sns.color_palette(colours), warnings.catch_warnings():
        # A font the reader has and this machine lacks is no trouble; the warning would name server paths.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        logger.setLevel(logging.CRITICAL)
        try:
            mpl.rcParams.update(_STYLE | {"font.size": size.text})
            drawing = Drawing(figsize=(size.width / 72, size.height / 72), dpi=72, layout="constrained")
            plot(drawing.add_subplot())
            buffer = io.BytesIO()
            drawing.savefig(buffer, format="svg", metadata={"Date": None})
        finally:
            logger.setLevel(level)
    data = base64.b64encode(buffer.getvalue()).decode()
    # As an image of its own the drawing can bring its styles, which the page forbids to inline markup.
    return f'<img alt="{escape(alt)}" width="{size.width}" src="data:image/svg+xml;base64,{data}">'
