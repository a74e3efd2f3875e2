"""Compressed files: cut, lying about themselves, or small outside and endless within."""

from __future__ import annotations

import gzip
import io
import zipfile
from functools import partial
from typing import TYPE_CHECKING

from broken_case import GOOD, HEADER, Case, of

if TYPE_CHECKING:
    from pathlib import Path

ROWS = {"customer_id": ["c1", "c2", "c1"], "amount": [10.0, 20.0, 30.0]}
MEBIBYTE = 1 << 20
_ENCRYPTED = 1
_LONG_AGO = (2024, 1, 1, 0, 0, 0)


def zipped(members: dict[str, bytes | str]) -> bytes:
    """Pack members into a zip, the same bytes every time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def marked_encrypted(packed: bytes) -> bytes:
    """Set the flag of an encrypted member in both of its headers."""
    changed = bytearray(packed)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[changed.index(signature) + offset] |= _ENCRYPTED
    return bytes(changed)


def with_size(packed: bytes, size: int) -> bytes:
    """Let both headers of a zip's only member claim another unpacked size."""
    changed = bytearray(packed)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = changed.index(signature) + offset
        changed[start : start + 4] = size.to_bytes(4, "little")
    return bytes(changed)


def bomb_of_gzip(path: Path, *, mebibytes: int) -> None:
    """Write rows that are all alike, about a thousand times smaller when packed."""
    rows = b"c1,2024-01-05,10\n" * (MEBIBYTE // 17)
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as stream:
        stream.write(HEADER.encode())
        for _ in range(mebibytes):
            stream.write(rows)


def bomb_of_zip(path: Path, *, mebibytes: int) -> None:
    """Write one highly compressed member."""
    rows = b"c1,2024-01-05,10\n" * (MEBIBYTE // 17)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        member = zipfile.ZipInfo("shop.csv", _LONG_AGO)
        member.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(member, "w") as stream:
            stream.write(HEADER.encode())
            for _ in range(mebibytes):
                stream.write(rows)


def nested(depth: int) -> bytes:
    """Pack zips into zips, sixteen in each, as 42.zip does."""
    inner = zipped({"shop.csv": GOOD})
    for level in range(depth):
        inner = zipped({f"level{level}_{number}.zip": inner for number in range(16)})
    return inner


def cases() -> list[Case]:
    """List the cases."""
    return [*_gzip(), *_zip()]


def _gzip() -> list[Case]:
    packed = gzip.compress(GOOD.encode() * 50, mtime=0)
    damaged = bytearray(packed)
    damaged[-6] ^= 0xFF

    def one(name: str, content: object, **expected: object) -> Case:
        return of(name, "shop.csv.gz", content, **expected)  # type: ignore[arg-type]

    return [
        one("gz_whole", gzip.compress(GOOD.encode(), mtime=0), holds=ROWS),
        one("gz_cut_off", packed[: len(packed) // 2], error=("shop.csv.gz",)),
        one("gz_of_another_sum", bytes(damaged), error=("shop.csv.gz",)),
        one("gz_is_a_csv", GOOD, error=("shop.csv.gz",)),
        one("gz_of_nothing", gzip.compress(b"", mtime=0), error=("shop.csv",)),
        one(
            "gz_within_gz", gzip.compress(gzip.compress(GOOD.encode(), mtime=0), mtime=0), error=("shop.csv",)
        ),
        one("gz_bomb", partial(bomb_of_gzip, mebibytes=160), error=("shop.csv.gz", "unpack"), megabytes=600),
    ]


def _zip() -> list[Case]:
    whole = zipped({"shop.csv": GOOD})
    damaged = bytearray(whole)
    damaged[60] ^= 0xFF
    other = "customer,when,money\nc9,2024-01-05,1\n"
    more = GOOD.replace("c1", "c8")

    def one(name: str, content: object, **expected: object) -> Case:
        return of(name, "shop.zip", content, **expected)  # type: ignore[arg-type]

    return [
        one("zip_whole", whole, holds=ROWS),
        one("zip_of_two_alike", zipped({"a.csv": GOOD, "b.csv": more}), shown=("6 rows",)),
        one("zip_of_two_others", zipped({"a.csv": GOOD, "b.csv": other}), error=("b.csv", "other columns")),
        one(
            "zip_of_two_formats",
            zipped({"a.csv": GOOD, "b.jsonl": "{}\n"}),
            error=("data.transactions.from", "(.csv, .jsonl)"),
        ),
        one("zip_encrypted", marked_encrypted(whole), error=("shop.zip", "password")),
        one("zip_within_zip", nested(2), error=("shop.zip",)),
        one("zip_bomb", partial(bomb_of_zip, mebibytes=160), error=("shop.zip", "unpack"), megabytes=600),
        one("zip_lying_about_its_size", with_size(zipped({"shop.csv": GOOD * 500}), 20), error=("shop.zip",)),
        one("zip_claiming_four_gigabytes", with_size(whole, 0xFFFFFFF0), holds=ROWS, megabytes=600),
        one("zip_of_nothing", zipped({}), error=("shop.zip",)),
        one("zip_cut_off", whole[:-30], error=("shop.zip",)),
        one("zip_damaged", bytes(damaged), error=("shop.zip",)),
        one("zip_is_a_csv", GOOD, error=("shop.zip",)),
        one("zip_climbing_out", zipped({"../../../escaped.csv": GOOD}), holds=ROWS),
        one("zip_of_an_absolute_path", zipped({"/cerm-escaped.csv": GOOD}), holds=ROWS),
        one(
            "zip_made_on_a_mac",
            zipped({"shop.csv": GOOD, "__MACOSX/._shop.csv": b"\x00\x05\x16\x07"}),
            holds=ROWS,
        ),
    ]
