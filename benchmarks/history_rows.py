"""Two years of an installation, written past the application: people, months, reports, jobs.

Nothing in it is looked up: a row's id follows from whose it is, which month and which number, so
that rows of one table find those of the others by counting. References are not checked while it is
written (`session_replication_role`, which only a superuser may set).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from tests.support.processes import Stack

from benchmarks import world

MONTHS = 24
REPORTS_A_MONTH = 4
LINES = 10
"""Of a job and of a report."""
_JOBS_AT_ONCE = 50_000
_MONTH = "(timestamptz '2024-01-01 00:00Z' + make_interval(months => {month}::int))"


def _id(kind: int, month: str, *numbers: str) -> str:
    """A UUID of version 7 from that month; `numbers` are at most four hexadecimal digits each."""
    moment = (
        f"lpad(to_hex((extract(epoch FROM {_MONTH.format(month=month)}) * 1000)::int8), 12, '0')"
    )
    digits = " || ".join(f"lpad(to_hex({number}), 4, '0')" for number in numbers)
    return f"rpad({moment} || '7{kind:03x}' || '8' || {digits}, 32, '0')::uuid"


_TRANSACTION = _id(1, "month", "person", "number")
_REPORT = _id(2, "month", "person", "number / 10")

_SCHEDULE = f"""
CREATE TABLE bench_people AS
    SELECT (row_number() OVER (ORDER BY email LIKE 'employee%', id) - 1)::int AS person, id
    FROM users;
ALTER TABLE bench_people ADD PRIMARY KEY (person);
CREATE TABLE bench_jobs AS
    SELECT job, person, month, (job / {{people}}) % {REPORTS_A_MONTH} AS part,
           (job / {{people}}) % 21 AS luck,
           {_MONTH.format(month="month")} + (job - month::int8 * {{jobs}} / {MONTHS})
               * (interval '30 days' * {MONTHS} / {{jobs}}) AS at
    FROM (SELECT job, job % {{people}} AS person, (job::int8 * {MONTHS} / {{jobs}})::int AS month
          FROM generate_series(0, {{jobs}} - 1) AS job) AS numbered;
ALTER TABLE bench_jobs ADD PRIMARY KEY (job);
"""  # noqa: S608  # made of the constants above

_PEOPLE = """
INSERT INTO users (id, email, created_at)
    SELECT gen_random_uuid(), 'employee' || number || '@example.com', '2024-01-01 00:00Z'
    FROM generate_series(1, {people} - (SELECT count(*) FROM users)) AS number;
"""

_TRANSACTIONS = f"""
INSERT INTO transactions (id, user_id, period, posted_on, description, amount, currency,
                          content_hash, occurrence, submitted_report_id, created_at)
    SELECT {_TRANSACTION}, id, to_char({_MONTH.format(month="month")}, 'YYYY-MM'),
           ({_MONTH.format(month="month")} + make_interval(days => number % 28))::date,
           'MERCHANT ' || number || ' OF ' || person % 97, 10 + number, 'USD',
           md5(person || ' ' || month || ' ' || number), 1,
           CASE WHEN month < {MONTHS} - 1 THEN {_REPORT} END, {_MONTH.format(month="month")}
    FROM bench_people, generate_series(0, {MONTHS} - 1) AS month,
         generate_series(0, {REPORTS_A_MONTH * LINES} - 1) AS number
    ORDER BY month, person;
INSERT INTO expense_reports (id, user_id, period, status, created_at, submitted_at)
    SELECT {_REPORT}, id, to_char({_MONTH.format(month="month")}, 'YYYY-MM'),
           1, {_MONTH.format(month="month")}, {_MONTH.format(month="month")}
    FROM bench_people, generate_series(0, {MONTHS} - 2) AS month,
         generate_series(0, {REPORTS_A_MONTH * LINES} - 1, {LINES}) AS number
    ORDER BY month, person;
INSERT INTO report_lines (id, report_id, transaction_id, description, vendor, gl_code,
                          department_code, tier, confidence, needs_review, updated_at)
    SELECT {_TRANSACTION}, {_REPORT}, {_TRANSACTION}, 'Office supplies', 'A vendor', '60100', '07',
           'memory', 0.97, false, {_MONTH.format(month="month")}
    FROM bench_people, generate_series(0, {MONTHS} - 2) AS month,
         generate_series(0, {REPORTS_A_MONTH * LINES} - 1) AS number
    ORDER BY month, person;
"""  # noqa: S608  # made of the constants above

_JOB = _id(3, "month", "job / 10000", "job % 10000")

_JOBS = f"""
INSERT INTO report_generation_jobs (
    id, user_id, period, status, total_lines, processed_lines, memory_lines, model_lines,
    attempt, queue_job_id, rung_at, error_message, created_at, started_at, completed_at,
    generated_report_id)
SELECT {_JOB}, id, to_char({_MONTH.format(month="month")}, 'YYYY-MM'),
       CASE luck WHEN 0 THEN 3 WHEN 1 THEN 4 ELSE 2 END, {LINES}, done, done * 6 / 10,
       done - done * 6 / 10, 1, job::text, at, CASE luck WHEN 0 THEN 'It did not work.' END,
       at, at + interval '1 second', at + interval '5 seconds',
       CASE WHEN luck > 1 AND month < {MONTHS} - 1 THEN {_REPORT} END
FROM (SELECT *, part * {LINES} AS number, CASE WHEN luck > 1 THEN {LINES} ELSE 0 END AS done
      FROM bench_jobs WHERE job >= {{first}} AND job < {{last}}) AS planned
JOIN bench_people USING (person)
ORDER BY job
"""  # noqa: S608  # made of the constants above

_LINES = f"""
INSERT INTO report_job_lines (
    job_id, transaction_id, merchant_key, sign, state, tier, gl_code, department_code, vendor,
    description, confidence, settled_attempt, explanation)
SELECT {_JOB}, {_TRANSACTION}, 'merchant ' || number, 1,
       done::int, CASE WHEN done THEN CASE WHEN line < 6 THEN 'memory' ELSE 'model' END END,
       CASE WHEN done THEN '60100' END, CASE WHEN done THEN '07' END,
       CASE WHEN done THEN 'A vendor' END, CASE WHEN done THEN 'Office supplies' END,
       CASE WHEN done THEN 0.97 END, CASE WHEN done THEN 1 END,
       CASE WHEN done THEN 'You chose this account 12 times for this merchant' END
FROM (SELECT *, part * {LINES} + line AS number, luck > 1 AS done
      FROM bench_jobs, generate_series(0, {LINES} - 1) AS line
      WHERE job >= {{first}} AND job < {{last}}) AS planned
ORDER BY job, line
"""  # noqa: S608  # made of the constants above

_KEYS = f"""
INSERT INTO idempotency_keys (user_id, key, body_hash, job_id, answer, created_at)
SELECT id, 'key-' || job, md5(job::text), {_JOB}, '{{}}', at
FROM bench_jobs JOIN bench_people USING (person) WHERE job % 10 = 0
"""  # noqa: S608  # made of the constants above

_LEFT_BY_ENGINE = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)
    SELECT 'report_jobs', 'expenseflow.doorbell', jsonb_build_object('job_id', gen_random_uuid()),
           'succeeded', 1 FROM generate_series(1, {jobs});
INSERT INTO procrastinate_events (job_id, type, at)
    SELECT id, 'succeeded', now() FROM procrastinate_jobs;
"""

_MANY_OF_ONE = """
UPDATE bench_jobs SET person = 0 WHERE job % ({jobs} / {many}) = {jobs} / {many} - 1
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much history there is."""

    jobs: int
    people: int
    many: int
    """Jobs of one person, beside their share."""


def fill(stack: Stack, size: Size) -> None:
    """Write it; the person who was there first has the most jobs."""
    numbers = {"people": size.people, "jobs": size.jobs, "many": size.many}
    with psycopg.connect(world.url_of(stack), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for script in (_PEOPLE, _SCHEDULE, _MANY_OF_ONE, _TRANSACTIONS):
            connection.execute(script.format(**numbers).encode())
        for first, last in _steps(size.jobs):
            for statement in (_JOBS, _LINES):
                connection.execute(statement.format(first=first, last=last).encode())
        connection.execute(_KEYS.encode())
        connection.execute(_LEFT_BY_ENGINE.format(**numbers).encode())
        connection.execute("DROP TABLE bench_jobs, bench_people")
        connection.execute("VACUUM ANALYZE")


def _steps(jobs: int) -> Iterator[tuple[int, int]]:
    for first in range(0, jobs, _JOBS_AT_ONCE):
        yield first, min(first + _JOBS_AT_ONCE, jobs)
