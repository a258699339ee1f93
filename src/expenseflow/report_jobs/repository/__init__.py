"""Every SQL statement of this slice: jobs, claims, lines, keys."""
