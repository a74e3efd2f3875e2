"""Propose names of segments from what sets them apart, as keys and parts for the wording."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cerm_nb.analyses.segments.choosing import BEHAVIOUR, JOINT
from cerm_nb.analyses.segments.profiles import TELLING, name_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    Keys = tuple[tuple[str, str, str], ...]

MOST_PARTS = 2  # a name says no more than this where that tells segments apart
MONEY = frozenset({"mean_spend"})  # fields that are amounts


@dataclass(frozen=True)
class Part:
    """One part of a name.

    Parameters
    ----------
    key
        Its message: ``name.high``, ``name.low``, or ``name.<field>.high`` of a field of behaviour.
    what
        Touchpoints, attributes or levels it speaks of.
    """

    key: str
    what: str


def naming(profile: pd.DataFrame) -> dict[str, tuple[Part, ...]]:
    """Propose a name for each segment.

    Parameters
    ----------
    profile
        From `profiles`.

    Returns
    -------
    dict
        Segment → parts of its name; none where nothing sets it apart. Needs are called by their touchpoint
        where two or more of it tell, else by touchpoint and attribute. What matters more goes before how
        customers buy; what matters less is told only of segments of which nothing else can be. Segments that
        would be called alike get longer names.
    """
    keys = {segment: _numbers(told) for segment, told in name_keys(profile).items()}
    short = {segment: _parts(told, MOST_PARTS, _by_touchpoint) for segment, told in keys.items()}
    often = Counter(short.values())
    return {
        segment: parts if often[parts] == 1 else _parts(keys[segment], TELLING, list)
        for segment, parts in short.items()
    }


def cut_key(field: str, level: str) -> str:
    """Say which message words a cut: ``cut_level`` of a text, ``cut_money`` of an amount, else ``cut``."""
    if level:
        return "cut_level"
    return "cut_money" if field in MONEY else "cut"


def _numbers(told: Keys) -> Keys:
    """Leave out levels of texts: they describe a segment, and do not make it."""
    return tuple(key for key in told if not key[1])


def _by_touchpoint(attributes: list[str]) -> list[str]:
    counts = Counter(name.partition(JOINT)[0] for name in attributes)
    return [touchpoint for touchpoint, number in counts.items() if number > 1] or attributes


def _parts(told: Keys, most: int, called: Callable[[list[str]], list[str]]) -> tuple[Part, ...]:
    """Parts of one name: needs together, fields of behaviour each by themselves."""
    needs = {
        way: [name for name, _, each in told if name not in BEHAVIOUR and each == way]
        for way in ("high", "low")
    }
    ways = {
        way: Part(f"name.{way}", " / ".join(called(names)[:most])) for way, names in needs.items() if names
    }
    parts = [ways["high"]] if "high" in ways else []
    parts += [Part(f"name.{name}.{way}", "") for name, _, way in told if name in BEHAVIOUR]
    return tuple(parts[:most] or ways.values())
