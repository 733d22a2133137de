"""What every task of a benchmark has."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ..results import Accuracy, Results, slugify
from ..suite import Method, Suite
from ..workspace import Workspace


class Task(ABC):
    """A piece of work of a benchmark: a frozen dataclass of plain values.

    Its values stand in two forms: the name of its folder and its name for
    people.
    """

    slug_form: ClassVar[str]
    label_form: ClassVar[str]

    @property
    def slug(self) -> str:
        """Name of its folder."""
        words = {name: slugify(value) for name, value in vars(self).items()}
        return self.slug_form.format(**words)

    @property
    def label(self) -> str:
        """Name for people."""
        return self.label_form.format(**vars(self))

    @abstractmethod
    def methods(self, space: Workspace) -> list[Method]:
        """List the methods that it trains or tests."""

    def needs(self, suite: Suite) -> Sequence['Task']:
        """List the tasks that come first, if they are to be done at all."""
        return []

    def check(self, space: Workspace) -> None:
        """Raise a ValueError if what it needs has come to nothing."""
        return

    @abstractmethod
    def execute(self, space: Workspace) -> Any:
        """Do it, in a process of its own; what it finds is a record."""

    @abstractmethod
    def record(self, known: Results, found: Any) -> str:
        """Add what was found to the results, and say it in a line."""

    def record_failure(self, known: Results, reason: str) -> None:
        """Add to the results that it failed, if they have a place for it."""
        return


def write_errors(tests: Mapping[str, Accuracy]) -> str:
    """Write the errors of some tests."""
    errors = {name: test.figures['NME'] for name, test in tests.items()}
    return ', '.join(f'{name} {100 * e:.2f} %' for name, e in errors.items())
