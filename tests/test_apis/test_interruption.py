"""Ctrl-C, and an end from outside."""

import signal
from threading import Event

from mmpose_scgcn.apis.interruption import exit_on_sigterm, set_on_interrupt

import pytest


@pytest.fixture(autouse=True)
def python_handler():
    """A shell starts what runs in its background with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_interrupt_is_kept_and_the_second_one_ends():
    stopped = Event()
    with pytest.raises(KeyboardInterrupt), set_on_interrupt(stopped):
        signal.raise_signal(signal.SIGINT)
        assert stopped.is_set()
        signal.raise_signal(signal.SIGINT)


def test_without_an_interrupt_nothing_is_set():
    stopped = Event()
    with set_on_interrupt(stopped):
        pass
    assert not stopped.is_set()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_sigterm_leaves_by_an_exit():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as end, exit_on_sigterm():
        signal.raise_signal(signal.SIGTERM)
    assert end.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before
