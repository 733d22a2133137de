"""The tools by name: ``python -m mmpose_scgcn predict photo.jpg``."""

import ast
import difflib
import runpy
import sys
from pathlib import Path

from mmpose_scgcn.tools import find_tools


def usage(tools: dict[str, Path]) -> str:
    """Say how the tools are called and what each does."""
    lines = ['usage: python -m mmpose_scgcn TOOL [arguments]', '', 'tools:']
    for name, path in tools.items():
        text = ast.get_docstring(ast.parse(path.read_text('utf-8'))) or ''
        lines.append(f'  {name:22s} {text.splitlines()[0] if text else ""}')
    lines += ['', 'python -m mmpose_scgcn TOOL -h says more about one.']
    return '\n'.join(lines)


def main() -> None:
    """Run a tool in this process."""
    tools = find_tools()
    name = sys.argv[1] if len(sys.argv) > 1 else '-h'
    if name.replace('-', '_') in tools:  # as options are spelt
        name = name.replace('-', '_')
    if name in ('-h', '--help'):
        print(usage(tools))
        return
    if name not in tools:
        close = difflib.get_close_matches(name, tools, n=3)
        hint = f' Did you mean: {", ".join(close)}?' if close else ''
        sys.exit(
            f'mmpose_scgcn has no tool {name!r}.{hint} It has: '
            f'{", ".join(tools)}'
        )
    sys.argv = sys.argv[1:]
    sys.path.insert(0, str(tools[name].parent))
    runpy.run_path(str(tools[name]), run_name='__main__')


if __name__ == '__main__':
    main()
