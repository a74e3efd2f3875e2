"""The batch as a consultant runs it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from projects import AS_OF, add_client, cerm, environment, files, make_project, purchases

TABLES = {
    "customers": "customer_id frequency recency age monetary_value r_score f_score m_score rfm_segment "
    "p_alive expected_purchases expected_spend clv tier is_target",
    "models": "model parameter estimate std_error log_likelihood n chosen",
    "holdout": "period actual expected",
    "tiers": "tier customers clv low high",
    "concentration": "decile customers revenue share_of_revenue",
    "segments": "rfm_segment customers share_of_customers revenue_to_date share_of_revenue",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_project(tmp_path_factory.mktemp("project"))
    titles = {"en": "The Shop", "ko": "가게"}
    add_client(folder, "shop", purchases(), title=titles)
    add_client(folder, "shop_ko", purchases(), title=titles, lang="ko")
    return folder


@pytest.fixture(scope="module")
def result(project: Path) -> Path:
    ran = cerm(project, "run", "params/shop.yml", "params/shop_ko.yml")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count(" ran ") == 2
    assert "Begin with out/shop/2024-12-31/index.html" in ran.stdout
    assert ran.stderr == ""
    return project / "out" / "shop" / AS_OF


def test_a_run_leaves_what_the_design_says(result: Path) -> None:
    assert {path.name for path in result.iterdir()} == {
        "index.html",
        "index.json",
        "20_value.html",
        "20_value",
    }
    inside = {path.name for path in (result / "20_value").iterdir()}
    assert inside == {"notebook.ipynb", "findings.json", "manifest.json", "tables"}


@pytest.mark.parametrize("name", TABLES)
def test_published_tables_have_their_columns(result: Path, name: str) -> None:
    frame = pd.read_parquet(result / "20_value" / "tables" / f"{name}.parquet")
    assert set(TABLES[name].split()) <= set(frame.columns)
    assert len(frame)
    assert (result / "20_value" / "tables" / f"{name}.csv").is_file()


def test_the_finding_has_a_number_an_interval_and_an_action(result: Path) -> None:
    (found,) = json.loads((result / "20_value" / "findings.json").read_text(encoding="utf-8"))
    assert found["low"] < found["value"] < found["high"]
    assert found["n"] == 60
    assert found["unit"] == "EUR"
    assert found["action"]
    assert found["owner"]


def test_the_manifest_tells_what_made_the_result(result: Path) -> None:
    manifest = json.loads((result / "20_value" / "manifest.json").read_text(encoding="utf-8"))
    (hashed,) = manifest["inputs"]["transactions"].items()
    assert hashed[0] == "data/shop.csv"
    assert len(hashed[1]) == 64
    assert manifest["params"]["holdout_weeks"] == 26
    assert {"cerm-nb", "python", "pandas", "duckdb"} <= manifest["versions"].keys()
    assert set(manifest["outputs"]) == {
        name for name in files(result / "20_value") if name != "manifest.json"
    }


def test_the_executed_notebook_can_be_opened_and_holds_no_path_of_the_machine(result: Path) -> None:
    text = (result / "20_value" / "notebook.ipynb").read_text(encoding="utf-8")
    assert json.loads(text)["nbformat"] == 4
    assert str(result.parents[2]) not in text
    assert ".staging" not in text
    page = (result / "20_value.html").read_text(encoding="utf-8")
    assert str(result.parents[2]) not in page


def test_pages_are_small_and_speak_the_clients_language(result: Path) -> None:
    for name in ("index.html", "20_value.html"):
        page = (result / name).read_text(encoding="utf-8")
        assert '<html lang="en"' in page
        assert "The Shop" in page
        assert len(page.encode()) < 300_000
    assert "목표고객" not in (result / "20_value.html").read_text(encoding="utf-8")


def test_what_is_unchanged_is_not_run_again(project: Path, result: Path) -> None:
    before = (result / "20_value" / "manifest.json").stat().st_mtime_ns
    assert "unchanged" in cerm(project, "run", "params/shop.yml").stdout
    assert (result / "20_value" / "manifest.json").stat().st_mtime_ns == before


def test_korean_is_a_params_key_away(project: Path, result: Path) -> None:
    page = (project / "out" / "shop_ko" / AS_OF / "20_value.html").read_text(encoding="utf-8")
    assert '<html lang="ko"' in page
    assert "목표고객" in page
    assert "가게" in page
    assert "How unevenly" not in page


def test_a_client_without_the_table_is_marked_not_run(project: Path) -> None:
    path = add_client(project, "bare", without_tables=True)
    ran = cerm(project, "run", path)
    assert ran.returncode == 0
    assert "not run" in ran.stdout
    index = (project / "out" / "bare" / AS_OF / "index.html").read_text(encoding="utf-8")
    assert "names no table data.transactions" in index
    assert not (project / "out" / "bare" / AS_OF / "20_value").exists()


def test_status_and_report_work_on_what_stands(project: Path, result: Path) -> None:
    told = cerm(project, "status").stdout
    assert "20_value" in told
    assert "out/shop/2024-12-31/20_value.html" in told
    page = (result / "20_value.html").read_bytes()
    (result / "20_value.html").unlink()
    assert "pages drawn again" in cerm(project, "report").stdout
    assert (result / "20_value.html").read_bytes() == page
    assert "unchanged" in cerm(project, "run", "params/shop.yml").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_run_stopped_midway_leaves_the_earlier_result_whole_and_the_next_run_mends_all(
    project: Path, result: Path
) -> None:
    before = files(result)
    # Ctrl-C clears up after itself; what a killed run leaves, the next one clears.
    for deadly in (signal.SIGINT, signal.SIGKILL):
        assert not list(result.glob(".staging-*"))
        code, complaint = stopped(project, result, deadly)
        kept = {name: content for name, content in files(result).items() if ".staging" not in name}
        assert kept == before
        if deadly is signal.SIGINT:
            assert code == 130
            assert complaint.startswith("Stopped.")
    assert list(result.glob(".staging-*"))
    (result / "20_value.html").write_bytes(before["20_value.html"][:1000])
    assert " ran " in cerm(project, "run", "params/shop.yml").stdout
    after = files(result)  # the same inputs leave the same bytes
    assert after.keys() == before.keys()
    assert [name for name in before if before[name] != after[name]] == ["20_value/manifest.json"]


def stopped(project: Path, result: Path, deadly: signal.Signals) -> tuple[int, str]:
    """Run the client anew and stop it once its notebook has begun: exit code, and what it complained of."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from cerm_nb.cli import main; main()", "run", "--force", "params/shop.yml"],
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs these tests in the background has its children ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 60
    while not list(result.glob(".staging-*/notebook.ipynb")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    os.kill(process.pid, deadly)
    _, complaint = process.communicate(timeout=60)
    return process.returncode, complaint


def test_stock_papermill_runs_the_notebook_with_a_params_file(project: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "papermill", "notebooks/20_value.ipynb", str(tmp_path / "out.ipynb")]
    command += ["-f", "params/shop.yml", "--no-progress-bar"]
    told = {"CERM_OUT": str(tmp_path / "out"), "CERM_ROOT": str(project)}
    ran = subprocess.run(
        command, cwd=project, env=environment() | told, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    tables = tmp_path / "out" / "shop" / AS_OF / "20_value" / "tables"
    assert len(pd.read_parquet(tables / "customers.parquet")) == 300
