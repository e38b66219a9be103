ARG BASE=docker.io/library/python:3.15-slim

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_COMPILE=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /opt/rotate-ecr-token
COPY requirements.txt /tmp/
RUN python3 -m venv --without-pip . \
    && python3 -m pip --python bin/python install --quiet \
        --require-hashes --no-deps --only-binary :all: --requirement /tmp/requirements.txt
COPY docker/prune.py /tmp/
RUN python3 /tmp/prune.py lib/python3*/site-packages \
    && find lib -type d -name tests -prune -exec rm -r {} +
COPY entrypoint.py .
COPY rotate /tmp/rotate
# Nothing changes these files again, so no import needs to look at their sources first.
RUN cp -r /tmp/rotate lib/python3*/site-packages/ \
    && bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash lib

FROM ${BASE}
LABEL org.opencontainers.image.title="rotate-ecr-token" \
    org.opencontainers.image.description="Keeps the registry secrets of GitHub Codespaces fresh with short-lived ECR authorization tokens." \
    org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/rotate-ecr-token /opt/rotate-ecr-token
# The standard library comes uncompiled, and a container that is thrown away would compile what it
# imports at every run. Importing it here leaves it compiled, and no more of it than is used.
# https://github.com/docker-library/python/blob/master/Dockerfile-linux.template
RUN ["/opt/rotate-ecr-token/bin/python", "-I", "-c", "import rotate.faces.action"]
# No USER and no WORKDIR: GitHub runs the container as root, in the workspace.
# https://docs.github.com/en/actions/reference/workflows-and-actions/dockerfile-support
#
# -I: the working directory is a checkout of somebody's code, and the environment holds whatever
# earlier steps put there (PYTHONPATH, PYTHONSTARTUP). Neither may name a module to import. It makes
# Python deaf to every PYTHON* variable, so lazy imports (PEP 810) are an option here too.
ENTRYPOINT ["/opt/rotate-ecr-token/bin/python", "-I", "-X", "lazy_imports=all", "/opt/rotate-ecr-token/entrypoint.py"]
