"""Actions around the execution of modules that may not be imported yet."""

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import Any

Action = Callable[[ModuleType], None]

_before: dict[str, list[Action]] = {}
_after: dict[str, list[Action]] = {}


class _Loader(SourceFileLoader):
    """Executes a source file with the actions registered for it."""

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        for action in _before.get(name, ()):
            action(module)
        super().exec_module(module)
        for action in _after.get(name, ()):
            action(module)


class _Finder:
    """Finds the watched modules where they are, and no other."""

    @staticmethod
    def find_spec(
        fullname: str, path: Any = None, target: Any = None
    ) -> ModuleSpec | None:
        if fullname not in _before and fullname not in _after:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            return spec
        if not isinstance(spec.loader, SourceFileLoader):
            return spec
        loader = _Loader(fullname, spec.origin)
        return spec_from_file_location(fullname, spec.origin, loader=loader)


def _watch() -> None:
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)


def before_execution(module: str, action: Action) -> None:
    """Call ``action(module)`` on the still empty module.

    A module that is already imported is left alone. The same action is called
    once, however often it is given.
    """
    actions = _before.setdefault(module, [])
    if action not in actions:
        actions.append(action)
    _watch()


def after_execution(module: str, action: Action) -> None:
    """Call ``action(module)`` once the module is imported, or now if it is.

    The same action is called once, however often it is given.
    """
    actions = _after.setdefault(module, [])
    if action in actions:
        return
    actions.append(action)
    if module in sys.modules:
        action(sys.modules[module])
    _watch()
