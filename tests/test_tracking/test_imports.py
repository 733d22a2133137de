import subprocess
import sys

# The package's own __init__ prepares the host; here it stays out of the way.
PROGRAM = """
import sys
import types

package = types.ModuleType('mmpose_scgcn')
package.__path__ = [sys.argv[1]]
sys.modules['mmpose_scgcn'] = package
import mmpose_scgcn.tracking

print(*{'torch', 'mmengine', 'mmcv', 'mmpose'} & set(sys.modules))
"""


def test_tracking_needs_neither_pytorch_nor_mmpose(pytestconfig):
    package = str(pytestconfig.rootpath / 'mmpose_scgcn')
    done = subprocess.run(
        [sys.executable, '-c', PROGRAM, package],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == []
