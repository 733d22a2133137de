"""Names of images stay inside the folder of the images."""

import json
import os
from dataclasses import replace
from pathlib import Path

from mmpose_scgcn.datasets.preparation import Options, prepare, read_tables

import cv2
import pytest

HALF = Options(val_share=0.5)


@pytest.fixture
def renamed(folder_csv):
    """Gives a source whose images have other names for the same files."""

    def make(rename):
        source = read_tables(folder_csv / 'train.csv', folder_csv / 'frames')
        faces = {f: replace(f, file=rename(f.file)) for f in source.faces}
        splits = {k: [faces[f] for f in v] for k, v in source.splits.items()}
        return replace(source, splits=splits)

    return make


def images_of(out):
    content = json.loads(
        (out / 'face_landmarks_faces_trainval.json').read_text()
    )
    return {image['file_name'] for image in content['images']}


@pytest.mark.parametrize('copy', (True, False))
@pytest.mark.parametrize('form', ('absolute', 'dots', 'within'))
def test_names_that_lead_out_and_back(
    renamed, folder_csv, tmp_path, copy, form
):
    forms = dict(
        absolute=f'{folder_csv}/frames/',
        dots='../frames/',
        within='../../official/frames/../frames/',
    )
    plain = prepare(renamed(str), tmp_path / 'plain', HALF)
    source = renamed(lambda file: forms[form] + file)
    result = prepare(source, tmp_path / 'out', HALF, copy_images=copy)
    assert not result.problems
    assert images_of(tmp_path / 'out') == images_of(tmp_path / 'plain')
    assert result.sizes == plain.sizes
    for file in images_of(tmp_path / 'out'):
        path = tmp_path / 'out/images' / file
        assert cv2.imread(str(path)) is not None
        assert copy == path.resolve().is_relative_to(tmp_path / 'out')


def test_images_of_several_folders(folder_csv, tmp_path):
    """They are read where the user names a folder that holds them all."""
    source = read_tables(folder_csv / 'train.csv', folder_csv / 'frames')
    other = tmp_path / 'elsewhere/deep'
    other.mkdir(parents=True)
    first = source.faces[0]
    os.replace(folder_csv / 'frames' / first.file, other / first.file)
    moved = replace(first, file=str(other / first.file))
    faces = [moved, *source.faces[1:]]
    with pytest.raises(ValueError, match=r'row 2: expected the name of a fi'):
        prepare(
            replace(source, splits=dict(trainval=faces)),
            tmp_path / 'out',
            HALF,
        )
    faces[1:] = [
        replace(f, file=f'official/frames/{f.file}') for f in faces[1:]
    ]
    source = replace(source, splits=dict(trainval=faces), images=tmp_path)
    prepare(source, tmp_path / 'out', HALF, copy_images=True)
    names = images_of(tmp_path / 'out')
    assert f'elsewhere/deep/{first.file}' in names
    assert source.faces[1].file in names
    assert all((tmp_path / 'out/images' / name).exists() for name in names)


def test_an_earlier_set_outlives_names_that_lead_out(
    renamed, folder_csv, tmp_path
):
    out = tmp_path / 'out'
    prepare(renamed(str), out, HALF, copy_images=True)
    before = images_of(out)
    source = renamed(lambda file: f'../frames/{file}')
    options = Options(val_share=0.25, seed=3)
    prepare(source, out, options, copy_images=True, overwrite=True)
    assert images_of(out) == before
    assert sorted(os.listdir(out / 'images')) == sorted(before)
    assert len(list((folder_csv / 'frames').iterdir())) == 24


def test_missing_images_with_names_that_lead_out(
    renamed, folder_csv, tmp_path
):
    source = renamed(lambda file: f'{folder_csv}/frames/{file}')
    gone = source.faces[0].file
    Path(gone).unlink()
    result = prepare(source, tmp_path / 'out', HALF)
    (problem,) = result.problems
    assert problem.kind == 'missing image, faces left out'
    assert problem.text == gone
    assert len(images_of(tmp_path / 'out')) == len(source.faces) - 1


def test_an_image_outside_of_the_folder(renamed, folder_csv, tmp_path):
    source = renamed(str)
    faces = [replace(source.faces[0], file='/dev/null'), *source.faces[1:]]
    source = replace(source, splits=dict(trainval=faces))
    with pytest.raises(ValueError, match=r"row 2: .*'/dev/null', which is"):
        prepare(source, tmp_path / 'out', HALF)
    assert not (tmp_path / 'out').exists()


def test_a_table_beside_its_images_folder(folder_csv, tmp_path):
    """Names such as images/x.jpg, and the output where the table is."""
    (folder_csv / 'frames').rename(folder_csv / 'images')
    source = read_tables(folder_csv / 'train.csv', folder_csv / 'images')
    faces = [replace(f, file=f'images/{f.file}') for f in source.faces]
    source = replace(source, images=folder_csv, splits=dict(trainval=faces))
    prepare(source, folder_csv, HALF)
    assert not (folder_csv / 'images').is_symlink()
    for name in images_of(folder_csv):
        assert (folder_csv / 'images' / name).exists()


@pytest.mark.parametrize('name', ('../out.png', '/tmp/x.png', 'a/../../b'))
def test_embedded_images_stay_inside(renamed, tmp_path, name):
    source = renamed(lambda _: name)
    source = replace(source, images=None, embedded={name: lambda: None})
    with pytest.raises(ValueError, match='inside the images'):
        prepare(source, tmp_path / 'deep/out', HALF)
    assert not (tmp_path / 'deep').exists()


@pytest.mark.parametrize('name', ('', '../x', 'a/b', 'a\\b'))
def test_names_of_data_sets_are_names_of_files(renamed, tmp_path, name):
    source = replace(renamed(str), name=name)
    with pytest.raises(ValueError, match='part of the name of a file'):
        prepare(source, tmp_path / 'out', HALF)


def test_a_photo_of_two_names_is_in_one_part(renamed, folder_csv, tmp_path):
    """And one of training and test is told."""
    source = renamed(str)
    (faces,) = source.splits.values()
    absolute = [
        replace(
            face,
            file=f'{folder_csv}/frames/{face.file}',
            group=f'{folder_csv}/frames/{face.file}',
            keypoints=face.keypoints + 1,
        )
        for face in faces
    ]
    both = replace(source, splits=dict(trainval=[*faces, *absolute]))
    parts = prepare(both, tmp_path / 'both', HALF).splits
    train, val = ({face.file for face in parts[k]} for k in ('train', 'val'))
    assert train and val and not train & val
    leak = replace(source, splits=dict(trainval=faces, test=absolute))
    told = prepare(leak, tmp_path / 'leak', Options(val_share=0)).problems
    assert any('that are in test too' in p.kind and p.serious for p in told)
