"""Signing in by an OpenID provider: bearer tokens that it made, and the code flow for browsers.

`OpenId` (provider.py) is what the rest of the program sees. Who somebody is, is (issuer, subject);
their e-mail is only what they are called.
"""
