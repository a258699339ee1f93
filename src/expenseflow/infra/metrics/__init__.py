"""What is measured, as Prometheus text.

`process` is what every process has, `work` what happens to jobs, `web` what is answered,
`installation` and `provider` what the database tells of all processes together.
"""
