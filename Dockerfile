# syntax=docker/dockerfile:1
FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm pack --pack-destination /tmp && mv /tmp/consul-esm-*.tgz /tmp/consul-esm.tgz

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
COPY --from=build /tmp/consul-esm.tgz /tmp/
RUN tar -xzf /tmp/consul-esm.tgz --strip-components=1

FROM node:24-slim
# ping_type = "socket", and "udp" where the kernel closes ICMP sockets, go through the ping program.
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping && rm -rf /var/lib/apt/lists/*
COPY --from=dependencies /app /app
USER node
ENTRYPOINT ["node", "/app/dist/src/main.js"]
CMD ["-config-dir=/etc/consul-esm.d"]
