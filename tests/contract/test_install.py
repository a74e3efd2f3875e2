"""The three ways to install give the same: pyproject, lock and environment.yml agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
SPARK_LOCK = (ROOT / "requirements-spark.lock").read_text(encoding="utf-8")
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
ASKED = [
    Requirement(text)
    for texts in (PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values())
    for text in texts
]
FIXED_BY_THE_USER = ("jupyterlab", "papermill", "pandas", "scikit-learn", "seaborn", "ipywidgets", "nbval")


def locked(name: str) -> list[str]:
    pinned = rf"^{re.escape(canonicalize_name(name))}==([^\s;\\]+)"
    return re.findall(pinned, LOCK + SPARK_LOCK, flags=re.MULTILINE)


@pytest.mark.parametrize("requirement", ASKED, ids=lambda requirement: requirement.name)
def test_the_lock_holds_what_pyproject_asks_for(requirement: Requirement) -> None:
    versions = locked(requirement.name)
    assert versions
    assert all(requirement.specifier.contains(version, prereleases=True) for version in versions)


@pytest.mark.parametrize("name", FIXED_BY_THE_USER)
def test_what_the_user_fixed_is_asked_for(name: str) -> None:
    assert name in {requirement.name for requirement in ASKED}


@pytest.mark.parametrize("lock", [LOCK, SPARK_LOCK], ids=["base", "spark"])
def test_every_locked_package_has_a_hash_and_no_address(lock: str) -> None:
    pinned = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert len(pinned) > 100
    assert not [block.splitlines()[0] for block in pinned if "--hash=sha256:" not in block]
    assert "://" not in lock
    assert "--index" not in lock
    assert "--find-links" not in lock


def test_the_two_locks_agree() -> None:
    base = dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", LOCK, flags=re.MULTILINE))
    spark = dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", SPARK_LOCK, flags=re.MULTILINE))
    assert {name: base[name] for name in spark if name in base} == {
        name: version for name, version in spark.items() if name in base
    }
    assert spark.keys() - base.keys() == {"pyspark", "py4j"}


def test_the_build_backend_is_locked_too() -> None:
    for text in PROJECT["build-system"]["requires"]:
        requirement = Requirement(text)
        assert [v for v in locked(requirement.name) if requirement.specifier.contains(v)]


def test_conda_installs_the_lock_under_the_same_python() -> None:
    conda = [entry for entry in ENVIRONMENT["dependencies"] if isinstance(entry, str)]
    (by_pip,) = [entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict)]
    assert f"python{PROJECT['project']['requires-python']}" in conda
    assert by_pip == ["--require-hashes", "-r requirements.lock"]


def test_the_readme_tells_all_three_ways() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in (
        "make run",
        "make test",
        "make lab",
        "pip install --require-hashes -r requirements.lock",
        "conda env create -f environment.yml",
    ):
        assert command in readme
