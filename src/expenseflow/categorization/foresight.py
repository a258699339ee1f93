"""When a run is likely to be done, told steadily: a moment's change of the plan is no news."""

from typing import Final

_CHANGED_S: Final = 0.5
_PATIENCE_SHARE: Final = 0.15
_LONGEST_PATIENCE_S: Final = 2.0
_YOUNG_S: Final = 3.0


class Foresight:
    """The end as it was told, in monotonic seconds; None: nobody knows."""

    def __init__(self) -> None:
        self.told: float | None = None
        self._began: float | None = None
        self._differs_since: float | None = None

    def update(self, at: float | None, now: float) -> float | None:
        """Take in the end as it is foreseen now; the one to tell.

        Another end is believed once it has been foreseen for a share of the time that is left:
        while windows let go of single calls, plans differ from moment to moment.
        """
        if self._began is None:
            self._began = now
        is_young = now - self._began < _YOUNG_S  # much is learned in the first seconds
        if at is None or self.told is None or now >= self.told or is_young:
            return self._tell(at)
        if abs(at - self.told) <= _CHANGED_S:
            self._differs_since = None
            return self.told
        if self._differs_since is None:
            self._differs_since = now
        patience = min(_PATIENCE_SHARE * (self.told - now), _LONGEST_PATIENCE_S)
        return self._tell(at) if now - self._differs_since >= patience else self.told

    def _tell(self, at: float | None) -> float | None:
        self.told, self._differs_since = at, None
        return at
