"""Every setting. The environment says what differs between machines; .env.example lists it all."""

import base64
import os
from pathlib import Path

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured

from config import databases, providers

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var")

MEGABYTE = 1024 * 1024
MINUTE_S = 60
HOUR_S = 60 * MINUTE_S
DAY_S = 24 * HOUR_S


def _text(name: str, *, default: str) -> str:
    """A variable that is set but empty is one that is not set."""
    return os.environ.get(name, "").strip() or default


def _flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in {"", "0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes"} if value else default


def _int(name: str, *, default: int) -> int:
    value = os.environ.get(name, "").strip()
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def _list(name: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


# --- Which machine is this? ------------------------------------------------------------------

ENVIRONMENT = _text("ENVIRONMENT", default="production")
if ENVIRONMENT not in {"production", "development"}:
    raise ImproperlyConfigured("ENVIRONMENT must be production or development.")
PRODUCTION = ENVIRONMENT == "production"


def _required_in_production(name: str, *, development: str) -> str:
    value = os.environ.get(name, "")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(
            f"{name} is not set. Production does not start without it; .env.example says what "
            "it is. (ENVIRONMENT=development has a default.)"
        )
    return development


DEBUG = _flag("DEBUG", default=False)
SECRET_KEY = _required_in_production("SECRET_KEY", development="for-development-alone-" * 3)
SECRET_KEY_FALLBACKS = _list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = _required_in_production("ALLOWED_HOSTS", development="127.0.0.1,localhost").split(
    ","
)
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS")

# --- Django ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    # First: its templates and static files go before those of others.
    "config.apps.OperationsConfig",
    "config.apps.NumeneonAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # for django-allauth's page of sessions
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "polymorphic",
    "treebeard",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "users",
    "workouts",
    "nutrition",
    "wearables",
    "analytics",
    "social",
]

# Browsers (admin, account pages) need sessions, CSRF and messages; requests with a token do not,
# so those parts stand aside for the API: see config/middleware.py.
MIDDLEWARE = [
    "config.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.BoundaryMiddleware",
    "config.middleware.BrowserSessionMiddleware",
    "config.middleware.BrowserCommonMiddleware",
    "config.middleware.BrowserCsrfMiddleware",
    "config.middleware.BrowserAuthenticationMiddleware",
    "config.middleware.BrowserMessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT") or VAR_DIR / "media")
# Account exports: served by a view to their owner alone, never by a path.
PRIVATE_ROOT = Path(os.environ.get("PRIVATE_ROOT") or VAR_DIR / "private")
# What `manage.py backup` makes, and its note of the last one.
BACKUP_DIR = Path(os.environ.get("BACKUP_DIR") or VAR_DIR / "backups")
STORAGES = {
    "default": {"BACKEND": "config.storage.KeptStorage"},
    "private": {
        "BACKEND": "config.storage.KeptStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- PostgreSQL ------------------------------------------------------------------------------

# Behind PgBouncer in transaction mode, nothing may live longer than a transaction.
DATABASE_POOLED = _flag("DATABASE_POOLED", default=False)
# What holds for each connection; behind a pooler, `manage.py limit_role` gives it to the role.
DATABASE_LIMITS = databases.limits(
    statement_timeout_ms=_int("DATABASE_STATEMENT_TIMEOUT_MS", default=30_000),
    lock_timeout_ms=_int("DATABASE_LOCK_TIMEOUT_MS", default=10_000),
)
# The embedded servers put their addresses into the environment before this module is read.
DATABASES = databases.read(
    os.environ.get("DATABASE_URL", ""),
    replica_urls=_list("DATABASE_REPLICA_URLS"),
    pooled=DATABASE_POOLED,
    limits=DATABASE_LIMITS,
)
# Past the pooler: for what outlives a transaction, such as a backup.
DATABASE_DIRECT_URL = _text("DATABASE_DIRECT_URL", default=os.environ.get("DATABASE_URL", ""))
if databases.REPLICA in DATABASES:
    DATABASE_ROUTERS = ["config.replicas.ReplicaRouter"]
    MIDDLEWARE.append("config.replicas.ReplicaMiddleware")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: broker, cache, rate limits -------------------------------------------------------

REDIS_URL = _text("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHE_URL = _text("CACHE_URL", default=REDIS_URL)
_REDIS_TIMEOUTS = {"socket_timeout": 2, "socket_connect_timeout": 2}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": _text("CACHE_PREFIX", default="numeneon"),
        "OPTIONS": _REDIS_TIMEOUTS,
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 15 * MINUTE_S
CELERY_TASK_SOFT_TIME_LIMIT = 14 * MINUTE_S
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# How long a worker that is told to stop goes on with its tasks (config/celery.py).
WORKER_STOP_S = _int("WORKER_STOP_S", default=45)
# A nudge that cannot be sent now is sent by the sweep; a request does not wait for it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest task, or a slow one would run twice.
    "visibility_timeout": 20 * MINUTE_S,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "max_retries": 0,
    "global_keyprefix": os.environ.get("BROKER_PREFIX", ""),
    **_REDIS_TIMEOUTS,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# --- People: accounts, passwords, tokens -----------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["users.passwords.BoundedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "users.passwords.MaximumLengthValidator"},
]

SESSION_ENGINE = "users.sessions"
SESSION_COOKIE_AGE = 12 * HOUR_S  # browsers: the admin
SESSION_TOKEN_AGE = 90 * DAY_S  # phones
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"

ACCOUNT_ADAPTER = "users.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_USERNAME_MIN_LENGTH = 3
# Words of our addresses; the last two are of what we ship, and of whoever is gone.
ACCOUNT_USERNAME_BLACKLIST = [
    "me",
    "suggestions",
    "admin",
    "root",
    "support",
    "numeneon",
    "numeneon-library",
    "deleted-user",
]
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Numeneon] "
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # the others end by their password hash; this one stays
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ALLAUTH_TRUSTED_PROXY_COUNT = _int("TRUSTED_PROXY_COUNT", default=0)

HEADLESS_ONLY = False  # admins log in through the account pages
HEADLESS_CLIENTS = ("app",)
HEADLESS_SERVE_SPECIFICATION = True
HEADLESS_SPECIFICATION_TEMPLATE_NAME = None  # its page would load a script from elsewhere
HEADLESS_TOKEN_STRATEGY = "users.accounts.TokenStrategy"  # noqa: S105 - a path
HEADLESS_ADAPTER = "users.accounts.HeadlessAdapter"
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": _text("APP_URL", default="numeneon://") + "verify/{key}",
    "account_reset_password": _text("APP_URL", default="numeneon://") + "reset",
    "account_reset_password_from_key": _text("APP_URL", default="numeneon://") + "reset/{key}",
    "account_signup": _text("APP_URL", default="numeneon://") + "signup",
}

MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Numeneon"
ADMIN_MFA_REQUIRED = _flag("ADMIN_MFA_REQUIRED", default=PRODUCTION)

# Supabase access tokens, off until the issuer is set (docs/api.md).
SUPABASE_ISSUER = os.environ.get("SUPABASE_ISSUER", "").rstrip("/")
SUPABASE_JWKS_URL = _text(
    "SUPABASE_JWKS_URL",
    default=f"{SUPABASE_ISSUER}/.well-known/jwks.json" if SUPABASE_ISSUER else "",
)
if bool(SUPABASE_ISSUER) is not bool(SUPABASE_JWKS_URL):
    raise ImproperlyConfigured("SUPABASE_JWKS_URL needs SUPABASE_ISSUER beside it.")
if SUPABASE_JWKS_URL and not SUPABASE_JWKS_URL.startswith(
    ("https://", "http://127.0.0.1", "http://localhost")
):
    raise ImproperlyConfigured("SUPABASE_JWKS_URL must be an https address.")
SUPABASE_AUDIENCE = _text("SUPABASE_AUDIENCE", default="authenticated")

AVATAR_MAX_BYTES = 10 * MEGABYTE
ACCOUNT_EXPORT_LIFETIME_S = 7 * DAY_S

# --- What leaves the house -------------------------------------------------------------------

# Code that sends a message writes it to the outbox; a worker hands it to MAIL_TRANSPORT.
EMAIL_BACKEND = "users.mail.OutboxEmailBackend"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = _int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 15
MAIL_TRANSPORT = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.console.EmailBackend"
)
DEFAULT_FROM_EMAIL = _text("DEFAULT_FROM_EMAIL", default="Numeneon <no-reply@localhost>")
PUSH_BACKEND = _text("PUSH_BACKEND", default="users.push.ConsolePushBackend")

# --- The API ---------------------------------------------------------------------------------

API_PREFIX = "/api/"
ACCOUNTS_API_PREFIX = "/_allauth/"
WEBHOOKS_PREFIX = "/webhooks/"
PROBES = {"/healthz", "/readyz", "/metrics"}
DATA_UPLOAD_MAX_MEMORY_SIZE = MEGABYTE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the admin's form of a workout with 500 sets
JSON_MAX_DEPTH = 32
# Requests per person (or, without a token, per address) and minute.
API_RATE_PER_MINUTE = _int("API_RATE_PER_MINUTE", default=600)
API_ANONYMOUS_RATE_PER_MINUTE = _int("API_ANONYMOUS_RATE_PER_MINUTE", default=60)

# --- Live streams ----------------------------------------------------------------------------

# The web server holds no stream open: a server of its own does (config/asgi.py).
LIVE_PORT = _int("LIVE_PORT", default=_int("PORT", default=8000) + 1)
# Where it is, for who asks the web server instead; in production a proxy sends them there.
LIVE_URL = _text("LIVE_URL", default="" if PRODUCTION else f"http://127.0.0.1:{LIVE_PORT}")
LIVE_URLCONF = "config.live_urls"
LIVE_MIDDLEWARE = [
    "config.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.BoundaryMiddleware",
]
LIVE_RETENTION_S = 7 * DAY_S
# How long a nudge that was lost may delay an event.
LIVE_LOOK_S = 5
LIVE_HEARTBEAT_S = 15
LIVE_STREAM_AGE_S = HOUR_S
LIVE_STREAMS_PER_PERSON = 5
LIVE_TOPICS_PER_STREAM = 10

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users.api.authentication.SessionTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["users.api.throttling.MinuteThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["config.representation.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.representation.OrjsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.representation.AlwaysJson",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "users.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "config.openapi.NumeneonSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_METADATA_CLASS": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
if SUPABASE_ISSUER:
    REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"].append(  # type: ignore[union-attr]
        "users.api.supabase.SupabaseAuthentication"
    )
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "config.errors.DomainExceptionHandler",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
    "ALLOWED_ERROR_STATUS_CODES": ["400", "401", "404", "429"],
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Numeneon API",
    "DESCRIPTION": (
        "Training, food, social life, analytics and wearables of a fitness app. SI units, "
        "ISO 8601, UTC instants; a `date` is the person's own day."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "deepLinking": True},
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        name: f"drf_standardized_errors.openapi_serializers.{name}.choices"
        for name in (
            "ValidationErrorEnum",
            "ClientErrorEnum",
            "ServerErrorEnum",
            "ErrorCode401Enum",
            "ErrorCode403Enum",
            "ErrorCode404Enum",
            "ErrorCode405Enum",
            "ErrorCode415Enum",
            "ErrorCode429Enum",
        )
    }
    | {
        "FoodSourceEnum": "nutrition.models.FoodSource",
        "MealTypeEnum": "nutrition.models.MealType",
        "GoalStatusEnum": "analytics.models.GoalStatus",
        "BmrFormulaEnum": "nutrition.formulas.FORMULAS",
        "ValidityEnum": "analytics.models.Validity",
        "BreakReasonEnum": "analytics.models.BreakReason",
        "NotificationCategoryEnum": "users.models.notification.NotificationCategory",
        "VisibilityEnum": "users.models.profile.Visibility",
        "PostTypeEnum": "social.models.PostType",
        "MediaTypeEnum": "social.models.MediaType",
        "AchievementCategoryEnum": "social.models.AchievementCategory",
        "GroupRoleEnum": "social.models.GroupRole",
        "ConversationKindEnum": "social.models.ConversationKind",
        "MemberStateEnum": "social.models.MemberState",
        "StateEnum": "social.api.message_shapes.STATE_CHOICES",
        "ReportReasonEnum": "social.models.ReportReason",
        "CommentTargetEnum": "social.selectors.targets.COMMENT_TARGETS",
        "ReportTargetEnum": "social.selectors.targets.REPORT_TARGETS",
        "DeviceStatusEnum": "wearables.models.DeviceStatus",
        "DeviceTypeEnum": "wearables.models.DeviceType",
        "ConnectionModeEnum": "wearables.models.ConnectionMode",
        "SleepRoleEnum": "wearables.models.SleepRole",
        "SourceMetricEnum": "wearables.models.SourceMetric",
        "SyncKindEnum": "wearables.models.SyncKind",
        "ActivityFormatEnum": "wearables.models.FileFormat",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_standardized_errors.openapi_hooks.postprocess_schema_enums",
        "workouts.api.documents.add_training_shapes",
        "nutrition.api.examples.add_food_examples",
        "config.openapi.complete",
    ],
}

# --- Plans by a language model -----------------------------------------------------------------

# The base of an endpoint that speaks the chat completions protocol, such as .../v1; off without.
AI_BASE_URL = _text("AI_BASE_URL", default="")
if AI_BASE_URL and not AI_BASE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("AI_BASE_URL must be an address with https:// or http://.")
AI_MODEL = _text("AI_MODEL", default="")
AI_API_KEY = _text("AI_API_KEY", default="")
if not (AI_API_KEY.isascii() and AI_API_KEY.isprintable()):
    raise ImproperlyConfigured("AI_API_KEY must be printable ASCII, or no header can hold it.")
AI_TIMEOUT_S = _int("AI_TIMEOUT_S", default=60)
# Two tries of the longest one fit into CELERY_TASK_SOFT_TIME_LIMIT.
if not 1 <= AI_TIMEOUT_S <= 5 * MINUTE_S:
    raise ImproperlyConfigured("AI_TIMEOUT_S must be from 1 to 300 seconds.")

# --- Photos of food ----------------------------------------------------------------------------

# What tells the food in a photo: nothing (photos are stored), a model file, or a model that sees.
FOOD_RECOGNIZER = _text("FOOD_RECOGNIZER", default="")
if FOOD_RECOGNIZER not in {"", "onnx", "vision"}:
    raise ImproperlyConfigured("FOOD_RECOGNIZER must be onnx, vision or empty.")


def _per_color(name: str, *, default: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in _text(name, default=default).split(","))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be numbers with commas between them.") from error
    if len(numbers) != 3 or not all(0 <= number <= 255 for number in numbers):  # noqa: PLR2004
        raise ImproperlyConfigured(f"{name} must be three numbers: of red, green and blue.")
    return numbers


FOOD_ONNX_MODEL = _text("FOOD_ONNX_MODEL", default="")
FOOD_ONNX_LABELS = _text("FOOD_ONNX_LABELS", default="")
if FOOD_RECOGNIZER == "onnx" and not (FOOD_ONNX_MODEL and FOOD_ONNX_LABELS):
    raise ImproperlyConfigured("FOOD_RECOGNIZER=onnx needs FOOD_ONNX_MODEL and FOOD_ONNX_LABELS.")
# Those of ImageNet, with which most classifiers were trained.
FOOD_ONNX_MEAN = _per_color("FOOD_ONNX_MEAN", default="0.485,0.456,0.406")
FOOD_ONNX_STD = _per_color("FOOD_ONNX_STD", default="0.229,0.224,0.225")
if not all(FOOD_ONNX_STD):
    raise ImproperlyConfigured("FOOD_ONNX_STD must be above 0: it is divided by.")
FOOD_VISION_MODEL = _text("FOOD_VISION_MODEL", default=AI_MODEL)
if FOOD_RECOGNIZER == "vision" and not (AI_BASE_URL and FOOD_VISION_MODEL):
    raise ImproperlyConfigured(
        "FOOD_RECOGNIZER=vision needs AI_BASE_URL, and FOOD_VISION_MODEL or AI_MODEL."
    )

# --- Wearables ---------------------------------------------------------------------------------

# Secrets lie under the first key; the others open what is older (docs/wearables.md).


def _is_fernet_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == 32  # noqa: PLR2004 - bytes, by its definition
    except ValueError:
        return False


WEARABLE_KEYS = [
    key.strip()
    for key in _required_in_production(
        "WEARABLE_KEYS", development="ZGV2ZWxvcG1lbnQtYWxvbmUtbm90LWEtc2VjcmV0LTA="
    ).split(",")
]
if not all(_is_fernet_key(key) for key in WEARABLE_KEYS):
    raise ImproperlyConfigured("WEARABLE_KEYS must be Fernet keys.")
# A server on this machine that plays the makers (make run starts one); never in production.
WEARABLE_SIMULATOR_URL = _text("WEARABLE_SIMULATOR_URL", default="").rstrip("/")
if WEARABLE_SIMULATOR_URL and PRODUCTION:
    raise ImproperlyConfigured("WEARABLE_SIMULATOR_URL is for development.")
WEARABLE_PROVIDERS = providers.read(os.environ, simulator=WEARABLE_SIMULATOR_URL)
# Where makers reach us: callbacks and webhooks. Without one, of the request that asks.
PUBLIC_URL = _text("PUBLIC_URL", default="").rstrip("/")
# Where a sign-in at a maker may lead back to, beside APP_URL.
WEARABLE_RETURN_URLS = [_text("APP_URL", default="numeneon://"), *_list("WEARABLE_RETURN_URLS")]
WEARABLE_TIMEOUT_S = _int("WEARABLE_TIMEOUT_S", default=30)
# Stages of one source that lie closer together are one sleep.
WEARABLE_SLEEP_GAP_MIN = _int("WEARABLE_SLEEP_GAP_MIN", default=60)
WEARABLE_SYNC_EVERY_S = _int("WEARABLE_SYNC_EVERY_S", default=HOUR_S)
WEARABLE_REREAD_DAYS = _int("WEARABLE_REREAD_DAYS", default=3)
WEARABLE_REREAD_DAYS_WEEKLY = _int("WEARABLE_REREAD_DAYS_WEEKLY", default=14)
WEARABLE_BACKFILL_DAYS = _int("WEARABLE_BACKFILL_DAYS", default=90)
GARMIN_BACKFILL_DAYS = _int("GARMIN_BACKFILL_DAYS", default=30)
WEARABLE_PAYLOAD_DAYS = _int("WEARABLE_PAYLOAD_DAYS", default=30)
# Older heart rates are kept by the minute, but inside of workouts.
HEART_RATE_FULL_DAYS = _int("HEART_RATE_FULL_DAYS", default=30)
ACTIVITY_IMPORT_MAX_BYTES = _int("ACTIVITY_IMPORT_MAX_MB", default=500) * MEGABYTE
ACTIVITY_IMPORT_MAX_UNPACKED_BYTES = (
    _int("ACTIVITY_IMPORT_MAX_UNPACKED_MB", default=10_000) * MEGABYTE
)

# --- Safety ----------------------------------------------------------------------------------

# Ours is a subclass that stands aside for requests with a token: config/middleware.py.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = PRODUCTION and _flag("SECURE_SSL_REDIRECT", default=True)
# A call with a token over plain HTTP is refused, not sent again (config/middleware.py); probes
# come from inside.
SECURE_REDIRECT_EXEMPT = [
    r"^api/",
    r"^_allauth/",
    r"^webhooks/",
    r"^healthz$",
    r"^readyz$",
    r"^metrics$",
]
SECURE_HSTS_SECONDS = 365 * DAY_S if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
if _flag("TRUST_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Metrics, slow work, traces ----------------------------------------------------------------

METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
# Where the processes of a machine share what they have counted.
PROMETHEUS_MULTIPROC_DIR = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
# Where a worker answers Prometheus itself; not needed where it shares a directory with web.
WORKER_METRICS_PORT = _int("WORKER_METRICS_PORT", default=0)
if WORKER_METRICS_PORT and not PROMETHEUS_MULTIPROC_DIR:
    raise ImproperlyConfigured("WORKER_METRICS_PORT needs PROMETHEUS_MULTIPROC_DIR beside it.")
RELEASE = _text("RELEASE", default="unknown")
# What takes longer is a line of the log; 0 for none.
SLOW_QUERY_MS = _int("SLOW_QUERY_MS", default=200 if PRODUCTION else 0)
SLOW_REQUEST_MS = _int("SLOW_REQUEST_MS", default=1000 if PRODUCTION else 0)
SLOW_TASK_MS = _int("SLOW_TASK_MS", default=60_000 if PRODUCTION else 0)
# Traces are sent there, if it is set; by requirements-otel.txt.
OTEL_EXPORTER_OTLP_ENDPOINT = _text("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
OTEL_SERVICE_NAME = _text("OTEL_SERVICE_NAME", default="numeneon")


def _share(name: str, *, default: float) -> float:
    try:
        share = float(_text(name, default=str(default)))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a number.") from error
    if not 0 <= share <= 1:
        raise ImproperlyConfigured(f"{name} must be from 0 to 1.")
    return share


OTEL_TRACES_SAMPLER_ARG = _share("OTEL_TRACES_SAMPLER_ARG", default=1)

# --- Logs: one JSON object a line; ids, never names, secrets or health values ----------------

LOG_FORMAT = _text("LOG_FORMAT", default="json" if PRODUCTION else "text")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "config.logs.RequestIdFilter"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.orjson.OrjsonFormatter",
            "fmt": "{asctime}{levelname}{name}{message}{request_id}",
            "style": "{",
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
        "text": {
            "format": "{levelname:<7} {name} [{request_id}] {message}",
            "style": "{",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id"],
            "formatter": LOG_FORMAT,
        }
    },
    "root": {"handlers": ["console"], "level": _text("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # One line per refused request comes from config.middleware already.
        "django.request": {"level": "ERROR"},
        # Anybody can send a Host that we do not know; it is refused, and that is all.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "celery": {"level": "WARNING"},
    },
}
