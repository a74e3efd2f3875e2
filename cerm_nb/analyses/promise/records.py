"""The promise as a record: what is promised, what carries it, and how it is proved."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cerm_nb.surveys import Text  # pydantic reads it

TODAY = "today"  # what our present profile is called among scenarios
IDENTIFIER = r"^\w[\w-]{0,63}$"


def _level(value: Any) -> Any:
    """Take a price written as a number for the text that the choice tasks have."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Level = Annotated[str, BeforeValidator(_level)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Carrier(_Record):
    """An attribute at a touchpoint by which customers are to feel the promise."""

    touchpoint: str = Field(description="touchpoint, as the survey names it")
    attribute: str = Field(description="attribute there, as the survey names it")
    level: float = Field(description="rating promised, on the survey's scale")
    proof: Text = Field(default_factory=dict, description="what customers can see it by")
    metric: str = Field("", description="indicator that tells inside whether it is kept")
    owner: str = Field("", description="who answers for it")
    feasibility: int = Field(0, ge=0, le=5, description="how feasible it is thought to be, 1–5; 0: not said")
    cost: float = Field(0.0, ge=0, description="what keeping it costs, 0 or more")


class Promise(_Record):
    """A candidate for the promise."""

    name: str = Field(pattern=IDENTIFIER, description="short name: letters, digits, _ and -")
    title: Text = Field(default_factory=dict, description="name readers know")
    positioning: Text = Field(default_factory=dict, description="positioning in one sentence")
    theme: Text = Field(default_factory=dict, description="brand theme")
    levels: dict[str, Level] = Field(
        default_factory=dict, description="levels promised by attribute of the choice tasks; others as today"
    )
    carriers: list[Carrier] = Field(default_factory=list, description="attributes that carry the promise")
