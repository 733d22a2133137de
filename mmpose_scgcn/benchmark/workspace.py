"""Where a benchmark keeps its results and the files of its tasks."""

from dataclasses import dataclass, field
from pathlib import Path

from .results import Results, slugify
from .results_file import load_results
from .suite import Method, Suite
from .suite_file import load_suite
from .training import trained_weights


@dataclass
class Workspace:
    """A benchmark with its results and folders.

    Args:
        suite (Suite): The benchmark.
        results (Path): Its results file; reports go beside it.
        work_dir (Path): For logs, checkpoints and predictions.
        known (Results): What the results file holds.
    """

    suite: Suite
    results: Path
    work_dir: Path
    known: Results = field(init=False)

    def __post_init__(self) -> None:
        self.known = load_results(self.results)

    @classmethod
    def open(cls, suite: str, results: str, work_dir: str) -> 'Workspace':
        """Open the workspace of a suite file."""
        return cls(load_suite(suite), Path(results), Path(work_dir))

    def folder(self, slug: str) -> Path:
        """Name the folder of a task."""
        return self.work_dir / self.suite.name / slug

    def run_folder(self, method: str, seed: int) -> Path:
        """Name the folder of a run."""
        return self.folder(slugify(method, seed))

    def weights(self, method: Method, seed: int) -> str | None:
        """Find a method's checkpoint, or what a seed of it has left."""
        if method.checkpoint:
            return None if method.absent else method.checkpoint
        return trained_weights(self.run_folder(method.name, seed))
