from tests.support.openid.scripted import scripted
from tests.support.openid.visiting import oidc, provider

__all__ = ["oidc", "provider", "scripted"]
