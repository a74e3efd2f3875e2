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
