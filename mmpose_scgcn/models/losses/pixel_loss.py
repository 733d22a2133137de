"""Losses whose constants are pixels of an input of a stated size."""

import warnings
from typing import Any, ClassVar

from .coordinate_loss import CoordinateLoss


class PixelLoss(CoordinateLoss):
    r"""Base of the losses with constants in px, such as a threshold.

    The constants belong to an input of ``reference_size``, and are converted
    to px of the input that there is:

    .. math::
        L_{input}(x) = s\, L_{reference}(x / s), \quad
        s = \max(input\_size) / reference\_size

    This is the penalty of an error counted in px of the reference, times s,
    and the same as multiplying all constants by s, by which it is computed.

    =============  ==================  ==============  ======================
    constants      ``reference_size``  ``input_size``  the constants are px
    =============  ==================  ==============  ======================
    left out       left out            (w, h)          of the paper's input
    one or more    left out            (w, h)          of this input, as they
                                                       stand
    any            S                   (w, h)          of an input whose
                                                       longer side is S
    any            any                 left out        of the coordinates, as
                                                       they stand
    =============  ==================  ==============  ======================

    Constants that are left out are the paper's numbers in every row. A loss
    inside :class:`RelativeLocationLoss` goes by that one's ``input_size``.

    A subclass defines :attr:`paper_constants`, :attr:`paper_size` and
    :attr:`threshold_name`.

    Args:
        constants (dict[str, float | None]): By name, None for the paper's.
        reference_size (float, optional): Longer side of the input that they
            belong to, px. Defaults to None: see the table.
        **kwargs: ``input_size``, ``use_target_weight``, ``reduction`` and
            ``loss_weight`` of :class:`CoordinateLoss`.

    Raises:
        ValueError: A constant or size that is not a positive number.
    """

    #: The published constants, and the longer side of their input, px.
    paper_constants: ClassVar[dict[str, float]]
    paper_size: ClassVar[int]

    #: Which of the constants is the error at which the form changes.
    threshold_name: ClassVar[str]

    def __init__(
        self,
        constants: dict[str, float | None],
        reference_size: float | None,
        **kwargs: Any,
    ) -> None:
        given = {k: v for k, v in constants.items() if v is not None}
        if reference_size is None and not given:
            reference_size = self.paper_size
        self.constants = {**self.paper_constants, **given}
        for name, value in self.constants.items():
            _check_positive(name, value)
        if reference_size is not None:
            _check_positive('reference_size', reference_size)
        self.reference_size = reference_size
        self._scaled = self.constants
        super().__init__(**kwargs)
        if self.input_size is not None:
            self.convert(self.input_size, max(self.input_size))

    @property
    def scaled(self) -> dict[str, float]:
        """The constants in px of the input."""
        return self._scaled

    def convert(self, input_size: tuple[int, int], largest: float) -> None:
        """Convert the constants to px of an input.

        Warns where no error can reach the threshold.

        Args:
            input_size (tuple[int, int]): Its width and height, px.
            largest (float): The largest error possible in it, px.
        """
        scale = 1.0
        if self.reference_size is not None:
            scale = max(input_size) / self.reference_size
        self._scaled = {k: scale * v for k, v in self.constants.items()}
        threshold = self._scaled[self.threshold_name]
        if threshold < largest:
            return
        warnings.warn(
            f'{type(self).__name__}: its form changes at an error of '
            f'{threshold:g} px, but no error within a crop of '
            f'{input_size} px exceeds {largest:g} px, so only the branch '
            'below the threshold is ever used; check the unit of the '
            'constants, reference_size and input_size=(w, h)',
            stacklevel=4,
        )


def _check_positive(name: str, value: float) -> None:
    if not value > 0:
        raise ValueError(
            f'{name}: expected a positive number, px, got {value}'
        )
