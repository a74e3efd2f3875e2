from datetime import UTC, datetime
from pathlib import Path

from cerm_nb import manifest


def test_a_manifest_survives_writing_and_reading(tmp_path: Path) -> None:
    (tmp_path / "findings.json").write_text("[]")
    values = {"client": "호텔", "as_of": "2024-12-31"}
    made = manifest.compose("20_value", tmp_path, values, {}, key="k", started=datetime.now(UTC))
    manifest.write(made, tmp_path)
    assert manifest.read(tmp_path) == made
    assert list(made["outputs"]) == ["findings.json"]
    assert made["client"] == "호텔"
    assert made["versions"]["cerm-nb"]


def test_a_damaged_manifest_counts_as_none(tmp_path: Path) -> None:
    assert manifest.read(tmp_path) is None
    (tmp_path / manifest.NAME).write_text('{"key": ')
    assert manifest.read(tmp_path) is None
    (tmp_path / manifest.NAME).write_text("[]")
    assert manifest.read(tmp_path) is None
