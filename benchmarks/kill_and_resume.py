r"""Kill trainings and tools at chosen and at random moments, and go on.

python benchmarks/kill_and_resume.py --kills 10
python benchmarks/kill_and_resume.py --only training export --kills 3

Each case runs a command to its end once. Then the same command is started
again and again in fresh folders, killed with SIGKILL, and given once more:
what there is at the end must be what the run without a kill left, bit for
bit, and nothing else may lie about. A killed training is resumed with
``--resume``; its weights, averaged weights, optimiser, schedules, validation
errors and the images of every step are compared. The faces are drawn ones of
64 px. The table keeps the rows of the cases that are left out.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from mmpose_scgcn.arguments import positive_int
from mmpose_scgcn.synthetic import make_dataset

import torch
from forked import Forked, run_forked
from killed_cases import CASES, Case
from recorded import ROOT, read_rows, save_record

RESULT = 'kill_and_resume'
COLUMNS = ('what', 'killed', 'times', 'the same at the end')


def main() -> None:
    """Kill, go on and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add('--kills', type=positive_int, default=10, help='(default: 10)')
    add('--only', nargs='+', choices=CASES, default=list(CASES))
    add('--seed', type=int, default=0, help='of the moments (default: 0)')
    args = parser.parse_args()
    os.environ['OMP_NUM_THREADS'] = '1'
    paths = map(str, (ROOT, ROOT / 'benchmarks'))
    os.environ['PYTHONPATH'] = os.pathsep.join(paths)  # of a benchmark's runs
    torch.set_num_threads(1)
    good = True
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        faces = place / 'faces'
        make_dataset(faces, train=64, val=16, test=16, size=64, seed=1)
        for kind in args.only:
            rng = random.Random(f'{args.seed} {kind}')
            case = CASES[kind](faces)
            rows = try_case(case, place, args.kills, rng)
            good = good and all(row[-2] == row[-1] for row in rows)
            others = [r for r in read_rows(RESULT) if r[0] != case.name]
            save_record(RESULT, __doc__, COLUMNS, [*others, *rows])
    sys.exit(not good)


def try_case(
    case: Case, place: Path, kills: int, rng: random.Random
) -> list[list]:
    """Kill a case at all its moments.

    Returns:
        list[list]: Rows: what, at which moments, how often, how often all was
        the same.
    """
    folder = _fresh(place, case)
    begin = time.monotonic()
    run_forked(folder, case.command(folder, False))
    seconds = time.monotonic() - begin
    whole = case.state(folder)
    print(f'{case.name}: {seconds:.1f} s, {len(whole)} facts', flush=True)
    rows = []
    for words, text in case.aimed.items():
        folder = _fresh(place, case, text)
        status = run_forked(folder, case.command(folder, False), check=False)
        if status not in (-signal.SIGKILL, -signal.SIGXFSZ):
            raise RuntimeError(f'{words}: expected a kill, got {status}')
        same = _go_on(case, folder, whole, words)
        rows.append([case.name, words, 1, int(same)])
    same = times = 0
    while times < kills:
        folder = _fresh(place, case)
        after = rng.uniform(0, seconds)
        if not _kill_after(folder, case.command(folder, False), after):
            continue  # it was done before
        times += 1
        words = f'after {after:.1f} s'
        same += _go_on(case, folder, whole, words)
    rows.append([case.name, 'at random moments', times, same])
    return rows


def _go_on(case: Case, folder: Path, whole: dict, words: str) -> bool:
    """Give the command once more, and compare."""
    run_forked(folder, case.command(folder, True))
    found = case.state(folder)
    differ = sorted(
        key for key in {*whole, *found} if whole.get(key) != found.get(key)
    )
    print(f'  killed {words}: ', differ[:5] or 'the same', flush=True)
    for key in differ[:5]:
        print(f'    {key}: {whole.get(key)!s:.300}')
        print(f'    {" " * len(key)}  {found.get(key)!s:.300}', flush=True)
    return not differ


def _fresh(place: Path, case: Case, *more: str) -> Path:
    """Make the folder of a run anew; its name is always the same."""
    folder = place / 'run'
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    case.prepare(folder, *more)
    return folder


def _kill_after(folder: Path, command: list, seconds: float) -> bool:
    """Kill a command; tell whether it still ran."""
    process = Forked(folder, command, folder.parent / 'output.log')
    if process.wait(seconds) is not None:
        return False
    process.kill()
    return True


if __name__ == '__main__':
    main()
