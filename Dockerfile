# A small image: Node, the bundle, and the few packages that stay outside of it. No shell is needed, and none is in it.
#
#   docker build -t exhook-edge .
#   docker run --rm --read-only --cap-drop ALL -p 9000:9000 exhook-edge
#
# Other bases go in by --build-arg: both with the same C library and processor, BUILDER with npm and a shell. `node` is
# looked up in PATH. docs/container.md says more.
ARG BUILDER=node:24-bookworm-slim
ARG RUNTIME=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${BUILDER} AS build
WORKDIR /build
# By themselves, so that a change of the sources installs nothing anew.
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
# Distroless has node in the last one, all others in one of the others.
ENV NODE_ENV=production \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/nodejs/bin
COPY --from=build /image/ /
WORKDIR /app
# By number, so that Kubernetes can tell that it is not root; no base needs to know it.
USER 65532:65532
# 9000: brokers. 9001: operators, when admin.port says so.
EXPOSE 9000 9001
STOPSIGNAL SIGTERM
# Each try starts a Node: a quarter of a second of CPU.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "/app/healthcheck.mjs"]
ENTRYPOINT ["node", "/app/dist/server.js"]
