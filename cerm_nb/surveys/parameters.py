"""The parameters every question about a survey has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, field_validator

if TYPE_CHECKING:
    from collections.abc import Collection


class SurveyParams(BaseModel):
    """How a survey is read, weighted and redrawn, and from how many answers it is spoken of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    own_brand: str = Field("", description="brand whose experience is judged; empty: the one rated most")
    wave: str = Field(
        "", description="wave of the survey that levels are told of; empty: the latest we were rated in"
    )
    waves: list[str] = Field(
        default_factory=list,
        description="waves from the earliest to the latest; empty: by the numbers in their names",
    )
    margins: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="known shares by respondents' column and category, for weighting"
    )
    min_neff: float = Field(30.0, ge=2, description="smallest effective number of answers shown, 2 or more")
    confidence: float = Field(0.95, ge=0.5, le=0.999, description="coverage of intervals, 0.5–0.999")
    bootstrap: int = Field(500, ge=100, le=10_000, description="draws behind an interval, 100–10000")
    seed: int = Field(1, ge=0, description="seed of the random draws, 0 or more")
    min_group: int = Field(10, ge=1, description="smallest group that is shown, respondents, 1 or more")

    @property
    def named_attributes(self) -> Collection[str]:
        """Attributes the params name, as 'touchpoint / attribute'; each must be in the survey."""
        return ()

    @property
    def significance(self) -> float:
        """Adjusted p below which a difference counts."""
        return round(1 - self.confidence, 9)  # .05, not .05 and a little

    @field_validator("margins")
    @classmethod
    def _add_up(cls, margins: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        for name, shares in margins.items():
            if not shares or min(shares.values()) < 0:
                raise ValueError(f"{name}: give shares of 0 or more")
            if abs(sum(shares.values()) - 1) > 1e-3:
                total = sum(shares.values())
                raise ValueError(f"{name}: the shares must add up to 1, and add up to {total:g}")
        return margins
