#!/bin/sh
# Starts a service with the secrets that the setup step wrote for it; without SECRETS_FILE the environment has them all.
set -eu
if [ -n "${SECRETS_FILE:-}" ]; then
  set -a
  . "$SECRETS_FILE"
  set +a
fi
exec "$@"
