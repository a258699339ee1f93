"""Why a command does not do what it was asked to: one line each, told by the command line.

Small on purpose: whoever has to name these loads nothing else.
"""


class CannotStart(Exception):
    """Something on this machine is in the way; the text is one line that says what to do."""

    exit_code = 1


class WrongSettings(CannotStart):
    """Settings that cannot work, whatever the machine."""

    exit_code = 2


class Failed(Exception):
    """The command did not do what it was asked to; the text is one line for stderr."""
