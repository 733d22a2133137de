"""An interpreter that has imported the host and runs programs on request.

``conftest.py`` starts it once and asks it, a line of JSON for each program,
to run one in a fork of its own: a process as fresh as that of ``python
script``, without the seconds that importing PyTorch and MMPose takes. It
answers with the exit status. With ``--bare`` it has imported PyTorch and what
else MMPose is built on, but nothing of OpenMMLab: for programs that are about
importing that.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import sys
import traceback
from types import ModuleType


def main() -> None:
    """Import the host, then serve until the input ends."""
    answers = os.fdopen(os.dup(1), 'w')
    os.dup2(2, 1)  # what an import prints is no answer
    before = dict(os.environ)
    _import_libraries() if sys.argv[1:] == ['--bare'] else _import_host()
    gc.freeze()  # MMEngine collects garbage for each data set
    # What importing sets, such as what PyTorch may load, holds for scripts.
    imported = dict(os.environ.items() - before.items())
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            request['env'].update(imported)
            _become(**request)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, file=answers, flush=True)


def _import_libraries() -> None:
    """Import what no program of the tests hides or puts another in place."""
    import cv2  # noqa: F401  by what reads images
    import scipy.stats  # noqa: F401  by MMPose
    import torch  # noqa: F401  by MMEngine


def _import_host() -> None:
    """Import what nearly every tool imports."""
    import mmpose_scgcn.launch  # noqa: F401  before MMPose; by train

    import json_tricks  # noqa: F401  by the doctor
    import matplotlib.pyplot  # noqa: F401  by MMEngine
    import mmengine.config
    import mmengine.runner  # noqa: F401  by launch
    import mmpose.apis  # noqa: F401  by what loads a model
    import mmpose.datasets  # noqa: F401  by what reads a data set
    import torch._dynamo  # noqa: F401  by the first optimizer
    import torch.utils.cpp_extension  # noqa: F401  by a runner, for its log

    # yapf reads its grammar.
    mmengine.config.Config(dict(number=1)).pretty_text  # noqa: B018


def _become(
    argv: list[str], env: dict, cwd: str | None, stdout: str, stderr: str
) -> None:
    """Run a script as this process; never returns."""
    files = (os.devnull, os.O_RDONLY), (stdout, None), (stderr, None)
    for number, (path, flags) in enumerate(files):
        mode = os.O_WRONLY | os.O_TRUNC if flags is None else flags
        file = os.open(path, mode)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = os.fdopen(0)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd or os.getcwd())
    status = 1
    try:
        _run(argv)
        status = 0
    except SystemExit as end:
        status = _status(end)
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _run(argv: list[str]) -> None:
    """Run ``SCRIPT``, ``-m MODULE`` or ``-c CODE``, as Python does."""
    if argv[0] in ('-c', '-m'):
        option, program, *rest = argv
        sys.argv, sys.path[0] = [option, *rest], os.getcwd()
        _customize()
        if option == '-m':
            runpy.run_module(program, run_name='__main__', alter_sys=True)
            return
        main = sys.modules['__main__'] = ModuleType('__main__')
        exec(program, main.__dict__)
        return
    sys.argv = argv
    sys.path[0] = os.path.dirname(os.path.abspath(argv[0]))
    _customize()
    runpy.run_path(argv[0], run_name='__main__')


def _customize() -> None:
    """Do what ``PYTHONPATH`` asks for when Python starts."""
    paths = os.environ['PYTHONPATH'].split(os.pathsep)
    sys.path[1:1] = [path for path in paths if path not in sys.path[1:]]
    sys.modules.pop('sitecustomize', None)
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module('sitecustomize')


def _status(end: SystemExit) -> int:
    """Give the exit status, as Python does; a text is printed."""
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code
    print(end.code, file=sys.stderr)
    return 1


if __name__ == '__main__':
    main()
