# A small image: Node, the bundle, and the few packages outside of it. It neither needs nor contains a shell.
#
#   docker build -t exhook-edge .
#   docker run --rm --read-only --cap-drop ALL -p 9000:9000 exhook-edge
#
# Set other bases with --build-arg: both need the same C library and CPU architecture, BUILDER needs npm and a shell.
# `node` is looked up in PATH. See docs/container.md.
ARG BUILDER=node:24-bookworm-slim
ARG RUNTIME=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${BUILDER} AS build
WORKDIR /build
# Copied first: a change of the sources then does not reinstall packages.
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run --silent build && npm run --silent image:prepare -- /image

FROM ${RUNTIME}
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="exhook-edge" \
      org.opencontainers.image.description="The ExHook server for EMQX" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Distroless has node in the last one, other images in one of the others.
ENV NODE_ENV=production \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/nodejs/bin
COPY --from=build /image/ /
WORKDIR /app
# By number: Kubernetes can then tell that it is not root, and the base need not define the user.
USER 65532:65532
# 9000: brokers. 9001: operators, if admin.port is set to it.
EXPOSE 9000 9001
STOPSIGNAL SIGTERM
# Each check starts Node: a quarter of a second of CPU.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "/app/healthcheck.mjs"]
ENTRYPOINT ["node", "/app/dist/server.js"]
