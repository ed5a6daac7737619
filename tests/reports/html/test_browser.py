"""The report in a browser: it opens from disk, asks for nothing, and works by mouse, keyboard and screen reader."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from coach.reports.html.report import Selection, write_report
from coach.store.database import Store
from tests.reports.html.hostile import BREAKOUT, hostile_db, hostile_rubric

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser(golden_db: Path) -> Iterator[Any]:
    """Chromium, without a window. Comes after the database: grading needs an event loop, and so does a running browser."""
    del golden_db
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("there is no chromium on this machine")
    with playwright.sync_playwright() as running:
        # A container has no rights for the browser's own sandbox; only pages of these tests are opened.
        started = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def reports(golden_db: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    with Store.open(golden_db, create=False) as store:
        for language in ("en", "es", "zh"):
            write_report(store, folder / f"{language}.html", Selection({}), language=language)
    return {path.stem: path for path in folder.iterdir()}


@contextmanager
def opened(browser: Any, file: Path, *, width: int = 1280, scripts: bool = True, dark: bool = False) -> Iterator[Any]:
    """The page, with what it complained of in `page.complaints` and what it asked for in `page.asked`."""
    scheme = "dark" if dark else "light"
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts, color_scheme=scheme, offline=True
    )
    page = context.new_page()
    page.complaints, page.asked = [], []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(file.as_uri())
    yield page
    context.close()


def go(page: Any, address: str, wait_for: str) -> None:
    page.evaluate("address => { location.hash = address }", address)
    page.wait_for_selector(wait_for)


def barriers(page: Any) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_it_opens_in_every_language_and_width_without_complaint_request_or_barrier(
    browser: Any, reports: dict[str, Path], language: str, width: int, tmp_path: Path
) -> None:
    with opened(browser, reports[language], width=width) as page:
        for view, address, sign in (
            ("summary", "#glance", "#glance"),
            ("list", "#/list?verdict=violated", "#browser table"),
            ("conversation", "#/c/0", "#browser .turns"),
        ):
            go(page, address, sign)
            picture = tmp_path / f"{language}-{width}-{view}.png"
            page.screenshot(path=picture, full_page=True)
            assert picture.stat().st_size > 10_000
            assert barriers(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.complaints == []
        assert page.asked == [reports[language].as_uri()]


def test_its_dark_colours_have_contrast_enough(browser: Any, reports: dict[str, Path]) -> None:
    with opened(browser, reports["en"], dark=True) as page:
        assert barriers(page) == []
        go(page, "#/c/0", "#browser .turns")
        assert barriers(page) == []


def test_a_figure_leads_to_its_conversations_and_on_to_the_words(browser: Any, reports: dict[str, Path]) -> None:
    with opened(browser, reports["en"]) as page:
        figure = page.locator("#clauses .facts a").first
        count = figure.inner_text().split()[2]
        figure.click()
        page.wait_for_selector("#browser table")
        assert page.locator("[role=status]").inner_text().startswith(f"{count} of 400")
        page.locator("#browser tbody a").first.click()
        page.wait_for_selector("#browser .turns")
        chosen = page.locator(".finding.violated.chosen")
        turn = chosen.locator("xpath=ancestor::li[contains(@class, 'turn')]")
        assert turn.locator("mark.violated").count() > 0


def test_a_quote_in_the_summary_leads_to_its_turn(browser: Any, reports: dict[str, Path]) -> None:
    with opened(browser, reports["en"]) as page:
        quote = page.locator("#clauses .example").first
        said = quote.locator("blockquote.said").inner_text()
        quote.locator("a").click()
        page.wait_for_selector(".turn.asked")
        assert said in " ".join(page.locator(".turn.asked .text").inner_text().split())


def test_rewrites_stand_under_the_turn(browser: Any, reports: dict[str, Path]) -> None:
    with opened(browser, reports["en"]) as page:
        example = page.locator("#clauses .example:has(.better)").first
        better = example.locator(".better").inner_text()
        example.locator("a").click()
        page.wait_for_selector(".turn.asked")
        assert better in page.locator(".turn.asked .rewrite").all_inner_texts()[0]


def test_back_returns_to_the_figure_that_was_left(browser: Any, reports: dict[str, Path]) -> None:
    with opened(browser, reports["en"]) as page:
        page.locator("#agents td a").first.click()
        page.wait_for_selector("#browser table")
        page.go_back()
        page.wait_for_selector("#summary:not([hidden])")
        assert page.locator("#browser").is_hidden()


def test_lists_are_narrowed_by_agent_result_and_name(browser: Any, reports: dict[str, Path]) -> None:
    with opened(browser, reports["en"]) as page:
        go(page, "#/list", "#browser table")
        page.select_option("select[name=agent]", "A-103")
        page.wait_for_function("document.querySelector('#browser').innerText.includes('A-103.')")
        page.select_option("select[name=result]", "fail")
        page.wait_for_function("location.hash.includes('result=fail')")
        cells = page.locator("#browser tbody tr").all_inner_texts()
        assert cells
        assert all("A-103" in cell and "failed" in cell for cell in cells)


def test_the_first_tab_stop_skips_to_the_report(browser: Any, reports: dict[str, Path]) -> None:
    with opened(browser, reports["en"]) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('nav') !== null")


def test_the_keyboard_opens_a_list_and_focus_follows(browser: Any, reports: dict[str, Path]) -> None:
    with opened(browser, reports["en"]) as page:
        page.locator(".cards a").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("#browser table")
        assert page.evaluate("document.activeElement.tagName") == "H1"


def test_without_scripts_the_summary_is_complete(browser: Any, reports: dict[str, Path]) -> None:
    with opened(browser, reports["en"], scripts=False) as page:
        for section in ("glance", "critical", "clauses", "trend", "heat", "agents", "open", "grading"):
            assert len(page.locator(f"#{section}").inner_text()) > 80
        assert "need JavaScript" in page.locator("header").inner_text()


def test_hostile_text_is_read_as_it_was_said_and_does_nothing(browser: Any, tmp_path: Path) -> None:
    with Store.open(hostile_db(tmp_path / "a.db")) as store:
        write_report(store, tmp_path / "r.html", Selection({"demo": hostile_rubric()}))
    with opened(browser, tmp_path / "r.html") as page:
        go(page, "#/list", "#browser table")
        page.locator("#browser tbody a").click()
        page.wait_for_selector("#browser .turns")
        assert BREAKOUT in page.locator("#turn-1 .text").inner_text()
        assert page.evaluate("window.broken") is None
        assert page.locator("img").count() == 0
        assert page.complaints == []


def test_the_pages_own_policy_lets_no_request_out(browser: Any, reports: dict[str, Path]) -> None:
    heard: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context()
    try:
        page = context.new_page()
        address = f"http://127.0.0.1:{server.server_port}"
        page.goto(f"{address}/heard")
        assert "/heard" in heard
        page.goto(reports["en"].as_uri())
        outcome = page.evaluate(
            """async (address) => {
                const image = new Image(); const loaded = new Promise((done) => { image.onload = image.onerror = done; });
                image.src = address + "/image"; await loaded;
                return fetch(address + "/fetch").then(() => "sent", () => "refused");
            }""",
            address,
        )
        assert outcome == "refused"
        assert not {"/image", "/fetch"} & set(heard)
    finally:
        context.close()
        server.shutdown()
