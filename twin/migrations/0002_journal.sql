-- The journal and the features are written by COPY and read as raw text, so their tables are plain SQL.

CREATE TABLE twin_head (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch uuid NOT NULL DEFAULT gen_random_uuid(),
    seq   bigint NOT NULL DEFAULT 0,
    at    timestamptz NOT NULL DEFAULT '-infinity'
    -- Updated by every writing transaction: leave room for the new versions and clean up soon.
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
INSERT INTO twin_head DEFAULT VALUES;

CREATE TABLE twin_journal (
    seq         bigint NOT NULL,
    at          timestamptz NOT NULL,
    kind        text NOT NULL,
    object_type text NOT NULL,
    object_id   text NOT NULL,
    version     integer NOT NULL,
    actor       text NOT NULL,
    exercise    text NOT NULL DEFAULT '',
    zones       integer[] NOT NULL DEFAULT '{}',
    department  text NOT NULL DEFAULT '',
    tile        bigint,
    was         json,
    change      json NOT NULL,
    -- json, not jsonb: the text is what viewers get, byte for byte, and storing it costs no parse into a tree.
    state       json,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (seq)
) PARTITION BY RANGE (seq);
CREATE INDEX twin_journal_object ON twin_journal (object_type, object_id, seq);
CREATE TABLE twin_journal_default PARTITION OF twin_journal DEFAULT;
CREATE TABLE twin_journal_0 PARTITION OF twin_journal FOR VALUES FROM (0) TO (10000000);

-- What is in the journal stays as it was written, whoever asks.
CREATE FUNCTION twin_journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only: % refused', TG_OP;
END $$;
CREATE TRIGGER twin_journal_append_only BEFORE UPDATE OR DELETE ON twin_journal
    FOR EACH STATEMENT EXECUTE FUNCTION twin_journal_is_append_only();

CREATE TABLE twin_feature (
    object_type text NOT NULL,
    object_id   text NOT NULL,
    version     integer NOT NULL,
    tile        bigint,
    geom        geometry(Geometry, 4326),
    zones       integer[] NOT NULL DEFAULT '{}',
    department  text NOT NULL DEFAULT '',
    exercise    text NOT NULL DEFAULT '',
    state       json NOT NULL,
    PRIMARY KEY (object_type, object_id)
) WITH (fillfactor = 80);
CREATE INDEX twin_feature_geom ON twin_feature USING gist (geom);

-- Revisions of settings take their numbers from here: a number that was rolled back is never given to another change,
-- so that two processes that hold the same number hold the same settings.
CREATE SEQUENCE twin_revision_number;
