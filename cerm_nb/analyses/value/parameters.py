"""The parameters of the question who the target customers are and what they are worth."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

DEFAULT_TIER_SHARES = [0.05, 0.15, 0.30, 0.50]


class Params(BaseModel):
    """Parameters of the value question, with their meaning, unit and range."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    holdout_weeks: int = Field(
        39, ge=0, le=1040, description="weeks held back to check the forecast; 0 checks nothing"
    )
    horizon_months: int = Field(12, ge=1, le=60, description="months of future purchases counted, 1–60")
    annual_discount: float = Field(0.10, ge=0, le=1, description="discount rate a year, 0–1")
    margin: float = Field(1.0, gt=0, le=1, description="share of revenue kept as margin, above 0 to 1")
    target_share: float = Field(0.20, gt=0, lt=1, description="share of customers to target, 0–1")
    tier_shares: list[float] = Field(
        default_factory=lambda: list(DEFAULT_TIER_SHARES),
        min_length=2,
        max_length=10,
        description="sizes of the value tiers from the top, shares adding up to 1",
    )
    rfm_bins: int = Field(5, ge=2, le=10, description="scores of recency, frequency and spend, 2–10")
    confidence: float = Field(0.95, ge=0.5, le=0.999, description="coverage of intervals, 0.5–0.999")
    bootstrap: int = Field(500, ge=100, le=10_000, description="draws behind an interval, 100–10000")
    seed: int = Field(1, ge=0, description="seed of the random draws, 0 or more")
    min_group: int = Field(10, ge=1, description="smallest group that is shown, customers, 1 or more")

    @field_validator("tier_shares")
    @classmethod
    def _add_up(cls, shares: list[float]) -> list[float]:
        if min(shares) <= 0:
            raise ValueError("each share must be above 0")
        if abs(sum(shares) - 1) > 1e-6:
            raise ValueError(f"the shares must add up to 1, and add up to {sum(shares):g}")
        return shares
