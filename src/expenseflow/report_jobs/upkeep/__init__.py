"""What lets an installation run by itself for months: old jobs go, alerts are raised."""
