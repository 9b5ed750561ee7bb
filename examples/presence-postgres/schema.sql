-- Who is online, from events that may arrive in any order.
--
-- EMQX reports the end of one connection and the start of the next from two processes, so the two reports of a client
-- may arrive in the wrong order. "The last event wins" is then wrong. Here order does not matter: events are matched by
-- their connection. Use one table per cluster.

CREATE TABLE presence_events (
  -- Columns that the sink writes.
  id           text        PRIMARY KEY,
  position     bigint      GENERATED ALWAYS AS IDENTITY,
  type         text        NOT NULL,
  source       text        NOT NULL,
  subject      text,
  time         timestamptz NOT NULL,
  key          text        NOT NULL,
  content_type text        NOT NULL,
  extensions   jsonb,
  data         jsonb,
  body         bytea,
  -- Columns that the view reads: with source, which names cluster and node, these identify a connection.
  clientid     text        GENERATED ALWAYS AS (data #>> '{clientinfo,clientid}') STORED,
  peerhost     text        GENERATED ALWAYS AS (data #>> '{clientinfo,peerhost}') STORED,
  peerport     integer     GENERATED ALWAYS AS ((data #>> '{clientinfo,peerport}')::integer) STORED
);

CREATE INDEX presence_connections ON presence_events (clientid, source, type, peerhost, peerport, time);
CREATE INDEX presence_starts ON presence_events (source, time) WHERE type = 'emqx.provider.loaded';

-- When each node last started. A node that restarts has lost its connections, and does not report their end. It also
-- calls provider.loaded when it only reconnects to this server: its uptime tells the two apart. Uptime is in whole
-- seconds, so the start is assumed 5 seconds early.
CREATE VIEW node_starts AS
SELECT source, max(time - make_interval(secs => (data #>> '{broker,uptime}')::float8)) - interval '5 seconds' AS started
FROM presence_events
WHERE type = 'emqx.provider.loaded'
GROUP BY source;

-- Open connections.
CREATE VIEW open_connections AS
WITH living AS (
  SELECT events.*
  FROM presence_events AS events
  LEFT JOIN node_starts USING (source)
  WHERE events.type IN ('emqx.client.connected', 'emqx.client.disconnected')
    AND (started IS NULL OR events.time >= started)
)
SELECT opened.clientid, opened.data #>> '{clientinfo,username}' AS username, opened.source,
  opened.peerhost, opened.peerport, opened.time AS since
FROM living AS opened
WHERE opened.type = 'emqx.client.connected'
  AND CASE WHEN opened.peerport = 0
    -- EMQX before 5.4 sends no port, so the connections of a client look the same: its last event wins. An end by
    -- takeover or discard does not count, because the client is connected elsewhere. (5.3 reports one even for a
    -- connection that has already ended: counting starts and ends would give wrong results.)
    THEN NOT EXISTS (
      SELECT FROM living AS later
      WHERE later.clientid = opened.clientid
        AND (later.time, later.position) > (opened.time, opened.position)
        AND (later.type = 'emqx.client.connected' OR later.data ->> 'reason' NOT IN ('takenover', 'discarded')))
    -- An end that arrived up to a minute before the start is the end of this connection, arrived early.
    -- An older one belongs to an earlier connection from the same port: systems reuse ports.
    ELSE NOT EXISTS (
      SELECT FROM presence_events AS closed
      WHERE closed.type = 'emqx.client.disconnected'
        AND closed.clientid = opened.clientid AND closed.source = opened.source
        AND closed.peerhost = opened.peerhost AND closed.peerport = opened.peerport
        AND closed.time >= opened.time - interval '1 minute')
  END;

-- Who is online: one row per client. During a takeover two connections may be open; the newer one is shown.
CREATE VIEW online AS
SELECT DISTINCT ON (clientid) clientid, username, source, peerhost, peerport, since
FROM open_connections
ORDER BY clientid, since DESC;
