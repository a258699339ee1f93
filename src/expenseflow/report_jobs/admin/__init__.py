"""What administrators see and do: everybody's jobs, the people, the alerts."""
