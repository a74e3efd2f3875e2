"""Four campaigns with controls: offers taken at the hotels' outlets, apart from the stays themselves.

Who answers is drawn with the segment's usual rate, plus the planted lift where the offer arrived; who answers
spends a gamma amount. Campaign K3's control is contaminated on purpose: most of it got the offer of K2, which
ran at the same time and is almost the same.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from generator.random import some, stream


class Campaign(NamedTuple):
    """A campaign: name, offer, channel, days, fixed cost for 1,500 guests, share of guests in it, lift."""

    ko: str
    offer: str
    channel: str
    start: str
    end: str
    cost: float
    part: float
    lift: dict[str, float]


USUAL = {"convenience": 0.07, "family": 0.09, "experience": 0.10, "value": 0.08}
"""Share who would buy the same without any offer, by segment."""
CAMPAIGNS = {
    "K1": Campaign(
        "봄 늦은 체크아웃",
        "O1",
        "email",
        "2025-03-03",
        "2025-04-13",
        1_200_000,
        0.60,
        {"convenience": 0.16, "family": 0.08, "experience": 0.10, "value": 0.04},
    ),
    "K2": Campaign(
        "가을 조식 초대",
        "O2",
        "message",
        "2025-10-06",
        "2025-11-16",
        1_800_000,
        0.45,
        {"convenience": 0.05, "family": 0.20, "experience": 0.10, "value": 0.12},
    ),
    "K3": Campaign(
        "가을 식음 할인",
        "O3",
        "email",
        "2025-10-06",
        "2025-11-16",
        1_500_000,
        0.45,
        {"convenience": 0.06, "family": 0.12, "experience": 0.14, "value": 0.12},
    ),
    "K4": Campaign(
        "재방문 감사 전화",
        "O4",
        "call",
        "2026-02-02",
        "2026-03-15",
        6_000_000,
        0.50,
        {"convenience": 0.0, "family": 0.0, "experience": 0.0, "value": 0.0},
    ),
}
CONTAMINATED = "K3"
CONTAMINATED_BY = "K2"
CONTAMINATED_SHARE = 0.85
ARRIVED = {"email": 0.96, "message": 0.98, "call": 0.80}
"""Share of a treatment whom the offer reached: the others are not contacted, and not lifted."""
SPEND = {"shape": 4.0, "mean": 68_000.0}
_SCALE = 1_500

OFFERS = {
    "O1": ("늦은 체크아웃", "service", 30_000, 26_000, 4_000, 900, ""),
    "O2": ("지역 조식 초대", "food", 38_000, 21_000, 9_000, 700, ""),
    "O3": ("레스토랑 2만원 할인", "food", 68_000, 33_000, 20_000, 600, ""),
    "O4": ("재방문 객실 승급", "room", 0, 45_000, 30_000, 250, "기존 고객"),
    "O5": ("가족 수영장 이용권", "facility", 45_000, 30_000, 6_000, 400, "가족 휴양형"),
    "O6": ("지역 체험 초대", "experience", 90_000, 40_000, 15_000, 200, ""),
}
"""Offer → name, kind, price, margin when taken, cost, capacity for 1,500 guests, eligibility."""
CHANNELS = {
    "email": ("이메일", 30, 20_000),
    "message": ("문자", 25, 6_000),
    "call": ("전화", 2_400, 500),
    "desk": ("프런트 안내", 600, 1_200),
}
"""Channel → name, cost of a contact, capacity for 1,500 guests."""


def assign(seed: int, segment: np.ndarray, numbers: pd.Series) -> pd.DataFrame:
    """Draw who was assigned to what, and who responded: the columns of the client table ``responses``."""
    rng = stream(seed, "campaigns")
    guests = np.arange(len(segment))
    third, control_of_third = _halves(rng, guests, CAMPAIGNS[CONTAMINATED].part)
    reached = control_of_third[some(rng, len(control_of_third), CONTAMINATED_SHARE)]
    others = np.setdiff1d(guests, np.concatenate([third, control_of_third]))
    second = _second(rng, others, reached, CAMPAIGNS[CONTAMINATED_BY].part)
    arms = {
        "K1": _halves(rng, guests, CAMPAIGNS["K1"].part),
        "K2": second,
        "K3": (third, control_of_third),
        "K4": _halves(rng, guests, CAMPAIGNS["K4"].part),
    }
    parts = []
    for name, (treated, controls) in arms.items():
        lured = reached if name == CONTAMINATED else np.zeros(0, dtype=int)
        parts.append(_responses(rng, name, treated, controls, segment, lured))
    table = pd.concat(parts, ignore_index=True)
    table["customer_id"] = numbers.to_numpy()[table.pop("guest")]
    return table.sort_values(["campaign", "customer_id"], ignore_index=True)


def _halves(rng: np.random.Generator, guests: np.ndarray, part: float) -> tuple[np.ndarray, np.ndarray]:
    drawn = rng.permutation(guests)[: round(part * len(guests)) // 2 * 2]
    return drawn[: len(drawn) // 2], drawn[len(drawn) // 2 :]


def _second(
    rng: np.random.Generator, others: np.ndarray, reached: np.ndarray, part: float
) -> tuple[np.ndarray, np.ndarray]:
    """Treat those of the other campaign's control, filled up at random; as many controls at random."""
    half = max(round(part * (len(others) + 2 * len(reached))) // 2, len(reached))
    drawn = rng.permutation(others)
    fill = half - len(reached)
    treated = np.concatenate([reached, drawn[:fill]])
    return treated, drawn[fill : fill + half]


def _responses(
    rng: np.random.Generator,
    name: str,
    treated: np.ndarray,
    controls: np.ndarray,
    segment: np.ndarray,
    lured: np.ndarray,
) -> pd.DataFrame:
    one = CAMPAIGNS[name]
    guest = np.concatenate([treated, controls])
    is_treated = np.arange(len(guest)) < len(treated)
    contacted = is_treated & some(rng, len(guest), ARRIVED[one.channel])
    kind = pd.Series(segment[guest])
    other = CAMPAIGNS[CONTAMINATED_BY].lift
    rate = kind.map(USUAL) + kind.map(one.lift) * contacted
    rate = rate + kind.map(other) * np.isin(guest, lured) * ~is_treated
    responded = rng.random(len(guest)) < rate.to_numpy()
    money = np.rint(rng.gamma(SPEND["shape"], SPEND["mean"] / SPEND["shape"], len(guest)) / 100) * 100
    return pd.DataFrame(
        {
            "campaign": name,
            "guest": guest,
            "arm": np.where(is_treated, "treatment", "control"),
            "assigned_on": one.start,
            "contacted": contacted.astype(int),
            "responded": responded.astype(int),
            "spend": np.where(responded, money, 0.0),
            "segment": kind.to_numpy(),
        }
    )


def truth(segment: np.ndarray) -> dict[str, object]:
    """Tell the true lift of being assigned, by segment and over all guests, in responses and in money."""
    shares = pd.Series(segment).value_counts(normalize=True)
    found: dict[str, object] = {}
    for name, one in CAMPAIGNS.items():
        assigned = {kind: round(lift * ARRIVED[one.channel], 6) for kind, lift in one.lift.items()}
        overall = sum(float(shares.get(kind, 0.0)) * lift for kind, lift in assigned.items())
        found[name] = {
            "ko": one.ko,
            "lift": round(overall, 6),
            "lift_by_segment": assigned,
            "lift_in_spend": round(overall * SPEND["mean"], 1),
            "contaminated": name == CONTAMINATED,
        }
    return {
        "usual_rate": USUAL,
        "mean_spend": SPEND["mean"],
        "campaigns": found,
        "contaminated_by": CONTAMINATED_BY,
        "contaminated_share": CONTAMINATED_SHARE,
    }


def tables(guests: int) -> dict[str, pd.DataFrame]:
    """List offers, channels and campaigns; capacities and costs grow with the number of guests."""
    scale = guests / _SCALE
    offers = pd.DataFrame(
        [(key, *one) for key, one in OFFERS.items()],
        columns=["offer", "name", "kind", "price", "margin", "cost", "capacity", "eligibility"],
    )
    channels = pd.DataFrame(
        [(key, *one) for key, one in CHANNELS.items()], columns=["channel", "name", "cost", "capacity"]
    )
    for table in (offers, channels):
        table["capacity"] = (table["capacity"] * scale).round().astype(int)
    listed = pd.DataFrame(
        [
            {
                "campaign": key,
                "name": one.ko,
                "offer": one.offer,
                "channel": one.channel,
                "start": one.start,
                "end": one.end,
                "cost": round(one.cost * scale, -3),
            }
            for key, one in CAMPAIGNS.items()
        ]
    )
    return {"offers": offers, "channels": channels, "campaigns": listed}
