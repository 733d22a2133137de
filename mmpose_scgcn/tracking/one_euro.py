"""The One-Euro filter: little jitter at rest, little lag in motion."""

import math

import numpy as np


class OneEuroFilter:
    r"""Smooth the keypoints of one face over time.

    A first-order low-pass filter whose cutoff frequency rises with speed:

    .. math::
        \hat x_i = \hat x_{i-1} + a(f_i) (x_i - \hat x_{i-1}), \quad
        a(f) = \frac{1}{1 + 1 / (2 \pi f \, \Delta t)}, \quad
        f_i = f_{\min} + \beta \, \lVert \hat v_i \rVert / s

    where :math:`\hat v_i` is the speed :math:`(x_i - \hat x_{i-1}) / \Delta
    t` after a low-pass filter of fixed cutoff, and s the size of the face.
    Eq. (1) to (5) of "1 € Filter: A Simple Speed-based Low-pass Filter for
    Noisy Input in Interactive Systems" (CHI 2012). At a constant speed of v
    face sizes per second the estimate trails by v / (2 pi f) face sizes,
    which no speed takes beyond 1 / (2 pi beta).

    Note:
        The paper filters single numbers. Here x and y of a keypoint share
        the cutoff of its speed, so that turning the picture turns the
        result; and speed is measured in face sizes per second, so that the
        constants depend neither on the resolution nor on how near the face
        is.

    The defaults were chosen on a simulated predictor at 30 frames per
    second, whose error in each coordinate has a standard deviation of 1 % of
    the inter-ocular distance, for little lag with at most a third of the
    jitter: on a still face they leave 0.29 of it (0.40 at twice the noise,
    0.22 at half of it), and on a swaying head the keypoints come 0.2 to 0.4
    frames late. Measured by ``python benchmarks/bench_smoothing.py
    --oracle``; with ``--search`` it compares other constants.

    Args:
        min_cutoff (float): Cutoff at rest, Hz: smaller means less jitter.
        beta (float): Rise of the cutoff with speed, Hz per face size per
            second: larger means less lag.
        derivate_cutoff (float): Cutoff for the speed itself, Hz.

    Raises:
        ValueError: Values out of range.

    Example:
        >>> import numpy as np
        >>> smooth = OneEuroFilter()
        >>> first = smooth(np.zeros((68, 2)), time_s=0.0, scale=100)
        >>> then = smooth(np.full((68, 2), 0.5), time_s=0.04, scale=100)
        >>> bool((then < 0.5).all())
        True
    """

    def __init__(
        self,
        min_cutoff: float = 1.0,
        beta: float = 45.0,
        derivate_cutoff: float = 1.0,
    ) -> None:
        if not (
            0 < min_cutoff < np.inf
            and 0 <= beta < np.inf
            and 0 < derivate_cutoff < np.inf
        ):
            raise ValueError(
                'expected min_cutoff > 0, beta >= 0 and derivate_cutoff > 0, '
                f'got {min_cutoff}, {beta} and {derivate_cutoff}'
            )
        self.min_cutoff = min_cutoff
        self.beta = beta
        self.derivate_cutoff = derivate_cutoff
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next call is the first."""
        self._time = -np.inf
        self._values: np.ndarray | None = None
        self._velocity: np.ndarray | None = None

    def __call__(
        self, values: np.ndarray, time_s: float, scale: float = 1.0
    ) -> np.ndarray:
        """Smooth the next positions.

        Args:
            values (np.ndarray): (K, 2), any unit. A keypoint that is not
                finite comes back as it is, and starts anew when it is found
                again.
            time_s (float): When, in seconds; later than at the last call.
            scale (float): Size of the face, in the unit of ``values``.
                Default: 1, for positions in units of the face's size.

        Returns:
            np.ndarray: (K, 2) in the unit and type of ``values`` (float64
            for integers). The first ones come back as they are.

        Raises:
            ValueError: Another shape than at the last call, time that does
                not run forward, or a scale that is not a positive number.
        """
        values = np.asarray(values)
        kind = np.result_type(values.dtype, np.float32)
        self._check(values, time_s, scale)
        elapsed, self._time = time_s - self._time, time_s
        values = values.astype(np.float64)
        if self._values is None or self._velocity is None:
            self._values, self._velocity = values, np.zeros_like(values)
            return values.astype(kind)
        # Of a keypoint that was or is unknown, NaN tells what to start anew.
        with np.errstate(invalid='ignore'):
            step = values - self._values
        known = np.isfinite(step).all(axis=1, keepdims=True)  # (K, 1)
        step = np.where(known, step, 0)
        share = _share(self.derivate_cutoff, elapsed)
        velocity = self._velocity + share * (step / elapsed - self._velocity)
        self._velocity = np.where(known, velocity, 0)
        speed = np.linalg.norm(self._velocity, axis=1, keepdims=True) / scale
        share = _share(self.min_cutoff + self.beta * speed, elapsed)
        with np.errstate(invalid='ignore'):
            smoothed = self._values + share * step
        self._values = np.where(known, smoothed, values)
        return self._values.astype(kind)

    def _check(self, values: np.ndarray, time_s: float, scale: float) -> None:
        if values.ndim != 2 or values.shape[1] != 2:
            raise ValueError(f'expected positions (K, 2), got {values.shape}')
        if self._values is not None and values.shape != self._values.shape:
            raise ValueError(
                f'expected positions {self._values.shape} as at the last '
                f'call, got {values.shape}'
            )
        if not (math.isfinite(time_s) and time_s > self._time):
            raise ValueError(
                f'expected a time after {self._time} s, got {time_s}'
            )
        if not (math.isfinite(scale) and scale > 0):
            raise ValueError(f'expected a scale above 0, got {scale}')

    def __repr__(self) -> str:
        """Show the arguments."""
        return (
            f'{type(self).__name__}(min_cutoff={self.min_cutoff}, '
            f'beta={self.beta}, derivate_cutoff={self.derivate_cutoff})'
        )


def _share(cutoff: float | np.ndarray, elapsed: float) -> float | np.ndarray:
    """How much of a step a low-pass filter takes over, in (0, 1)."""
    return 1 / (1 + 1 / (2 * np.pi * cutoff * elapsed))
