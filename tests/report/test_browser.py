"""Pages opened in Chromium: what hostile texts try, what is asked of the network, what a phone shows."""

import pandas as pd
import pytest
import report_examples as examples
from nbformat import v4

from cerm_nb import figures, report, tables
from cerm_nb.figures import Words

pytestmark = pytest.mark.browser

RUN = "document.documentElement.dataset.run='yes'"
PAYLOADS = [
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f'<svg onload="{RUN}"></svg>',
    f"<svg><script>{RUN}</script></svg>",
    f'<svg><animate onbegin="{RUN}" attributeName=x dur=1s></svg>',
    f'<details open ontoggle="{RUN}"><summary>x</summary>y</details>',
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f'<iframe src="javascript:parent.{RUN}"></iframe>',
    f'<input autofocus onfocus="{RUN}">',
    f'<video><source onerror="{RUN}"></video>',
    f'<style>@keyframes k{{}}</style><p style="animation:k 1s" onanimationstart="{RUN}">x</p>',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={RUN}&gt;">',
    f'"><img src=x onerror="{RUN}">',
    f"</style></title></textarea><script>{RUN}</script>",
    f'<object data="javascript:{RUN}"></object><embed src="javascript:{RUN}">',
    '<meta http-equiv="refresh" content="0;url=https://example.invalid/">',
    '<link rel="stylesheet" href="https://example.invalid/a.css"><img src="https://example.invalid/a.png">',
    '<form action="https://example.invalid/"><button autofocus>x</button></form><base href="https://example.invalid/">',
    f"<script>alert(1);{RUN}</script>",
]
# Not every payload runs on its own in every place; the control page has to show that these do.
SURELY_RUN = PAYLOADS[:4]

# Texts of a drawing that leave it or touch another one; four pixels of a line's height are air.
TOUCHING = """() => {
    const shown = [...document.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width);
    return shown.flatMap(svg => {
        const frame = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll('text')]
            .map(text => [text.textContent, text.getBoundingClientRect()]);
        const apart = (a, b) => a.left >= b.right || b.left >= a.right
            || a.top + 4 >= b.bottom || b.top + 4 >= a.bottom;
        const outside = texts.filter(([_, box]) => box.left < frame.left - 1 || box.right > frame.right + 1);
        const pairs = texts.flatMap(([one, a], place) => texts.slice(place + 1)
            .filter(([_, b]) => !apart(a, b)).map(([other]) => [one, other]));
        return [...outside.map(([text]) => [text, 'the edge']), ...pairs];
    });
}"""


def hostile_cells(payload):
    frame = pd.DataFrame({"name": [payload], "n": [1]})
    words = Words(payload, payload, payload, payload, {payload: payload, "n": payload, "name": payload})
    rows = pd.DataFrame({"name": [payload, "b"], "n": [1.0, 2.0], "share": [0.1, 0.9]})
    return [
        examples.prose(f"# Hostile\n\n{payload}\n\n### {payload}"),
        examples.prose(f"## After\n\n[link](javascript:{RUN})"),
        examples.shown({"text/markdown": payload, "text/plain": "Markdown"}),
        examples.shown({"text/html": frame.to_html(escape=False), "text/plain": "frame"}),
        examples.shown({"text/html": frame.style.to_html(), "text/plain": "styler"}),
        examples.shown(
            {"image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg"><text>{payload}</text></svg>'}
        ),
        examples.shown({"text/plain": payload}),
        examples.shown(figures.bars(rows, "name", "n", words=words)),
        examples.shown(figures.grid(rows, "name", "n", "share", words=words)),
        examples.shown(tables.show(frame, words=words)),
        v4.new_code_cell(
            payload,
            outputs=[
                v4.new_output("stream", text=payload),
                v4.new_output("error", ename=payload, evalue=payload, traceback=[payload]),
            ],
        ),
    ]


def hostile_page(payload):
    finding = {
        **examples.FINDING["en"],
        **dict.fromkeys(("answer", "question", "value", "n", "action", "owner"), payload),
        "caveats": [payload],
    }
    meta = {**examples.META, "client": payload, "params": {payload: payload}}
    return report.page(
        v4.new_notebook(cells=hostile_cells(payload)),
        lang="en",
        words=examples.WORDS["en"],
        findings=[finding],
        meta=meta,
    )


def opened(browser, html, folder, **options):
    """Open a page from a file; every request other than the file itself is stopped and told."""
    file = folder / "page.html"
    file.write_text(html, encoding="utf-8")
    tab = browser.new_page(**options)
    told = {"requests": [], "dialogs": [], "console": []}

    def answer(route):
        if route.request.url == file.as_uri():
            route.continue_()
        else:
            told["requests"].append(route.request.url)
            route.abort()

    tab.route("**/*", answer)
    tab.on("dialog", lambda dialog: (told["dialogs"].append(dialog.message), dialog.dismiss()))
    tab.on("console", lambda message: told["console"].append(message.text))
    tab.goto(file.as_uri())
    tab.wait_for_timeout(60)
    return tab, told


def ran(tab):
    return tab.evaluate("document.documentElement.dataset.run === 'yes'")


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_hostile_texts_run_nothing_and_load_nothing(browser, tmp_path, payload):
    tab, told = opened(browser, hostile_page(payload), tmp_path)
    assert not ran(tab)
    assert told == {"requests": [], "dialogs": [], "console": []}
    assert tab.locator("h1").count() == 1
    assert tab.locator("main h2").count() == 1
    tab.close()


@pytest.mark.parametrize("payload", SURELY_RUN, ids=range(len(SURELY_RUN)))
def test_the_same_texts_run_on_a_page_without_defence(browser, tmp_path, payload):
    tab, _ = opened(browser, f"<!doctype html><html lang=en><body>{payload}", tmp_path)
    assert ran(tab)
    tab.close()


def test_a_page_without_defence_loads_from_afar_and_opens_a_dialog(browser, tmp_path):
    tab, told = opened(browser, f"<!doctype html><body>{PAYLOADS[16]}{PAYLOADS[18]}", tmp_path)
    assert told["requests"]
    assert told["dialogs"] == ["1"]
    tab.close()


@pytest.mark.parametrize("payload", SURELY_RUN, ids=range(len(SURELY_RUN)))
def test_the_second_lock_holds_without_the_first(browser, tmp_path, payload):
    html = hostile_page("harmless").replace(
        "</main>", f"{payload}<img src=https://example.invalid/a.png></main>"
    )
    tab, told = opened(browser, html, tmp_path)
    assert not ran(tab)
    assert told["requests"] == []
    tab.close()


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_asks_for_nothing_and_fits_a_phone(browser, tmp_path, lang, scheme):
    html = report.page(
        examples.example_notebook(lang),
        lang=lang,
        words=examples.WORDS[lang],
        findings=[examples.FINDING[lang]],
        meta=examples.META,
    )
    tab, told = opened(browser, html, tmp_path, viewport={"width": 390, "height": 800}, color_scheme=scheme)
    assert told == {"requests": [], "dialogs": [], "console": []}
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert tab.locator(".cerm-narrow:visible").count() == 5
    assert tab.locator(".cerm-wide:visible").count() == 0
    tab.set_viewport_size({"width": 1280, "height": 800})
    assert tab.locator(".cerm-wide:visible").count() == 5
    assert tab.locator("nav.aside").is_visible()
    ground = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == {"light": "rgb(255, 253, 249)", "dark": "rgb(21, 24, 29)"}[scheme]
    tab.emulate_media(media="print")
    assert not tab.locator("nav.aside").is_visible()
    assert tab.locator("details.code:visible").count() == 0
    tab.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("font", ["", "DejaVu Sans"], ids=["usual", "wide"])
def test_no_two_texts_of_a_drawing_touch(browser, tmp_path, lang, width, font):
    html = report.page(
        examples.example_notebook(lang),
        lang=lang,
        words=examples.WORDS[lang],
        findings=[],
        meta=examples.META,
    )
    tab, _ = opened(browser, html, tmp_path, viewport={"width": width, "height": 800})
    # The viewer's font may be wider than the one the drawing was measured for.
    tab.evaluate("font => document.querySelectorAll('svg').forEach(svg => svg.style.fontFamily = font)", font)
    touching = tab.evaluate(TOUCHING)
    assert touching == []
    tab.close()
