"""A browser in which somebody has logged in."""

from typing import Any

from django.conf import settings
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from users.models import User
from users.sessions import SessionStore


def browser_of(user: User) -> Client:
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.token or ""
    return client


def form_of(response) -> dict[str, object]:
    """What a browser would send back for the page of a form that nobody has touched."""
    form = response.context["adminform"].form
    forms = [form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    return {
        field.html_name: "" if field.value() is None else field.value()
        for form in forms
        for field in form
    }


def queries_of(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def alone(url: str) -> str:
    """The page as in a window of its own, without the way to all others."""
    return f"{url}?{IS_POPUP_VAR}=1"


def cost_of(browser: Client, url: str) -> int:
    """The queries of the page, whatever earlier pages have left in memory."""
    ContentType.objects.clear_cache()
    return queries_of(browser, alone(url))


def asked_by(user: User, url: str) -> HttpRequest:
    request = RequestFactory().get(url)
    request.user = user
    return request


def rows_of(room: Any, request: HttpRequest) -> list[Any]:
    """What the list would show, without its page."""
    return list(room.get_changelist_instance(request).result_list)


def statuses_by_filter(browser: Client, url: str) -> set[int]:
    """Of the list by each filter. All choices are read, and one of each filter is drawn."""
    page = browser.get(alone(url))
    statuses = {page.status_code}
    changelist = page.context["cl"]
    for spec in changelist.filter_specs:
        links = [url + choice["query_string"] for choice in spec.choices(changelist)]
        for link in links:
            rows_of(changelist.model_admin, asked_by(page.wsgi_request.user, link))
        statuses.add(browser.get(links[-1]).status_code)
    return statuses
