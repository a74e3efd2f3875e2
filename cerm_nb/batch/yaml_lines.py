"""Single lines of YAML, ready to be pasted into a params file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cerm_nb.sources import Proposal


def scalar(value: Any) -> str:
    """Write one value as YAML on one line."""
    if isinstance(value, str) and re.fullmatch(
        r"\d{4}-\d\d-\d\d|(?s:.*[\x00-\x1f\x7f-\x9f\u2028\u2029].*)", value
    ):
        return json.dumps(value)  # a day stays a text, and what breaks lines is escaped
    text: str = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000)
    return text.removesuffix("\n").removesuffix("...").strip()


def column_line(proposal: Proposal) -> str:
    """Write a proposal as a line of an entry's ``columns``, with what is doubtful or meant behind it."""
    return f"      {proposal.column}: {scalar(proposal.expression)}  # {proposal.doubt or proposal.meaning}"


def item_lines(told_by: str, names: Iterable[str]) -> list[str]:
    """Write columns of a wide table as lines of an entry's ``items``, below what takes their answers.

    Parameters
    ----------
    told_by
        Canonical column that tells one item from another.
    names
        The columns; those with signs nobody sees are left out.
    """
    listed = [name for name in names if name.isprintable()]
    values = [json.dumps({told_by: name}, ensure_ascii=False) for name in listed]
    lines = [f"      {scalar(name)}: {value}" for name, value in zip(listed, values, strict=True)]
    wide = [
        "      value: answer  # of the wide table's items below, if each column is a question",
        "    items:",
    ]
    return [*wide, *lines] if lines else []
