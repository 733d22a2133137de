"""Pickles of others: read without running, filling or ending the process."""

import pickle
import pickletools
from collections.abc import Iterable
from io import BytesIO
from typing import IO, Any

#: Python computes the hash of tuples in tuples without looking at its stack,
#: and ends there. Genuine files have fewer than ten.
MOST_NESTED = 200

#: Gets memory of any size, which it fills. PyTorch lets files call it.
_REFUSED = ('builtins bytearray', '__builtin__ bytearray')
_PUTS = ('PUT', 'BINPUT', 'LONG_BINPUT')
_GETS = ('GET', 'BINGET', 'LONG_BINGET')
#: Stands among depths for what a file names.
_NAME = -1
_TUPLES = {'TUPLE1': 1, 'TUPLE2': 2, 'TUPLE3': 3}


class PlainUnpickler(pickle._Unpickler):
    """Reads lists, dicts, texts and numbers.

    Python's own unpickler in C makes room for as many objects as a file says
    that it has; this one, written in Python, does not.
    """

    def find_class(self, module: str, name: str) -> Any:
        """Refuse whatever has a name.

        Raises:
            pickle.UnpicklingError: Always.
        """
        raise pickle.UnpicklingError(f'{module}.{name} requested')


def read_plain(content: bytes) -> Any:
    """Read a pickle of lists, dicts, texts and numbers.

    Args:
        content (bytes): All of it.

    Returns:
        Any: What it holds.

    Raises:
        pickle.UnpicklingError: It holds something else, is damaged, or is
            nested too deeply.
    """
    check_steps(BytesIO(content))
    try:
        return PlainUnpickler(BytesIO(content)).load()
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # damage ends it in many ways
        raise pickle.UnpicklingError(
            f'damaged ({type(error).__name__}: {error})'
        ) from error


def check_steps(file: IO[bytes], count: int = 1) -> None:
    """Look for what ends the process or fills the memory.

    Nothing is unpickled.

    Args:
        file (IO[bytes]): Open; it is read on from where it is.
        count (int): How many pickles follow each other there. Defaults to 1.

    Raises:
        pickle.UnpicklingError: Tuples nested in more than
            :data:`MOST_NESTED` levels, a ``bytearray``, a call of what
            has no name, or a pickle that takes what it does not have.
    """
    for _ in range(count):
        try:
            _follow(pickletools.genops(file))
        except pickle.UnpicklingError:
            raise
        except IndexError as error:
            raise pickle.UnpicklingError('a damaged pickle') from error
        except Exception:  # damaged: whoever reads it will say so
            return


def _follow(steps: Iterable) -> None:
    """Follow what is on the stack of an unpickler.

    A number there is how deeply something is nested, None a mark.
    """
    stack: list[int | None] = []
    memo: dict[int, int] = {}
    for step, argument, _ in steps:
        name = step.name
        if name == 'MARK':
            stack.append(None)
        elif name == 'GLOBAL':
            stack.append(_named(argument))
        elif name in _PUTS or name == 'MEMOIZE':
            memo[len(memo) if argument is None else argument] = _top(stack)
        elif name in _GETS:
            stack.append(memo.get(argument, 0))
        elif name in _TUPLES:
            items = stack[-_TUPLES[name] :]
            del stack[-_TUPLES[name] :]
            stack.append(_deeper(items))
        else:
            _check_call(name, stack)
            taken = _take(stack, step)
            made = max([0, *taken])
            if name == 'TUPLE':
                made = _deeper(taken)
            stack += [made] * len(step.stack_after)


def _named(argument: str) -> int:
    """Take something that has a name."""
    if argument in _REFUSED:
        name = argument.replace(' ', '.')
        raise pickle.UnpicklingError(f'{name} requested')
    return _NAME


def _check_call(name: str, stack: list[int | None]) -> None:
    """Check that what is called has a name.

    PyTorch's message about anything else holds all of it, of any length.
    """
    if name in ('REDUCE', 'NEWOBJ') and stack[-2] != _NAME:
        raise pickle.UnpicklingError('a call of what has no name requested')


def _take(stack: list[int | None], step: Any) -> list[int]:
    """Take what a step takes, and give its depths."""
    before = [kind.name for kind in step.stack_before]
    taken = []
    if 'mark' in before:
        while (depth := stack.pop()) is not None:
            taken.append(depth)
        before = before[: before.index('mark')]
    return taken + [stack.pop() or 0 for _ in before]


def _top(stack: list[int | None]) -> int:
    return stack[-1] or 0


def _deeper(items: Iterable[int | None]) -> int:
    """Give the depth of a tuple of some items."""
    depth = max([0, *(item or 0 for item in items)])
    if depth >= MOST_NESTED:
        raise pickle.UnpicklingError(
            f'tuples nested in more than {MOST_NESTED} levels'
        )
    return depth + 1
