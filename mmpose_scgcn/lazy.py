"""Packages whose parts are imported when they are asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_exports(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Make what a package needs to import its parts late (PEP 562).

    Args:
        package (str): Its ``__name__``.
        modules (Mapping[str, str]): For each public name the module that
            has it, relative to the package without its first dot.

    Returns:
        tuple[Callable, Callable, list[str]]: ``__getattr__``, ``__dir__``
        and ``__all__`` of the package.
    """
    names = sorted(modules)

    def find(name: str) -> Any:
        if name not in modules:
            raise AttributeError(
                f'module {package!r} has no attribute {name!r}'
            )
        return getattr(import_module(f'.{modules[name]}', package), name)

    return find, lambda: names, names
