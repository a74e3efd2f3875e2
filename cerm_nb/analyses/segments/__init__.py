"""Tell which kinds of customers there are, whether they are stable, and how one is recognised.

A notebook calls, in this order, `choose_base`, `find_segments`, `fit_typing`, `profiles`, `naming`, `sizes`,
`answer`, `second_level`, and `what_if` for its interactive twin. None of them raises for data that cannot
bear segments: the reason travels in the result.
`apply_typing` uses an exported typing tool on new customers.
"""

from __future__ import annotations

from cerm_nb.analyses.segments.choosing import behaviour, choose_base, needs
from cerm_nb.analyses.segments.describing import describing, response
from cerm_nb.analyses.segments.finding import SOLUTIONS, Segments, find_segments, members
from cerm_nb.analyses.segments.inputs import Base, base_of
from cerm_nb.analyses.segments.naming import Part, cut_key, naming
from cerm_nb.analyses.segments.overview import (
    Agreement,
    agreement,
    by_number,
    telling_rows,
    telling_tiles,
    value_rows,
    worded,
    worth,
)
from cerm_nb.analyses.segments.parameters import METHODS, Params
from cerm_nb.analyses.segments.profiles import PROFILES, name_keys, profiles, sizes
from cerm_nb.analyses.segments.refinement import REFINEMENT, Refinement, refine, second_level
from cerm_nb.analyses.segments.typing_model import TypingModel, apply_typing, read_typing
from cerm_nb.analyses.segments.typing_tool import TYPING, TypingTool, fit_typing
from cerm_nb.analyses.segments.verdict import Answer, answer
from cerm_nb.analyses.segments.what_if import WhatIf, what_if

__all__ = [
    "METHODS",
    "PROFILES",
    "REFINEMENT",
    "SOLUTIONS",
    "TYPING",
    "Agreement",
    "Answer",
    "Base",
    "Params",
    "Part",
    "Refinement",
    "Segments",
    "TypingModel",
    "TypingTool",
    "WhatIf",
    "agreement",
    "answer",
    "apply_typing",
    "base_of",
    "behaviour",
    "by_number",
    "choose_base",
    "cut_key",
    "describing",
    "find_segments",
    "fit_typing",
    "members",
    "name_keys",
    "naming",
    "needs",
    "profiles",
    "read_typing",
    "refine",
    "response",
    "second_level",
    "sizes",
    "telling_rows",
    "telling_tiles",
    "value_rows",
    "what_if",
    "worded",
    "worth",
]
