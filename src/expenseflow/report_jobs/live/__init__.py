"""Live progress: who says that a job changed, who hears it, and what a client is sent.

    a commit --announcing--> NOTIFY --hearing--> hub --streaming--> clients

Progress is a state, not a log: whoever is late gets the newest state, and nothing is kept.
"""
