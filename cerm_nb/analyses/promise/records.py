"""The promise as a record: what is promised, what carries it, and how it is proved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

if TYPE_CHECKING:
    from collections.abc import Mapping

TODAY = "today"  # what our present profile is called among scenarios
IDENTIFIER = r"^\w[\w-]{0,63}$"


def _level(value: Any) -> Any:
    """Take a price written as a number for the text that the choice tasks have."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _text(value: Any) -> str | dict[str, str]:
    """Take a text, or one for each language."""
    if isinstance(value, str):
        return value
    if (
        isinstance(value, dict)
        and value
        and all(isinstance(part, str) for both in value.items() for part in both)
    ):
        return dict(value)
    raise ValueError("text, or one for each language such as {en: …, ko: …}")


Level = Annotated[str, BeforeValidator(_level)]
Text = Annotated[str | dict[str, str], PlainValidator(_text)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Carrier(_Record):
    """An attribute at a touchpoint by which customers are to feel the promise."""

    touchpoint: str = Field(description="touchpoint, as the survey names it")
    attribute: str = Field(description="attribute there, as the survey names it")
    level: float = Field(description="rating promised, on the survey's scale")
    proof: Text = Field("", description="what customers can see it by")
    metric: str = Field("", description="indicator that tells inside whether it is kept")
    owner: str = Field("", description="who answers for it")
    feasibility: int = Field(0, ge=0, le=5, description="how feasible it is thought to be, 1–5; 0: not said")
    cost: float = Field(0.0, ge=0, description="what keeping it costs, 0 or more")


class Promise(_Record):
    """A candidate for the promise."""

    name: str = Field(pattern=IDENTIFIER, description="short name: letters, digits, _ and -")
    title: Text = Field("", description="name readers know")
    positioning: Text = Field("", description="positioning in one sentence")
    theme: Text = Field("", description="brand theme")
    levels: dict[str, Level] = Field(
        default_factory=dict, description="levels promised by attribute of the choice tasks; others as today"
    )
    carriers: list[Carrier] = Field(default_factory=list, description="attributes that carry the promise")


def said(text: str | Mapping[str, str], lang: str) -> str:
    """Take a text in a language, or in the first there is."""
    if isinstance(text, str):
        return text
    return text.get(lang) or next(iter(text.values()), "")
