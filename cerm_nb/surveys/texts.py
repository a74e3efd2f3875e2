"""Texts in params that readers see: one for all languages, or one for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import PlainValidator

if TYPE_CHECKING:
    from collections.abc import Mapping


def _by_language(value: Any) -> dict[str, str]:
    """Take a text for one that is the same in all languages."""
    if isinstance(value, str):
        return {"": value} if value else {}
    if isinstance(value, dict) and all(isinstance(part, str) for both in value.items() for part in both):
        return dict(value)
    raise ValueError("text, or one for each language such as {en: …, ko: …}")


Text = Annotated[dict[str, str], PlainValidator(_by_language)]
"""A text, or one for each language such as {en: …, ko: …}; kept by language, ``""`` for all of them."""


def said(text: Mapping[str, str], lang: str) -> str:
    """Take a text in a language, or in the first there is."""
    return text.get(lang) or next(iter(text.values()), "")
