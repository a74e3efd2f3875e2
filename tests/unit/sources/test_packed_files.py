"""gz and zip: unpacked up to a limit, told by their names, never written where a member's name says."""

from __future__ import annotations

import gzip
import io
import tempfile
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cerm_nb.errors import DataError
from cerm_nb.sources import TableSpec, fingerprint
from cerm_nb.sources.unpacking import Meter

if TYPE_CHECKING:
    from pathlib import Path

CSV = "customer,day,price\n007,2011-06-30,1.50\n"
ROWS = [("007", "2011-06-30", 1.5)]
BAD = "customer,day,price\n008,2011-06-30,about ten\n"


def zipped(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "keys"),
    [
        ("shop.csv.gz", CSV, {}),
        ("shop.tsv.gz", CSV.replace(",", "\t"), {}),
        ("SHOP.CSV.GZ", CSV, {}),
        ("shop.jsonl.gz", '{"customer": "007", "day": "2011-06-30", "price": 1.5}', {}),
        (
            "shop.txt.gz",
            "007 20110630 1.50\n",
            {"fields": {"customer": "1-3", "day": "5-12", "price": "14-17"}},
        ),
    ],
)
def test_gz_of_every_text_format(
    write, open_shop, rows, name: str, content: str, keys: dict[str, object]
) -> None:
    write(name, gzip.compress(content.encode()))
    assert rows(open_shop(name, **keys)) == ROWS


def test_a_zip_of_one_file_and_its_hash_is_that_of_the_zip(write, open_shop, rows, tmp_path: Path) -> None:
    write("shop.zip", zipped({"2011/shop.csv": CSV, "__MACOSX/2011/._shop.csv": "x", "2011/.DS_Store": "x"}))
    loaded = open_shop("shop.zip")
    assert rows(loaded) == ROWS
    spec = TableSpec.model_validate({"from": "shop.zip"})
    assert loaded.provenance.hashes == fingerprint(spec, tmp_path, label="here")


def test_a_zip_of_several_files_is_read_like_a_glob_in_the_order_of_their_names(
    write, open_shop, rows
) -> None:
    write("shop.zip", zipped({"b.csv": "price,day,customer\n2,2011-07-01,b\n", "a.csv": CSV}))
    assert rows(open_shop("shop.zip")) == [*ROWS, ("b", "2011-07-01", 2.0)]


def test_a_bad_cell_in_a_zip_is_told_with_the_names_of_zip_and_member(write, refuse) -> None:
    write("shop.zip", zipped({"a.csv": CSV, "b.csv": BAD}))
    assert "shop.zip → b.csv, row 1 (line 2): price = 'about ten'" in refuse("shop.zip")


def test_parquet_in_a_zip_can_be_asked_long_after_it_was_opened(write, open_shop, rows) -> None:
    packed = io.BytesIO()
    pd.DataFrame({"customer": ["007"], "day": ["2011-06-30"], "price": [1.5]}).to_parquet(packed)
    write("shop.zip", zipped({"shop.parquet": packed.getvalue()}))
    assert rows(open_shop("shop.zip")) == ROWS


def test_a_member_named_by_korean_windows_is_told_in_korean(write, refuse) -> None:
    korean = "매출1.csv".encode("cp949")
    write("shop.zip", zipped({"x" * len(korean): BAD}).replace(b"x" * len(korean), korean))
    assert "shop.zip → 매출1.csv, row 1" in refuse("shop.zip")


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "C:\\evil.csv"])
def test_no_member_is_written_where_its_name_says(write, open_shop, rows, tmp_path: Path, name: str) -> None:
    write("data/in/shop.zip", zipped({name: CSV}))
    before = set(tmp_path.rglob("*"))
    assert rows(open_shop("data/in/shop.zip")) == ROWS
    assert set(tmp_path.rglob("*")) == before


def test_nothing_is_left_in_the_temporary_folder(write, open_shop, tmp_path: Path, monkeypatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    write("shop.zip", zipped({"a.csv": CSV}))
    write("bad.zip", zipped({"a.csv": BAD}))
    loaded = open_shop("shop.zip")
    assert list(temporary.glob("cerm-nb-*/0/0.csv"))
    del loaded
    with pytest.raises(DataError):
        open_shop("bad.zip")
    assert not list(temporary.glob("cerm-nb-*/0"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "shop.csv.gz",
            gzip.compress(CSV.encode() * 99, mtime=0)[:60],
            "shop.csv.gz: cannot be unpacked: Compressed file ended",
        ),
        ("shop.csv.gz", CSV.encode(), "cannot be unpacked: Not a gzipped file"),
        ("shop.csv.gz", gzip.compress(b"", mtime=0), "holds a file of 0 bytes"),
        (
            "shop.csv.gz.gz",
            gzip.compress(gzip.compress(b"x", mtime=0), mtime=0),
            "is packed inside a packed file",
        ),
        ("shop.zip", b"PK\3\4 and nothing else", "cannot be unpacked: File is not a zip file"),
        ("shop.zip", zipped({}), "the zip holds no file"),
        (
            "shop.zip",
            zipped({"a.zip": zipped({"a.csv": CSV})}),
            "shop.zip → a.zip: is packed inside a packed file",
        ),
        ("shop.zip", zipped({"a.csv.gz": gzip.compress(b"x", mtime=0)}), "is packed inside a packed file"),
        (
            "shop.zip",
            zipped({"a.csv": CSV, "b.csv": "x,y\n1,2\n"}),
            "shop.zip → b.csv has other columns (x, y)",
        ),
        (
            "shop.zip",
            zipped({"a.csv": CSV, "b.pdf": "x"}),
            "the format does not follow from the ending (.csv, .pdf)",
        ),
        (
            "shop.zip",
            zipped({f"{n}.csv": CSV for n in range(1001)}),
            "the zip holds 1,001 files; expected at most",
        ),
        ("shop.zip", zipped({"a.csv": CSV}, zipfile.ZIP_STORED).replace(b"1.50", b"9.99"), "Bad CRC-32"),
    ],
)
def test_packed_files_that_cannot_be_read(write, refuse, name: str, content: bytes, message: str) -> None:
    write(name, content)
    assert message in refuse(name)


def test_a_member_with_a_password(write, refuse) -> None:
    content = bytearray(zipped({"a.csv": CSV}))
    content[6] |= 1  # the flag in the member's own header, and in the directory
    content[content.index(b"PK\1\2") + 8] |= 1
    write("shop.zip", bytes(content))
    assert "shop.zip → a.csv: needs a password" in refuse("shop.zip")


def test_every_broken_file_of_a_list_is_told(write, refuse) -> None:
    write("a.zip", b"PK\3\4")
    write("b.csv.gz", b"no gz")
    assert refuse(["a.zip", "b.csv.gz"]).count("cannot be unpacked") == 2


@pytest.mark.parametrize("name", ["bomb.csv.gz", "bomb.zip"])
def test_a_bomb_is_stopped_before_it_is_unpacked(write, refuse, name: str) -> None:
    zeros = b"0" * (80 << 20)
    write(name, gzip.compress(zeros) if name.endswith("gz") else zipped({"a.csv": zeros}))
    told = refuse(name)
    assert f"{name}: unpacks to more than 64 MiB, from " in told
    assert "expected at most 8 GiB, and beyond 64 MiB at most 200 times the packed size" in told


def test_a_large_file_that_packs_as_tables_do_is_let_through() -> None:
    meter = Meter("a.zip", packed=1 << 30)
    meter.add(8 << 30)
    with pytest.raises(DataError, match=r"unpacks to more than 8,192 MiB"):
        meter.add(1)
