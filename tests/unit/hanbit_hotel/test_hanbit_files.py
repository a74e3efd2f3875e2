"""The shipped files are what the generator makes, and small."""

import gzip
import sqlite3
import subprocess
import sys

import pyarrow.parquet as pq
import pytest
from generate import CUSTOMERS, MOST_RESPONDENTS, SEED
from generator.build import make

NOT_MADE = {"generate.py", "README.md"}


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.is_file() and path.name not in NOT_MADE)


def content(path):
    """What a file says, apart from how a library of another version would pack it."""
    if path.suffix == ".parquet":
        return pq.read_table(path)
    if path.suffix == ".sqlite":
        connection = sqlite3.connect(path)
        try:
            return list(connection.iterdump())
        finally:
            connection.close()
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make(CUSTOMERS, SEED, folder, min(CUSTOMERS // 5, MOST_RESPONDENTS))
    return folder


def test_the_shipped_files_are_what_the_generator_makes(shipped, made):
    assert names(shipped) == names(made)
    differing = [name for name in names(made) if content(shipped / name) != content(made / name)]
    assert differing == []


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_ones(tmp_path, shipped):
    for folder, seed in (("one", 7), ("two", 7), ("three", 8)):
        make(150, seed, tmp_path / folder, 40)
    listed = names(tmp_path / "one")
    first, second, other = (
        [(tmp_path / folder / name).read_bytes() for name in listed] for folder in ("one", "two", "three")
    )
    assert first == second
    drawn = [name for name in listed if name not in ("activities.csv", "management.sqlite")]
    assert [name for name, one, two in zip(listed, first, other, strict=True) if one != two] == drawn


def test_the_files_are_at_most_three_megabytes(shipped):
    assert sum((shipped / name).stat().st_size for name in names(shipped)) <= 3_000_000


def test_the_command_makes_as_many_guests_as_asked(tmp_path, shipped):
    command = [sys.executable, str(shipped / "generate.py"), "--customers", "60", "--respondents", "20"]
    subprocess.run([*command, "--seed", "3", "--out", str(tmp_path)], check=True, timeout=120)
    numbers = pq.read_table(tmp_path / "pms_folios.parquet").to_pandas()["guest_no"].nunique()
    assert 60 <= numbers <= 66  # a few guests have two numbers


def test_too_few_guests_are_refused(tmp_path, shipped):
    command = [sys.executable, str(shipped / "generate.py"), "--customers", "0", "--out", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 2
    assert "expected 20 or more" in ended.stderr
    assert list(tmp_path.iterdir()) == []
