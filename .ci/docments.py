"""What the exported names lack: docments.py [docments] [lessons] [names]."""
import importlib, inspect, pkgutil, re, sys
from dataclasses import is_dataclass
from pathlib import Path

from fastcore.docments import docments
from fastcore.nbio import read_nb

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root))
import cai_nb

def modules():
    names = [m.name for m in pkgutil.walk_packages(cai_nb.__path__, 'cai_nb.') if m.name.split('.')[-1][0]!='_' and m.name!='cai_nb.all']
    return [m for m in map(importlib.import_module, sorted(names)) if hasattr(m, '__all__')]

def ours(o): return (getattr(o, '__module__', None) or '').startswith('cai_nb')

def func(o):
    "The plain function behind a method, property, cache or patched classmethod"
    if not inspect.isfunction(o): o = next((f for k in ('__func__', 'fget', 'func', 'f') if (f := getattr(o, k, None))), o)
    return inspect.unwrap(o) if callable(o) else o

def methods(cls):
    "Public methods that `cls` itself brings, those aside whose parameters a foreign parent has laid down"
    for k,v in vars(cls).items():
        if k!='__call__' and k[0]=='_' or not inspect.isfunction(func(v)) or not ours(func(v)): continue
        if any(hasattr(b, k) for b in cls.__mro__[1:] if not ours(b)): continue
        yield f'{cls.__name__}.{k}',func(v),params(func(v), own=not isinstance(v, staticmethod))

def fields(cls):
    "Docments of a dataclass, the fields of its parents included"
    res = {}
    for c in reversed(cls.__mro__):
        if is_dataclass(c) and ours(c): res.update({k:v for k,v in docments(c, returns=False).items() if v})
    return [k for k in inspect.signature(cls).parameters if not res.get(k)]

def params(f, own=False):
    "Parameters of `f` without a docment, the first aside for `own`, and `return` if its annotation has none"
    dm = docments(f, full=True, args_kwargs=True)
    ret = dm.pop('return')
    res = [k for k,v in list(dm.items())[own:] if not v.docment]
    return res + ['return']*(ret.anno not in (inspect.Signature.empty, None, 'None') and not ret.docment)

def lacking(cls):
    "What has no docment in how `cls` is made"
    if is_dataclass(cls): return fields(cls)
    init = func(vars(cls).get('__init__'))
    return params(init, own=True) if inspect.isfunction(init) and ours(init) else []

def public(mod):
    "Name, object and missing docments of each function, class and method that `mod` exports"
    for n in mod.__all__:
        o = getattr(mod, n)
        if inspect.isclass(o) and ours(o):
            yield n,o,lacking(o)
            yield from methods(o)
        elif inspect.isfunction(func(o)) and ours(func(o)): yield n,o,params(func(o))

def check_docments(mods):
    for m in mods:
        for n,o,miss in public(m):
            if not inspect.getdoc(o): yield f'{m.__name__}.{n}: no docstring'
            if miss: yield f'{m.__name__}.{n}: no docment for {", ".join(miss)}'

def check_lessons(mods):
    "Names that no cell of their notebook uses, the cells aside that define them"
    for m in mods:
        nb = re.search(r'File to edit: (\S+)\.$', Path(m.__file__).read_text(encoding='utf-8'), re.M)
        cells = read_nb((Path(m.__file__).parent/nb[1]).resolve()).cells
        used = '\n'.join(c.source for c in cells if c.cell_type=='code' and not {'export','exporti'}&set(c.directives))
        for n,_,_ in public(m):
            short = n.split('.')[-1]
            if short!='__call__' and not re.search(rf'\b{short}\b', used): yield f'{m.__name__}.{n}: no cell of its notebook uses it'

def check_names(mods):
    "Names that two modules export or that a module bears, and what `cai_nb.all` lacks, has too many or takes from elsewhere"
    seen,everything = {},importlib.import_module('cai_nb.all')
    listed = set(everything.__all__) & set(dir(everything))
    for m in (m for m in mods if not m.__name__.startswith('cai_nb.experiments.')):
        if getattr(everything, m.__name__.split('.')[-1], None) is not m: yield f'{m.__name__}: not in cai_nb.all'
        for n in m.__all__:
            if n in seen: yield f'{n}: exported by {seen[n]} and by {m.__name__}'
            elif f'cai_nb.{n}' in sys.modules: yield f'{n}: exported by {m.__name__}, and a module is called so'
            elif n not in listed or getattr(everything, n) is not getattr(m, n): yield f'{m.__name__}.{n}: not in cai_nb.all'
            seen[n] = m.__name__
    yield from (f'{n}: in cai_nb.all, and no module exports it' for n in everything.__all__ if n not in seen)

if __name__=='__main__':
    mods = modules()
    found = [o for n in sys.argv[1:] or ['docments'] for o in globals()[f'check_{n}'](mods)]
    if found: sys.exit('\n'.join(found)+f'\n{len(found)} found')
