"""Questions that build on one another: order, hand-over, and what happens when the first cannot run."""

from pathlib import Path

import nbformat
import pandas as pd
import pytest
from projects import AS_OF, cerm, make_folders, purchases, write_params

PARAMETERS = (
    'client: str = "shop"\ntitle: dict = {}\nlang: str = "en"\ncurrency: str = "USD"\n'
    'as_of: str = "2024-12-31"\ndata: dict = {}'
)
OPENED = (
    "import cerm_nb.notebook as nb\n"
    "from cerm_nb.batch.plan import NoParameters\n"
    'run = nb.open("{name}", NoParameters, globals())\n'
)
# Its number puts 10_after before 20_value; what it needs puts it after.
QUESTIONS = {
    "10_after": (
        {"needs": ["value.customers"], "gives": ["counted"]},
        'counted = run.published("value.customers").groupby("tier", as_index=False).size()',
        "run.publish(counted=counted)\nrun.save()",
    ),
    "20_value": (
        {"needs": ["data.transactions"], "gives": ["customers"]},
        'seen = run.frame("transactions").drop_duplicates("customer_id")',
        'run.publish(customers=seen[["customer_id"]].assign(tier="base"))\nrun.save()',
    ),
}


def add_question(folder: Path, name: str, declared: dict[str, object], *sources: str) -> None:
    """Write a notebook without parameters of its own."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    node = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources],
        metadata={"cerm": {"analysis": "", **declared}, "kernelspec": kernel},
    )
    node.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(node, folder / "notebooks" / f"{name}.ipynb")


def add_shop(folder: Path, name: str, data: pd.DataFrame | str | None) -> Path:
    """Write a client who has purchases, or nothing."""
    values = {"client": name, "lang": "en", "currency": "EUR", "as_of": AS_OF, "data": {}}
    if data is not None:
        text = data if isinstance(data, str) else data.to_csv(index=False)
        (folder / "data" / f"{name}.csv").write_text(text, encoding="utf-8")
        columns = {"customer_id": "customer", "date": "day", "amount": "money"}
        values["data"] = {"transactions": {"from": f"data/{name}.csv", "columns": columns}}
    return write_params(folder, values)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_folders(tmp_path_factory.mktemp("chain"))
    for name, (declared, first, last) in QUESTIONS.items():
        add_question(folder, name, declared, PARAMETERS, OPENED.format(name=name) + first, last)
    return folder


def test_a_question_reads_what_another_published(project: Path) -> None:
    path = add_shop(project, "shop", purchases(120))
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


def test_a_change_upstream_is_noticed_even_when_only_one_question_runs(project: Path) -> None:
    path = project / "params" / "shop.yml"
    out = project / "out" / "shop" / AS_OF
    assert "unchanged" in cerm(project, "run", "--only", "10_after", path).stdout
    customers = out / "20_value" / "tables" / "customers.parquet"
    pd.read_parquet(customers).iloc[:50].to_parquet(customers)
    assert " ran " in cerm(project, "run", "--only", "10_after", path).stdout
    assert " ran " in cerm(project, "run", "--only", "20_value", path).stdout  # its table is not what it made
    assert len(pd.read_parquet(customers)) == 120


def test_only_one_question_keeps_the_others_in_the_index(project: Path) -> None:
    path = project / "params" / "shop.yml"
    ran = cerm(project, "run", "--force", "--only", "20_value", path)
    assert ran.returncode == 0
    assert " ran " in ran.stdout
    index = (project / "out" / "shop" / AS_OF / "index.html").read_text(encoding="utf-8")
    assert "10_after.html" in index
    wrong = cerm(project, "run", "--only", "20_valu", path)
    assert wrong.returncode == 2
    assert "20_value" in wrong.stderr


def test_a_question_whose_giver_failed_is_not_run(project: Path) -> None:
    path = add_shop(project, "broken", "customer,day,money\nc1,x,1\n")
    ran = cerm(project, "run", path)
    assert ran.returncode == 1
    assert "it needs value.customers, which 20_value did not give this time" in ran.stdout
    index = (project / "out" / "broken" / AS_OF / "index.html").read_text(encoding="utf-8")
    assert "It stopped with an error" in index
    assert "it needs value.customers" in index


BROKEN = {
    "10_exits": ("import os\nos._exit(1)", "its kernel could not run it"),
    "11_raises": ("1 / 0", "ZeroDivisionError"),
    "12_saves_nothing": ("pass", "its last cell must be run.save()"),
}


def test_a_notebook_that_breaks_harms_no_other_client(tmp_path: Path) -> None:
    folder = make_folders(tmp_path / "project")
    for name, (source, _) in BROKEN.items():
        add_question(folder, name, {}, PARAMETERS, source)
    paths = [add_shop(folder, name, None) for name in ("one", "two")]
    ran = cerm(folder, "run", *paths)
    assert ran.returncode == 1
    for _, told in BROKEN.values():
        assert ran.stdout.count(told) == 2
    assert "Traceback" not in ran.stdout + ran.stderr


def test_damaged_results_are_made_again_and_stop_nothing(project: Path) -> None:
    path = project / "params" / "shop.yml"
    folder = project / "out" / "shop" / AS_OF
    (folder / "20_value" / "findings.json").unlink()
    (folder / "index.json").write_text("[]")
    assert cerm(project, "status").returncode == 0
    assert cerm(project, "report").returncode == 0
    ran = cerm(project, "run", "--only", "20_value", path)
    assert ran.returncode == 0, ran.stdout
    assert (folder / "20_value" / "findings.json").is_file()


def test_two_files_for_one_client_and_day_are_refused(project: Path) -> None:
    first = add_shop(project, "twice", None)
    second = project / "params" / "again.yml"
    second.write_text(first.read_text(encoding="utf-8"), encoding="utf-8")
    ran = cerm(project, "run", first, second)
    assert ran.returncode == 1
    assert "params/again.yml: gives the same client and day as params/twice.yml" in ran.stderr
