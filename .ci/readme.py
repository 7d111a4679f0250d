"""README.md, made from nbs/index.ipynb; with --check, only compared with it."""
import difflib, re, sys
from pathlib import Path
from posixpath import normpath

from fastcore.nbio import nb2str, read_nb
from nbconvert import MarkdownExporter
from nbformat import reads

root = Path(__file__).resolve().parent.parent
nbs,pics = 'nbs','nbs/index_files'
note = '<!-- Made from nbs/index.ipynb by .ci/readme.py: edit the notebook, not this page. -->\n\n'
fence = re.compile(r'^(```.*?^```[^\S\n]*$)', re.M|re.S)

def outside(f, text):
    "`text` with `f` applied to what is not in a fenced block"
    return ''.join(o if i%2 else f(o) for i,o in enumerate(fence.split(text)))

def link(m):
    "A link written beside the notebook, as it reads from the top level"
    pre,url,post = m.groups()
    if re.match(r'[a-z]+:|[#/]', url): return m[0]
    path,mark,frag = url.partition('#')
    path = normpath(f'{nbs}/{path}')
    if not (root/path).exists(): sys.exit(f'{nbs}/index.ipynb: the link {url!r} leads nowhere; links are relative to {nbs}/')
    return pre+path+mark+frag+post

def relink(text):
    text = re.sub(r'(\]\()([^)\s]+)(\)|\s)', link, text)
    return re.sub(r'((?:src|href)=")([^"]+)(")', link, text)

def is_shown(out):
    "False for a widget, which is only its name without a kernel, and for progress bars and warnings"
    if out.output_type=='stream': return out.name=='stdout'
    data = out.get('data', {})
    return 'application/vnd.jupyter.widget-view+json' not in data or bool(set(data)-{'application/vnd.jupyter.widget-view+json', 'text/plain'})

def shown(cell):
    "The cell as the README shows it, or None"
    if cell.has_directive('hide'): return
    cell.remove_directives()
    cell.source = cell.source.strip('\n')
    if cell.cell_type=='markdown': cell.source = outside(relink, cell.source)
    if cell.cell_type=='code': cell.outputs = [o for o in cell.outputs if is_shown(o)]
    return cell if cell.source else None

def readme():
    "The page, and its pictures by path"
    nb = read_nb(root/nbs/'index.ipynb')
    nb.cells = [c for c in map(shown, nb.cells) if c]
    nb.metadata['language_info'] = dict(name='python')
    text,res = MarkdownExporter().from_notebook_node(reads(nb2str(nb), as_version=4),
        resources=dict(output_files_dir=pics, unique_key='index', metadata=dict(name='index')))
    text = outside(lambda s: re.sub(r'\n{3,}', '\n\n', re.sub(r'^[^\S\n]+$', '', s, flags=re.M)), text)
    return note+text.strip()+'\n', {str(k):v for k,v in res['outputs'].items()}

def differences(text, files):
    "What on disk is not as the notebook makes it"
    page = root/'README.md'
    old = page.read_text(encoding='utf-8') if page.exists() else ''
    diff = list(difflib.unified_diff(old.splitlines(), text.splitlines(), 'README.md', f'{nbs}/index.ipynb', lineterm=''))
    if old!=text and not diff: diff = ['README.md: the ends of lines differ']
    have = {p.relative_to(root).as_posix():p for p in (root/pics).glob('**/*') if p.is_file()}
    diff += [f'{p}: missing' for p in files if p not in have]
    diff += [f'{p}: not in the notebook' for p in have if p not in files]
    return diff+[f'{p}: not the picture in the notebook' for p,b in files.items() if p in have and have[p].read_bytes()!=b]

def write(text, files):
    (root/'README.md').write_text(text, encoding='utf-8', newline='\n')
    for p in (root/pics).glob('**/*'):
        if p.is_file() and p.relative_to(root).as_posix() not in files: p.unlink()
    for p,b in files.items():
        (root/p).parent.mkdir(exist_ok=True)
        (root/p).write_bytes(b)

if __name__=='__main__':
    page = readme()
    if '--check' not in sys.argv[1:]: write(*page)
    elif diff := differences(*page): sys.exit('\n'.join(diff)+'\nREADME.md is not what nbs/index.ipynb makes: run `python .ci/readme.py`')
