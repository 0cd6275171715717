"""Settings, chosen by environment (docs/operations.md lists every variable).

Embedded default: one process, SQLite, local files, in-process channel layer.
Larger: PostgreSQL, Redis, several ASGI workers behind a proxy. Same code.
"""

from datetime import timedelta
from pathlib import Path

from backend import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DUDAO_DATA", str(BASE_DIR / "data"))).resolve()

DEBUG = env.flag("DUDAO_DEBUG")
DEMO = env.flag("DUDAO_DEMO")
SECRET_KEY = env.secret_key("DUDAO_SECRET_KEY", DATA_DIR)
ALLOWED_HOSTS = env.words("DUDAO_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("DUDAO_ORIGINS")
PUBLIC_ADDRESS = env.text("DUDAO_ADDRESS", (CSRF_TRUSTED_ORIGINS or ["http://127.0.0.1:8000"])[0]).rstrip("/")
"""Where the public finds this server: printed on papers, in QR marks."""

WORKERS = env.whole("DUDAO_WORKERS", 1)
"""How many server processes share the database; the embedded default is one."""

THREADS = env.whole("DUDAO_THREADS", 8)
"""Requests that a process works on at the same time, pushes apart: they have threads of their own."""

EMBEDDED_WORKER = env.flag("DUDAO_WORKER", default=WORKERS == 1)
"""Whether the server process also runs the duties; otherwise run `manage.py worker`."""

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "axes",
    "backend.core",
    "backend.journal",
    "backend.media",
    "backend.sync",
    "backend.backups",
    "backend.accounts",
    "backend.registry",
    "backend.inspections",
    "backend.notices",
    "backend.bulletins",
    "backend.desk",
]

MIDDLEWARE = [
    "backend.core.untying.untie",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "backend.urls"
ASGI_APPLICATION = "backend.asgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.database(env.text("DUDAO_DATABASE", f"sqlite:///{DATA_DIR / 'dudao.sqlite3'}"))}

PUSH_THREADS = env.whole("DUDAO_PUSH_THREADS", 2 if "postgresql" in str(DATABASES["default"]["ENGINE"]) else 1)
"""Pushes that a process works on at the same time: on PostgreSQL one computes while the other waits for the disk;
SQLite has one writer."""

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if DEMO:  # first, so that signing in does not turn the demo people's hashes into ones that last
    PASSWORD_HASHERS.insert(0, "backend.accounts.hashers.DemoPasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Offices share one address: only the pair of user and address is locked, never the address alone.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "backend.accounts.api.auth.locked_out"
AXES_CLIENT_IP_CALLABLE = "backend.core.http.client_address"
TRUSTED_PROXIES = env.whole("DUDAO_PROXIES", 0)
"""How many proxies in front of us append to X-Forwarded-For."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["backend.accounts.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["backend.core.permissions.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["backend.core.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["backend.core.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "backend.core.schema.AutoSchema",
    "EXCEPTION_HANDLER": "backend.core.http.exception_handler",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "UNAUTHENTICATED_USER": None,
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "ALGORITHM": "HS256",
    "USER_ID_CLAIM": "user",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "督导 Dudao API",
    "DESCRIPTION": "County supervision of double reduction: visits, evidence, notices, bulletins.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": False},  # its links lie inside buttons, where keyboards do not find them
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "AnswerStatusEnum": "backend.inspections.models.answer.TOLD",
        "AssignmentStateEnum": "backend.inspections.models.AssignmentState.choices",
        "BulletinStateEnum": "backend.bulletins.models.bulletin.STATES",
        "InboxChannelEnum": "backend.notices.models.delivery.Channel.choices",
        "CertificateKindEnum": "backend.registry.models.CertificateKind.choices",
        "ConflictStateEnum": "backend.registry.models.ConflictState.choices",
        "DrawStateEnum": "backend.inspections.models.draw_lifecycle.DrawState.choices",
        "EscalationKindEnum": "backend.notices.models.escalation.PAPER_KINDS",
        "EscalationStateEnum": "backend.notices.models.escalation.PAPER_STATES",
        "EvidenceStateEnum": "backend.notices.models.answers.ProofState.choices",
        "EvidenceKindEnum": "backend.inspections.models.EvidenceKindName.choices",
        "FindingStateEnum": "backend.inspections.models.FindingState.choices",
        "NoticeEvidenceKindEnum": "backend.notices.models.answers.ProofKind.choices",
        "NoticeStateEnum": "backend.notices.models.notice.STATES",
        "PlanKindEnum": "backend.inspections.models.PlanKind.choices",
        "PlanStateEnum": "backend.inspections.models.PlanState.choices",
        "RecusalKindEnum": "backend.registry.models.RecusalKind.choices",
        "ReviewOutcomeEnum": "backend.sync.models.ReviewOutcome.choices",
        "ReviewStatusEnum": "backend.sync.models.verdict.REVIEWABLE_CHOICES",
        "SeverityEnum": "backend.inspections.models.SeverityLevel.choices",
        "TargetKindEnum": "backend.registry.models.TargetKind.choices",
        "TargetTypeEnum": "backend.inspections.api.plan_serializers.TYPES",
        "TemplateStatusEnum": "backend.inspections.models.TemplateStatus.choices",
        "TrackEnum": "backend.registry.models.Track.choices",
        "VisitKindEnum": "backend.inspections.models.VisitKind.choices",
        "ModeEnum": "backend.inspections.models.VisitMode.choices",
        "VisitStateEnum": "backend.inspections.models.VisitState.choices",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "backend.media.schema.add_uploads"],
}

REDIS_URL = env.text("DUDAO_REDIS")
CHANNEL_LAYERS = (
    {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    if REDIS_URL
    else {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 100_000}}}
)

GATEWAY = env.gateway()
"""Where SMS or WeChat Work messages go; None: nowhere."""

globals().update(env.mail())
MAIL_ON = bool(env.text("DUDAO_EMAIL").strip())
DEFAULT_FROM_EMAIL = env.text("DUDAO_EMAIL_FROM", "dudao@localhost")

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a folder that is not there
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/m/assets/"  # of the phone's app; their names hold a hash
WHITENOISE_AUTOREFRESH = DEBUG

BLOB_DIR = DATA_DIR / "blobs"
UPLOAD_DIR = DATA_DIR / "uploads"
BUCKET = env.bucket()
"""Where files lie instead of in BLOB_DIR; None: there."""

CACHE_DIR = DATA_DIR / "cache"
RETENTION = env.terms("DUDAO_RETENTION", "photo=730", frozenset({"photo", "document", "signature"}))
"""Days for which evidence is kept after its visit or notice has ended, by kind; a kind not named is kept for ever."""

CAPTION_FONTS = tuple(
    BASE_DIR / "backend/documents/fonts" / name for name in ("NotoSansSC-500.ttf.xz", "NotoSerifSC-400.ttf.xz")
)
"""Fonts of the captions on previews; a character that the first lacks comes from the next."""
PAPER_FONTS = Path(env.text("DUDAO_FONTS")).resolve() if env.text("DUDAO_FONTS") else None
"""Folder with faces that the office owns, named by their roles (仿宋.ttf …); they go before those that come along."""
BACKUP_DIR = Path(env.text("DUDAO_BACKUPS", str(DATA_DIR / "backups"))).resolve()
BACKUP_KEY = env.text("DUDAO_BACKUP_KEY")
PG_BIN = env.text("DUDAO_PG_BIN")
"""Folder of pg_dump, pg_restore and psql; empty: they are looked for."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

DEVICE_REQUESTS = env.limit("DUDAO_DEVICE_REQUESTS", "20/3000")
DEVICE_BYTES = env.limit("DUDAO_DEVICE_BYTES", "2000000/300000000")
"""Per device and process: (per second, at once). A month's backlog is about 10 batches and at most 20 MB; photos are
not counted, only the beginnings of their uploads."""

UPLOADS_OPEN = env.whole("DUDAO_UPLOADS_OPEN", 2 * 2**30)
UPLOADS_DAY = env.whole("DUDAO_UPLOADS_DAY", 8 * 2**30)
"""Bytes of one person: declared of unfinished uploads, and received within 24 hours. A month offline is about 1 GB."""

METRICS_FROM = env.words("DUDAO_METRICS_FROM", "127.0.0.1,::1")
METRICS_TOKEN = env.text("DUDAO_METRICS_TOKEN")
"""Who may read /metrics: callers at these addresses, and whoever brings the token."""

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = env.flag("DUDAO_TLS")
CSRF_COOKIE_SECURE = env.flag("DUDAO_TLS")
CSRF_FAILURE_VIEW = "backend.desk.views.stale.refused"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("DUDAO_TLS") else None
SECURE_SSL_REDIRECT = env.flag("DUDAO_TLS")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked for beside the proxy
SECURE_HSTS_SECONDS = 365 * 86_400 if env.flag("DUDAO_TLS") else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.flag("DUDAO_TLS")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("DUDAO_LOG", "WARNING")},
}
