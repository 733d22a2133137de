"""Tools say before the work that nothing can be written, and where."""

import pytest

NAME = 'td-reg_cnn6-scgcn_1xb32-60e_300w-64x64'

#: What comes before the place, and its suffix. Nothing of it is read.
TOOLS = {
    'download': ('face68 --dest', ''),
    'build_graph': ('--ann-file none.json --out', '.py'),
    'adapt_labels': ('face68 none.json --out', '.pth'),
    'draw_predictions': ('NAME none.pth --out', '.png'),
    'explain': ('none.png --out', '.png'),
    'make_synthetic_faces': ('', ''),
    'analyze_poses': (f'{NAME} --out', '.png'),
    'browse_dataset': (f'{NAME} --out', '.png'),
    'plot_ced': ('none.csv --out', '.png'),
    'calibrate_detector': (f'{NAME} yunet --out', '.json'),
    'test': (f'{NAME} none.pth --out', '.json'),
    'publish_model': (f'{NAME} none.pth --name a --licence b --out-dir', ''),
}


@pytest.mark.parametrize('name', TOOLS)
def test_a_folder_without_permission(run_main, locked, name):
    words, suffix = TOOLS[name]
    place = locked / f'out{suffix}'
    done = run_main(name, *words.split(), place)
    assert done.returncode in (1, 2)
    assert f'{place} cannot be written: no permission to' in done.stderr
    assert list(locked.iterdir()) == []


@pytest.mark.parametrize('name', TOOLS)
def test_a_place_under_a_file(run_main, tmp_path, name):
    (tmp_path / 'file').touch()
    words, suffix = TOOLS[name]
    place = tmp_path / 'file' / f'out{suffix}'
    done = run_main(name, *words.split(), place)
    assert done.returncode in (1, 2)
    assert f'{tmp_path / "file"} is a file, expected a folder' in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ['file']


@pytest.mark.parametrize('name', ['build_graph', 'explain'])
def test_a_folder_where_a_file_is_to_be(run_main, tmp_path, name):
    words, suffix = TOOLS[name]
    place = tmp_path / f'out{suffix}'
    place.mkdir()
    done = run_main(name, *words.split(), place)
    assert done.returncode == 1
    assert f'{place} is a folder, expected a file' in done.stderr


def test_a_photo_is_not_replaced_by_its_explanation(run_main, tmp_path):
    photo, link = tmp_path / 'a.png', tmp_path / 'b.png'
    photo.write_bytes(b'a photo')
    link.symlink_to(photo)
    done = run_main('explain', link, '--out', photo)
    assert done.returncode == 1
    assert f'--out: {photo} is the photo itself' in done.stderr
    assert photo.read_bytes() == b'a photo'
