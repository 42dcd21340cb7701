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
