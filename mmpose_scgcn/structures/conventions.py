"""What the field's data sets have in common, and how they are annotated."""

#: Attributes of WFLW's faces, 0 or 1, as annotations name them and in the
#: order of the columns of its lists.
WFLW_ATTRIBUTES = (
    'pose',
    'expression',
    'illumination',
    'makeup',
    'occlusion',
    'blur',
)

#: The 68 points of 300W among the 98 of WFLW: of the contour every second
#: one, of the brows the upper edge, of the eyes all but the middles of the
#: lids and the pupils.
WFLW_AS_300W = (
    *range(0, 33, 2),
    *range(33, 38),
    *range(42, 47),
    *range(51, 60),
    *(60, 61, 63, 64, 65, 67, 68, 69, 71, 72, 73, 75),
    *range(76, 96),
)
