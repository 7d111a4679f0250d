"""A processor multiplies bfloat16 or does not, and the code goes another way on each: a small run goes the way of the other kind."""
import json, os, subprocess, sys
import pytest, torch
from cai_nb.lm import best_device, best_dtype

RUN = '''
import sys, torch
for has in ('_is_avx512_bf16_supported', '_is_amx_tile_supported'): setattr(torch.cpu, has, lambda: {})
from cai_nb.run import main
main(sys.argv[1:])
'''

other = best_dtype('cpu')!=torch.bfloat16

@pytest.mark.skipif(best_device()=='mps' or other and 'AVX512' not in torch.backends.cpu.get_cpu_capability(), reason='too slow here')
def test_run_on_a_processor_of_the_other_kind(tmp_path):
    run = subprocess.run([sys.executable, '-c', RUN.format(other), str(tmp_path/'run'), '--preset', 'tiny', '--gate-pairs', '8', '--budget', '1h'], capture_output=True, text=True, env=dict(os.environ, CAI_CALLS='off', CUDA_VISIBLE_DEVICES=''))
    assert run.returncode==0, run.stderr[-3000:]
    assert 'measuring' in run.stdout and (tmp_path/'run'/'report.html').exists()
    assert json.loads((tmp_path/'run'/'SL-CAI'/'config.json').read_text())['dtype']==('bfloat16' if other else 'float32')
