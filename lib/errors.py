"""The one exception the desk raises on purpose: known trouble, with a sentence for the person who meets it."""

from __future__ import annotations


class DeskError(Exception):
    """Known trouble: what happened, and the way out.

    `code` is stable and machine-readable, `message` is one sentence for the person, `hint` says what to do next.
    `is_retryable` says whether the same call may succeed later without anybody changing anything, and `retry_after`
    in how many seconds at the earliest, where the other side said so.
    Bad data is never a DeskError: it is a value in a report. A bug is never one either: it bubbles to the door.
    """

    def __init__(
        self,
        code: str,
        message: str,
        hint: str = "",
        *,
        is_retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.is_retryable = is_retryable
        self.retry_after = retry_after

    def as_dict(self) -> dict[str, str]:
        """The shape machines read: code, message, hint."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class NotAllowed(DeskError):
    """The actor lacks the right, or the thing lies outside the clients they may see."""

    def __init__(self, message: str, hint: str = "Ask an admin of this desk for the right.") -> None:
        super().__init__("not_allowed", message, hint)


class NotFound(DeskError):
    """There is no such thing, or the actor may not know that there is."""

    def __init__(self, noun: str, name: object, hint: str = "") -> None:
        super().__init__(f"{noun.replace(' ', '_')}_not_found", f"There is no {noun} {name!s}.", hint)
