# The app for a server. TypeScript runs as it is on Node 24, so nothing is compiled here.
#
#   docker build -t corrigible .
#   docker run -d --name corrigible -p 3000:3000 -v corrigible:/home/node/state \
#     --security-opt systempaths=unconfined --security-opt seccomp=docker/seccomp.json \
#     --cap-drop all --security-opt no-new-privileges \
#     -e APP_ID -e PRIVATE_KEY -e WEBHOOK_SECRET corrigible
#
# One container per volume: a second one on the same state is refused, because two Postgres on the same files destroy
# them. Run commands inside this one: docker exec corrigible node src/cli/main.ts status. In Kubernetes: one replica, with
# strategy Recreate.
#
# Code of repositories runs under bubblewrap inside this container, which asks two things of Docker:
#   systempaths=unconfined  bubblewrap mounts a /proc of its own; Docker's masked paths forbid that.
#   seccomp=docker/seccomp.json  Docker's own filter lets nobody but CAP_SYS_ADMIN make user namespaces. This one, a file
#                           of this repository, lets the app do that, and otherwise nothing that its sandboxes may not.
#                           The app puts a stricter one on whatever it runs.
# The other two are not needed and take rights away: keep them. Never use --privileged. Where the host restricts user
# namespaces by AppArmor (Ubuntu 24.04 and newer), allow them: sysctl kernel.apparmor_restrict_unprivileged_userns=0.
# Without these the app starts, runs nothing, and says why. Check it: docker exec corrigible node src/cli/main.ts doctor

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends bubblewrap ca-certificates git \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY rubrics rubrics
COPY src src

USER node
# Made here so that a fresh volume belongs to the user who writes it. Others pass through it, but cannot list it.
RUN mkdir -m 0711 /home/node/state
VOLUME /home/node/state
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 STATE_DIR=/home/node/state
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/cli/main.ts", "serve"]
