"""The one exception tree of the package.

::

    CermError
    ├── InputError           what the user gave is wrong; carries every problem found
    │   ├── ParamsError      the params file or a value in it
    │   └── DataError        a client's file, table, column or cell
    ├── NotEnoughData        the data cannot bear the question; said on the page, not a failure
    ├── PlanError            the notebooks' needs and gives do not fit together
    ├── OutputError          results cannot be written
    ├── StepError            a cell of a notebook raised while the batch ran it
    └── StepNotRun           a notebook ended early for want of data
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


# Signs by which a name from a client's file could move a terminal's cursor or turn its text round.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, told so that the reader can mend it.

    Parameters
    ----------
    where
        File, key, column and row, from the outside in: ``"params/hotel.yml → holdout_weeks"``.
    got
        What was found, or what went wrong.
    expected
        What is allowed there; may be empty where ``got`` says it all.
    next_step
        What to do about it; may be empty.
    lines
        Lines to be pasted, told below the rest.
    examples
        Place in the data and what stands there, told behind ``got``. What stands there may be a customer's
        telephone number: it is told on a terminal, never on a page.
    """

    where: str
    got: str
    expected: str = ""
    next_step: str = ""
    lines: tuple[str, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return self._told([": ".join(filter(None, example)) for example in self.examples])

    @property
    def public(self) -> str:
        """What may stand on a page, which may be mailed: places in the data, not what stands there."""
        return self._told([place for place, _ in self.examples if place])

    def _told(self, examples: list[str]) -> str:
        parts = [": ".join(filter(None, [self.where, self.got, "; ".join(examples)]))]
        parts += [f"expected {self.expected}"] if self.expected else []
        parts += [self.next_step] if self.next_step else []
        return "\n".join(map(_printable, ["; ".join(parts), *self.lines]))


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


class CermError(Exception):
    """Anything this package refuses, with a reason a user can act on."""

    @property
    def public(self) -> str:
        """What of it may stand on a page."""
        return str(self)

    def _render_traceback_(self) -> list[str]:
        """Show an analyst in JupyterLab the reason alone; IPython asks for this by name."""
        return [f"{type(self).__name__}: {self}"]


class InputError(CermError):
    """What the user gave is wrong; every problem found is told at once.

    Parameters
    ----------
    problems
        One or more problems, in the order a reader would meet them.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def public(self) -> str:
        """The problems without what stands in the data."""
        return "\n".join(problem.public for problem in self.problems)

    def _render_traceback_(self) -> list[str]:
        """Show what may stand on a page first and alone: the batch takes it from there."""
        examples = [example for problem in self.problems for example in problem.examples]
        shown = [_printable(": ".join(filter(None, example))) for example in examples]
        return [f"{type(self).__name__}: {self.public}", *shown]


class ParamsError(InputError):
    """A params file, or a value in it, is wrong."""


class DataError(InputError):
    """A client's file, table, column or cell is wrong."""


class NotEnoughData(CermError):  # noqa: N818  # a verdict rather than an error
    """The data cannot bear the question.

    Parameters
    ----------
    reason
        Key of the reason's wording in the messages, below ``not_enough.``.
    values
        What the wording needs, for example ``needed=10, found=1``.
    """

    def __init__(self, reason: str, **values: object) -> None:
        self.reason = reason
        self.values = values
        told = ", ".join(f"{name} {value}" for name, value in values.items())
        super().__init__(f"not enough data: {reason.replace('_', ' ')}" + (f" ({told})" if told else ""))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.reason, self.values)


def _rebuild(reason: str, values: dict[str, object]) -> NotEnoughData:
    return NotEnoughData(reason, **values)


class PlanError(CermError):
    """The notebooks' needs and gives do not fit together."""


class OutputError(CermError):
    """Results cannot be written where they should go."""


class StepError(CermError):
    """A cell of a notebook raised while the batch ran it; the message names the cell and what it said.

    Parameters
    ----------
    told
        The whole message, for a terminal.
    public
        What of it may stand on a page; all of it where empty.
    """

    def __init__(self, told: str, public: str = "") -> None:
        super().__init__(told)
        self._public = public or told

    @property
    def public(self) -> str:
        """What of the message may stand on a page."""
        return self._public


class StepNotRun(CermError):  # noqa: N818  # a status rather than an error
    """A notebook ended early because the client's data cannot bear its question."""
