# Yiwang's own processes: `docker run yiwang COMMAND`, one of those that `yiwang --help` lists.

FROM node:24-bookworm-slim AS console
WORKDIR /console
COPY frontend/console/package.json frontend/console/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/console ./
RUN npm run build

FROM python:3.11-slim-bookworm
# GeoDjango loads GDAL, GEOS and PROJ from the system.
RUN apt-get update \
    && apt-get install --no-install-recommends -y gdal-bin \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY yiwang pyproject.toml ./
COPY twin ./twin
COPY geo ./geo
COPY dispatch ./dispatch
COPY ingest ./ingest
COPY simulations ./simulations
COPY ops ./ops
COPY --from=console /console/dist ./frontend/console/dist
RUN useradd --system --no-create-home --shell /usr/sbin/nologin yiwang && install -d -o yiwang /var/lib/yiwang/media
USER yiwang
EXPOSE 18800
ENTRYPOINT ["/app/yiwang"]
CMD ["web"]
