"""Lay the customer lists, logs and stays out as files, each in the form of the system it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from generator import writing

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

CARD_WIDTHS = {
    "card": 10,
    "guest_no": 9,
    "family": 12,
    "given": 16,
    "birth": 6,
    "phone": 13,
    "email": 48,
    "address": 24,
    "city": 10,
    "postcode": 5,
    "changed": 8,
}

_NOT_IN_CP949 = str.maketrans("üé", "ue")


def lists(made: dict[str, pd.DataFrame], won: pd.DataFrame, folder: Path) -> None:
    """Write the seven customer lists."""
    _guests(made["guests"], won, folder / "operations_guests.csv.gz")
    _cards(made["cards"], folder / "loyalty_cards.txt")
    _web_members(made["web_members"], folder / "web_members.jsonl")
    _newsletter(made["newsletter"], folder / "newsletter.csv")
    _vip(made["vip"], folder / "office_vip.xlsx")
    _attendees(made["attendees"], folder / "event_attendees_cp949.csv")
    _press(made["press_list"], folder / "press_contacts_utf16.tsv")


def logs(made: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write the four logs of contacts."""
    _calls(made["calls"], folder / "call_log_cp949.csv")
    _inquiries(made["web_inquiries"], folder / "web_inquiries.jsonl.gz")
    _visits(made["event_visits"], folder / "event_visits.csv")
    _coupons(made["coupons"], folder / "card_coupons.csv")


def _guests(table: pd.DataFrame, won: pd.DataFrame, path: Path) -> None:
    """Guest file of the property system; `won` is by person."""
    mine = won.reindex(table["person"])
    writing.csv(
        pd.DataFrame(
            {
                "record": table["record_id"],
                "guest_no": table["customer_id"],
                "guest_name": table["name"],
                "birth": table["birth"],
                "sex": table["gender"],
                "mobile": table["phone"],
                "email": table["email"],
                "address": table["address"],
                "city": table["city"],
                "postcode": table["postcode"],
                "last_change": table["updated"].dt.strftime("%Y-%m-%d"),
                "won_by": mine["recorded"].to_numpy(),
                "won_on": _iso(mine["won_on"]),
            }
        ),
        path,
    )


def _iso(days: pd.Series) -> np.ndarray:
    return pd.to_datetime(days).dt.strftime("%Y-%m-%d").fillna("").to_numpy()


def _cards(table: pd.DataFrame, path: Path) -> None:
    writing.fixed(
        pd.DataFrame(
            {
                "card": table["record_id"],
                "guest_no": table["customer_id"],
                "family": table["family_name"],
                "given": table["given_name"],
                "birth": table["birth"].str.replace("-", "").str[2:],
                "phone": table["phone"].str.replace("-", ""),
                "email": table["email"],
                "address": table["address"],
                "city": table["city"],
                "postcode": table["postcode"],
                "changed": table["updated"].dt.strftime("%Y%m%d"),
            }
        ),
        path,
        CARD_WIDTHS,
    )


def _web_members(table: pd.DataFrame, path: Path) -> None:
    international = table["phone"].str.replace(r"^0", "+82 ", regex=True)
    writing.jsonl(
        pd.DataFrame(
            {
                "member": table["record_id"],
                "guestNo": table["customer_id"],
                "cardNo": table["card"],
                "name": table["name"],
                "birthday": table["birth"],
                "mobile": international,
                "email": table["email"].str.upper(),
                "updatedAt": table["updated"].dt.strftime("%Y-%m-%d") + "T09:30:00+09:00",
            }
        ),
        path,
    )


def _newsletter(table: pd.DataFrame, path: Path) -> None:
    writing.csv(
        pd.DataFrame(
            {
                "id": table["record_id"],
                "email": table["email"],
                "name": table["name"],
                "subscribed": table["updated"].dt.strftime("%Y.%m.%d"),
            }
        ),
        path,
    )


def _vip(table: pd.DataFrame, path: Path) -> None:
    writing.xlsx(
        pd.DataFrame(
            {
                "번호": table["record_id"],
                "고객번호": table["customer_id"],
                "성명": table["name"],
                "휴대폰": table["phone"].str.replace("-", "."),
                "생년월일": writing.korean(table["birth"]),
                "확인일": writing.serial(table["updated"]),
            }
        ),
        path,
        "VIP",
    )


def _attendees(table: pd.DataFrame, path: Path) -> None:
    writing.csv(
        pd.DataFrame(
            {
                "접수번호": table["record_id"],
                "성명": table["name"].str.translate(_NOT_IN_CP949),
                "성별": table["gender"],
                "연락처": table["phone"].str.replace("-", " "),
                "이메일": table["email"],
                "생년월일": writing.korean(table["birth"]),
                "참석일": writing.korean(table["updated"].dt.strftime("%Y-%m-%d")),
            }
        ),
        path,
        encoding="cp949",
    )


def _press(table: pd.DataFrame, path: Path) -> None:
    writing.csv(
        pd.DataFrame(
            {
                "no": table["record_id"],
                "이름": table["name"],
                "전화": table["phone"],
                "메일": table["email"],
                "확인일": table["updated"].dt.strftime("%Y-%m-%d"),
            }
        ),
        path,
        encoding="utf-16",
        separator="\t",
    )


def _calls(log: pd.DataFrame, path: Path) -> None:
    time = (
        (log["minute"] // 60).astype(str).str.zfill(2) + ":" + (log["minute"] % 60).astype(str).str.zfill(2)
    )
    writing.csv(
        pd.DataFrame(
            {
                "접수번호": log["contact_id"],
                "통화일시": log["day"].dt.strftime("%Y-%m-%d ") + time,
                "고객번호": log["customer_id"],
                "발신번호": log["phone"].str.replace("-", ""),
                "접점": log["touchpoint"],
                "상담유형": log["reason"],
                "메모": log["text"],
            }
        ),
        path,
        encoding="cp949",
    )


def _inquiries(log: pd.DataFrame, path: Path) -> None:
    # the site keeps the time of Greenwich: nine hours behind Seoul
    moment = log["day"] + pd.to_timedelta(log["minute"] - 9 * 60, unit="min")
    writing.jsonl(
        pd.DataFrame(
            {
                "id": log["contact_id"],
                "at": moment.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "guestNo": log["customer_id"],
                "email": log["email"],
                "phone": log["phone"],
                "page": log["touchpoint"],
                "topic": log["reason"],
                "message": log["text"],
            }
        ),
        path,
    )


def _visits(log: pd.DataFrame, path: Path) -> None:
    writing.csv(
        pd.DataFrame(
            {
                "visit": log["contact_id"],
                "date": log["day"].dt.strftime("%Y-%m-%d"),
                "event": log["activity"],
                "phone": log["phone"],
                "email": log["email"],
            }
        ),
        path,
    )


def _coupons(log: pd.DataFrame, path: Path) -> None:
    writing.csv(
        pd.DataFrame(
            {
                "coupon_no": log["contact_id"],
                "used_on": log["day"].dt.strftime("%Y. %-m. %-d."),
                "activity": log["activity"],
                "guest_no": log["customer_id"],
            }
        ),
        path,
    )
