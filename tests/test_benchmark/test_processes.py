"""The processes of a benchmark."""

import os

from mmpose_scgcn.benchmark.processes import default_jobs

import torch


def test_cores_are_counted_on_systems_that_bind_none(monkeypatch):
    """macOS and Windows know no ``sched_getaffinity``."""
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 0)
    assert default_jobs() == len(os.sched_getaffinity(0))
    monkeypatch.delattr(os, 'sched_getaffinity')
    assert default_jobs() == os.cpu_count()
