"""Questions that build on one another: order, hand-over, and what happens when the first cannot run."""

from pathlib import Path

import nbformat
import pandas as pd
import pytest
from projects import AS_OF, add_client, cerm, make_project, purchases

CELLS = (
    "import cerm_nb.notebook as nb\n"
    "from cerm_nb.batch.plan import NoParameters\n"
    'run = nb.open("10_after", NoParameters, globals())\n'
    'customers = run.published("value.customers")',
    'run.publish(counted=customers.groupby("tier", as_index=False).size())\nrun.save()',
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_project(tmp_path_factory.mktemp("chain"))
    # Its number puts it before 20_value; what it needs puts it after.
    declared = {"analysis": "", "needs": ["value.customers"], "gives": ["counted"]}
    parameters = nbformat.v4.new_code_cell(
        'client: str = "shop"\ntitle: dict = {}\nlang: str = "en"\ncurrency: str = "USD"\n'
        'as_of: str = "2024-12-31"\ndata: dict = {}',
        metadata={"tags": ["parameters"]},
    )
    cells = [parameters, *(nbformat.v4.new_code_cell(source) for source in CELLS)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    node = nbformat.v4.new_notebook(cells=cells, metadata={"cerm": declared, "kernelspec": kernel})
    nbformat.write(node, folder / "notebooks" / "10_after.ipynb")
    return folder


def test_a_question_reads_what_another_published(project: Path) -> None:
    path = add_client(project, "shop", purchases(120))
    ran = cerm(project, "run", path)
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.index("20_value") < ran.stdout.index("10_after")
    out = project / "out" / "shop" / AS_OF
    counted = pd.read_parquet(out / "10_after" / "tables" / "counted.parquet")
    assert counted["size"].sum() == 120
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "10_after.html" in index
    again = cerm(project, "run", path).stdout
    assert again.count("unchanged") == 2


def test_only_one_question_keeps_the_others_in_the_index(project: Path) -> None:
    path = project / "params" / "shop.yml"
    assert cerm(project, "run", "--force", "--only", "20_value", path).returncode == 0
    index = (project / "out" / "shop" / AS_OF / "index.html").read_text(encoding="utf-8")
    assert "10_after.html" in index
    wrong = cerm(project, "run", "--only", "20_valu", path)
    assert wrong.returncode == 2
    assert "20_value" in wrong.stderr


def test_a_question_whose_giver_failed_is_not_run(project: Path) -> None:
    path = add_client(project, "broken", "customer,day,money\nc1,x,1\n")
    ran = cerm(project, "run", path)
    assert ran.returncode == 1
    assert "it needs value.customers, which 20_value did not give this time" in ran.stdout
    index = (project / "out" / "broken" / AS_OF / "index.html").read_text(encoding="utf-8")
    assert "It stopped with an error" in index
    assert "it needs value.customers" in index


def test_a_change_upstream_is_noticed_even_when_only_one_question_runs(project: Path) -> None:
    path = add_client(project, "chained", purchases(120))
    assert cerm(project, "run", path).returncode == 0
    assert "unchanged" in cerm(project, "run", "--only", "10_after", path).stdout
    customers = project / "out" / "chained" / AS_OF / "20_value" / "tables" / "customers.parquet"
    pd.read_parquet(customers).iloc[:50].to_parquet(customers)
    assert " ran " in cerm(project, "run", "--only", "10_after", path).stdout
    assert " ran " in cerm(project, "run", "--only", "20_value", path).stdout  # its table is not what it made


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import os\nos._exit(1)", "its kernel could not run it"),
        ("1 / 0", "ZeroDivisionError"),
        ("pass", "its last cell must be run.save()"),
    ],
)
def test_a_notebook_that_breaks_harms_no_other_client(tmp_path: Path, source: str, told: str) -> None:
    folder = make_project(tmp_path / "project")
    node = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source)], metadata={"cerm": {"analysis": ""}}
    )
    nbformat.write(node, folder / "notebooks" / "10_broken.ipynb")
    paths = [add_client(folder, name, purchases(5)) for name in ("one", "two")]
    ran = cerm(folder, "run", "--only", "10_broken", *paths)
    assert ran.returncode == 1
    assert ran.stdout.count(told) == 2
    assert "Traceback" not in ran.stdout + ran.stderr


def test_damaged_results_are_made_again_and_stop_nothing(project: Path) -> None:
    path = project / "params" / "chained.yml"
    folder = project / "out" / "chained" / AS_OF
    (folder / "20_value" / "findings.json").unlink()
    (folder / "index.json").write_text("[]")
    assert cerm(project, "status").returncode == 0
    assert cerm(project, "report").returncode == 0
    ran = cerm(project, "run", path)
    assert ran.returncode == 0, ran.stdout
    assert (folder / "20_value" / "findings.json").is_file()


def test_two_files_for_one_client_and_day_are_refused(project: Path) -> None:
    first = project / "params" / "chained.yml"
    second = project / "params" / "again.yml"
    second.write_text(first.read_text(encoding="utf-8"), encoding="utf-8")
    ran = cerm(project, "run", first, second)
    assert ran.returncode == 1
    assert "params/again.yml: gives the same client and day as params/chained.yml" in ran.stderr
