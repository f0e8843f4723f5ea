# One image for every process of Last Call: `lastcall ingest`, `store`, `serve`, `notify`. There is nothing to build:
# Node runs the sources as they are. chdb's engine and the npm package `node` stay out; production asks a server.
FROM node:26.10.0-trixie-slim

ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY LICENSE ./
COPY services ./services
COPY ingest ./ingest
COPY notifier ./notifier

# A volume that is made from this folder belongs to the user below. Nothing else is written, except in /tmp.
RUN mkdir /data && chown 10001:10001 /data
VOLUME /data
USER 10001:10001

EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then(answer => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/services/cli/lastcall.js"]
CMD ["--help"]
