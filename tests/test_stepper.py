"""ChainStepper in JupyterLab: everything that a reader can do with a chain"""
import json, re, statistics
import pytest
from lab import now, until

Q = 'Why do cats purr when we stroke them?'
HARM = 'How can I make my brother cry?'
CELLS = [f'''from cai_nb.critique import Chain, Step
from cai_nb.lm import LM
from cai_nb.prompts import save_rows
from cai_nb.widgets import ChainStepper
lm = LM.embedded()
chain = Chain('typed', 'cats', [dict(role='user', content={Q!r})], 'Cats purr because they feel safe and warm, and a stroke tells them so.',
              [Step('everyday-words', 'There is no hard word.', 'Cats purr when they feel safe. A stroke tells them that they are safe.')], kind='helpful')
def stepper(rules, q, kind, **kw): return ChainStepper(rules, q, lm, seed=1, kind=kind, **kw)''',
f'''w = stepper('classroom', {Q!r}, 'helpful', max_tokens=24); w''',
'''save_rows(w.tree, 'tree.jsonl'); save_rows([w.chain] if w.chain else [], 'chain.jsonl')''',
f'''h = stepper('harmless', {HARM!r}, 'harmful', max_tokens=16); h''',
f'''k = stepper('classroom', {Q!r}, 'helpful', max_tokens=16); k''',
'''save_rows(k.tree, 'keys.jsonl')''',
f'''s = stepper('classroom', chain, 'helpful', max_tokens=40); s''',
'''save_rows(s.tree, 'stop.jsonl')''',
f'''fast = stepper('classroom', chain, 'helpful', max_tokens=300); fast''']

GROWS = "root => [...root.querySelectorAll('.cai-head')].some(h => /^Critique under/.test(h.textContent) && /\\w/.test(h.nextElementSibling?.textContent))"

def rows(book, i, name):
    book.run(i)
    return book.rows(name)

def test_step(book):
    w = book.widget(1)
    w.do('Answer')
    w.sees('Answer')
    drawn = w.chosen('Principle')
    w.do('Add a step')
    w.sees(f'Revision 1 · {drawn}')
    r = rows(book, 2, 'tree.jsonl')
    assert [(x['parent'], x['principle']) for x in r]==[(None, ''), (0, drawn)] and r[1]['critique'] and r[1]['by']=='model'
    assert r[1]['critique'][:40] in w.text() and w.root.locator('ins, del').count(), 'expected the critique, and the words that changed marked'

def test_draw_again_choose_and_own_principle(book):
    w = book.widget(1)
    ids, seen = w.options('Principle'), {w.chosen('Principle')}
    for _ in range(12):
        w.click('Draw again')
        book.page.wait_for_timeout(60)
        seen.add(w.chosen('Principle'))
    assert len(seen)>1 and seen<=set(ids), f'expected several of the principles in twelve draws, found {seen}'
    w.choose('Principle', 'kind-tone')
    w.sees('others were not drawn')
    w.do('Add a step')
    w.sees('Revision 2 · kind-tone')
    w.choose('Tree', w.options('Tree')[0])
    until(lambda: 'Revision 2 · kind-tone' not in w.branch(), 'the present branch to end at the answer')
    w.click('Write a principle')
    w.type('Short name', 'as-a-pirate')
    w.type('Asks for a critique', 'Say where the answer does not sound like a pirate.')
    w.type('Asks for a revision', 'Write the answer again as a pirate would say it.')
    w.click('Use my principle')
    until(lambda: w.chosen('Principle')=='as-a-pirate', 'the own principle to be chosen')
    w.do('Add a step')
    w.sees('Revision 1 · as-a-pirate')
    r = rows(book, 2, 'tree.jsonl')
    assert [(x['parent'], x['principle']) for x in r[-2:]]==[(1, 'kind-tone'), (0, 'as-a-pirate')], 'expected a fork at the answer'
    assert [l[:1] for l in w.options('Tree')]==['A', '├', '│', '└'], 'expected the fork in the tree'

def test_edit_by_hand(book):
    w = book.widget(1)
    w.click('Edit by hand')
    w.type('Critique', 'It is too long for a child of six.')
    w.do('Revise from this critique')
    w.sees('edited critique')
    w.type('Text', 'Arr, a cat purrs when it be glad.')
    w.do('Keep my text')
    w.sees('by hand')
    r = rows(book, 2, 'tree.jsonl')
    assert [(x['parent'], x['by']) for x in r[-2:]]==[(0, 'model, edited critique'), (0, 'by hand')]
    assert r[-2]['critique']=='It is too long for a child of six.' and r[-1]['answer']=='Arr, a cat purrs when it be glad.'
    chain, = book.rows('chain.jsonl')
    assert chain['steps'][-1]['revision']==r[-1]['answer'] and chain['response']==r[0]['answer'], 'expected .chain to be the present branch'

def test_side_by_side(book):
    w = book.widget(1)
    w.click('Side by side')
    r = rows(book, 2, 'tree.jsonl')
    names = w.options('Left')
    assert len(names)==len(r), f'expected {len(r)} versions to choose from, found {names}'
    w.field('Left').select_option(index=2)
    w.field('Right').select_option(index=len(r)-1)
    w.sees('From the left text to the right one')
    cols = w.root.locator('.cai-cols > div')
    until(lambda: cols.count()==2 and r[2]['answer'][:30] in now(cols.nth(0)) and r[-1]['answer'] in now(cols.nth(1)), 'both branches next to each other')
    a, b = cols.nth(0).bounding_box(), cols.nth(1).bounding_box()
    assert abs(a['y']-b['y'])<2 and a['x']+a['width']<=b['x'], 'expected the columns side by side'
    book.shot('side-by-side', w.root)

def test_prompt_as_the_model_saw_it(book):
    w = book.widget(1)
    w.click('Prompts read')
    w.click('answer')
    w.sees('<|im_start|>')
    toks = w.root.locator('.cai-tok')
    assert 'stroke' in w.text() and int(toks.first.get_attribute('title'))>=0, 'expected special tokens, the prompt and the number of each token'
    assert w.root.locator('.cai-special').count()>=3, 'expected the special tokens to stand out'
    n = int(re.search(r'([\d,]+) tokens', w.text())[1].replace(',', ''))
    assert n==toks.count(), f'expected {n} frames, found {toks.count()}'
    w.click('revision 1')
    w.sees('RevisionRequest')
    book.shot('prompts-read', w.root)

def test_stream_and_stop(book):
    w = book.widget(6)
    w.click('Another version')
    until(lambda: w.root.evaluate(GROWS), 'words of a critique that grows')
    assert w.button('Stop').is_enabled(), 'expected the words before the work is done'
    w.click('Stop')
    w.says('Stopped')
    assert len(w.options('Tree'))==2, 'expected the tree as it was'
    w.do('Another version')
    r = rows(book, 7, 'stop.jsonl')
    assert [x['parent'] for x in r]==[None, 0, 0] and r[2]['principle'] and r[2]['answer'], 'expected another revision of the answer'

def test_keyboard_only(book):
    w, page = book.widget(4), book.page
    focus = '() => [document.activeElement.textContent.trim(), document.activeElement.tagName, document.activeElement.labels?.[0]?.textContent.trim()]'
    def to(name):
        for _ in range(40):
            page.keyboard.press('Tab')
            if name in page.evaluate(focus): return
        raise AssertionError(f'expected Tab to come to {name!r}')
    book.cells.nth(4).locator('.cm-content').click()
    page.keyboard.press('Escape')
    to('Prompt')
    page.keyboard.press('Control+a')
    page.keyboard.type('Why is the sky blue?')
    to('Answer')
    page.keyboard.press('Enter')
    w.sees('Answer'); w.done()
    to('Principle')
    for k in ('Space', 'ArrowDown', 'Enter'): page.keyboard.press(k)
    chosen = w.chosen('Principle')
    to('Add a step')
    page.keyboard.press('Enter')
    w.sees(f'Revision 1 · {chosen}'); w.done()
    to('Write a principle')
    page.keyboard.press('Enter')
    w.field('Short name').wait_for()
    for name,text in dict([('Short name', 'one-line'), ('Asks for a critique', 'Say what could be left out.'), ('Asks for a revision', 'Write the answer again in one line.')]).items():
        to(name)
        page.keyboard.type(text)
    to('Use my principle')
    page.keyboard.press('Space')
    w.says('one-line is chosen')
    page.keyboard.press('Shift+Tab')
    for _ in range(20):
        page.keyboard.press('Shift+Tab')
        if 'Add a step' in page.evaluate(focus): break
    page.keyboard.press('Space')
    w.sees('Revision 2 · one-line'); w.done()
    r = rows(book, 5, 'keys.jsonl')
    assert [(x['parent'], x['principle']) for x in r]==[(None, ''), (0, chosen), (1, 'one-line')]

def test_covers(book):
    w = book.widget(3)
    assert HARM not in w.text(), 'expected the harmful prompt under a cover'
    w.do('Answer')
    w.do('Add a step', 90)
    assert HARM not in w.text() and 'Covered' in w.text(), 'expected prompt and answer under covers'
    w.root.locator('summary', has_text='prompt').first.click()
    w.sees(HARM)
    book.widget(1).tick('Cover harmful text', False)
    until(lambda: 'Covered' not in w.text(), 'one switch to take off the covers of all widgets')
    w.tick('Cover harmful text')
    until(lambda: 'Covered' in w.text() and HARM not in w.text(), 'the covers to come back')

CLICKED = f'''(root, name) => new Promise(ok => {{
  const b = [...root.querySelectorAll('button')].find(b => b.textContent.trim()==name), seen = {GROWS}
  const o = new MutationObserver(() => {{ if (seen(root)) {{ o.disconnect(); requestAnimationFrame(() => ok(performance.now()-t)) }} }})
  o.observe(root, {{childList: true, subtree: true, characterData: true}})
  const t = performance.now(); b.click(); setTimeout(() => ok(null), 60000)
}})'''
TICKED = '''root => new Promise(ok => {
  const n = () => root.querySelectorAll('ins, del').length, was = n(), stop = [...root.querySelectorAll('button')].find(b => b.textContent.trim()=='Stop')
  const box = [...root.querySelectorAll('label')].find(l => l.textContent.includes('Show what changed')).querySelector('input')
  const o = new MutationObserver(() => { if (n()!=was) { o.disconnect(); requestAnimationFrame(() => ok(stop.disabled ? null : performance.now()-t)) } })
  o.observe(root, {childList: true, subtree: true})
  const t = performance.now(); box.click(); setTimeout(() => ok(null), 5000)
})'''

def test_speed(book, record):
    "First words in 2 s, answers to clicks in 200 ms; a machine that others use too has twice as long"
    w = book.widget(8)
    words, clicks, stop = [], [], w.button('Stop')
    stop.scroll_into_view_if_needed()
    for _ in range(4):
        words.append(w.root.evaluate(CLICKED, 'Add a step'))
        for _ in range(4):
            if ms := w.root.evaluate(TICKED): clicks.append(ms)
        if stop.is_enabled(): stop.click()
        until(stop.is_disabled, 'the work to stop')
    assert None not in words and len(clicks)>=5, f'expected words in a minute and clicks that are answered while it writes, found {words} and {clicks}'
    first, click = statistics.median(words), statistics.median(clicks)
    record(f'first words after {first/1000:.2f} s (of {len(words)}, at most {max(words)/1000:.2f}); a click while it writes answered after {click:.0f} ms (of {len(clicks)}, at most {max(clicks):.0f})')
    assert first<4000 and click<400, f'expected 2 s and 200 ms, at most twice that: {first:.0f} ms and {click:.0f} ms'
