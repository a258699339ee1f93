"""The tier `similar`: what charges like this one were filed under, by anybody here; learned.

`features` says what is looked at, `training` learns it (in a process of its own), `model` is what
was learned, as arrays, and `predicting` applies it with numpy alone.
"""
