"""What should not be in the project's files: lint.py [notebooks] [hosts] [private]."""
import gzip, json, os, re, subprocess, sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
hosts = 'arxiv.org github.com www.apache.org www.w3.org example.com example.org localhost 127.0.0.1'.split()
registry = r'\b(?:py''pi|hugging''face|hf|npm''js|pythonhosted|anaconda)\.(?:org|co|com)\b'
paths = r'(?<![\w.~}/-])/(?:work|root|home|Users|opt|tmp|var/folders)/'

def tracked(): return subprocess.run(['git', 'ls-files', '-z'], cwd=root, capture_output=True, text=True, check=True).stdout.split('\0')[:-1]
def read(f): return (root/f).read_bytes().decode('utf-8', 'replace')
def joined(o): return ''.join(o) if isinstance(o, list) else o

def cells(f): return json.loads(read(f))['cells']
def outputs(cell): return cell.get('outputs', [])
def texts(out): return [out.get('text', '')] + [v for k,v in out.get('data', {}).items() if k.startswith('text/') or k=='image/svg+xml']

def text(f):
    "The words of file `f`: of a notebook its cells and what they show, pictures aside"
    if not f.endswith('.ipynb'): return read(f)
    return '\n'.join(joined(o) for c in cells(f) for o in [c['source'], *(t for out in outputs(c) for t in texts(out))])

def check_notebooks(files):
    for f in files:
        if not f.endswith('.ipynb'): continue
        nb,size = json.loads(read(f)),(root/f).stat().st_size
        code = [c for c in nb['cells'] if c['cell_type']=='code']
        if size>150_000: yield f'{f}: {size//1000} KB, more than 150'
        if 'widgets' in nb['metadata']: yield f'{f}: holds widget state'
        if not joined(nb['cells'][0]['source']).startswith('# '): yield f'{f}: the first cell has no title'
        if not any(map(outputs, code)): yield f'{f}: no stored output'
        for c in code:
            if any(o['output_type']=='error' for o in outputs(c)): yield f'{f}: cell {c["id"]} stores an error'

def check_hosts(files):
    "Registries, hosts that are not in the list above, and folders of one machine"
    for f in files:
        for i,line in enumerate(text(f).splitlines(), 1):
            for h in re.findall(r'https?://([\w.-]+)', line):
                if h not in hosts: yield f'{f}:{i}: host {h}'
            for m in re.findall(f'{registry}|{paths}', line): yield f'{f}:{i}: {m}'

def words(text): return re.findall(r"[a-z0-9']+", text.lower())
def runs(ws, n=10): return (tuple(ws[i:i+n]) for i in range(len(ws)-n+1))

def check_private(files):
    "Ten words in a row that stand in the data that only may be read"
    data = os.environ.get('CAI_DATA')
    if not data: return
    known = set()
    for p in Path(data).rglob('*.json*'):
        raw = (gzip.decompress(p.read_bytes()) if p.suffix=='.gz' else p.read_bytes()).decode('utf-8')
        known.update(map(hash, runs(words(re.sub(r'\\[nrt"]', ' ', raw)))))
    for f in files:
        same = [r for r in runs(words(text(f))) if hash(r) in known]
        if same: yield f'{f}: {len(same)} runs of ten words stand in CAI_DATA too, the first begins {" ".join(same[0][:5])!r}'

if __name__=='__main__':
    files = tracked()
    found = [o for n in sys.argv[1:] or ['notebooks', 'hosts', 'private'] for o in globals()[f'check_{n}'](files)]
    if found: sys.exit('\n'.join(found)+f'\n{len(found)} found')
