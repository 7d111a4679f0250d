"""A text with everything that must not do anything, and what must be seen of it"""
from lab import until

HTML = ('<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>', '<svg onload="window.pwned=3">', '</textarea></details></script><b id="loose">', '[a link](javascript:window.pwned=4) ![](x)', '"\' onmouseover="window.pwned=5')
ODD = ('\x1b[31mred\x1b[0m', '\u202eesrever\u202c', '\u200bnothing', r'$\href{javascript:window.pwned=6}{x}$ $$y^2$$ `code` **bold**')
TEXT = ' '.join((*HTML, *ODD))
LONG = TEXT + ' ' + 'long '*20_000
SHOWN = (*HTML[:2], '[a link](javascript:window.pwned=4)', '‹U+001B›[31mred', '‹U+202E›esrever', '‹U+200B›nothing', r'\href{javascript:', '**bold**')
DONE = '''root => ({pwned: window.pwned ?? 0, made: root.querySelectorAll('#loose, img[src="x"]').length,
  does: root.querySelectorAll('[onerror], [onload], [onmouseover], [href^="javascript"], iframe, object, embed').length,
  scripts: [...root.querySelectorAll('script')].filter(s => s.textContent.includes('pwned=') && s.type != 'application/json').length})'''
WORDS = '''root => { root.querySelectorAll('details').forEach(d => d.open = true); return root.innerText }'''

def flat(t): return ' '.join(t.split())

def harmless(root, where, parts=SHOWN, made=0):
    "Nothing of the text did anything below `root`, and all of it can be read there; `made` counts elements, None where a notebook may bring its own"
    root.scroll_into_view_if_needed()
    there = lambda p: p in flat(root.evaluate(WORDS))
    for p in map(flat, parts): until(lambda: there(p), f'{p!r} to be seen as text in {where}', 10)
    words = root.evaluate(WORDS)
    assert not (bad := [hex(ord(c)) for c in '\x1b\u202e\u202c\u200b' if c in words]), f'expected invisible characters in {where} to be named, found {bad}'
    done = root.evaluate(DONE)
    assert done==dict(pwned=0, made=done['made'] if made is None else made, does=0, scripts=0), f'expected that nothing ran or was made of the text in {where}, found {done}'
