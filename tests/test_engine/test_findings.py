"""One outcome of the checks on every rank."""

from mmpose_scgcn.checks import CheckError, Findings, on_every_rank
from tests.two_processes import meet

import pytest


def test_all_errors_in_one():
    found = Findings(errors=['first', 'second', 'first'])
    with pytest.raises(CheckError, match=r'2 things.*\n1. first\n2. second'):
        found.raise_errors()
    Findings(warnings=['a'], notes=['b']).raise_errors()


def test_a_check_that_cannot_run_stops_nothing():
    found = Findings()
    found.attempt('the data', lambda: {}['a'])
    assert found == Findings(
        notes=["the data could not be checked before the run (KeyError: 'a')"]
    )
    found.attempt('the data', lambda: [].index(1))
    assert len(found.errors) == 1


def check_in_process(rank, folder):
    """Two runs: what the first process finds, and what it fails at."""
    meet(rank, folder)

    def check():
        assert rank == 0, 'only the first process reads the data'
        return Findings(errors=['wrong'])

    def fail():
        raise RuntimeError('at once')

    told = []
    try:
        on_every_rank(check).raise_errors()
    except CheckError as error:
        told.append(str(error))
    told += on_every_rank(fail).warnings
    (folder / f'rank{rank}.txt').write_text('\n'.join(told))


def test_two_processes_end_alike(run_two, tmp_path):
    run_two(check_in_process, tmp_path)
    told = [(tmp_path / f'rank{r}.txt').read_text() for r in range(2)]
    wanted = 'wrong\nthe checks failed (RuntimeError: at once)'
    assert told == [wanted, wanted]
