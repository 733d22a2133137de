"""The parts of the package whose tests are tried, and these tests."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Part:
    """A part of the package, and the quick tests that are about it.

    Args:
        files (tuple[str, ...]): Patterns, from ``mmpose_scgcn``.
        tests (tuple[str, ...]): Files and folders, from ``tests``.
        sample (int, optional): So many mutants at random, the same ones in
            every run. Defaults to None: all.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]
    sample: int | None = None

    def sources(self) -> list[str]:
        """List the files that are mutated, from the root."""
        package = ROOT / 'mmpose_scgcn'
        found = {p for pattern in self.files for p in package.glob(pattern)}
        return [p.relative_to(ROOT).as_posix() for p in sorted(found)]


PREPARATION = 'test_datasets/test_preparation'
PARTS = {
    'losses': Part(
        ('models/losses/*.py',),
        ('test_models/test_losses', 'test_properties/test_losses.py'),
    ),
    'graph': Part(
        ('graph/*.py', 'models/layers/keypoint_graph.py'),
        (
            'test_graph',
            'test_models/test_layers/test_keypoint_graph.py',
            'test_properties/test_graph.py',
        ),
    ),
    'shapes': Part(
        ('shapes/*.py',),
        ('test_shapes', 'test_properties/test_procrustes.py'),
    ),
    'metrics': Part(
        ('evaluation/**/*.py',),
        ('test_evaluation', 'test_properties/test_metrics.py'),
    ),
    'readers': Part(
        tuple(
            f'datasets/preparation/{name}.py'
            for name in (
                'pts',
                'pts_folder',
                'table',
                'plain_table',
                'delimited',
                'rows',
                'columns',
                'column_names',
                'column_groups',
                'column_map',
            )
        ),
        (
            f'{PREPARATION}/test_pts.py',
            f'{PREPARATION}/test_table.py',
            f'{PREPARATION}/test_plain_table.py',
            f'{PREPARATION}/test_columns.py',
            f'{PREPARATION}/test_delimited.py',
            f'{PREPARATION}/test_table_problems.py',
            'test_properties/test_readers.py',
        ),
        sample=400,
    ),
}
