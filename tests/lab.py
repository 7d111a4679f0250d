"""JupyterLab and its widgets, as a person sees them: start it, open a notebook, click, type, read."""
import json, os, re, secrets, shutil, socket, subprocess, sys, tempfile, time, urllib.request
from pathlib import Path

SHOTS = Path(os.environ.get('CAI_SHOTS') or tempfile.mkdtemp(prefix='cai-shots-'))
CHROMIUM = os.environ.get('CAI_CHROMIUM') or shutil.which('chromium') or '/usr/bin/chromium'
FLAGS = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split()
QUIET = {'apputils-extension/notification.jupyterlab-settings': dict(fetchNews='false', checkForUpdates=False)}

def free_port():
    with socket.socket() as s: s.bind(('127.0.0.1', 0)); return s.getsockname()[1]

def until(test, expected, seconds=60):
    "Ask `test` until it gives something true; AssertionError that says what was `expected`"
    end, got = time.monotonic()+seconds, None
    while time.monotonic()<end:
        if got := test(): return got
        time.sleep(.1)
    raise AssertionError(f'expected {expected} within {seconds} s')

class Lab:
    "A JupyterLab of its own: a free port, a token, a temporary folder for notebooks and settings"
    def __init__(self, folder):
        self.folder, self.token, port = Path(folder), secrets.token_hex(16), free_port()
        self.url, self.log = f'http://127.0.0.1:{port}', self.folder/'lab.log'
        own = {f'JUPYTER_{k}_DIR': str(self.folder/f'.jupyter-{k.lower()}') for k in ('CONFIG', 'DATA', 'RUNTIME')}
        own |= dict(JUPYTERLAB_SETTINGS_DIR=str(self.folder/'.settings'), JUPYTERLAB_WORKSPACES_DIR=str(self.folder/'.workspaces'), IPYTHONDIR=str(self.folder/'.ipython'))
        for f,d in QUIET.items():
            (p := self.folder/'.settings'/'@jupyterlab'/f).parent.mkdir(parents=True)
            p.write_text(json.dumps(d))
        env = os.environ | own | dict(HF_HUB_OFFLINE='1', PYTHONUNBUFFERED='1')
        self.proc = subprocess.Popen([sys.executable, '-m', 'jupyterlab', '--no-browser', '--allow-root', f'--ServerApp.port={port}', '--ServerApp.port_retries=0', '--ServerApp.ip=127.0.0.1',
            f'--IdentityProvider.token={self.token}', f'--ServerApp.root_dir={self.folder}', '--LabApp.extension_manager=readonly'], cwd=self.folder, env=env, stdout=self.log.open('w'), stderr=subprocess.STDOUT)
        until(self.alive, f'JupyterLab at {self.url}; its log is {self.log}', 60)

    def get(self, path): return urllib.request.urlopen(urllib.request.Request(f'{self.url}/{path}', headers=dict(Authorization=f'token {self.token}')), timeout=5)
    def alive(self):
        if self.proc.poll() is not None: raise AssertionError(f'expected JupyterLab to start, it ended with {self.proc.returncode}: {self.log.read_text()[-800:]}')
        try: return self.get('api/status').status==200
        except OSError: return False
    def close(self):
        self.proc.terminate()
        try: self.proc.wait(20)
        except subprocess.TimeoutExpired: self.proc.kill(); self.proc.wait()

    def write(self, name, cells):
        "A notebook of code `cells`, not yet run"
        nb = dict(nbformat=4, nbformat_minor=5, metadata=dict(kernelspec=dict(name='python3', display_name='Python 3', language='python')),
                  cells=[dict(cell_type='code', id=f'cell-{i}', source=s, metadata={}, outputs=[], execution_count=None) for i,s in enumerate(cells)])
        (self.folder/name).write_text(json.dumps(nb))
        return name

def now(loc):
    "The words of an element as they are now, without those that were struck out"
    return ' '.join(loc.evaluate("e => { const c = e.cloneNode(true); c.querySelectorAll('del').forEach(d => d.remove()); return c.textContent }").split())

class Page:
    "A notebook in JupyterLab, or a plain page: what is there to be waited for, and pictures of it"
    def __init__(self, page): self.page = page
    def shot(self, name, of=None):
        "A picture in the folder SHOTS"
        SHOTS.mkdir(parents=True, exist_ok=True)
        (of or self.page).screenshot(path=(f := SHOTS/f'{name}.png'), animations='disabled')
        return f

class Book(Page):
    "A notebook that is open in JupyterLab"
    def __init__(self, page, lab, name, cells):
        super().__init__(page)
        self.lab, self.name = lab, lab.write(name, cells)
        page.goto(f'{lab.url}/lab/tree/{name}?token={lab.token}&reset')
        self.cells = page.locator('.jp-Notebook .jp-CodeCell')
        until(lambda: self.cells.count()==len(cells), f'{len(cells)} cells of {name} in JupyterLab', 60)
        page.get_by_text('| Idle').first.wait_for(timeout=60_000)

    def number(self, i):
        "The number of cell `i`, or None while it waits or runs"
        t = self.cells.nth(i).locator('.jp-InputPrompt').text_content().strip()
        return int(t[1:-2]) if t[1:-2].isdigit() else None

    def finished(self, i, before=None, seconds=90):
        "Wait until cell `i` has run; an error in any cell ends the wait"
        def ran():
            bad = self.page.locator('[data-mime-type="application/vnd.jupyter.error"]')
            if bad.count(): raise AssertionError(f'expected no error in {self.name}, found {bad.first.text_content()[-600:]}')
            return self.number(i) not in (None, before)
        until(ran, f'cell {i} of {self.name} to be run', seconds)

    def menu(self, *names):
        for n in names: self.page.get_by_role('menuitem', name=n, exact=True).click()

    def run_all(self, seconds=120):
        "Run all cells from the menu"
        self.menu('Run', 'Run All Cells')
        for i in range(self.cells.count()): self.finished(i, seconds=seconds)

    def run(self, i, seconds=60):
        "Run cell `i` with Control and Enter"
        before = self.number(i)
        self.cells.nth(i).locator('.cm-content').click()
        self.page.keyboard.press('Control+Enter')
        self.finished(i, before, seconds)

    def widget(self, i): return Widget(self, self.cells.nth(i).locator('.jp-OutputArea-output > .jupyter-widgets, .jp-OutputArea-output .jupyter-widgets').first)
    def saved(self, name): return (self.lab.folder/name).read_text(encoding='utf-8')
    def rows(self, name): return [json.loads(l) for l in self.saved(name).splitlines()]

class Widget:
    "One of the widgets: its buttons, lists and fields by the words that stand on them"
    def __init__(self, book, root):
        self.book, self.page, self.root = book, book.page, root
        root.wait_for()

    def button(self, name): return self.root.locator('button').filter(has_text=re.compile(rf'^\s*{re.escape(name)}\s*$'))
    def click(self, name): self.button(name).click()
    def field(self, label): return self.root.get_by_label(label, exact=True)
    def tick(self, label, on=True): self.root.locator('label', has_text=label).locator('input').set_checked(on)
    def options(self, label): return self.field(label).locator('option').all_inner_texts()
    def choose(self, label, text): self.field(label).select_option(text)
    def type(self, label, text):
        "Type into a field, key by key as far as the page can tell"
        self.field(label).click()
        self.field(label).press('Control+a')
        self.page.keyboard.insert_text(text)
        self.field(label).blur()
    def chosen(self, label): return self.field(label).evaluate('s => s.selectedOptions[0]?.text ?? s.value')
    def branch(self): return self.root.locator('.widget-html').all_inner_texts().__str__()
    def text(self):
        "What can be read; a notebook does not draw cells that are out of sight"
        self.root.scroll_into_view_if_needed()
        return self.root.inner_text()
    def said(self): return self.root.locator('[role=status]').first.text_content()
    def sees(self, words, seconds=60):
        "Wait for words that can be seen"
        return until(lambda: words in self.text(), f'{words[:200]!r} to be seen in the widget', seconds)
    def says(self, words, seconds=60):
        "Wait for the status line; an error in it ends the wait"
        def ready():
            t = self.said()
            if words not in t and self.root.locator('.cai-bad').count(): raise AssertionError(f'expected {words!r} in the status line, found {t!r}')
            return words in t
        return until(ready, f'{words!r} in the status line (there: {self.said()!r})', seconds)
    def done(self, seconds=90):
        "Wait until nothing runs here any more, without an error"
        until(lambda: self.button('Stop').is_disabled() and 'Working' not in self.said(), 'the work in the widget to end', seconds)
        self.says('Done')
    def do(self, name, seconds=90):
        self.click(name)
        self.page.wait_for_timeout(50)
        self.done(seconds)

def finished_run(tmp):
    "The folder of a run: CAI_RUN, runs/first, or a tiny one that is made now (a minute or two)"
    for f in (os.environ.get('CAI_RUN'), 'runs/first'):
        if f and (Path(f)/'report.html').exists(): return Path(f).resolve()
    subprocess.run([sys.executable, '-c', 'from cai_nb.run import main; main()', str(tmp/'run'), '--preset', 'tiny'], check=True, env=os.environ | dict(HF_HUB_OFFLINE='1'), stdout=subprocess.DEVNULL)
    return tmp/'run'
