r"""Measure speed and memory on a CPU, in less than 20 minutes.

python benchmarks/speed.py                     # all
python benchmarks/speed.py --only shapes       # one part; others keep theirs
python benchmarks/speed.py --report-only       # table and plots anew

Each part is a process of one thread, so that none warms or fills another's
memory. Its rows replace those of the same part in results/speed_cpu.json; the
table and the plots are made from that file. Run it on an idle machine. What a
part needs and is not installed, is told, and its rows stay as they are.
preparation-million takes eight minutes, and is measured only when it is named.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from speed_rows import Row, load_rows, save_rows, stamp, write_report

RESULTS = Path(__file__).parent / 'results' / 'speed_cpu.json'

_FACES = (
    'losses, forward and backward',
    'graph',
    'pose analysis',
    'metric',
    'preparation',
    "annotation file in MMPose's reader",
    'shapes of a data set, for the graph',
    'shapes of a data set, for the sampler',
    'mapped annotations, to the first face',
    'mapped annotations, reading a face',
)
#: Of each part the module whose function ``rows`` gives its rows, the
#: arguments of that function, and the most seconds that it may take.
PARTS: dict[str, tuple[str, dict, int]] = {
    'keypoints': ('bench_keypoints', {}, 120),
    'shapes': ('bench_shapes', {}, 120),
    'batch': ('speed_batch', {}, 120),
    'faces': ('speed_faces', dict(names=_FACES[:4]), 240),
    'preparation': ('speed_faces', dict(names=_FACES[4:5]), 240),
    'annotations': ('speed_faces', dict(names=_FACES[5:]), 240),
    'ranks': ('speed_ranks', {}, 240),
    'input': ('speed_input', {}, 240),
    'steps-float32': ('speed_steps', dict(low=False), 240),
    'steps-bfloat16': ('speed_steps', dict(low=True), 240),
    'preparation-million': (
        'speed_faces',
        dict(names=('preparation of a million',)),
        1200,
    ),
}
#: What takes too long to be measured each time.
_WHEN_NAMED = 'preparation-million'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add('--only', nargs='+', choices=PARTS, metavar='PART', help='these parts')
    add('--list', action='store_true', help='name the parts')
    add('--results', type=Path, default=RESULTS, help='(default: %(default)s)')
    add('--report-only', action='store_true', help='measure nothing')
    add('--rows-of', choices=PARTS, help=argparse.SUPPRESS)
    add('--to', type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def measure(part: str) -> list[Row]:
    """Measure a part in a process of its own.

    Raises:
        RuntimeError: It failed or took too long.
    """
    most = PARTS[part][2]
    environ = {**os.environ, 'OMP_NUM_THREADS': '1'}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / 'rows.json'
        command = [sys.executable, __file__, '--rows-of', part, '--to', target]
        try:
            done = subprocess.run(command, env=environ, timeout=most)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f'took more than {most} s') from error
        if done.returncode:
            raise RuntimeError(f'ended with status {done.returncode}')
        return [Row(**row) for row in json.loads(target.read_text('utf-8'))]


def measure_here(part: str, target: Path) -> None:
    """Measure a part in this process, and write its rows."""
    module, arguments, _ = PARTS[part]
    rows = stamp(import_module(module).rows(**arguments), part)
    target.write_text(json.dumps([asdict(row) for row in rows]), 'utf-8')


def main() -> int:
    """Run the command line."""
    args = parse_args()
    if args.rows_of:
        measure_here(args.rows_of, args.to)
        return 0
    if args.list:
        print('\n'.join(PARTS))
        return 0
    if args.report_only:
        write_report(args.results, load_rows(args.results))
        return 0
    failed = 0
    for part in args.only or [p for p in PARTS if p != _WHEN_NAMED]:
        start = time.perf_counter()
        try:
            rows = measure(part)
        except RuntimeError as error:
            print(f'{part}: not measured: it {error}', file=sys.stderr)
            failed += 1
            continue
        save_rows(args.results, load_rows(args.results), rows)
        unmet = sum(row.met is False for row in rows)
        print(
            f'{part}: {len(rows)} rows, {unmet} goals not met, '
            f'{time.perf_counter() - start:.0f} s',
            flush=True,
        )
    return min(failed, 1)


if __name__ == '__main__':
    sys.exit(main())
