"""Every question this slice asks the database; all of them for one user."""
