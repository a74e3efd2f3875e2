"""What reached the company from customers: calls, inquiries on the site, visits to events, coupons used."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import planted
from generator.random import pick, some, stream

_DAYS = int((np.datetime64(planted.LAST_DAY) - np.datetime64(planted.FIRST_DAY)).astype(int))
_TEXTS = {
    "객실 무선인터넷 불만": "객실 와이파이가 자꾸 끊깁니다",
    "체크인 대기 불만": "체크인하려고 오래 기다렸습니다",
    "예약 변경·취소": "예약 날짜를 바꾸고 싶습니다",
    "요금·청구 문의": "청구서에 모르는 항목이 있습니다",
    "시설·교통 문의": "공항버스 시간을 알려 주세요",
    "조식 불만": "조식 메뉴가 늘 같습니다",
    "분실물": "객실에 충전기를 두고 왔습니다",
    "칭찬": "직원분이 무척 친절했습니다",
}
TOUCHPOINTS = {
    "객실 무선인터넷 불만": "객실",
    "체크인 대기 불만": "체크인",
    "예약 변경·취소": "전화 예약",
    "요금·청구 문의": "요금 정산",
    "시설·교통 문의": "교통·안내",
    "조식 불만": "조식",
    "분실물": "체크아웃",
    "칭찬": "체크인",
}
_PREFIXES = {"calls": "C", "web_inquiries": "W", "event_visits": "E", "coupons": "U"}
CHANNELS = {"calls": "phone", "web_inquiries": "web", "event_visits": "event", "coupons": "coupon"}
_ACTIVITIES = {"event_visits": ["A02", "A08"], "coupons": ["A05", "A06"]}


def build(seed: int, entry: str, persons: pd.DataFrame, numbers: pd.Series) -> pd.DataFrame:
    """Make one log of contacts.

    Parameters
    ----------
    seed
        Seed of the client.
    entry
        Name of the log in `planted.CONTACTS_PER_GUEST`.
    persons
        The true persons, guests first.
    numbers
        Guests' first numbers by position.

    Returns
    -------
    pandas.DataFrame
        contact_id, person, customer_id, phone, email, day (datetime64), minute (of the day), touchpoint,
        channel, reason, activity, text; empty where the log does not know. In order of time.
    """
    rng = stream(seed, f"contacts {entry}")
    mean = planted.CONTACTS_PER_GUEST[entry] * np.where(persons["is_guest"], 1.0, 1 / 3)
    position = np.repeat(np.arange(len(persons)), rng.poisson(mean))
    table = pd.DataFrame({"person": persons["person"].to_numpy()[position]})
    keys = planted.CONTACT_KEYS[entry]
    known = pd.Series(numbers).reindex(position).fillna("").to_numpy(dtype=object)
    for column, values in (
        ("customer_id", known),
        ("phone", persons["phone"].to_numpy(dtype=object)[position]),
        ("email", persons["email"].to_numpy(dtype=object)[position]),
    ):
        table[column] = np.where(some(rng, len(table), keys[column]), values, "")
    _what(table, entry, rng)
    table = table.sort_values(["day", "minute", "person"], ignore_index=True)
    counted = pd.Series(np.arange(1, len(table) + 1)).astype(str).str.zfill(7)
    table.insert(0, "contact_id", _PREFIXES[entry] + counted)
    return table


def _what(table: pd.DataFrame, entry: str, rng: np.random.Generator) -> None:
    table["channel"] = CHANNELS[entry]
    table["minute"] = rng.integers(8 * 60, 22 * 60, len(table))
    if entry in _ACTIVITIES:
        table["activity"] = pick(rng, dict.fromkeys(_ACTIVITIES[entry], 1.0), len(table))
        table[["touchpoint", "reason", "text"]] = ""
        table["day"] = _within(table["activity"], rng)
        return
    table["reason"] = pick(rng, planted.CONTACT_REASONS, len(table))
    table["touchpoint"] = table["reason"].map(TOUCHPOINTS)
    table["text"] = table["reason"].map(_TEXTS)
    table["activity"] = ""
    days = rng.integers(0, _DAYS + 1, len(table)).astype("timedelta64[D]")
    table["day"] = np.datetime64(planted.FIRST_DAY) + days


def _within(activity: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Draw a day within each row's activity."""
    start = pd.to_datetime(activity.map({name: one.start for name, one in planted.ACTIVITIES.items()}))
    end = pd.to_datetime(activity.map({name: one.end for name, one in planted.ACTIVITIES.items()}))
    passed = np.floor(rng.random(len(activity)) * ((end - start).dt.days + 1))
    return start + pd.to_timedelta(passed, unit="D")


def truth(log: pd.DataFrame) -> dict[str, float]:
    """Tell how many contacts carry a key at all, and who they truly were."""
    keyed = (log[["customer_id", "phone", "email"]] != "").any(axis=1)
    return {
        "contacts": len(log),
        "with_key": int(keyed.sum()),
        "true_persons": int(log["person"].nunique()),
    }
