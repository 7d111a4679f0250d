"""PrincipleLab and LabelMicroscope in JupyterLab"""
import json, re
from cai_nb.constitution import Constitution
from lab import until

CELLS = ['''from cai_nb.constitution import Constitution
from cai_nb.lm import LM
from cai_nb.prompts import Prompt, save_rows
from cai_nb.widgets import ChainStepper, LabelMicroscope, PrincipleLab
lm, rules = LM.embedded(), Constitution.load('classroom')
def user(q): return [dict(role='user', content=q)]
def pair(q, a, b, **kw): return dict(prompt=user(q), answers=[a, b], kind='helpful', **kw)
sky = pair('Why is the sky blue?', 'Sunlight has all colours. Air scatters the blue part the most, so blue comes from everywhere above us.',
           'Rayleigh scattering is inversely proportional to the fourth power of the wavelength.', id='sky')
pairs = [dict(sky, better=0), pair('What is a noun?', 'A noun is a word that names a thing.', 'Look it up yourself.', id='noun', better=0),
         pair('How do bees fly?', 'Morphological considerations notwithstanding, lift obtains.', 'They beat their wings very fast.', id='bees', better=1)]
ps = [Prompt(user('What is rain?'), 'helpful', 'train', 'typed'), Prompt(user('Why do leaves fall?'), 'helpful', 'train', 'typed')]''',
'''l = PrincipleLab(rules, lm, ps, pairs, max_tokens=16); l''',
'''save_rows(l.revisions, 'revisions.jsonl'); save_rows(l.labels, 'shift.jsonl')''',
'''m = LabelMicroscope(sky, rules.subset(rules.ids[:4]), lm, methods=('choice', 'contrast')); m''',
'''save_rows(m.labels, 'labels.jsonl')''',
'''import os
mine = Constitution.load('mine.yaml') if os.path.exists('mine.yaml') else rules
again = ChainStepper(mine, ps[0], lm); again''']
SHORT = 'Write the answer again in one sentence of at most ten words.'

def test_another_wording(book):
    w = book.widget(1)
    w.choose('Replaces', 'kind-tone')
    until(lambda: w.field('Short name').input_value()=='kind-tone', 'the principle in the fields')
    w.type('Asks for a revision', SHORT)
    w.do('Try it')
    w.sees('old wording'); w.sees('new wording')
    book.run(2)
    r, s = book.rows('revisions.jsonl'), book.rows('shift.jsonl')
    assert [(x['which'], x['principle']) for x in r]==[('old', 'kind-tone')]*2+[('new', 'kind-tone')]*2 and len(s)==6, f'expected two revisions under each wording and a label for each of three pairs, found {len(r)} and {len(s)}'
    cols = w.root.locator('.cai-cols').first.locator(':scope > div')
    boxes = [cols.nth(i).bounding_box() for i in range(cols.count())]
    assert len(boxes)==3 and all(a['x']<b['x'] and abs(a['y']-b['y'])<2 for a,b in zip(boxes, boxes[1:])), f'expected answer, old and new revision side by side, found {boxes}'
    assert re.search(r'[+−-]\d\.\d+ \[[+−-]\d\.\d+, [+−-]\d\.\d+\]', w.text()), 'expected the shift of the labels with its interval'
    book.shot('lab', w.root)

def test_save_and_load(book):
    w = book.widget(1)
    w.type('Short name', 'short-and-kind')
    w.type('File', 'mine.yaml')
    w.click('Save to my constitution')
    w.says('Saved')
    mine = Constitution.load(book.lab.folder/'mine.yaml')
    old = Constitution.load('classroom')
    assert 'short-and-kind' in mine.ids and 'kind-tone' not in mine.ids and len(mine)==len(old), f'expected the new principle in place of the old one, found {mine.ids}'
    assert mine['short-and-kind'].revision==SHORT and mine['short-and-kind'].critique==old['kind-tone'].critique
    book.run(5)
    w = book.widget(5)
    assert 'short-and-kind' in w.options('Principle'), 'expected the saved constitution in another widget'
    w.choose('Principle', 'short-and-kind')
    w.sees(SHORT)

def test_errors_are_one_sentence(book):
    w = book.widget(1)
    w.type('Asks for a critique', ' ')
    w.click('Try it')
    until(lambda: w.root.locator('[role=status].cai-bad').count(), 'an error in the status line')
    assert "'critique' is empty" in w.said() and '\n' not in w.said() and 'Traceback' not in w.text(), f'expected one clear sentence, found {w.said()!r}'
    w.click('Back to its wording')
    w.type('File', 'mine.txt')
    w.click('Save to my constitution')
    until(lambda: '.yaml' in w.said(), 'the name of a file that ends in .yaml to be asked for')
    w.do('Try it')

def test_heat_map(book):
    w = book.widget(3)
    w.do('Measure')
    book.run(4)
    got = book.rows('labels.jsonl')
    assert len(got)==8 and {r['method'] for r in got}=={'choice', 'contrast'}, 'expected a label for each of four principles and two methods'
    table = w.root.locator('table.cai-heat').first
    for r in got:
        row = table.locator('tr', has=w.page.get_by_text(r['principle'], exact=True))
        assert row.count()==1, f"expected one row for {r['principle']}"
        if r['method']=='choice':
            cells = row.locator('td').all_inner_texts()
            assert cells[:2]==[f"{r['p_forth']:.2f}", f"{r['p_back']:.2f}"] and cells[2].startswith(f"{r['p_forth']-r['p_back']:+.2f}"), f"expected both orders and the bias of {r['principle']}, found {cells}"
    hues = {c.evaluate('e => getComputedStyle(e).backgroundColor') for c in table.locator('td').all()}
    assert len(hues)>2, f'expected colours that follow the numbers, found {hues}'
    book.shot('microscope', w.root)

def test_sliders(book):
    w, page = book.widget(3), book.page
    w.choose('Method', 'contrast')
    p = [r['p'] for r in book.rows('labels.jsonl') if r['method']=='contrast']
    mean = sum(p)/len(p)
    w.sees(f'{mean:.3f}')
    low, high, d = (w.root.locator('.noUi-handle').nth(i) for i in range(3))
    low.scroll_into_view_if_needed()
    box, track = low.bounding_box(), w.root.locator('.noUi-base').first.bounding_box()
    page.mouse.move(box['x']+box['width']/2, box['y']+box['height']/2)
    page.mouse.down()
    page.mouse.move(track['x']+.4*track['width'], box['y']+box['height']/2, steps=5)
    page.mouse.up()
    w.sees('clamped to 0.40')
    high.focus()
    for _ in range(8): page.keyboard.press('ArrowLeft')
    w.sees('0.40 … 0.60')
    d.focus()
    for _ in range(5): page.keyboard.press('ArrowRight')
    w.sees('σ(+0.50)')
    target, held = min(.6, max(.4, mean)), 1/(1+2.718281828**-.5)
    w.sees(f'{target:.3f}'); w.sees(f'{held-target:+.3f}')
    book.run(4)
    assert all(.4<=r['target']<=.6 for r in book.rows('labels.jsonl')), 'expected the labels that the next cell takes to be clamped'
