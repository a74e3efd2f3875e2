"""Text from a client, on real pages in a real browser: it is shown, and nothing of it runs or loads."""

from pathlib import Path

import pandas as pd
import pytest
from projects import AS_OF, add_client, cerm, make_project, purchases

PAYLOADS = (
    "<script>window.ran = true</script>",
    "<img src=x onerror='window.ran = true'>",
    "<svg onload='window.ran = true'></svg>",
    "[link](javascript:window.ran=true)",
    "</style><style>@import url(http://attacker.invalid/x.css)</style>",
    "\"><iframe srcdoc='<script>parent.ran = true</script>'>",
)
TITLE = " ".join(PAYLOADS)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = make_project(tmp_path_factory.mktemp("hostile"))
    good = purchases(120)
    spoilt = good.astype(object)
    for row, payload in enumerate(PAYLOADS[:3]):
        spoilt.loc[row, "money"] = payload
    title = {"en": TITLE, "ko": TITLE}
    named = good.assign(customer=lambda frame: frame["customer"] + PAYLOADS[1])
    paths = [
        add_client(project, "titled", named, title=title),
        add_client(project, "spoilt", spoilt, title=title),
    ]
    ran = cerm(project, "run", *paths)
    assert "failed" in ran.stdout
    return project / "out"


@pytest.mark.parametrize("page", ["titled/20_value.html", "titled/index.html", "spoilt/index.html"])
def test_nothing_runs_and_nothing_is_fetched(out: Path, page: str, browser) -> None:
    client, name = page.split("/")
    file = out / client / AS_OF / name
    asked, dialogs = [], []
    tab = browser.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    tab.goto(file.as_uri(), wait_until="load")
    tab.wait_for_timeout(300)
    assert tab.evaluate("window.ran") is None
    assert asked == [file.as_uri()]
    assert not dialogs
    shown = tab.evaluate("document.body.innerText")
    assert "onerror='window.ran = true'" in shown
    tab.close()


def test_the_same_text_does_run_on_a_page_without_our_care(tmp_path: Path, browser) -> None:
    (tmp_path / "bare.html").write_text(f"<h1>{TITLE}</h1>", encoding="utf-8")
    tab = browser.new_page()
    tab.goto((tmp_path / "bare.html").as_uri())
    tab.wait_for_function("window.ran === true", timeout=5000)
    tab.close()


def test_no_page_shows_a_customer(out: Path) -> None:
    customers = pd.read_parquet(out / "titled" / AS_OF / "20_value" / "tables" / "customers.parquet")
    page = (out / "titled" / AS_OF / "20_value.html").read_text(encoding="utf-8")
    assert not [name for name in customers["customer_id"] if name[:5] in page]
