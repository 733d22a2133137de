"""What a benchmark compares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .predictor import Predictor

KINDS = ('regression', 'integral', 'heatmap', 'simcc', 'graph')


@dataclass(frozen=True)
class Method:
    """One row of a benchmark.

    Args:
        name (str): Of the row.
        kind (str): One of ``KINDS``, for the table of costs.
        options (Mapping): Settings of the config, by dotted key.
        config (str): Its config.
        transforms (Mapping[str, Mapping]): Settings of transforms of the
            data, by their type, in each of the pipelines that has them.
        pooled (bool): Whether the head sees an average over the map.
        ours (bool): Whether the method is this package's.
        seeds (tuple[int, ...]): Seeds to run.
        delay (int): How many turns of the others come first.
        group (str): Rows that share a learning rate; none is searched for
            without one.
        checkpoint (str): Address of weights to test instead of training, or
            their path, relative to the current folder or to the suite.
        curve (bool): Whether the row has a curve in the plots.
        codec (Mapping): Codec of its labels, instead of the config's.
        augment (tuple[Mapping, ...]): Transforms of training faces, after
            those that the config has for images.
        start (str): Method from whose weights and graph, those of its first
            seed, the training starts.
        predictor (Predictor, optional): What gives the keypoints, instead of
            a trained model; of the config only the data sets count.
    """

    name: str
    kind: str
    options: Mapping = field(default_factory=dict)
    config: str = ''
    transforms: Mapping[str, Mapping] = field(default_factory=dict)
    pooled: bool = False
    ours: bool = False
    seeds: tuple[int, ...] = (0,)
    delay: int = 0
    group: str = ''
    checkpoint: str = ''
    curve: bool = True
    codec: Mapping = field(default_factory=dict)
    augment: tuple[Mapping, ...] = ()
    start: str = ''
    predictor: Predictor | None = None

    @property
    def trained(self) -> bool:
        """Whether a run of it is a training."""
        return not self.checkpoint and self.predictor is None

    @property
    def absent(self) -> str:
        """Say what it needs and is not here; '' if nothing is missing."""
        if self.predictor is not None:
            return self.predictor.absent
        path = self.checkpoint
        if path and '://' not in path and not Path(path).is_file():
            return f'no file {path}'
        return ''


@dataclass(frozen=True)
class Search:
    """A search for the learning rate of each group of methods.

    Args:
        groups (Mapping[str, str]): For each group the method that stands
            for it.
        values (tuple[float, ...]): What is tried.
        more (Mapping[str, tuple[float, ...]]): What some groups try as well,
            such as a larger value, if the largest was the best.
        test (str): Test set that decides, by ``NME``.
        option (str): Setting of the config.
        options (Mapping): What else differs in the search, such as its
            length.
        seed (int): Of its trainings.
    """

    groups: Mapping[str, str]
    values: tuple[float, ...]
    more: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    test: str = 'val'
    option: str = 'optim_wrapper.optimizer.lr'
    options: Mapping = field(default_factory=dict)
    seed: int = 0

    def values_of(self, group: str) -> tuple[float, ...]:
        """List what is tried for a group."""
        return (*self.values, *self.more.get(group, ()))


@dataclass(frozen=True)
class Axis:
    """What is varied over some test sets, for a table and a plot.

    Args:
        label (str): Name and unit.
        tests (Mapping[str, str]): Test set at each value.
    """

    label: str
    tests: Mapping[str, str]


@dataclass(frozen=True)
class Suite:
    """A benchmark.

    Args:
        name (str): Of its results.
        path (str): Its file.
        methods (tuple[Method, ...]): Its rows.
        tests (Mapping[str, Mapping]): For each test set what its data set's
            setting differs in from the config's test set; transforms in
            ``insert`` come after the first one of the pipeline, which loads
            the image; ``subsets`` as in
            :class:`~mmpose_scgcn.evaluation.FaceAlignmentMetric`.
        norm (str | tuple): Normaliser.
        title (str): What is compared, for the report.
        search (Search, optional): For learning rates.
        axes (Mapping[str, Axis]): Disturbances, by name.
        summary (Mapping[str, tuple[str, str]]): Columns of the table that
            comes first: test set and figure.
        makes (Mapping[str, tuple[str, ...]]): Annotation files of training
            sets that are made if they are missing: for each, as the config
            names it, the tool, as ``python -m mmpose_scgcn`` knows it, and
            its arguments.
    """

    name: str
    path: str
    methods: tuple[Method, ...]
    tests: Mapping[str, Mapping]
    norm: str | tuple
    title: str
    search: Search | None = None
    axes: Mapping[str, Axis] = field(default_factory=dict)
    summary: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    makes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def runs(self) -> list[tuple[Method, int]]:
        """Methods and seeds in the order in which they are run.

        First comes the first seed of every method, then the second ones.
        """
        turns = [
            (method.delay + turn, method, seed)
            for method in self.methods
            for turn, seed in enumerate(method.seeds)
        ]
        turns.sort(key=lambda turn: turn[0])  # stable: in order of methods
        return [(method, seed) for _, method, seed in turns]

    @property
    def undisturbed(self) -> list[str]:
        """Names of the test sets whose images are as they are."""
        return [n for n, test in self.tests.items() if not test.get('insert')]

    def method(self, name: str) -> Method:
        """Find a row by its name.

        Raises:
            ValueError: There is none.
        """
        methods = {method.name: method for method in self.methods}
        if name not in methods:
            raise ValueError(f'{self.path} has no method {name!r}')
        return methods[name]
