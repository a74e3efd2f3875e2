"""Every text of a page that is not in the notebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _plain(value: float, unit: str) -> str:
    return f"{value:,.6g} {unit}".strip()


@dataclass(frozen=True)
class PageWords:
    """What a page says around the notebook, in the page's language.

    Parameters
    ----------
    verdicts
        The word for each of ``go``, ``watch``, ``stop``, ``not_enough_data``, ``not_run``.
    programme
        What the house does, above every title.
    skip, contents, all_questions, questions
        Link past the head, heading of the contents, link to the index, heading of the index.
    value, interval, n, action, owner, caveats
        Names of the parts of an answer.
    code, printed, failed, image
        Name of folded code, of what it printed, of a cell that failed, and alternative text of an image
        that came without.
    provenance, client, as_of, version, params, inputs
        Names of the parts of the foot.
    number
        Value and unit → text, for example ``(812.4, "GBP")`` → ``"£812"``, where a finding holds numbers.
    """

    verdicts: Mapping[str, str]
    programme: str
    skip: str
    contents: str
    all_questions: str
    questions: str
    value: str
    interval: str
    n: str
    action: str
    owner: str
    caveats: str
    code: str
    printed: str
    failed: str
    image: str
    provenance: str
    client: str
    as_of: str
    version: str
    params: str
    inputs: str
    number: Callable[[float, str], str] = field(default=_plain)
