"""The parameters of the question what customers live through."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Params(BaseModel):
    """Parameters of the experience question, with their meaning, unit and range."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    own_brand: str = Field("", description="brand whose experience is judged; empty: the one rated most")
    wave: str = Field(
        "", description="wave of the survey that levels are told of; empty: the latest we were rated in"
    )
    waves: list[str] = Field(
        default_factory=list,
        description="waves from the earliest to the latest; empty: by the numbers in their names",
    )
    outcome: str = Field("satisfaction", description="overall judgement that importance is derived from")
    all_brands: bool = Field(False, description="whether importance is derived from ratings of all brands")
    margins: dict[str, dict[str, float]] = Field(
        default_factory=dict, description="known shares by respondents' column and category, for weighting"
    )
    floor: float = Field(0.0, description="rating below which an experience fails; 0: middle of the scale")
    target: float = Field(0.0, description="level aimed at; 0: what is expected, or the best competitor's")
    targets: dict[str, float] = Field(
        default_factory=dict, description="level aimed at by 'touchpoint / attribute', before target"
    )
    exact_up_to: int = Field(
        18, ge=2, le=20, description="attributes up to which LMG is exact, then relative weights, 2–20"
    )
    class_probability: float = Field(
        0.8, gt=0.5, lt=1, description="probability from which an attribute is given a class, 0.5–1"
    )
    themes: int = Field(16, ge=2, le=30, description="themes looked for in open answers, 2–30")
    min_neff: float = Field(30.0, ge=2, description="smallest effective number of answers shown, 2 or more")
    clear_neff: float = Field(
        50.0, ge=2, description="effective number of answers from which none is flagged"
    )
    confidence: float = Field(0.95, ge=0.5, le=0.999, description="coverage of intervals, 0.5–0.999")
    bootstrap: int = Field(500, ge=100, le=10_000, description="draws behind an interval, 100–10000")
    seed: int = Field(1, ge=0, description="seed of the random draws, 0 or more")
    min_group: int = Field(10, ge=1, description="smallest group that is shown, respondents, 1 or more")

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
