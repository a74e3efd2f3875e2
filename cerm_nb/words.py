"""The wording of one figure or table: always given by the caller, never written where things are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Columns of what clients have named themselves: an indicator called "value" is no "Customer value".
GIVEN = frozenset({"name", "measure", "from_name", "to_name", "item", "entry"})


@dataclass(frozen=True)
class Words:
    """What a reader reads around one figure or table.

    Parameters
    ----------
    title
        The finding, one sentence.
    subtitle
        Measure, unit, period and n.
    alt
        What the figure shows, for those who do not see it. Figures refuse an empty one.
    note
        How to read it, and its source.
    labels
        Column or value → what the reader sees: axis names, direct labels, column headers with their unit.
    """

    title: str
    subtitle: str
    alt: str = ""
    note: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, name: object) -> str:
        """Say what the reader sees for a column or value; itself where no label was given."""
        return self.labels.get(str(name), str(name))

    def called(self, column: object, value: object) -> str:
        """Say what the reader sees for a value of a column: as it is where clients have named it."""
        return str(value) if column in GIVEN else self.label(value)
