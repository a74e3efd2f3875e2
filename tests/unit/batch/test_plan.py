from pathlib import Path

import nbformat
import pytest

from cerm_nb.batch import plan
from cerm_nb.errors import PlanError


def notebook(folder: Path, name: str, **cerm: object) -> None:
    node = nbformat.v4.new_notebook(metadata={"cerm": {"analysis": "", **cerm}})
    nbformat.write(node, folder / f"{name}.ipynb")


def names(folder: Path) -> list[str]:
    return [step.name for step in plan.discover(folder)]


def test_a_notebook_comes_after_what_it_takes_from(tmp_path: Path) -> None:
    notebook(tmp_path, "10_first", needs=["second.t"])
    notebook(tmp_path, "20_second", needs=["data.transactions"], gives=["t"])
    notebook(tmp_path, "30_third")
    assert names(tmp_path) == ["20_second", "10_first", "30_third"]


def test_without_needs_the_reading_order_holds(tmp_path: Path) -> None:
    for name in ("30_c", "10_a", "20_b"):
        notebook(tmp_path, name)
    assert names(tmp_path) == ["10_a", "20_b", "30_c"]


def test_an_optional_table_orders_too_but_may_be_given_by_nobody(tmp_path: Path) -> None:
    notebook(tmp_path, "10_a", optional=["b.t", "nobody.t"])
    notebook(tmp_path, "20_b", gives=["t"])
    assert names(tmp_path) == ["20_b", "10_a"]


def test_a_circle_is_refused_by_name(tmp_path: Path) -> None:
    notebook(tmp_path, "10_a", needs=["b.t"], gives=["t"])
    notebook(tmp_path, "20_b", needs=["a.t"], gives=["t"])
    with pytest.raises(PlanError, match=r"circle: .*10_a.*20_b"):
        plan.discover(tmp_path)


def test_two_givers_are_refused(tmp_path: Path) -> None:
    notebook(tmp_path, "10_a", gives=["t"])
    notebook(tmp_path, "20_a", gives=["t"])
    with pytest.raises(PlanError, match="given by both 10_a and 20_a"):
        plan.discover(tmp_path)


def test_a_need_nobody_gives_is_refused(tmp_path: Path) -> None:
    notebook(tmp_path, "10_a", needs=["b.t"])
    with pytest.raises(PlanError, match=r"needs b\.t, which no notebook gives"):
        plan.discover(tmp_path)


@pytest.mark.parametrize("content", ["", "{", '{"cells": 3}', "[]"])
def test_a_damaged_notebook_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "10_a.ipynb").write_text(content)
    with pytest.raises(PlanError, match=r"10_a\.ipynb"):
        plan.discover(tmp_path)


def test_wrong_metadata_is_refused(tmp_path: Path) -> None:
    notebook(tmp_path, "10_a", needs="value.customers")
    with pytest.raises(PlanError, match=r"cerm\.needs"):
        plan.discover(tmp_path)


def test_an_analysis_that_is_not_there_is_refused(tmp_path: Path) -> None:
    notebook(tmp_path, "10_a", analysis="cerm_nb.analyses.nowhere")
    with pytest.raises(PlanError, match="has no Params"):
        plan.discover(tmp_path)


def test_a_folder_without_notebooks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="holds no notebook"):
        plan.discover(tmp_path)
