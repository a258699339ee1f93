"""At most so many report jobs a minute for one user, counted per API process."""

import math
from uuid import UUID

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from expenseflow.kit.clock import Clock
from expenseflow.report_jobs import rules
from expenseflow.report_jobs.errors import TooManyJobs


class PerMinute:
    """A moving window of one minute for each user."""

    def __init__(self, clock: Clock, allowed: int = rules.POSTS_PER_MINUTE) -> None:
        self._clock = clock
        self._allowed = RateLimitItemPerMinute(allowed)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, user_id: UUID) -> None:
        """Count one job.

        Raises:
            TooManyJobs: with the whole seconds after which one more is allowed.
        """
        if self._window.hit(self._allowed, str(user_id)):
            return
        reset = self._window.get_window_stats(self._allowed, str(user_id)).reset_time
        left = reset - self._clock.now().timestamp()
        raise TooManyJobs(retry_after=max(1, math.ceil(left)))
