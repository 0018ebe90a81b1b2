-- Names of templates. A deleted one keeps its number, so that no version is ever given out twice.
CREATE TABLE template (
    name TEXT PRIMARY KEY,
    last_version INTEGER NOT NULL,
    deleted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Appended, never changed. body: the wire's JSON.
CREATE TABLE template_version (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (name, version)
) STRICT;
