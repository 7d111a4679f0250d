"""kill.py FOLDER [--kills N] [--seed N] [--cache off] [SETTINGS OF cai-run]: a run in one go, the same run killed again and again, and whether their files are the same.

The moments are drawn, by a seed, from the times that the stages of the first run took: every stage at least once. Besides, the program is killed while it writes
(a path that ends in .part is there) and just before and after a rename. A kill is SIGKILL to the process group. In the killed run, a checkpoint follows every training step."""
import argparse, json, os, random, re, shutil, signal, sqlite3, subprocess, sys, threading, time
from pathlib import Path

STAGES = 'chains sl feedback preference rl evaluate report'.split()
TIMES = 'done.json' # and the section on cost in report.html, and plan.json, which a short run has not: all that may differ from run to run
CHILD = '''
import os, signal, sys
from cai_nb.sl import Resumes
Resumes.share, Resumes.cost = 1e9, 0.
when, n, replace = sys.argv[1], int(sys.argv[2]), os.replace
def counted(a, b, **kw):
    global n
    n -= 1
    if when=='before' and n==0: os.killpg(0, signal.SIGKILL)
    replace(a, b, **kw)
    if when=='after' and n==0: os.killpg(0, signal.SIGKILL)
os.replace = counted
from cai_nb.run import main
main(sys.argv[3:])
'''

def start(cmd, env, log):
    "The process, and its lines so far as [seconds, line]"
    p, said = subprocess.Popen(cmd, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True, env=env), []
    def read():
        for l in p.stdout: said.append((time.monotonic(), l.strip()))
    t = threading.Thread(target=read, daemon=True); t.start()
    return p, said, t

def end(p):
    try: os.killpg(p.pid, signal.SIGKILL)
    except ProcessLookupError: pass
    return p.wait()

def plan(seconds, n, rng):
    "Stage, manner and share of the stage's time of each kill: `n` moments, and others while a file is written or renamed"
    first = 'preference rl feedback sl chains evaluate report'.split()
    kills = [(s, 'moment', rng.random()) for s in first[:n]] + [(rng.choices(STAGES, [seconds[s] for s in STAGES])[0], 'moment', rng.random()) for _ in range(n-len(STAGES))]
    more = [(s, m, rng.randint(1, 3)) for s in STAGES for m in ('writing', 'before', 'after')]
    return sorted(kills + rng.sample(more, n//2), key=lambda k: STAGES.index(k[0]))

def state(folder):
    "What a killed run left behind for the next start"
    parts = sorted(p.name for p in folder.rglob('*.part'))
    steps = max((int(p.name.split('-')[1]) for p in folder.glob('trainer/checkpoint-*') if not p.name.endswith('.part')), default=None)
    logs = {s: f.read_text().count('\n') for s,l in (('sl','sl'), ('preference','pm'), ('rl','rl')) if (f := folder/f'{l}_log.jsonl').exists()}
    try: calls = sqlite3.connect(f'file:{folder/"calls.sqlite"}?mode=ro', uri=True).execute('SELECT count(*) FROM calls').fetchone()[0]
    except sqlite3.Error: calls = None
    return parts, steps, logs, calls

def kill(folder, args, env, log, stage, how, x, seconds):
    "Start the run, kill it as planned, tell what happened; None if it ended before"
    t0 = time.monotonic()
    p, said, t = start([sys.executable, '-c', CHILD, how, str(x if how in ('before', 'after') else 0), str(folder), *args], env, log)
    def when(pattern): return next((t for t,l in list(said) if re.match(pattern, l)), None)
    try:
        while p.poll() is None:
            b, over = when(rf'{stage} …|{stage}: done before'), when(rf'{stage}: \d+ s')
            if b and how=='moment' and (over or time.monotonic()-b>=x*seconds[stage]): break
            if b and how=='writing' and any(folder.rglob('*.part')): break
            time.sleep(.002)
    finally: rc = end(p); t.join()
    if rc==0: return
    if rc!=-signal.SIGKILL: sys.exit(f'the run failed by itself (status {rc}): see {log.name}')
    now = next((l.split()[0] for _,l in reversed(said) if l.endswith('…')), 'start')
    parts, steps, logs, calls = state(folder)
    train = now in logs and f'step {logs[now]} known, step {steps or 0} kept'
    return dict(second=time.monotonic()-t0, stage=now, how=f'{how} {x:.2f}' if how=='moment' else 'while writing' if how=='writing' else f'{how} rename {x}',
                left=', '.join(parts) or '–', again=train or ('' if calls is None else f'{calls} calls kept'))

def files(folder): return {p.relative_to(folder).as_posix(): p for p in folder.rglob('*') if p.is_file()}

def content(name, path):
    b = path.read_bytes()
    if name==TIMES: return {s: {k:v for k,v in c['files'].items() if k!='report.html'} for s,c in json.loads(b).items()}
    return re.sub(rb'(?s)<section id="cost">.*?</section>', b'', b) if name=='report.html' else b

def main():
    a = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    a.add_argument('folder', type=Path); a.add_argument('--kills', type=int, default=20); a.add_argument('--seed', type=int, default=0)
    a.add_argument('--cache', choices=('off', 'shared'), default='off')
    o, args = a.parse_known_args()
    args = args or ['--preset', 'tiny', '--gate-pairs', '8']
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('ended'))
    once, often = o.folder/'once', o.folder/'often'
    for d in (once, often): shutil.rmtree(d, ignore_errors=True)
    o.folder.mkdir(parents=True, exist_ok=True)
    # each run has calls of its own: what the first one kept would leave the second nothing to do
    env = [dict(os.environ, HF_HUB_OFFLINE='1', CAI_CALLS='off' if o.cache=='off' else str(o.folder.absolute()/f'{d.name}.sqlite')) for d in (once, often)]
    for f in o.folder.glob('*.sqlite*'): f.unlink()
    with open(o.folder/'log.txt', 'w') as log:
        t0 = time.monotonic()
        subprocess.run([sys.executable, '-c', 'from cai_nb.run import main; main()', str(once), *args], env=env[0], stdout=log, stderr=log, check=True)
        took, seconds = time.monotonic()-t0, {s: c['seconds'] for s,c in json.loads((once/'done.json').read_text()).items()}
        if set(STAGES)-set(seconds): sys.exit('not all stages ran (did a judge pass its gate?): take other settings')
        print(f'in one go: {took:.0f} s', flush=True)
        print(f'{"kill":>4} {"after":>7}  {"stage":<11} {"how":<16} {"half written":<28} kept for the next start', flush=True)
        n = 0
        for k in plan(seconds, o.kills, random.Random(o.seed)):
            r = kill(often, args, env[1], log, *k, seconds)
            if r is None: break
            n += 1
            print(f"{n:4d} {r['second']:6.1f}s  {r['stage']:<11} {r['how']:<16} {r['left']:<28} {r['again']}", flush=True)
        t0 = time.monotonic()
        subprocess.run([sys.executable, '-c', 'from cai_nb.run import main; main()', str(often), *args], env=env[1], stdout=log, stderr=log, check=True)
        print(f'to the end: {time.monotonic()-t0:.0f} s', flush=True)
    A, B = files(once), files(often)
    bad = sorted((set(A)^set(B))-{'plan.json'}) + [f for f in A if f in B and f!='plan.json' and content(f, A[f])!=content(f, B[f])]
    print(f'{len(A)} files, {n} kills: ' + ('the same, byte for byte' if not bad else f'DIFFERENT: {", ".join(bad)}'))
    return bool(bad) or n<o.kills

if __name__=='__main__': sys.exit(main())
