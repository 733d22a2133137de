"""``benchmarks/bench_training_steps.py``, with steps of two small crops."""

import re


def test_four_variants_are_timed(root, run_python):
    done = run_python(
        root / 'benchmarks/bench_training_steps.py',
        root / 'configs/face_2d_keypoint/structure_coherent/300w'
        '/td-reg_cnn6-scgcn_1xb32-60e_300w-64x64.py',
        *('--batch', 2, '--rounds', 1),
    )
    assert done.returncode == 0, done.stderr
    rows = re.findall(
        r'^(\w.*?) +(\d+) ms, ([0-9.]+) times', done.stdout, re.M
    )
    names = [name for name, *_ in rows]
    assert names == [
        'float32',
        'float32, channels-last',
        'bfloat16',
        'bfloat16, channels-last',
    ]
    assert all(int(milliseconds) > 0 for _, milliseconds, _ in rows)
    assert rows[0][2] == '1.00'
    assert '1 rounds, batch 2, ' in done.stdout
