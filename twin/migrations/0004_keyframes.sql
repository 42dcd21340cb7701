-- The world at certain rows of the journal, kept so that no moment of the past is far from one. Partitions have the bounds
-- of the journal's: a keyframe refers to parts of its own partition alone, so that all three are dropped together.

CREATE TABLE twin_keyframe (
    seq   bigint NOT NULL PRIMARY KEY,
    at    timestamptz NOT NULL,
    -- {"case": [80000, 0, 90000, ...]}: for each part, the keyframe that wrote it; 0 for a part without features.
    parts json NOT NULL
) PARTITION BY RANGE (seq);

CREATE TABLE twin_keyframe_part (
    seq         bigint NOT NULL,
    object_type text NOT NULL,
    part        smallint NOT NULL,
    features    integer NOT NULL,
    body        bytea NOT NULL,
    PRIMARY KEY (seq, object_type, part)
) PARTITION BY RANGE (seq);

-- How many changes of each kind there were in each quarter of an hour, up to the newest keyframe; `*` is all departments.
CREATE TABLE twin_tally (
    department text NOT NULL,
    at         timestamptz NOT NULL,
    kind       text NOT NULL,
    changes    integer NOT NULL,
    PRIMARY KEY (department, at, kind)
);
