"""Opening a client from a notebook, as an analyst in JupyterLab and as papermill does."""

from pathlib import Path

import pytest
import yaml

import cerm_nb.notebook as nb
from cerm_nb.analyses.value import Params
from cerm_nb.errors import ParamsError
from cerm_nb.params import CommonParams

DEFAULTS = {
    name: field.get_default(call_default_factory=True)
    for model in (CommonParams, Params)
    for name, field in model.model_fields.items()
}
FILE = {
    "client": "hotel",
    "as_of": "2024-12-31",
    "currency": "KRW",
    "horizon_months": 24,
    "tier_shares": [0.5, 0.5],
    "data": {"transactions": {"from": "data/hotel.csv"}},
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("notebooks", "params"):
        (tmp_path / name).mkdir()
    source = Path(__file__).parents[2] / "notebooks" / "20_value.ipynb"
    (tmp_path / "notebooks" / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "params" / "hotel.yml").write_text(yaml.safe_dump(FILE), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "notebooks")
    for name in ("CERM_ROOT", "CERM_OUT", "CERM_STAGE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def opened(**cell: object) -> nb.Run[Params]:
    return nb.open("20_value", Params, DEFAULTS | cell)


def test_the_clients_file_fills_what_the_cell_leaves_at_its_default() -> None:
    run = opened(client="hotel")
    assert run.common.currency == "KRW"
    assert run.own.horizon_months == 24
    assert run.own.tier_shares == [0.5, 0.5]
    assert run.own.target_share == 0.2


def test_what_the_cell_sets_wins() -> None:
    run = opened(client="hotel", horizon_months=36, tier_shares=[0.1, 0.9])
    assert run.own.horizon_months == 36
    assert run.own.tier_shares == [0.1, 0.9]


def test_what_papermill_injects_is_taken_as_it_is() -> None:
    run = opened(client="other", as_of="2020-01-01", data=FILE["data"], horizon_months=12)
    assert run.common.client == "other"
    assert run.own.horizon_months == 12


def test_a_client_without_a_file_is_told() -> None:
    with pytest.raises(ParamsError, match=r"params/nosuch\.yml: cannot be read"):
        opened(client="nosuch")


def test_a_wrong_value_in_the_cell_is_told_with_its_place() -> None:
    with pytest.raises(
        ParamsError, match=r"20_value, parameters cell → target_share: got 3; expected less than 1"
    ):
        opened(client="hotel", target_share=3)


def test_a_misspelt_key_in_the_file_is_told(project: Path) -> None:
    (project / "params" / "hotel.yml").write_text(
        yaml.safe_dump(FILE | {"horizon_month": 3}), encoding="utf-8"
    )
    with pytest.raises(ParamsError, match="did you mean 'horizon_months'"):
        opened(client="hotel")


def test_a_published_document_is_saved_beside_the_tables_and_hashed(project: Path) -> None:
    run = opened(client="hotel")
    run.publish_json(tool={"b": 1, "a": [2]}, nothing={})
    run.save()
    folder = project / "out" / "hotel" / "2024-12-31" / "20_value"
    assert (folder / "tool.json").read_text(encoding="utf-8") == '{\n  "a": [\n    2\n  ],\n  "b": 1\n}\n'
    assert not (folder / "nothing.json").exists()
    manifest = yaml.safe_load((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "tool.json" in manifest["outputs"]


def test_a_document_cannot_take_the_name_of_a_results_own_file() -> None:
    with pytest.raises(ValueError, match=r"findings\.json is a file every result has"):
        opened(client="hotel").publish_json(findings={"a": 1})
