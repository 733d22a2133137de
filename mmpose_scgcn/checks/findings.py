"""What the checks before a run have to say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.logging import MMLogger


class CheckError(ValueError):
    """A run would fail, or mislead: said before its first step."""


@dataclass
class Findings:
    """Errors stop a run; warnings and notes are logged.

    Args:
        errors (list[str]): What stops the run, and what to do.
        warnings (list[str]): What is likely not meant.
        notes (list[str]): What is worth knowing.
    """

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, other: 'Findings') -> None:
        """Take over what another check has found."""
        self.errors += other.errors
        self.warnings += other.warnings
        self.notes += other.notes

    def attempt(
        self, name: str, check: Callable[[], 'Findings | None']
    ) -> None:
        """Run a check; one that fails to run stops nothing.

        Args:
            name (str): What is checked, for the note.
            check (Callable): Gives findings, or raises a :class:`ValueError`
                or :class:`OSError` with what is wrong.
        """
        try:
            found = check()
        except (OSError, ValueError) as error:
            self.errors.append(str(error))
        except Exception as error:  # a data set or metric of any kind
            self.notes.append(
                f'{name} could not be checked before the run '
                f'({type(error).__name__}: {error})'
            )
        else:
            self.add(found or Findings())

    def log(self, logger: MMLogger) -> None:
        """Log warnings and notes."""
        for text in self.warnings:
            logger.warning(text)
        for text in self.notes:
            logger.info(text)

    def raise_errors(self) -> None:
        """Raise if there are errors.

        Raises:
            CheckError: All of them.
        """
        errors = list(dict.fromkeys(self.errors))
        if len(errors) == 1:
            raise CheckError(errors[0])
        if errors:
            numbered = [f'{i}. {text}' for i, text in enumerate(errors, 1)]
            raise CheckError(
                f'{len(errors)} things have to be mended before this run:\n'
                + '\n'.join(numbered)
            )


def on_every_rank(check: Callable[[], Findings]) -> Findings:
    """Run checks on the main process, with one outcome for all.

    Args:
        check (Callable): The checks; what they raise is an error too.

    Returns:
        Findings: Those of the main process.
    """
    outcome: list = [None]
    if is_main_process():
        try:
            outcome = [check()]
        except Exception as error:  # the others wait for an answer
            told = f'the checks failed ({type(error).__name__}: {error})'
            outcome = [Findings(warnings=[told])]
    broadcast_object_list(outcome)
    return outcome[0]


def some(items: Sequence, most: int = 5) -> str:
    """Write some items, and how many more there are."""
    more = f' and {len(items) - most} more' if len(items) > most else ''
    return ', '.join(str(item) for item in items[:most]) + more
