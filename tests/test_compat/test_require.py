"""A part of the host that is missing is named, with its installation."""


def test_a_bare_interpreter_is_told_what_to_install(run_python, root):
    code = (
        f'import sys; sys.path.append({str(root)!r}); import mmpose_scgcn; '
        'mmpose_scgcn.load_model("face68")'
    )
    done = run_python('-S', '-c', code)
    assert done.returncode == 1
    message = done.stderr.splitlines()[-1]
    assert 'needs torch, mmengine, mmcv, mmpose' in message
    assert 'pip install mmengine==0.10.7' in message


def test_the_registry_needs_mmpose_by_name(run_python):
    done = run_python('-c', 'import mmpose_scgcn.registry', hidden='mmpose')
    message = done.stderr.splitlines()[-1]
    assert 'needs mmpose' in message
    assert 'pip install --no-deps mmpose==1.3.2' in message
