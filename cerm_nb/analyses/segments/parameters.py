"""The parameters of the question which kinds of customers there are."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

METHODS = ("kmeans", "mixture", "latent_classes")


class Params(BaseModel):
    """Parameters of the segments question, with their meaning, unit and range."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    segment_by: str = Field(
        "auto", pattern="^(auto|behaviour|needs|both)$", description="auto, behaviour, needs or both"
    )
    segment_methods: list[str] = Field(
        default_factory=lambda: list(METHODS),
        min_length=1,
        description="ways of finding segments, any of these",
    )
    min_segments: int = Field(2, ge=2, le=12, description="fewest segments tried, 2–12")
    max_segments: int = Field(8, ge=2, le=12, description="most segments tried, 2–12")
    restarts: int = Field(100, ge=100, le=10_000, description="starts of k-means, 100–10000")
    latent_starts: int = Field(30, ge=10, le=1000, description="starts of mixtures and classes, 10–1000")
    bootstrap_pairs: int = Field(100, ge=20, le=2000, description="pairs of resamples compared, 20–2000")
    min_stability: float = Field(
        0.8, gt=0, le=1, description="adjusted Rand index a solution must reach in the median, above 0 to 1"
    )
    smallest_segment: float = Field(0.05, ge=0, lt=0.5, description="smallest share of a segment, 0–0.5")
    max_fields: int = Field(8, ge=1, le=20, description="most fields the typing tool may ask, 1–20")
    min_posterior: float = Field(
        0.6, ge=0, lt=1, description="probability below which nobody is assigned, 0–1"
    )
    confidence: float = Field(0.95, ge=0.5, le=0.999, description="coverage of intervals, 0.5–0.999")
    seed: int = Field(1, ge=0, description="seed of the random draws, 0 or more")
    min_group: int = Field(10, ge=1, description="smallest group that is shown, customers, 1 or more")

    @field_validator("segment_methods")
    @classmethod
    def _are_methods(cls, given: list[str]) -> list[str]:
        for method in given:
            if method not in METHODS:
                raise ValueError(f"{method}: a method is one of {', '.join(METHODS)}")
        return list(dict.fromkeys(given))

    @field_validator("max_segments")
    @classmethod
    def _reach_further(cls, most: int, info: object) -> int:
        fewest = getattr(info, "data", {}).get("min_segments", 2)
        if most < fewest:
            raise ValueError(f"the most segments must be at least the fewest, {fewest}")
        return most
