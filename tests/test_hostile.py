"""Text that tries to do something is only text: in every widget, in its static picture, in the report and on the site"""
import json
import pytest
from hostile import LONG, TEXT, harmless
from lab import until

CELLS = [f'''import json, os
from dataclasses import replace
from IPython.display import HTML
from cai_nb.constitution import Constitution, Principle
from cai_nb.critique import Chain, Step
from cai_nb.prompts import Prompt, save_rows
from cai_nb.report import save_report
from cai_nb.widgets import ChainStepper, LabelMicroscope, ModelCompare, PaperReplay, PrincipleLab, RunMonitor
bad, long = {TEXT!r}, {LONG!r}
class Says:
    "Stands in for a model that says the worst, whatever it is asked"
    fingerprint = name = bad[:60]
    def stream(self, prompts, **how): yield [bad]*len(prompts); yield [long]*len(prompts)
def user(q): return [dict(role='user', content=q)]
def shown(w): return HTML(w._repr_html_())
rules = replace(Constitution.load('classroom'), principles=[Principle('bad', bad, bad, bad), Principle(bad, 'c', 'r', 'p')])
chain = Chain('c', 'p', user(bad), long, [Step('bad', bad, bad+' changed', [bad], [bad]), Step(bad, long, long, [], [])], kind='harmful')''',
'''s = ChainStepper(rules, chain, Says(), kind='harmful'); s''', '''shown(s)''',
'''l = PrincipleLab(rules, Says(), [Prompt(user(bad), 'harmful', 'train', 'typed')], []); l''', '''shown(l)''',
'''labels = [dict(id='i', prompt=user(bad), answers=[bad, long], kind='harmful', p=.7, p_forth=.8, p_back=.6, target=.7, principle=q, method='choice', reasoning=[bad, long], judge=bad, constitution=bad) for q in rules.ids]
m = LabelMicroscope(labels[0], rules, labels=labels); m''', '''shown(m)''',
'''os.makedirs('run', exist_ok=True); open('run/settings.yaml', 'w').write('{}')
json.dump(dict(rl=dict(seconds=1)), open('run/done.json', 'w'))
save_rows([dict(step=i, reward=.1*i, kl=.01, reward_std=.1) for i in (1, 2, 3)], 'run/rl_log.jsonl')
save_rows([dict(step=3, reward=.5, prompt=user(bad), completion=[dict(role='assistant', content=t)]) for t in (bad, long)], 'run/rl_samples.jsonl')
r = RunMonitor('run'); r''', '''shown(r)''',
'''c = ModelCompare({'one': Says(), bad: Says()}, [chain], prompt=bad, kind='harmful'); c''', '''shown(c)''',
'''os.makedirs('paper/samples', exist_ok=True)
turns, cst = f'\\n\\nHuman: {bad}\\n\\nAssistant:', [dict(cst_key='bad', cst_value={}, critique=dict(sample=bad), revision=dict(sample=long))]
save_rows([dict(rl_prompt=turns, initial_response=[dict(sample=bad)], cst=cst)], 'paper/samples/BAD_SLMADISON.jsonl')
save_rows([dict(rl_prompt=turns, sampled_answers=[dict(sampled_string=t, pm_scores=[dict(pm_score=.5)]) for t in (bad, long)])], 'paper/samples/BAD_RLMADISON.jsonl')
p = PaperReplay('paper'); p''', '''shown(p)''',
'''answers = [dict(id=f'{m}-{k}', model=m, prompt_id='p', kind=k, categories=[bad], prompt=user(bad), completion=[dict(role='assistant', content=t)], fate=bad, reward=.5) for m,t in (('initial', bad), (bad, long)) for k in ('harmful', 'helpful')]
save_report(dict(settings={bad: bad}, constitution=rules, chains=[replace(chain, steps=chain.steps[:1])], labels=[], rl_samples=[], answers=answers, machine={bad: bad}), 'report.html').name''']
REPORT = len(CELLS)-1

def test_stepper(book):
    w = book.widget(1)
    w.sees('Covered')
    harmless(w.root, 'the stepper')
    w.do('Add a step')
    harmless(w.root, 'the stepper after a step')
    for page in ('Side by side', 'Prompts read'):
        w.click(page)
        w.sees('Covered')
        harmless(w.root, f'the stepper, {page}')
    w.click('Edit by hand')
    w.click('Show the text to edit')
    until(lambda: 'onerror' in w.field('Critique').input_value(), 'the text in the field')
    w.type('Text', TEXT)
    w.do('Keep my text')
    harmless(w.root, 'the stepper after an edit')
    assert 'show all' in w.root.evaluate('r => r.innerText'), 'expected a long text to be folded away'

def test_lab(book):
    w = book.widget(3)
    w.type('Asks for a revision', TEXT+' new')
    w.do('Try it')
    harmless(w.root, 'the lab')

def test_microscope(book):
    w = book.widget(5)
    w.sees('0.80')
    harmless(w.root, 'the microscope')

def test_monitor(book):
    w = book.widget(7)
    w.sees('Covered')
    harmless(w.root, 'the monitor')

def test_compare(book):
    w = book.widget(9)
    w.do('Ask all')
    w.type('Reply', TEXT)
    w.do('Send')
    w.click('Where does it come from?')
    w.sees('Training revisions')
    harmless(w.root, 'the comparison')

def test_replay(book):
    w = book.widget(11)
    w.says('1 chains')
    harmless(w.root, 'the replay')

@pytest.mark.parametrize('i', range(2, REPORT, 2))
def test_static_picture(book, i):
    book.run(i)
    root = book.cells.nth(i).locator('.jp-OutputArea-output').first
    until(lambda: root.count() and len(root.text_content())>100, f'the static picture of cell {i-1}')
    root.scroll_into_view_if_needed()
    harmless(root, f'the static picture of cell {i-1}')

def test_nothing_ran_in_jupyterlab(book):
    assert book.page.evaluate('window.pwned')==None, 'expected that no script of the text ran'
    assert not (asked := [u for u in book.page.asked if not u.startswith((book.lab.url, 'data:', 'blob:')) or u.endswith('/x')]), f'expected no request for anything in the text or elsewhere, found {asked}'

def test_report(book, chromium):
    page = chromium.new_page()
    page.goto((book.lab.folder/'report.html').as_uri())
    harmless(page.locator('body'), 'the report')
    page.close()
