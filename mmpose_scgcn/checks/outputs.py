"""Files that metrics are to write."""

import os
from collections.abc import Iterable
from pathlib import Path

from mmpose_scgcn.evaluation.functional.face_results import check_replaceable
from mmpose_scgcn.launch import check_not_read
from mmpose_scgcn.staging import check_file_writable

from mmengine.config import Config
from mmengine.evaluator import BaseMetric


def check_outputs(metrics: Iterable[BaseMetric], cfg: Config) -> None:
    """Check that metrics can write their files, and what these replace.

    Args:
        metrics (Iterable[BaseMetric]): Of a part of a run.
        cfg (mmengine.config.Config): Of the run.

    Raises:
        OSError: One cannot be written.
        ValueError: It is an annotation file, or something else that is not
            to be replaced.
    """
    files: set[str] = set()
    for metric in metrics:
        file = getattr(metric, 'out_file', None)
        if file:
            real = os.path.realpath(file)
            if real in files:
                raise ValueError(
                    f'out_file: {file} is that of two metrics; the second '
                    'would replace what the first has written'
                )
            files.add(real)
            check_file_writable(Path(file))
            check_not_read(file, cfg)
            check_replaceable(file)
