"""The parameters of the question whether the customer information can carry the programme."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

DIMENSIONS = ("data", "systems", "process", "organisation", "customer_strategy")
LOWEST, HIGHEST = 1, 5  # ends of the maturity scale


class Params(BaseModel):
    """Parameters of the readiness question, with their meaning, unit and range."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fresh_months: int = Field(12, ge=1, le=120, description="months after which information is old, 1–120")
    good_share: float = Field(0.9, gt=0, le=1, description="share a quality score must reach, above 0 to 1")
    identity_method: str = Field(
        "auto", pattern="^(auto|splink|keys)$", description="how records are linked: auto, splink or keys"
    )
    match_probability: float = Field(
        0.5, gt=0, lt=1, description="probability from which two records are one customer, 0–1"
    )
    maturity: dict[str, list[float]] = Field(
        default_factory=dict, description="answers from 1 to 5 per dimension of maturity, if not in a table"
    )
    margin: float = Field(1.0, gt=0, le=1, description="share of revenue kept as margin, above 0 to 1")
    confidence: float = Field(0.95, ge=0.5, le=0.999, description="coverage of intervals, 0.5–0.999")
    bootstrap: int = Field(500, ge=100, le=10_000, description="draws behind an interval, 100–10000")
    seed: int = Field(1, ge=0, description="seed of the random draws, 0 or more")
    min_group: int = Field(10, ge=1, description="smallest group that is shown, customers, 1 or more")

    @field_validator("maturity")
    @classmethod
    def _are_answers(cls, given: dict[str, list[float]]) -> dict[str, list[float]]:
        for dimension, answers in given.items():
            if dimension not in DIMENSIONS:
                raise ValueError(f"{dimension}: a dimension is one of {', '.join(DIMENSIONS)}")
            for answer in answers:
                if not LOWEST <= answer <= HIGHEST:
                    raise ValueError(
                        f"{dimension}: an answer is a number from {LOWEST} to {HIGHEST}, not {answer:g}"
                    )
        return given
