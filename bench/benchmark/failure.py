"""What ends a work."""


class Failure(Exception):
    """A work cannot be done; the text says what is wrong and what to do."""


class WrongAnswer(Failure):
    """A server answered something else than it must: its speed is worth nothing then."""
