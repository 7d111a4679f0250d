import tempfile
import pytest
from playwright.sync_api import sync_playwright
from lab import CHROMIUM, FLAGS, SHOTS, Book, Lab, finished_run

pages = []

@pytest.fixture(scope='session')
def chromium():
    with sync_playwright() as p, tempfile.TemporaryDirectory() as d:
        browser = p.chromium.launch_persistent_context(d, executable_path=CHROMIUM, headless=True, args=FLAGS, viewport=dict(width=1280, height=1000))
        yield browser
        browser.close()

@pytest.fixture(scope='session')
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp('lab'))
    yield lab
    lab.close()

@pytest.fixture(scope='module')
def page(chromium):
    page = chromium.new_page()
    page.set_default_timeout(20_000)
    page.asked = []
    page.on('request', lambda r: page.asked.append(r.url))
    pages[:] = [page]
    yield page
    page.close()

@pytest.fixture(scope='session')
def run(tmp_path_factory): return finished_run(tmp_path_factory.mktemp('run'))

@pytest.fixture(scope='module')
def book(page, lab, request):
    "The notebook of a module, made of its CELLS, all run from the menu"
    cells = getattr(request.module, 'CELLS', None) or request.module.cells(request.getfixturevalue('run'))
    book = Book(page, lab, f'{request.module.__name__}.ipynb', cells)
    book.run_all()
    yield book
    book.menu('Kernel', 'Shut Down Kernel')

figures = []

@pytest.fixture
def record(): return figures.append

def pytest_terminal_summary(terminalreporter):
    for f in figures: terminalreporter.write_line(f'measured: {f}')
    terminalreporter.write_line(f'screenshots: {SHOTS}')

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    rep = yield
    if rep.failed and pages and not pages[0].is_closed():
        f = SHOTS/f'failed-{item.name}.png'
        try: SHOTS.mkdir(parents=True, exist_ok=True); pages[0].screenshot(path=f); note = f'screenshot: {f}'
        except Exception as e: note = f'no screenshot: {e}'
        rep.sections.append(('what was on the page', note))
    return rep
