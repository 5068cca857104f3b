"""What people see in a browser; no page needs a script."""

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any, Final

STYLE: Final = (
    "body{font:16px/1.5 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}"
    "td,th{border:1px solid #ccc;padding:.2rem .6rem;text-align:left}"
    "code{background:#eee;padding:0 .2rem}button{font:inherit;padding:.3rem .8rem}"
)


def document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def consent_page(
    title: str,
    query: Mapping[str, str],
    people: Sequence[str],
    scopes: Sequence[str],
    unchosen: Collection[str],
) -> str:
    """Ask who they are and what they grant; the answer comes back to the same address."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in {**query, "form": "1"}.items()
        if name not in {"person", "grant", "approve", "deny"}
    )
    whom = "".join(
        f'<label><input type="radio" name="person" value="{escape(name)}"'
        f"{' checked' if number == 0 else ''}> {escape(name)}</label><br>"
        for number, name in enumerate(people)
    )
    what = "".join(
        f'<label><input type="checkbox" name="grant" value="{escape(scope)}"'
        f"{'' if scope in unchosen else ' checked'}> <code>{escape(scope)}</code></label><br>"
        for scope in scopes
    )
    return document(
        f"{title} (simulated)",
        f"<p><b>{escape(query.get('client_id', ''))}</b> asks to read your data.</p>"
        f'<form method="get">{hidden}'
        f"<fieldset><legend>Who are you?</legend>{whom}</fieldset>"
        f"<fieldset><legend>What may it read?</legend>{what}</fieldset><p>"
        '<button name="approve" value="1">Allow</button> '
        '<button name="deny" value="1">Deny</button>'
        "</p></form>",
    )


def first_page(
    *, origin: str, app_url: str, people: Sequence[Mapping[str, Any]], told: str, makers: str
) -> str:
    """Who is simulated, and what can be done with them."""
    rows = "".join(
        f"<tr><td>{escape(person['id'])}</td><td>{escape(person['timezone'])}</td>"
        f"<td>{escape(person['today'])}</td><td>{escape(person['last_night'])}</td>"
        f"<td><code>{escape(person['garmin_personal_key'])}</code></td>"
        f"<td>{escape(', '.join(person['connected']) or 'nowhere')}</td>"
        f'<td><form method="post" action="/sleep-again"><input type="hidden" name="person" '
        f'value="{escape(person["id"])}"><button>Change last night\'s sleep and tell the app'
        "</button></form></td></tr>"
        for person in people
    )
    note = f"<p><b>{escape(told)}</b></p>" if told else ""
    whither = escape(app_url) or "nobody: it was started without --app-url"
    return document(
        "Simulated makers of wearables",
        f"{note}<p>This server plays {escape(makers)}. Connect one in the app, be one of these "
        f"people, and watch their days arrive. What happens here is told to {whither}.</p>"
        "<table><tr><th>Who</th><th>Time zone</th><th>Steps today</th><th>Last night</th>"
        f"<th>Personal key (Garmin)</th><th>Connected</th><th></th></tr>{rows}</table>"
        "<h2>Control</h2><p>By JSON; nothing is kept when the server ends.</p><ul>"
        '<li><a href="/__sim__/state">GET /__sim__/state</a>: everything that is simulated</li>'
        '<li><a href="/__sim__/calls">GET /__sim__/calls</a>: what the app has asked</li>'
        "<li>POST /__sim__/people, clock, sleep, day, workout, scenario, webhook, reset; DELETE "
        "sleep, workout, scenario, calls</li></ul>"
        f'<pre>curl -d \'{{"provider": "oura", "kind": "rate_limited", "times": 3}}\' '
        f"{escape(origin)}/__sim__/scenario</pre>",
    )
