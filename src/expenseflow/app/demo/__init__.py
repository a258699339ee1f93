"""The demo: one person, four months of a card, everything through the API.

`statement` makes the months, `api` talks to the server, `story` says what happens, `summary`
shows how it ended.
"""
