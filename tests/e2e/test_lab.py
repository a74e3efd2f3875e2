"""JupyterLab as an analyst uses it: she opens a notebook, runs it, moves a slider, mistypes a client."""

import json
import re

import pytest
from lab_server import lab

import cerm_nb.notebook as nb
from cerm_nb import palette
from cerm_nb.analyses import value

pytestmark = pytest.mark.browser

NOTEBOOK = "20_value.ipynb"
STARTED, RAN, DREW = 40_000, 60_000, 15_000  # milliseconds a condition is waited for
START = {"horizon_months": 12, "annual_discount": 0.1, "target_share": 0.2}
FAILED = "[data-mime-type='application/vnd.jupyter.error'],[data-mime-type='application/vnd.jupyter.stderr']"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def tab(browser, served):
    """The notebook opened with its kernel ready; whatever is asked of another address is stopped and told."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    afar = []
    context.route(
        lambda url: not url.startswith((served.url, served.url.replace("http", "ws", 1), "data:", "blob:")),
        lambda route: (afar.append(route.request.url), route.abort()),
    )
    page = context.new_page()
    page.goto(served.address(NOTEBOOK))
    page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for(timeout=STARTED)
    yield page
    context.close()
    assert afar == []


def run_all(tab):
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def expected(served, monkeypatch):
    """What the figure has to say, computed here by the functions the notebook calls."""
    monkeypatch.chdir(served.project / "notebooks")
    monkeypatch.setenv("CERM_OUT", str(served.out))
    run = nb.open("20_value", value.Params, {"client": "cdnow_sample"})
    history = run.purchases(run.own.holdout_weeks)
    backtest = value.check_forecast(history.calibration, history.holdout, history.weekly, run.own)
    models = value.fit_models(history.summary, run.own, backtest)

    def told(**at):
        shown = value.what_if(history.summary, models, run.own.model_copy(update=at))
        return run.words("what_if", shown, **at), run.text("what_if_point", shown)

    return told


def says(twin, words, point):
    """Wait until the figure below the sliders has this title, subtitle and number."""
    twin.locator(".cerm-title").get_by_text(words.title, exact=True).wait_for(timeout=DREW)
    twin.locator(".cerm-subtitle").get_by_text(words.subtitle, exact=True).wait_for(timeout=DREW)
    twin.locator(".cerm-wide text").get_by_text(point, exact=True).wait_for(timeout=DREW)
    assert twin.locator(".cerm-figure").count() == 1


def test_an_analyst_runs_the_notebook_and_its_sliders_redraw_the_figure(served, tab, monkeypatch):
    run_all(tab)
    twin = tab.locator(".jp-Cell").last
    twin.locator(".cerm-figure").wait_for(timeout=RAN)
    assert tab.locator(FAILED).all_text_contents() == []
    prompts = tab.locator(".jp-CodeCell .jp-InputPrompt").all_text_contents()
    assert [prompt for prompt in prompts if not re.fullmatch(r"\[\d+\]:", prompt)] == []
    check_exhibits(tab)

    told = expected(served, monkeypatch)
    says(twin, *told(**START))
    assert twin.locator(".widget-label").all_text_contents() == [
        "Horizon (months)",
        "Discount rate a year",
        "Share of customers to target",
    ]
    twin.locator(".noUi-handle").first.press("ArrowRight")
    farther = START | {"horizon_months": 15}
    assert told(**farther) != told(**START)
    says(twin, *told(**farther))
    twin.locator(".widget-readout").last.fill("0.35")
    twin.locator(".widget-readout").last.press("Enter")
    says(twin, *told(**farther | {"target_share": 0.35}))
    check_saved(served.out / "cdnow_sample" / "1998-06-30" / "20_value")
    check_dark(tab)


def check_exhibits(tab):
    """Figures and tables can be seen, stand as our sheet has them, and no text was taken for mathematics."""
    figures, tables = tab.locator(".cerm-figure"), tab.locator(".cerm-table")
    assert (figures.count(), tables.count()) == (6, 3)
    for exhibit in [*figures.all(), *tables.all()]:
        exhibit.scroll_into_view_if_needed()
        assert exhibit.is_visible()
        assert exhibit.bounding_box()["height"] > 100
    assert tab.locator(".cerm-narrow:visible").count() == 0
    first = tab.locator(".cerm-table tbody th, .cerm-table tbody td:first-child").first
    assert first.evaluate("cell => getComputedStyle(cell).textAlign") == "left"
    assert tab.locator(".jp-OutputArea mjx-container").count() == 0


def check_dark(tab):
    """The drawings follow JupyterLab's own theme."""
    light, dark = palette.MEANINGS["own"]
    tab.get_by_role("menuitem", name="Settings", exact=True).click()
    for entry in ("Theme", "JupyterLab Dark"):
        tab.locator(".lm-Menu-item").filter(has=tab.get_by_text(entry, exact=True)).click()
    tab.locator("body[data-jp-theme-light='false']").wait_for(state="attached")
    drawn = tab.locator(f".cerm-figure .cerm-wide [stroke='{light}']").first
    stroke = drawn.evaluate("line => getComputedStyle(line).stroke")
    assert [int(part) for part in re.findall(r"\d+", stroke)] == [
        int(dark[at : at + 2], 16) for at in (1, 3, 5)
    ]


def check_saved(folder):
    [finding] = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert finding["id"] == "target_value"
    tables = {file.stem for file in (folder / "tables").glob("*.parquet")}
    assert tables == {"customers", "models", "holdout", "tiers", "concentration", "segments", "forecasts"}


def test_a_mistyped_client_gets_one_line_and_no_traceback(served, tab):
    tab.locator(".jp-CodeCell .cm-line").get_by_text('"cdnow_sample"', exact=True).dblclick()
    tab.keyboard.type("nosuch")
    tab.locator(".jp-CodeCell .cm-line", has_text='client: str = "nosuch"').wait_for()
    run_all(tab)
    failed = tab.locator(FAILED)
    failed.first.wait_for(timeout=RAN)
    [told] = failed.all_text_contents()
    assert len(told.strip().splitlines()) == 1
    assert told.startswith("ParamsError: params/nosuch.yml")
    assert "Traceback" not in told
    assert not (served.out / "nosuch").exists()
