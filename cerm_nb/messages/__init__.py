"""Every word a reader sees, in Korean and English.

The wording lives in the YAML catalogues beside this file, one per question plus ``common.yml``; each key
holds an ``en`` and a ``ko`` text. A catalogue is found by being there: adding a question adds a file.

A text is a format string whose fields take these formats besides Python's own:

============================== =====================================================
``{n:integer}``                1,234
``{x:number}`` ``{x:number.2}`` 12.3, 12.34
``{x:figure}`` ``{x:figure.2}`` 412,000, 12.3, 0.123: digits that count, whatever the size
``{p:p}``                      0.012, < 0.001
``{s:percent}`` ``{s:percent.1}`` 12 %, 12.3 %
``{m:money}`` ``{m:compact}``  $1,234, $1.2M (Korean: $123만)
``{d:date}``                   30 June 2011, 2011년 6월 30일
``{name:은/는}``                the name and the particle that fits its last sound
``{segment:label}``            the reader's name of a value
``{indicators:names}``         several names as clients gave them
``{segments:labels}``          the readers' names of several values
``{weeks:count week}``         1 week, 39 weeks (English texts only)
============================== =====================================================

A label may say, besides its texts, how the values of such a column are written: ``format: percent.1``.
``label.<name>`` is for all questions; where a question means something else by the name, it has its own
``<question>.label.<name>``.
"""

from __future__ import annotations

import difflib
import math
from functools import cache
from importlib import resources
from string import Formatter
from typing import TYPE_CHECKING, Any

import yaml

from cerm_nb.messages import numbers
from cerm_nb.messages.particles import PARTICLES, with_particle

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "ko")
MISSING = "–"
# PyYAML in plain Python takes seconds for the catalogues; not every machine has it in C.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COUNT = "count "
_UNITS = {
    "share": "percent.1",
    "customers": "integer",
    "segments": "integer",
    "level": "number.1",
    "points": "number.2",
    "": "integer",
}
# Units of the indicators that other questions give; a client's own are words to be shown.
_POINTS = {"en": " % points", "ko": "%p"}
_SHARES = {"%": 1.0, "share": 100.0}  # unit → percentage points in 1
CUSTOMERS = "value"  # the question whose forecasts are of customers
_INDICATOR_UNITS = {
    "money": "compact",
    "share": "percent.1",
    "customers": "integer",
    "purchases": "integer",
    "points": "number.2",
    "level": "number.1",
}


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Read all catalogues.

    Returns
    -------
    dict
        Key → language → text.

    Raises
    ------
    ValueError
        When two catalogues hold the same key.
    """
    texts: dict[str, dict[str, str]] = {}
    folder = resources.files("cerm_nb.messages")
    for file in sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".yml")), key=lambda f: f.name
    ):
        found = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  # a SafeLoader
        twice = texts.keys() & found.keys()
        if twice:
            raise ValueError(f"{file.name} repeats the message {sorted(twice)[0]!r}")
        texts |= found
    return texts


@cache
def _labels(question: str) -> dict[str, dict[str, str]]:
    """Give the labels a question uses: its own before those of all."""
    own, common = f"{question}.label.", "label."
    found: dict[str, dict[str, str]] = {}
    for start in (common, own):
        found |= {
            key.removeprefix(start): texts for key, texts in catalogue().items() if key.startswith(start)
        }
    return found


class Messages:
    """The wording for one reader: a language, a currency, and the question it is about.

    Parameters
    ----------
    lang
        ``"en"`` or ``"ko"``.
    currency
        ISO 4217 code of all money shown, for example ``"KRW"``.
    question
        Question whose own labels go before those of all; unset: none.
    """

    def __init__(self, lang: str, currency: str = "USD", question: str = "") -> None:
        if lang not in LANGUAGES:
            raise ValueError(f"lang {lang!r} is not one of {list(LANGUAGES)}")
        self.lang = lang
        self.currency = currency
        self._labels = _labels(question)
        self._formatter = _Formatter(self)

    def __call__(self, key: str, /, **values: object) -> str:
        """Word one message.

        Raises
        ------
        KeyError
            When no catalogue has the key (the nearest one is named), or a value it needs is not given.
        """
        return self.fill(key, values)

    def fill(self, key: str, values: Mapping[str, object]) -> str:
        """Word one message from a mapping, which may find its values only when they are asked for."""
        return self._formatter.vformat(_text(key, self.lang), (), values)

    def label(self, name: str) -> str:
        """Word a column, a value or a unit; what has no wording is shown as it is."""
        texts = self._labels.get(name)
        return texts[self.lang] if texts else name

    def format_of(self, name: str) -> str:
        """Say how the values of a column are written; empty where its label does not tell."""
        return self._labels.get(name, {}).get("format", "")

    def all_labels(self) -> dict[str, str]:
        """Give the wording of every column and value there is."""
        return {name: texts[self.lang] for name, texts in self._labels.items()}

    def pick(self, texts: Mapping[str, str] | str, otherwise: str = "") -> str:
        """Choose this reader's text from a client's own wording, such as a title given per language."""
        if isinstance(texts, str):
            return texts or otherwise
        return texts.get(self.lang) or next(iter(texts.values()), otherwise)

    def format(self, value: Any, spec: str) -> str:
        """Format one value by one of the formats named at the top of this module."""
        if spec.startswith(_COUNT):
            noun = spec.removeprefix(_COUNT)
            return f"{self.format(value, 'integer')} {noun}" + ("" if round(value) == 1 else "s")
        if spec == "label":
            return self.label(str(value))
        if spec == "labels":
            return ", ".join(self.label(str(each)) for each in value)
        if spec == "names":
            return ", ".join(map(str, value))
        if spec in PARTICLES:
            return with_particle(str(value), spec) if self.lang == "ko" else str(value)
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return MISSING
        kind, _, digits = spec.partition(".")
        return numbers.FORMATS[kind](value, int(digits) if digits else None, self.lang, self.currency)

    def quantity(self, value: float, unit: str) -> str:
        """Write a number in its unit: a currency code, or one of those listed in `_UNITS`."""
        return self.format(value, _UNITS.get(unit, "compact"))

    def measured(self, value: float, unit: str, *, difference: bool = False) -> str:
        """Write an indicator's value with its unit: one of `_INDICATOR_UNITS`, or the client's own word.

        Parameters
        ----------
        value, unit
            What was measured.
        difference
            Whether it is a difference of two such values: shares differ by percentage points, and two digits
            say it.
        """
        if value is None or math.isnan(value):
            return MISSING
        if difference and unit in _SHARES:
            return f"{self.format(value * _SHARES[unit], 'figure.2')}{_POINTS[self.lang]}"
        spec = "compact" if unit == self.currency else _INDICATOR_UNITS.get(unit, "")
        if spec:
            return self.format(value, spec)
        latin = self.lang == "en" or unit[:1].isascii()
        space = " " if latin and unit and unit != "%" else ""
        return f"{self.format(value, 'figure.2' if difference else 'figure')}{space}{unit}"

    def about(self, quantity: str, subject: str, question: str) -> str:
        """Say what a forecast is about: which quantity of whom, or what is measured by itself.

        Parameters
        ----------
        quantity, subject
            As forecasts are kept; the subject as readers know it.
        question
            Whose forecast it is: only the value question's subjects are customers.
        """
        who, what = f"forecast.subject.{subject}", f"forecast.what.{quantity}"
        named = self(who) if question == CUSTOMERS and who in catalogue() else subject
        return self(what, subject=named) if what in catalogue() else named


class _Formatter(Formatter):
    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    def format_field(self, value: Any, format_spec: str) -> str:
        kind = format_spec.partition(".")[0]
        ours = (
            format_spec in ("label", "labels", "names")
            or format_spec in PARTICLES
            or format_spec.startswith(_COUNT)
        )
        if ours or kind in numbers.FORMATS:
            return self._messages.format(value, format_spec)
        return str(super().format_field(value, format_spec))


def _text(key: str, lang: str) -> str:
    texts = catalogue()
    if key not in texts:
        near = difflib.get_close_matches(key, texts, n=1)
        raise KeyError(f"no message {key!r}" + (f"; the nearest is {near[0]!r}" if near else ""))
    return texts[key][lang]
