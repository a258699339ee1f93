from tests.support.openid.visiting import oidc, provider

__all__ = ["oidc", "provider"]
