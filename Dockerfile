# One Dockerfile for every image; docker-compose.yml passes each one's package, module and target:
#   docker build --build-arg PACKAGE=services/ingest --build-arg MODULE=fondly.ingest --target service .
# An image contains its package, its dependencies at the versions and hashes of constraints.txt, and no build tools. The
# same commit and base image give the same files: no time stamps (SOURCE_DATE_EPOCH), byte code checked by hash.

# The Makefile has the digest: `make pin-images` asks the registry for it.
ARG PYTHON_DIGEST
FROM python:3.13-slim${PYTHON_DIGEST:+@$PYTHON_DIGEST} AS base


# The base with a shell, Python, and what Python needs, and with neither a package manager nor tools (70 MB less). Its
# list of packages stays true, for vulnerability scanners. What is changed has no time of its own.
FROM base AS pruned
ARG KEPT="base-.*|ca-certificates|dash|gcc-[0-9]+-base|lib(bz2|c6|crypt|expat|ffi|gcc-s|gdbm|lzma|ncursesw|readline|sqlite3|ssl|stdc|tinfo|uuid|zstd)[^:]*|libc-bin|libpython3.*|media-types|netbase|openssl.*|python3|python3[.-](1|min).*|tzdata|zlib1g"
COPY --from=base / /image
RUN touch /begun \
 && rm /image/var/lib/dpkg/info/*.pre* /image/var/lib/dpkg/info/*.post* \
 && dpkg-query --admindir=/image/var/lib/dpkg --show --showformat '${Package}\n' > /packages \
 && grep --invert-match --line-regexp --extended-regexp "$KEPT" /packages > /removed \
 && xargs --arg-file /removed dpkg --root=/image --purge --force-all --no-triggers 2> /dev/null \
 && find /image/usr -depth \( -name pip -o -name 'pip[-3]*' -o -name ensurepip -o -name gconv -o -path '*/python3*/idlelib' \
      -o -path '*/python3*/pydoc_data' -o -path '*/python3*/test' -o -path '*/python3*/tkinter' \
      -o -path '*/python3*/turtledemo' \) -exec rm -r {} + \
 && rm -rf /image/var/cache/* /image/var/log/* /image/var/lib/apt /image/var/lib/dpkg/*-old /image/root/.[!.]* \
 && find /image -newer /begun -exec touch --no-dereference --date @0 {} +


FROM base AS builder
ARG PACKAGE
# Of the runtime's extras, those that this image uses. Of the recommender's none but in its own image: NumPy is large.
ARG EXTRAS=service,tracing,web,yaml
ARG SOURCE_DATE_EPOCH=0
ENV PYTHONDONTWRITEBYTECODE=1 UV_LINK_MODE=copy UV_NO_SOURCES=1 UV_OVERRIDE=/src/own.txt \
    UV_BUILD_CONSTRAINT=/src/constraints.txt VIRTUAL_ENV=/venv
WORKDIR /src
# Nothing of it gets into an image, and Debian keeps only the newest version.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
COPY constraints.txt ./
RUN grep '^uv==' constraints.txt > uv.txt \
 && echo dumb-init > init.txt \
 && pip install --no-cache-dir --require-hashes --requirement uv.txt \
 && python -m venv --without-pip "$VIRTUAL_ENV" \
 && printf '%s @ file:///src/%s\n' fondly-contracts shared/contracts fondly-aspects shared/aspects \
      "fondly-runtime[$EXTRAS]" shared/runtime 'fondly-ingest[service]' services/ingest fondly-mailer services/mailer \
      fondly-recommender services/recommender 'fondly-sender[service]' services/sender \
      fondly-operations tools/operations fondly-stack tools/stack fondly-console tools/console > "$UV_OVERRIDE"
COPY shared/contracts/pyproject.toml shared/contracts/
COPY shared/aspects/pyproject.toml shared/aspects/
COPY shared/runtime/pyproject.toml shared/runtime/
COPY services/ingest/pyproject.toml services/ingest/
COPY services/mailer/pyproject.toml services/mailer/
COPY services/recommender/pyproject.toml services/recommender/
COPY services/sender/pyproject.toml services/sender/
COPY tools/operations/pyproject.toml tools/operations/
COPY tools/stack/pyproject.toml tools/stack/
COPY tools/console/pyproject.toml tools/console/
# A package that is published has a README in its metadata.
COPY ${PACKAGE}/pyproject.toml ${PACKAGE}/README.m[d] ${PACKAGE}/


# Third-party packages first: a change of our code leaves their layer unchanged.
FROM builder AS dependencies
# What an image has of a package: all it needs, or a group of it, and then none of our other packages.
ARG REQUIREMENTS="--all-extras $PACKAGE/pyproject.toml"
RUN --mount=type=cache,target=/root/.cache/uv \
    uv pip compile --quiet --no-header --no-annotate --constraint constraints.txt \
      --no-emit-package fondly-contracts --no-emit-package fondly-aspects --no-emit-package fondly-runtime \
      --no-emit-package fondly-ingest --no-emit-package fondly-mailer --no-emit-package fondly-recommender \
      --no-emit-package fondly-sender --no-emit-package fondly-operations --no-emit-package fondly-stack \
      --no-emit-package fondly-console \
      --output-file dependencies.txt $REQUIREMENTS init.txt \
 && env -u UV_OVERRIDE uv pip install --no-deps --require-hashes --constraint constraints.txt --requirement dependencies.txt
# Without tests, without formats of languages that no email is written in (28 MB), without what onnxruntime has for
# makers of models and for programs in C (44 MB), without what libraries have for debuggers (24 MB), without types and
# what compilers need, without how languages other than Python look, and without the descriptions of AWS services that
# our code does not call (25 MB). What is left is byte code, which knows its files and lines, without its source (30 MB).
ARG AWS_SERVICES="bedrock|bedrock-runtime|cloudwatch|comprehend|dynamodb|ecs|iam|personalize|personalize-events|personalize-runtime|s3|secretsmanager|service-quotas|sesv2|sns|sqs|ssm|sts"
RUN find "$VIRTUAL_ENV" -type d -name tests -prune -exec rm -r {} + \
 && find "$VIRTUAL_ENV" -path '*/babel/locale-data/*' ! -name root.dat ! -name 'en*.dat' ! -name 'de*.dat' -delete \
 && find "$VIRTUAL_ENV" -path '*/onnxruntime/capi/libonnxruntime.so.*' -delete \
 && find "$VIRTUAL_ENV" -type d \( -path '*/onnxruntime/transformers' -o -path '*/onnxruntime/tools' \
      -o -path '*/onnxruntime/quantization' -o -path '*/onnxruntime/datasets' \) -prune -exec rm -r {} + \
 && find "$VIRTUAL_ENV" -type f \( -name '*.py[ix]' -o -name '*.pxd' -o -name '*.h' -o -name '*.a' \) -delete \
 && find "$VIRTUAL_ENV" -regextype posix-extended -type d -regex '.*/botocore/data/[^/]+' \
      ! -regex ".*/($AWS_SERVICES)" -prune -exec rm -r {} + \
 && find "$VIRTUAL_ENV" -name '*.so' ! -path '*.libs/*' -exec strip --strip-unneeded {} + \
 && find "$VIRTUAL_ENV" -path '*/pygments/lexers/*' ! -name '_*' ! -name python.py -delete \
 && rm "$VIRTUAL_ENV/.lock" \
 && python -m compileall -q -j 0 -b --invalidation-mode unchecked-hash "$VIRTUAL_ENV/lib" \
 && find "$VIRTUAL_ENV/lib" -name '*.py' -delete \
 && find "$VIRTUAL_ENV" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +


FROM dependencies AS code
COPY shared shared
COPY services/ingest services/ingest
COPY services/mailer services/mailer
COPY services/recommender services/recommender
COPY services/sender services/sender
COPY tools/operations tools/operations
COPY tools/stack tools/stack
COPY tools/console tools/console
COPY ${PACKAGE}/src ${PACKAGE}/src
ARG WITHOUT=
RUN --mount=type=cache,target=/root/.cache/uv \
    uv pip install --target /app $WITHOUT --excludes dependencies.txt "./$PACKAGE" \
 && rm /app/.lock /app/*.dist-info/uv_cache.json && sed -i /uv_cache/d /app/*.dist-info/RECORD \
 && python -m compileall -q --invalidation-mode unchecked-hash /app \
 && find /app -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +


FROM scratch AS runtime
COPY --from=pruned /image /
COPY --from=dependencies /venv /venv
COPY --from=code /app /app
ARG MODULE
ARG PYTHON_DIGEST
ARG VERSION=unknown
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="$MODULE" \
      org.opencontainers.image.description="A personal product email for every customer, on AWS." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.base.name="python:3.13-slim" \
      org.opencontainers.image.base.digest="$PYTHON_DIGEST"
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin LANG=C.UTF-8 PYTHONPATH=/app PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MODULE=$MODULE
# The only writable directory. Declared as a volume, so that ECS mounts it with the permissions that it has here.
VOLUME /tmp
USER 10001:10001
WORKDIR /tmp
# Process 1 ignores every signal without a handler, and Python has none until everything is imported. So process 1 only
# forwards signals. The shell replaces itself with Python.
ENTRYPOINT ["dumb-init", "--", "/bin/sh", "-c", "exec python -m \"$MODULE\" \"$@\"", "fondly"]


# A queue consumer listens on no port, so its loop touches a file as a sign of life.
FROM runtime AS service
ENV FONDLY_LIVENESS_FILE=/tmp/alive
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-m", "fondly.runtime.liveness", "/tmp/alive"]


# lightgbm needs OpenMP's library, which the base image lacks. It is unpacked rather than installed: an installation
# leaves logs and times behind. Vulnerability scanners read which package it is in status.d.
FROM base AS openmp
WORKDIR /packages
RUN apt-get update \
 && apt-get download libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && dpkg --extract libgomp1_*.deb /openmp \
 && mkdir -p /openmp/var/lib/dpkg/status.d \
 && dpkg --field libgomp1_*.deb > /openmp/var/lib/dpkg/status.d/libgomp1 \
 && rm -r /openmp/usr/share \
 && find /openmp -exec touch --no-dereference --date @0 {} +


FROM runtime AS understudy
LABEL org.opencontainers.image.description="A local stand-in for Amazon Comprehend, Personalize and Bedrock."
COPY --from=openmp /openmp /
ENV UNDERSTUDY_HOST=0.0.0.0 UNDERSTUDY_PORT=4570
EXPOSE 4570
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:4570/_understudy/health', timeout=3)"]


# What the command line knows of resources.
FROM base AS topology
COPY infra/topology.yaml /topology.yaml
RUN touch --date @0 /topology.yaml


# A command that runs and exits.
FROM runtime AS command
COPY --from=topology /topology.yaml /topology.yaml
ENV FONDLY_TOPOLOGY=/topology.yaml
