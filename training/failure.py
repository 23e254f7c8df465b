"""The one error that a person can do something about: printed without a traceback, exit code 2."""


class Failure(Exception):
    """`what` went wrong and `advice`, the next thing to try."""

    def __init__(self, what: str, advice: str = ""):
        super().__init__(f"{what}\n  {advice}" if advice else what)
