# The product alone: no tests, no tools, no root.
FROM python:3.11-slim AS packages

COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.11-slim

ENV ENVIRONMENT=production \
    GRANIAN_WORKERS=2 \
    MEDIA_ROOT=/data/media \
    MPLCONFIGDIR=/app/matplotlib \
    PATH=/venv/bin:$PATH \
    PRIVATE_ROOT=/data/private \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/app/var

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin numeneon \
    && mkdir -p /data/media /data/private \
    && chown -R numeneon: /data

WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# The list of fonts is made here once: whoever runs it has no home to keep one in.
RUN SECRET_KEY=for-collectstatic-alone ALLOWED_HOSTS=localhost \
    WEARABLE_KEYS=bm8tcGVyc29ucy10b2tlbnMtYXJlLXVuZGVyLXRoaXM= \
    python manage.py collectstatic --noinput \
    && python -c "import matplotlib.font_manager"

USER numeneon
EXPOSE 8000
# The name, because a Host that ALLOWED_HOSTS does not know is refused.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["python", "-c", "\
import os, urllib.request as web; \
name = os.environ['ALLOWED_HOSTS'].split(',')[0].lstrip('.'); \
web.urlopen(web.Request('http://127.0.0.1:8000/healthz', headers={'Host': name}), timeout=4)"]
# One thread a worker keeps its database connection; more would leak theirs when idle.
CMD ["granian", "config.wsgi:application", "--interface", "wsgi", "--no-ws", "--http", "1", \
     "--host", "0.0.0.0", "--port", "8000", "--blocking-threads", "1", \
     "--http1-header-read-timeout", "10000", \
     "--respawn-failed-workers", "--workers-kill-timeout", "25", \
     "--static-path-route", "/static", "--static-path-mount", "/app/var/static", \
     "--static-path-route", "/media", "--static-path-mount", "/data/media"]
