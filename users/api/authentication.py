"""Whose request this is."""

from typing import cast

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from users import selectors
from users.accounts import token_of
from users.api.throttling import refuse_guessing
from users.models import User
from users.sessions import TOKEN_PREFIX


class SessionTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <session token>`` or ``X-Session-Token: <session token>``."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        token = token_of(cast(HttpRequest, request))
        if token is None or not token.startswith(TOKEN_PREFIX):
            # Not one of ours; another class may know it, else the caller is anonymous.
            return None
        user = selectors.user_of_token(token)
        if user is None:
            refuse_guessing(request)
            raise AuthenticationFailed("This session is over. Log in again.")
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
