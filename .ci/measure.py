"""measure.py FILE LIMIT COMMAND...: run the command, at most LIMIT seconds, and write its wall seconds and peak GiB to FILE."""
import os, resource, signal, subprocess, sys, time
from pathlib import Path

def pss(group):
    "KiB held now by the processes of one session, shared pages counted once; 0 where /proc does not tell"
    res = 0
    for p in Path('/proc').glob('[0-9]*'):
        try:
            if os.getsid(int(p.name))==group: res += int((p/'smaps_rollup').read_text().split('\nPss:')[1].split()[0])
        except (OSError, IndexError): pass
    return res

def measure(limit, cmd):
    "Exit status, wall seconds and peak GiB of `cmd`"
    start,peak = time.monotonic(),0
    proc = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, start_new_session=True)
    while True:
        try: rc = proc.wait(timeout=2); break
        except subprocess.TimeoutExpired: peak = max(peak, pss(proc.pid))
        if time.monotonic()-start>limit:
            print(f'ended after {limit:.0f} s', file=sys.stderr)
            os.killpg(proc.pid, signal.SIGKILL)
    unit = 2**30 if sys.platform=='darwin' else 2**20
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return rc, time.monotonic()-start, max(peak/2**20, most/unit)

if __name__=='__main__':
    file,limit,*cmd = sys.argv[1:]
    rc,wall,peak = measure(float(limit), cmd)
    Path(file).write_text(f'{wall:.0f} {peak:.2f}\n')
    sys.exit(rc if rc>=0 else 128-rc)
