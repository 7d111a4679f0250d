"""The pages of cai-site: alive without a kernel, and deaf to hostile text"""
import json, subprocess, sys
from pathlib import Path
import pytest
from hostile import LONG, TEXT, harmless
from lab import Page, until

HERE = Path(__file__).resolve().parent.parent
MAKE = f'''import json, os, sys
from cai_nb.constitution import Constitution
from cai_nb.critique import Chain, Step
from cai_nb.prompts import save_rows
from cai_nb.site import build_site
bad, long = {TEXT!r}, {LONG!r}
def user(q): return [dict(role='user', content=q)]
rules = Constitution.load('classroom')
os.makedirs('run/x'); open('run/settings.yaml', 'w').write('{{}}'); rules.save('run/constitution.yaml')
json.dump(dict(chains=dict(seconds=1)), open('run/done.json', 'w'))
save_rows([Chain('c', 'p', user(bad), long, [Step(rules.ids[0], bad, bad+' changed', [bad], [bad]), Step(bad, long, long)], kind=k) for k in ('harmful', 'helpful')], 'run/chains.jsonl')
save_rows([dict(id='i', prompt=user(bad), answers=[bad, long], kind='harmful', p=.7, p_forth=.8, p_back=.6, target=.7, principle=bad, method='choice', reasoning=[bad])], 'run/labels.jsonl')
save_rows([dict(step=i, reward=.1*i, kl=.01) for i in (1, 2, 3)], 'run/rl_log.jsonl')
save_rows([dict(step=3, reward=.5, prompt=user(bad), completion=[dict(role='assistant', content=t)]) for t in (bad, long)], 'run/rl_samples.jsonl')
outs = [dict(output_type='stream', name='stdout', text=bad), dict(output_type='execute_result', execution_count=1, metadata={{}}, data={{'text/plain': bad}}),
        dict(output_type='display_data', metadata={{}}, data={{'text/html': bad}}), dict(output_type='display_data', metadata={{}}, data={{'text/markdown': bad}}), dict(output_type='error', ename=bad, evalue=bad, traceback=[bad])]
cells = [dict(cell_type='markdown', id='a', metadata={{}}, source='# Title'), dict(cell_type='markdown', id='b', metadata={{}}, source=bad), dict(cell_type='code', id='c', metadata={{}}, execution_count=1, source='print('+repr(bad)+')', outputs=outs)]
os.makedirs('nbs'); json.dump(dict(nbformat=4, nbformat_minor=5, metadata={{}}, cells=cells), open('nbs/index.ipynb', 'w'))
build_site('hostile', 'nbs', 'run', progress=False)
build_site('site', sys.argv[1], sys.argv[2], progress=False)'''

@pytest.fixture(scope='module')
def folder(tmp_path_factory, run):
    folder = tmp_path_factory.mktemp('site')
    made = subprocess.run([sys.executable, '-c', MAKE, HERE/'nbs', run], cwd=folder, capture_output=True, text=True)
    assert made.returncode==0, f'expected the pages to be built: {made.stderr[-1500:]}'
    return folder

@pytest.fixture
def at(page, folder):
    "Open a page of a site and return its body"
    def open_(name):
        page.goto((folder/name).as_uri())
        return page.locator('body')
    return open_

def button(body, name): return body.locator('button').filter(has_text=name)

def test_stepper_without_a_kernel(at, page, run):
    body, chains = at('site/stepper.html'), [json.loads(l) for l in (run/'chains.jsonl').read_text().splitlines()]
    pick = body.get_by_label('Chain')
    mine = f'run {run.name}'
    first = body.locator(f'optgroup[label="{mine}"] option').first
    pick.select_option(first.get_attribute('value'))
    c = chains[0]
    assert body.locator('.cai-cover').count()>=2 or c['kind']=='helpful', 'expected covers over a harmful chain'
    for n,s in enumerate(c['steps'], 1):
        button(body, 'Next step').click()
        until(lambda: f"Step {n}: principle {s['principle']}" in body.inner_text(), f'step {n} after a click on Next')
    assert button(body, 'Next step').is_disabled(), 'expected no step after the last one'
    body.locator('.cai-cover summary').last.click()
    body.get_by_label('Show what changed').uncheck()
    if c['kind']!='helpful': body.locator('.cai-cover summary').last.click()
    until(lambda: c['steps'][-1]['revision'].strip()[:40] in body.inner_text(), 'the last revision')
    page.keyboard.press('ArrowLeft')
    until(lambda: 'First answer' in body.inner_text() or f"Step {len(c['steps'])-1}:" in body.inner_text(), 'the step before after an arrow key')
    body.get_by_label('Cover harmful text').uncheck()
    until(lambda: not body.locator('.cai-cover').count(), 'no cover after one click')
    Page(page).shot('site-stepper')

def test_stored_chain_of_a_notebook(at):
    body = at('site/stepper.html')
    groups = [g.get_attribute('label') for g in body.locator('optgroup').all()]
    assert any('notebook' in g for g in groups), f'expected harmless chains that a notebook keeps, found {groups}'

def test_microscope_without_a_kernel(at, page):
    body = at('site/microscope.html')
    until(lambda: body.locator('td.heat').count()>1, 'a heat map')
    before = body.locator('#gradient').inner_text()
    body.get_by_label('Score difference now').focus()
    for _ in range(10): page.keyboard.press('ArrowRight')
    until(lambda: body.locator('#gradient').inner_text()!=before, 'another gradient for another difference of scores')
    body.get_by_label('Label at most').focus()
    for _ in range(10): page.keyboard.press('ArrowLeft')
    body.get_by_label('Label at least').focus()
    for _ in range(10): page.keyboard.press('ArrowRight')
    until(lambda: body.locator('#target').inner_text()=='0.500', 'a label that is clamped to one half')
    Page(page).shot('site-microscope')

def test_monitor_without_a_kernel(at, page):
    body = at('site/monitor.html')
    until(lambda: body.locator('svg polyline').count()>=2, 'curves')
    Page(page).shot('site-monitor')

@pytest.mark.parametrize('name', ['index', 'stepper', 'microscope', 'monitor'])
def test_hostile_text_on_the_site(at, page, name):
    body = at(f'hostile/{name}.html')
    if name=='stepper':
        harmless(body, 'the stepper of the site')
        for _ in range(2): button(body, 'Next step').click(); harmless(body, 'a step of the stepper of the site')
    elif name=='index': harmless(body, 'a notebook on the site', ['<script>window.pwned=2</script>', '‹U+001B›[31mred', '‹U+202E›esrever'], made=None)
    else: harmless(body, f'the {name} of the site')

def test_pages_ask_for_nothing_else(at, page, folder):
    for name in ('index', 'stepper', 'microscope', 'monitor', '04_critique', 'api/index'):
        at(f'site/{name}.html')
    assert not (asked := [u for u in page.asked if not u.startswith(('file:', 'data:'))]), f'expected the pages to stand on their own, found {asked}'
    size = sum(f.stat().st_size for f in (folder/'site').rglob('*') if f.is_file())/1e6
    assert size<=15, f'expected at most 15 MB, found {size:.1f}'
