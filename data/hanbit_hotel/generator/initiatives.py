"""Initiatives that change something inside, with what they truly do, and pilots with controls.

A pilot's value is 5 + cluster + phase + the effect where the arm is pilot and the phase after + chance.
Clusters are assigned as a whole, so chance alone understates the error.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from generator.random import stream


class Initiative(NamedTuple):
    """An initiative as its owner describes it; `truly` is what it does to its attribute, latent points."""

    ko: str
    area: str
    touchpoint: str
    attribute: str
    indicator: str
    effect: tuple[float, float, float]
    cost: float
    staff: float
    months: float
    feasibility: float
    truly: float
    depends_on: str = ""
    start: str = ""


INITIATIVES = {
    "I1": Initiative(
        "모바일 체크인",
        "process",
        "체크인",
        "대기 시간",
        "long_check_in",
        (0.7, 0.3, 1.1),
        180e6,
        14,
        6,
        4,
        0.8,
        "",
        "2025-09-01",
    ),
    "I2": Initiative(
        "지역 조식 메뉴",
        "process",
        "조식",
        "메뉴의 다양함",
        "satisfaction",
        (0.6, 0.2, 0.9),
        60e6,
        6,
        3,
        5,
        0.5,
        "",
        "2025-10-01",
    ),
    "I3": Initiative(
        "객실 무선망 교체",
        "process",
        "객실",
        "무선인터넷",
        "complaints",
        (0.9, 0.5, 1.3),
        320e6,
        10,
        8,
        4,
        0.9,
    ),
    "I4": Initiative(
        "웹 예약 개편",
        "information",
        "웹 예약",
        "예약 절차의 간편함",
        "web_completion",
        (0.5, 0.2, 0.8),
        150e6,
        16,
        7,
        4,
        0.4,
        "",
        "2025-08-01",
    ),
    "I5": Initiative(
        "고객 취향 기억",
        "information",
        "체크인",
        "이름과 취향을 기억함",
        "retention",
        (0.8, 0.3, 1.2),
        90e6,
        12,
        6,
        3,
        0.6,
        "I8",
    ),
    "I6": Initiative(
        "환영 간식",
        "people",
        "도어 영접",
        "첫인상의 따뜻함",
        "satisfaction",
        (0.4, 0.0, 0.7),
        45e6,
        3,
        2,
        5,
        0.0,
    ),
    "I7": Initiative(
        "조용한 층 운영", "process", "객실", "조용함", "complaints", (0.5, 0.2, 0.8), 70e6, 5, 4, 4, 0.45
    ),
    "I8": Initiative(
        "고객정보 통합",
        "information",
        "후속 메일",
        "제안의 적절함",
        "data_completeness",
        (0.4, 0.1, 0.8),
        260e6,
        24,
        10,
        3,
        0.5,
    ),
    "I9": Initiative(
        "접객 교육",
        "people",
        "배웅",
        "진심 어린 인사",
        "training_hours",
        (0.4, 0.1, 0.7),
        55e6,
        9,
        5,
        5,
        0.35,
    ),
    "I10": Initiative(
        "유아 놀이방",
        "process",
        "피트니스·수영장",
        "아이와 함께하기",
        "retention",
        (0.7, 0.3, 1.1),
        130e6,
        8,
        7,
        3,
        0.7,
    ),
}


class Pilot(NamedTuple):
    """A pilot: days of its change and end, clusters (half of them changed), observations each and phase."""

    changed: str
    days: int
    clusters: int
    each: int


PILOTS = {
    "I5": Pilot("2026-03-02", 56, 24, 12),
    "I6": Pilot("2026-01-05", 42, 20, 12),
    "I7": Pilot("2026-02-02", 56, 24, 10),
}
CLUSTER_SPREAD, UNIT_SPREAD, PHASE = 0.20, 0.90, 0.10
_USUAL = 5.0


def described() -> pd.DataFrame:
    """List the initiatives as their owners describe them."""
    return pd.DataFrame(
        [
            {
                "initiative": key,
                "name": one.ko,
                "area": one.area,
                "touchpoint": one.touchpoint,
                "attribute": one.attribute,
                "indicator": one.indicator,
                "effect": one.effect[0],
                "effect_low": one.effect[1],
                "effect_high": one.effect[2],
                "cost": one.cost,
                "staff": one.staff,
                "months": one.months,
                "feasibility": one.feasibility,
                "depends_on": one.depends_on,
                "start": one.start,
            }
            for key, one in INITIATIVES.items()
        ]
    )


def pilots(seed: int) -> pd.DataFrame:
    """Draw the pilots: initiative, unit, cluster, arm, phase, date, value."""
    return pd.concat([_pilot(seed, key, one) for key, one in PILOTS.items()], ignore_index=True)


def _pilot(seed: int, key: str, one: Pilot) -> pd.DataFrame:
    rng = stream(seed, f"pilot {key}")
    shape = one.clusters, 2, one.each
    cluster, after, _ = (part.ravel() for part in np.meshgrid(*map(np.arange, shape), indexing="ij"))
    is_pilot = (rng.permutation(one.clusters) < one.clusters // 2)[cluster]
    value = _USUAL + rng.normal(0, CLUSTER_SPREAD, one.clusters)[cluster] + PHASE * after
    value = value + INITIATIVES[key].truly * (is_pilot & (after == 1))
    value = value + rng.normal(0, UNIT_SPREAD, len(cluster))
    day = rng.integers(0, one.days, len(cluster)) + np.where(after == 1, 0, -one.days)
    return pd.DataFrame(
        {
            "initiative": key,
            "unit": f"{key}-S" + pd.Series(np.arange(1, len(cluster) + 1)).astype(str).str.zfill(4),
            "cluster": f"{key}-T" + pd.Series(cluster + 1).astype(str).str.zfill(2),
            "arm": np.where(is_pilot, "pilot", "control"),
            "phase": np.where(after == 1, "after", "before"),
            "date": np.datetime64(one.changed) + day.astype("timedelta64[D]"),
            "value": np.round(value, 2),
        }
    )


def truth() -> dict[str, object]:
    """Tell what each initiative truly does, and each pilot's true difference."""
    return {
        "effects": {key: one.truly for key, one in INITIATIVES.items()},
        "pilots": {
            key: {
                "effect": INITIATIVES[key].truly,
                "cluster_spread": CLUSTER_SPREAD,
                "unit_spread": UNIT_SPREAD,
            }
            for key in PILOTS
        },
    }
