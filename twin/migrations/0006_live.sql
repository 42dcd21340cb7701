-- Who looks at what just now. Nothing of it is kept: after a crash the table is empty, and full again within a renewal.
CREATE UNLOGGED TABLE twin_presence (
    viewer      uuid PRIMARY KEY,
    process     uuid NOT NULL,
    username    text NOT NULL,
    name        text NOT NULL,
    object_type text NOT NULL,
    object_id   text NOT NULL,
    until       timestamptz NOT NULL
) WITH (fillfactor = 50);

-- What a person may see hangs on their grants, on being active, on their password (which ends sessions) and on their
-- session. Triggers, not code, say that it has changed: there are many ways to change a grant, and none may be
-- forgotten. The number is raised as twin.revisions.bump does it; the NOTIFY wakes the live view at the commit.
CREATE FUNCTION twin_rights_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO twin_revision (topic, number) VALUES ('rights', nextval('twin_revision_number'))
    ON CONFLICT (topic) DO UPDATE SET number = excluded.number;
    PERFORM pg_notify('yiwang_journal', '');
    RETURN NULL;
END $$;
CREATE TRIGGER twin_rights_of_grants AFTER INSERT OR UPDATE OR DELETE ON twin_grant
    FOR EACH STATEMENT EXECUTE FUNCTION twin_rights_changed();
CREATE TRIGGER twin_rights_of_people AFTER UPDATE OF is_active, password OR DELETE ON twin_user
    FOR EACH STATEMENT EXECUTE FUNCTION twin_rights_changed();
CREATE TRIGGER twin_rights_of_sessions AFTER DELETE ON django_session
    FOR EACH STATEMENT EXECUTE FUNCTION twin_rights_changed();

-- Where people, vehicles and moving devices are: the last fix of each, and no more. UNLOGGED, because after a crash
-- every one of them reports again within seconds; no index on what changes, so that an update stays on its page.
CREATE UNLOGGED TABLE twin_position (
    number      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- its name in binary messages
    object_type text NOT NULL,
    object_id   text NOT NULL,
    name        text NOT NULL DEFAULT '',
    department  text NOT NULL DEFAULT '',
    zones       integer[] NOT NULL DEFAULT '{}',
    exercise    text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL,
    lon         double precision NOT NULL,
    lat         double precision NOT NULL,
    heading     real NOT NULL,
    speed       real NOT NULL,
    status      smallint NOT NULL CHECK (status BETWEEN 0 AND 255),
    tile        bigint NOT NULL,
    -- Which transaction wrote the row. Readers ask for all from the oldest that was still open when they last looked,
    -- so that none is missed that committed late; a time or a sequence would miss it.
    changed     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    UNIQUE (object_type, object_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.1);
