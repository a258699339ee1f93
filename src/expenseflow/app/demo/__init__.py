"""The demo: one person, four months of a card, everything through the API.

`statement` makes the months, `api` talks to the server, `story` says what happens, `summary`
shows how it ended. With a simulated AI service (`simulation`) there is one more month, on the
road (`roadshow`), which it has work with.
"""
