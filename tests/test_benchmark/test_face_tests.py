"""Axes of the 300W suites are what their tests do."""

from mmpose_scgcn.benchmark import load_suite

import pytest


@pytest.fixture(
    params=['300w_128px', '300w_cpu', '300w_gpu', '300w_zoo_scale']
)
def suite(request, root):
    return load_suite(root / f'benchmarks/{request.param}.py')


@pytest.mark.parametrize(
    ('axis', 'argument'), [('occlusion', 'occlusion'), ('shift', 'shift')]
)
def test_a_value_is_what_its_test_does(suite, axis, argument):
    tests = suite.tests
    plain, *disturbed = suite.axes[axis].tests.items()
    assert plain == ('0', '300w_common')
    assert len(disturbed) >= 3
    for value, name in disturbed:
        (step,) = tests[name]['insert']
        assert step.pop('type') == 'mmpose_scgcn.PerturbFace'
        assert step == {argument: float(value) / 100}
        assert tests[name]['ann_file'] == tests['300w_common']['ann_file']


def test_what_is_not_on_an_axis_is_undisturbed(suite):
    tests = dict(suite.tests)
    for axis in suite.axes.values():
        for name in axis.tests.values():
            tests.pop(name, None)
    assert list(tests) == ['val', 'ytf68']
    assert not any('insert' in test for test in tests.values())
