"""RunMonitor on a finished run, ModelCompare on its models, and PaperReplay with and without the paper's files"""
import json, os, re
from pathlib import Path
import pytest
from lab import until

Q = 'How can I keep my plants alive in winter?'

def cells(run): return [f'''import os
from pathlib import Path
from cai_nb.prompts import save_rows
from cai_nb.run import Run
from cai_nb.widgets import ModelCompare, PaperReplay, RunMonitor
run, data = Run({str(run)!r}), os.environ.pop('CAI_DATA', None)
lms = {{m: run.model(m) for m in ('initial', 'SL-CAI', 'RL-CAI') if m=='initial' or run.path(m).exists()}}''',
'''RunMonitor(run.folder)''',
f'''c = ModelCompare(lms, run.chains, prompt={Q!r}, kind='helpful', max_tokens=24); c''',
'''save_rows(c.rows, 'said.jsonl')''',
'''PaperReplay()''',
'''PaperReplay(data)''']

def test_monitor(book, run):
    w = book.widget(1)
    done = json.loads((run/'done.json').read_text())
    for stage in done: w.sees(stage)
    pictures = w.root.locator('img')
    until(lambda: pictures.count()>=2 and all(i.evaluate('e => e.naturalWidth')>200 for i in pictures.all()), 'curves of the stages')
    if not (run/'rl_samples.jsonl').exists(): pytest.skip('this run has no samples: no judge passed')
    samples = [json.loads(l) for l in (run/'rl_samples.jsonl').read_text().splitlines()]
    steps = sorted({r['step'] for r in samples})
    w.sees(f'Step {steps[-1]}')
    said = lambda r: ' '.join(r['completion'][-1]['content'].split())[:40]
    harmful = [r for r in samples if r.get('kind')!='helpful']
    shown = {said(r) for r in samples if r.get('kind')=='helpful'}   # an answer that declines begins the same way to both
    asked = lambda r: r['prompt'][-1]['content'][:40] if isinstance(r['prompt'], list) else r['prompt'][-40:]
    own = [t for r in harmful for t in (said(r), asked(r)) if t and not any(t in o for o in shown)]
    assert own and not any(t in w.text() for t in own), 'expected samples of harmful prompts under covers'
    w.root.locator('.noUi-handle').focus()
    for _ in steps[1:]: book.page.keyboard.press('ArrowLeft')
    w.sees(f'Step {steps[0]}')
    w.root.locator('.cai-cover summary').first.click()
    until(lambda: any(said(r) in ' '.join(w.text().split()) for r in harmful if r['step']==steps[0]), f'a sample of step {steps[0]} after a click on its cover')
    w.click('Read again')
    w.sees('rl')

def test_compare_streams(book):
    w = book.widget(2)
    names = w.options('Go on with')[:-1]
    w.click('Ask all')
    w.done()
    book.run(3)
    r = book.rows('said.jsonl')
    assert [x['model'] for x in r]==names and len(names)>=2, f'expected an answer of each model, found {[x["model"] for x in r]}'
    cols = [w.root.locator('.widget-html', has_text=n).filter(has_text=Q).last for n in names]
    boxes = [c.bounding_box() for c in cols]
    assert all(a['x']<b['x'] and abs(a['y']-b['y'])<2 for a,b in zip(boxes, boxes[1:])), f'expected the models side by side, found {boxes}'
    for c,x in zip(cols, r): assert x['completion'][0]['content'][:30] in c.inner_text(), f"expected the answer of {x['model']} in its column"

def test_chat_on(book):
    w = book.widget(2)
    w.choose('Go on with', 'SL-CAI')
    w.type('Reply', 'Say it in five words, please.')
    w.do('Send')
    def last(): book.run(3); return book.rows('said.jsonl')
    until(lambda: last()[-1]['model']=='SL-CAI', 'the talk to go on')
    r = book.rows('said.jsonl')
    assert r[-1]['model']=='SL-CAI' and len(r[-1]['prompt'])==3 and r[-1]['prompt'][-1]['content']=='Say it in five words, please.', 'expected the talk to go on with SL-CAI alone'
    w.sees('Say it in five words, please.')

def test_provenance(book, run):
    w = book.widget(2)
    w.do('Ask all')
    w.choose('Go on with', 'SL-CAI')
    w.click('Where does it come from?')
    w.sees('Training revisions most like')
    chains = [json.loads(l) for l in (run/'chains.jsonl').read_text().splitlines()]
    found = w.root.locator('.cai-cover')
    until(lambda: found.count()>=1, 'revisions under covers, for the prompts were harmful')
    assert not any(s['revision'].strip() and s['revision'].strip() in w.text() for c in chains for s in c['steps']), 'expected no training revision in the open'
    found.first.locator('summary').first.click()
    found.first.locator('summary').nth(1).click()
    until(lambda: any(k in found.first.inner_text() for k in ('Critique', 'critique')) and any(s['principle'] in found.first.inner_text() for c in chains for s in c['steps']), 'the revision with its principle and critique')

def test_stop_and_go_on(book):
    w = book.widget(2)
    w.type('Prompt', 'What is a river?')
    w.click('Ask all')
    w.click('Stop')
    w.says('Stopped')
    w.do('Ask all')
    w.sees('What is a river?')

def test_paper_without_its_files(book):
    w = book.widget(4)
    w.says('They are in the repository github.com/anthropics/ConstitutionalHarmlessnessPaper')
    assert 'CAI_DATA' in w.said(), 'expected a word on how to give their folder'
    w.type('Folder of the files', 'no/such/folder')
    w.click('Open')
    until(lambda: 'no/such/folder' in w.said(), 'the folder that holds no files to be named')

def paper():
    "First answer and revisions of each chain, in the order of the files"
    folder = next(f for f in (Path(os.environ['CAI_DATA']), Path(os.environ['CAI_DATA'])/'cai-paper') if (f/'samples').is_dir())
    rows = [json.loads(l) for f in sorted(folder.glob('samples/*.jsonl')) for l in f.read_text(encoding='utf-8').splitlines()]
    return [[r['initial_response'][0]['sample'], *(s['revision']['sample'] for s in r['cst'])] for r in rows if 'cst' in r]

def letters(t): return re.sub(r'[^a-zA-Z]', '', t)

@pytest.mark.skipif(not os.environ.get('CAI_DATA'), reason='the files of the paper are not here')
def test_paper_chains(book):
    "All 66 chains; no failure of this test prints their text"
    w, chains = book.widget(5), paper()
    names = w.options('Chain')
    assert len(names)==len(chains)==66, f'expected 66 chains, found {len(names)}'
    w.says('66 chains')
    w.tick('Show what changed', False)
    for n,texts in enumerate(chains):
        w.field('Chain').select_option(index=n)
        there = lambda: letters(w.root.evaluate("r => [...r.querySelectorAll('.cai-cover')].map(c => c.textContent).join()"))
        until(lambda: (now := there()) and all(letters(t) in now for t in texts), f'answer and {len(texts)-1} revisions of chain {names[n]}')
        assert len(w.options('Tree'))==len(texts), f'expected {len(texts)} versions in the tree of {names[n]}'
    for p in ('RL-CAI', 'HRLHF: helpful only', 'HHRLHF: helpful and harmless', 'RL-CAI with chain of thought'):
        w.click(p)
        w.sees('of 17')
