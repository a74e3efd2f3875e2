"""Figures that state a finding: they draw what they are given and compute nothing.

Every function takes the wording (`Words`) and gives a `Figure`, drawn twice: for a wide column and a phone.
"""

from cerm_nb.figures.board import MOST_ON_BOARD, MOST_TEXTS, Board, board
from cerm_nb.figures.comparison import compare
from cerm_nb.figures.control_charts import MOST_CHARTS, control_charts
from cerm_nb.figures.figure import Figure
from cerm_nb.figures.journey import journey
from cerm_nb.figures.own import own
from cerm_nb.figures.plane import plane
from cerm_nb.figures.rows import bars, intervals
from cerm_nb.figures.schedule import schedule
from cerm_nb.figures.series import columns, curve, lines
from cerm_nb.figures.sparklines import Sparkline
from cerm_nb.figures.strategy_map import MOST_ON_MAP, strategy_map
from cerm_nb.figures.tiles import grid
from cerm_nb.words import Words

__all__ = [
    "MOST_CHARTS",
    "MOST_ON_BOARD",
    "MOST_ON_MAP",
    "MOST_TEXTS",
    "Board",
    "Figure",
    "Sparkline",
    "Words",
    "bars",
    "board",
    "columns",
    "compare",
    "control_charts",
    "curve",
    "grid",
    "intervals",
    "journey",
    "lines",
    "own",
    "plane",
    "schedule",
    "strategy_map",
]
