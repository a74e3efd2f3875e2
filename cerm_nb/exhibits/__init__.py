"""What a notebook shows, in the reader's words and number formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cerm_nb import cards, figures
from cerm_nb.exhibits import scorecard, units
from cerm_nb.messages import catalogue
from cerm_nb.stats import suppress
from cerm_nb.tables import Table, show
from cerm_nb.twin import View
from cerm_nb.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from pydantic import BaseModel

    from cerm_nb.cards import Shown
    from cerm_nb.figures import Board, Figure
    from cerm_nb.messages import Messages


# What a figure may say besides its labels: at lines of reference, in its key, where a number is missing …
DRAWN = (
    *("reference", "x_reference", "y_reference", "emphasis", "missing"),
    *("upper_left", "upper_right", "lower_left", "lower_right"),
)


class _Known(dict[str, object]):
    """What a wording may speak of: given values first, then the attributes of what was found."""

    def __init__(self, found: object, values: Mapping[str, object]) -> None:
        super().__init__(values)
        self._found = found

    def __missing__(self, name: str) -> object:
        if isinstance(self._found, pd.Series) and name in self._found.index:
            return self._found[name]  # a column may be called as a method of the row is, such as `where`
        try:
            return getattr(self._found, name)
        except AttributeError:
            raise KeyError(name) from None


class Exhibits:
    """Sentences, figures and tables of one question, worded by the messages and formatted by their labels.

    Parameters
    ----------
    question
        First half of its messages' keys, ``"value"``.
    messages
        The reader's wording.
    own
        The question's parameters; a wording may speak of them.
    as_of
        The last day the analysis may see.
    """

    def __init__(self, question: str, messages: Messages, own: BaseModel, as_of: date) -> None:
        self.messages = messages
        self.own = own
        self.as_of = as_of
        self._question = question

    def text(self, key: str, found: object = None, **values: object) -> str:
        """Word one of this question's messages.

        Parameters
        ----------
        key
            The message, without the question.
        found
            Anything an analysis returned: its attributes can be used in the wording, as can ``own`` (the
            question's parameters) and ``as_of``.
        **values
            What the wording needs besides.
        """
        known = _Known(found, {"own": self.own, "as_of": self.as_of, "found": found, **values})
        return self.messages.fill(f"{self._question}.{key}", known)

    def has(self, key: str) -> bool:
        """Tell whether this question has such a message."""
        return f"{self._question}.{key}" in catalogue()

    def say(self, key: str, found: object = None, **values: object) -> Shown:
        """Show one of this question's messages as a paragraph."""
        return cards.paragraph(self.text(key, found, **values))

    def points(self, sentences: Iterable[str]) -> Shown:
        """Show sentences as a list."""
        return cards.bullets(sentences)

    def why(self, reason: str, **values: object) -> str:
        """Word the reason why the data cannot bear something; empty where it can."""
        return self.messages(f"not_enough.{reason}", **values) if reason else ""

    def caveats(self, found: Iterable[tuple[str, Mapping[str, object]]]) -> list[str]:
        """Word the caveats an analysis generated; a reason among their values is worded as ``why``."""
        return [
            self.text(f"caveat.{key}", **values, why=self.why(str(values.get("reason", ""))))
            for key, values in found
        ]

    def words(self, key: str, found: object = None, variant: str = "", **values: object) -> Words:
        """Word a figure or table: its title, subtitle, description, note, and all labels.

        Parameters
        ----------
        key
            The message, without the question; it has the parts ``title``, ``subtitle``, ``alt``, ``note``,
            and those of `DRAWN` that its figure is to show, such as ``reference`` for the line of reference.
        found, **values
            As for `text`.
        variant
            Which of several titles fits what was found: ``<key>.title.<variant>``.
        """
        title = f"{key}.title.{variant}" if variant else f"{key}.title"
        parts = {part: self.text(f"{key}.{part}", found, **values) for part in ("subtitle", "alt", "note")}
        drawn = {
            part: self.text(f"{key}.{part}", found, **values) for part in DRAWN if self.has(f"{key}.{part}")
        }
        labels = {**self.messages.all_labels(), **drawn}
        return Words(self.text(title, found, **values), **parts, labels=labels)

    def format(self, spec: str) -> Callable[[Any], str]:
        """Give a function that writes numbers as this reader does: ``run.format("percent.1")``."""
        return lambda value: self.messages.format(value, spec)

    def format_of(self, column: str) -> Callable[[Any], str]:
        """Give the function that writes the values of a column, as its label in the messages says."""
        return self.format(self.messages.format_of(column) or "number")

    # Figures and tables, their numbers written as the columns' labels say ----------------------------------

    def table(self, frame: pd.DataFrame, words: Words) -> Table | Shown:
        """Show a small table, or say that its groups are all too small to be shown."""
        if not frame.select_dtypes("number").notna().to_numpy().any():
            return self.unknown("groups_too_small")
        numbers = [name for name in frame.columns if self.messages.format_of(name)]
        return show(frame, words=words, formats={name: self.format_of(name) for name in numbers})

    def lines(
        self, data: pd.DataFrame, x: str, y: Sequence[str], words: Words, **options: Any
    ) -> Figure | Shown:
        """Draw lines (see `figures.lines`), or say that the groups are all too small to be shown."""
        if not data[list(y)].notna().to_numpy().any():
            return self.unknown("groups_too_small")
        options |= {"x_format": self.format_of(x), "y_format": self.format_of(y[0])}
        return figures.lines(data, x, y, words=words, **options)

    def curve(self, data: pd.DataFrame, x: str, y: str, words: Words, **options: Any) -> Figure:
        """Draw one curve: see `figures.curve`."""
        options |= {"x_format": self.format_of(x), "y_format": self.format_of(y)}
        return figures.curve(data, x, y, words=words, **options)

    def intervals(
        self, data: pd.DataFrame, category: str, value: str, words: Words, **options: Any
    ) -> Figure | Shown:
        """Draw estimates with their intervals in columns ``low`` and ``high``: see `figures.intervals`."""
        if not data[value].notna().any():
            return self.unknown("groups_too_small")
        written = self.format_of(value)
        return figures.intervals(
            data, category, value, "low", "high", words=words, value_format=written, **options
        )

    def grid(self, data: pd.DataFrame, row: str, column: str, value: str, words: Words) -> Figure | Shown:
        """Draw tiles with their numbers (see `figures.grid`), or say that all groups are too small."""
        if not data[value].notna().any():
            return self.unknown("groups_too_small")
        return figures.grid(data, row, column, value, words=words, value_format=self.format_of(value))

    def journey(
        self,
        data: pd.DataFrame,
        stage: str,
        place: str,
        value: str,
        words: Words,
        *,
        low: str = "low",
        high: str = "high",
        **options: Any,
    ) -> Figure | Shown:
        """Draw the customer's journey (see `figures.journey`), or say that all groups are too small."""
        if not data[value].notna().any():
            return self.unknown("groups_too_small")
        options |= {"value_format": self.format_of(value)}
        return figures.journey(data, stage, place, value, low, high, words=words, **options)

    def compare(
        self, data: pd.DataFrame, category: str, values: Sequence[str], words: Words, **options: Any
    ) -> Figure | Shown:
        """Draw several marks per row (see `figures.compare`), or say that all groups are too small."""
        if not data[list(values)].notna().to_numpy().any():
            return self.unknown("groups_too_small")
        options |= {"value_format": self.format_of(str(options.get("own") or values[0]))}
        return figures.compare(data, category, values, words=words, **options)

    def plane(
        self, data: pd.DataFrame, x: str, y: str, label: str, words: Words, **options: Any
    ) -> Figure | Shown:
        """Draw named points on two scales (see `figures.plane`), or say that all groups are too small."""
        if not data[[x, y]].notna().all(axis=1).any():
            return self.unknown("groups_too_small")
        options |= {"x_format": self.format_of(x), "y_format": self.format_of(y)}
        return figures.plane(data, x, y, label, words=words, **options)

    def schedule(
        self, data: pd.DataFrame, category: str, start: str, end: str, words: Words, **options: Any
    ) -> Figure | Shown:
        """Draw a plan over time (see `figures.schedule`), or say that nothing was planned."""
        if not data[[start, end]].notna().all(axis=1).any():
            return self.unknown("nothing_planned")
        options |= {"date_format": self.format_of(start)}
        return figures.schedule(data, category, start, end, words=words, **options)

    def strategy_map(self, indicators: pd.DataFrame, links: pd.DataFrame, words: Words) -> Figure | Shown:
        """Draw what is to drive what and the evidence for it: see `scorecard.strategy_map`."""
        return scorecard.strategy_map(self, indicators, links, words)

    def control_charts(
        self,
        points: pd.DataFrame,
        indicators: pd.DataFrame,
        words: Words,
        breaks: pd.DataFrame | None = None,
    ) -> Figure | Shown:
        """Draw control charts, or the one there is: see `scorecard.control_charts`."""
        return scorecard.control_charts(self, points, indicators, words, breaks)

    def sparklines(self, indicators: pd.DataFrame, points: pd.DataFrame) -> pd.Series[Any]:
        """Draw the course of each indicator, as a column for `table`: see `scorecard.sparklines`."""
        return scorecard.sparklines(self, indicators, points)

    def board(
        self,
        indicators: pd.DataFrame,
        points: pd.DataFrame,
        words: Words,
        *,
        said: Sequence[str] = (),
        actions: Sequence[str] = (),
    ) -> Board | Shown:
        """Lay out the board's page of the indicators in focus: see `scorecard.board`."""
        return scorecard.board(self, indicators, points, words, said, actions)

    def unit_table(
        self,
        frame: pd.DataFrame,
        columns: Sequence[str],
        measured: Sequence[str],
        words: Words,
        differences: Sequence[str] = (),
    ) -> Table:
        """Show a table whose numbers are in the unit of their row: see `units.unit_table`."""
        return units.unit_table(self, frame, columns, measured, words, differences)

    def latest(self, indicators: pd.DataFrame) -> list[str]:
        """Write the latest value of each indicator with its period: see `units.latest`."""
        return units.latest(self, indicators)

    def said(self, rows: pd.DataFrame) -> list[str]:
        """Write "we said …, it was …" of forecasts: see `units.said`."""
        return units.said(self, rows)

    def view(self, compute: Callable[..., Any], draw: Callable[..., Any]) -> View:
        """Make a static view with its interactive twin."""
        return View(compute, draw, self.messages.all_labels())

    def unless(self, reason: str, draw: Callable[[], Any]) -> Any:
        """Draw, or say why there is nothing to draw."""
        return self.unknown(reason) if reason else draw()

    def unknown(self, reason: str) -> Shown:
        """Say why something cannot be told."""
        return cards.paragraph(self.messages("common.unknown", why=self.why(reason)))

    def leading(self, groups: pd.DataFrame) -> pd.Series[Any]:
        """Give the first group that is shown, for a title to speak of."""
        told = groups.dropna(subset=["customers"])
        return (groups if told.empty else told).iloc[0]

    def shown(self, groups: pd.DataFrame, count: str = "customers") -> pd.DataFrame:
        """Blank the numbers of groups smaller than ``min_group``, as no page may speak of so few."""
        return suppress(groups, count, getattr(self.own, "min_group", 1))
