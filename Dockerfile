# The product alone: no tests, no tools, no root.
ARG POSTGRES_MAJOR=18

FROM python:3.11-slim-trixie AS packages
COPY requirements.txt .
# What is installed has no pip of its own: nothing is added later.
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir -r requirements.txt

# A backup needs pg_dump and pg_restore of the server's own version, which Debian may not have.
FROM postgres:${POSTGRES_MAJOR}-trixie AS postgres
RUN mkdir -p /client/bin /client/lib \
    && cp -L /usr/lib/postgresql/*/bin/pg_dump /usr/lib/postgresql/*/bin/pg_restore /client/bin \
    && cp -L /usr/lib/*/libpq.so.5 /client/lib

FROM debian:trixie-slim AS pgbouncer
RUN apt-get update \
    && apt-get install --yes --no-install-recommends pgbouncer \
    && rm -rf /var/lib/apt/lists/*
USER postgres
EXPOSE 6432
HEALTHCHECK --interval=5s --timeout=3s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/6432"]
CMD ["pgbouncer", "/etc/pgbouncer/pgbouncer.ini"]

FROM python:3.11-slim-trixie
ARG POSTGRES_MAJOR
# What pg_dump links to comes with Debian's libpq; its own is beside it.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpq5 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin numeneon \
    && install --directory --owner numeneon --group numeneon \
       /backups /data /data/media /data/private
COPY --from=postgres /client/bin /usr/lib/postgresql/${POSTGRES_MAJOR}/bin
COPY --from=postgres /client/lib /usr/local/lib
COPY --from=packages /venv /venv

# Charts keep their list of fonts in MPLCONFIGDIR; it is made in a second.
ENV BACKUP_DIR=/backups \
    ENVIRONMENT=production \
    GRANIAN_WORKERS=2 \
    MEDIA_ROOT=/data/media \
    MPLCONFIGDIR=/tmp/matplotlib \
    PATH=/venv/bin:$PATH \
    PRIVATE_ROOT=/data/private \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    VAR_DIR=/app/var

WORKDIR /app
COPY . .
RUN ldconfig \
    && /usr/lib/postgresql/${POSTGRES_MAJOR}/bin/pg_dump --version \
    && /usr/lib/postgresql/${POSTGRES_MAJOR}/bin/pg_restore --version \
    && python -m compileall -q -j 0 . \
    && SECRET_KEY=for-collectstatic-alone ALLOWED_HOSTS=localhost \
       WEARABLE_KEYS=bm8tcGVyc29ucy10b2tlbnMtYXJlLXVuZGVyLXRoaXM= \
       python manage.py collectstatic --noinput

# Last, since it is another with each build; metrics and traces tell it.
ARG RELEASE=unknown
ENV RELEASE=${RELEASE}
USER numeneon
EXPOSE 8000
# The name, because a Host that ALLOWED_HOSTS does not know is refused.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD ["python", "-c", "\
import os, urllib.request as web; \
name = os.environ['ALLOWED_HOSTS'].split(',')[0].lstrip('.'); \
web.urlopen(web.Request('http://127.0.0.1:8000/healthz', headers={'Host': name}), timeout=4)"]
# One thread a worker keeps its database connection; more would leak theirs when idle.
# After SIGHUP a new worker has ten seconds to load, then its predecessor finishes and ends.
CMD ["granian", "config.wsgi:application", "--interface", "wsgi", "--no-ws", "--http", "1", \
     "--host", "0.0.0.0", "--port", "8000", "--blocking-threads", "1", \
     "--http1-header-read-timeout", "10000", "--respawn-interval", "10", \
     "--respawn-failed-workers", "--workers-kill-timeout", "25", \
     "--static-path-route", "/static", "--static-path-mount", "/app/var/static", \
     "--static-path-route", "/media", "--static-path-mount", "/data/media"]
