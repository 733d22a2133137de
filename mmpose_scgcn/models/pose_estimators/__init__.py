from .adapted_estimator import AdaptedEstimator
from .two_stage_estimator import TwoStageEstimator

__all__ = ['AdaptedEstimator', 'TwoStageEstimator']
