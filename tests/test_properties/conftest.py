"""How many examples hypothesis tries, and where they come from.

``quick``, the default, tries a few, the same ones in every run. ``full``, by
``SCGCN_PROPERTIES=full``, tries many, others in every run, and keeps those
that fail for the next one.
"""

import os

from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile(
    'quick',
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=SLOW,
)
settings.register_profile(
    'full',
    max_examples=1000,
    deadline=None,
    print_blob=True,
    suppress_health_check=SLOW,
)
settings.load_profile(os.environ.get('SCGCN_PROPERTIES', 'quick'))
