"""Sign-up, log-in and second factors: django-allauth's own description, in our words."""

import copy
from typing import Any

from allauth.headless.spec.internal.schema import get_schema

from config.openapi.references import METHODS

PREFIX = "Auth"
PATHS = "/_allauth/app/v1/"
# There are no telephone numbers here, no tokens to refresh, and nobody else's accounts.
_ABSENT = ("/account/phone", "/auth/phone", "/tokens/", "/account/providers", "/auth/provider")
_OUR_TOKENS: list[dict[str, list[str]]] = [{"bearerToken": []}, {"sessionToken": []}]
_MAYBE_SIGNED_IN = [*_OUR_TOKENS, {}]
# What their description leaves out.
_UNTOLD: dict[tuple[str, str], Any] = {
    (f"{PATHS}account/authenticators/recovery-codes", "post"): {
        "200": {"$ref": "#/components/responses/AuthRecoveryCodes"}
    },
    (f"{PATHS}account/password/change", "post"): {
        "200": {"$ref": "#/components/responses/AuthAuthenticated"}
    },
}
_SESSION_TOKEN = "#/components/parameters/AuthSessionToken"  # noqa: S105 - a place in a document


def add(result: dict[str, Any]) -> None:
    """Add the accounts' paths and components, renamed so that none collide with ours."""
    accounts = _renamed(copy.deepcopy(get_schema()))
    accounts["components"]["schemas"] |= copy.deepcopy(_SHAPES)
    _tidy(accounts)
    for path, item in accounts["paths"].items():
        if not any(part in path for part in _ABSENT):
            result["paths"][path] = item
            for method in METHODS & item.keys():
                _take_token(item[method])
                item[method]["responses"] |= _UNTOLD.get((path, method), {})
    for kind, components in accounts["components"].items():
        if kind != "securitySchemes":
            result["components"].setdefault(kind, {}).update(components)


def _tidy(node: Any) -> None:
    """A status is a number and a flag is a flag: a choice of one makes a type in each client.

    And nobody signs in by another company's account here, so no example offers it.
    """
    if isinstance(node, list):
        for one in node:
            _tidy(one)
    elif isinstance(node, dict):
        if node.get("type") in ("integer", "boolean") and "enum" in node:
            node.pop("example", None)
            node["examples"] = node.pop("enum")[:1]
        if isinstance(node.get("flows"), list):
            node["flows"] = [one for one in node["flows"] if "provid" not in one["id"]]
        for value in node.values():
            _tidy(value)


def _take_token(operation: dict[str, Any]) -> None:
    """The token of a session is how one signs in, not one more parameter of each call."""
    parameters = operation.get("parameters", [])
    others = [one for one in parameters if one.get("$ref") != _SESSION_TOKEN]
    operation["security"] = _MAYBE_SIGNED_IN if len(others) < len(parameters) else []
    operation["parameters"] = others


def _renamed(spec: dict[str, Any]) -> dict[str, Any]:
    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            return {
                key: _rename_reference(value) if key == "$ref" else walk(value)
                for key, value in node.items()
            }
        return [walk(item) for item in node] if isinstance(node, list) else node

    renamed: dict[str, Any] = walk(spec)
    renamed["components"] = {
        kind: {PREFIX + name: value for name, value in components.items()}
        for kind, components in renamed["components"].items()
    }
    return renamed


def _rename_reference(reference: str) -> str:
    head, _, name = reference.rpartition("/")
    return f"{head}/{PREFIX}{name}"


def _object(required: tuple[str, ...] = (), **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": [*required], "properties": properties}


_TEXT = {"type": "string"}
_TIME = {"$ref": "#/components/schemas/AuthTimestamp"}
_NAME = {"type": "string", "examples": ["ana"]}
_EMAIL = {"type": "string", "format": "email", "examples": ["ana@example.com"]}
_PASSWORD = {"type": "string", "examples": ["a-long-passphrase"]}
_CREDENTIAL = {
    "type": "object",
    "additionalProperties": True,
    "description": "What the phone's passkey interface made of the options, in JSON.",
    "examples": [
        {
            "type": "public-key",
            "id": "-J4JNfPfnLyRSMK4R",
            "rawId": "-J4JNfPfnLyRSMK4R",
            "response": {},
        }
    ],
}
_OPTIONS = {
    "type": "object",
    "additionalProperties": True,
    "description": "For the phone's passkey interface, as WebAuthn defines them.",
    "examples": [
        {
            "publicKey": {
                "challenge": "aOecJJtLA2e-Dj2WU-zbRoJewbQqSUPxoA9EzsUL72o",
                "rpId": "example.com",
                "allowCredentials": [],
                "userVerification": "preferred",
            }
        }
    ],
}

# Theirs are unions without names, or leave open what is known here.
_SHAPES: dict[str, Any] = {
    "AuthUsername": _NAME | {"description": "The username."},
    "AuthEmail": _EMAIL | {"description": "The address."},
    "AuthPassword": _PASSWORD | {"description": "The password."},
    "AuthLogin": _object(("password",), username=_NAME, email=_EMAIL, password=_PASSWORD)
    | {"description": "One of `username` and `email`, with the password."},
    "AuthSignup": _object(
        ("username", "email", "password"), username=_NAME, email=_EMAIL, password=_PASSWORD
    ),
    "AuthUser": _object(
        ("id", "display", "email", "has_usable_password", "username"),
        id={"type": "string", "format": "uuid"},
        display={"type": "string", "description": "The name to show.", "examples": ["Ana"]},
        email=_EMAIL,
        has_usable_password={"type": "boolean", "examples": [True]},
        username=_NAME,
    ),
    "AuthAuthenticationMethod": _object(
        ("method", "at"),
        method={
            "type": "string",
            "description": "`password`, `password_reset`, `code`, `mfa` or `socialaccount`.",
            "examples": ["password"],
        },
        at=_TIME,
        username=_NAME,
        email=_EMAIL,
        reauthenticated={"type": "boolean"},
        type={"$ref": "#/components/schemas/AuthAuthenticatorType"},
    )
    | {"description": "One step by which this session was signed in."},
    "AuthFlow": _object(
        ("id",),
        id={
            "type": "string",
            "description": "What can be done next, such as `verify_email`, `mfa_authenticate`.",
            "examples": ["verify_email"],
        },
        is_pending={"type": "boolean", "description": "Whether it is the step that waits."},
        types={
            "type": "array",
            "items": {"$ref": "#/components/schemas/AuthAuthenticatorType"},
            "description": "Second factors that would do.",
        },
    ),
    "AuthOptionalTimestamp": {
        "type": ["number", "null"],
        "format": "double",
        "description": "Seconds since 1970, or null.",
        "examples": [1772474700.5],
    },
    "AuthTimestamp": {
        "type": "number",
        "format": "double",
        "description": "Seconds since 1970.",
        "examples": [1772474700.5],
    },
    "AuthAccountConfiguration": _object(
        ("is_open_for_signup", "email_verification_by_code_enabled", "login_by_code_enabled"),
        login_methods={"type": "array", "items": _TEXT, "examples": [["email", "username"]]},
        is_open_for_signup={"type": "boolean"},
        email_verification_by_code_enabled={"type": "boolean"},
        login_by_code_enabled={"type": "boolean"},
        password_reset_by_code_enabled={"type": "boolean"},
    ),
    "AuthConfigurationResponse": _object(
        ("status", "data"),
        status={"$ref": "#/components/schemas/AuthStatusOK"},
        data=_object(
            ("account",),
            account={"$ref": "#/components/schemas/AuthAccountConfiguration"},
            mfa={"$ref": "#/components/schemas/AuthMFAConfiguration"},
            usersessions={"$ref": "#/components/schemas/AuthUserSessionsConfiguration"},
        ),
    ),
    "AuthAuthenticatorItem": {
        "oneOf": [
            {"$ref": f"#/components/schemas/Auth{kind}Authenticator"}
            for kind in ("TOTP", "RecoveryCodes", "WebAuthn")
        ],
        "discriminator": {
            "propertyName": "type",
            "mapping": {
                "totp": "#/components/schemas/AuthTOTPAuthenticator",
                "recovery_codes": "#/components/schemas/AuthRecoveryCodesAuthenticator",
                "webauthn": "#/components/schemas/AuthWebAuthnAuthenticator",
            },
        },
    },
    "AuthAuthenticatorList": {
        "type": "array",
        "items": {"$ref": "#/components/schemas/AuthAuthenticatorItem"},
    },
    "AuthErrorResponse": _object(
        ("status", "errors"),
        status={"type": "integer", "examples": [400]},
        errors={
            "type": "array",
            "items": _object(
                ("message",),
                message=_TEXT | {"examples": ["Enter a valid email address."]},
                code=_TEXT | {"examples": ["invalid"]},
                param=_TEXT | {"description": "The field.", "examples": ["email"]},
            ),
        },
    ),
    "AuthSessionGoneResponse": _object(
        ("status", "meta"),
        status={"type": "integer", "examples": [410]},
        meta={"$ref": "#/components/schemas/AuthAuthenticationMeta"},
    )
    | {"description": "The session has ended."},
    "AuthWebAuthnCredential": _CREDENTIAL,
    "AuthWebAuthnCredentialRequestOptions": _object(
        ("request_options",), request_options=_OPTIONS
    ),
    "AuthWebAuthnCredentialCreationOptions": _object(
        ("creation_options",), creation_options=_OPTIONS
    ),
}
