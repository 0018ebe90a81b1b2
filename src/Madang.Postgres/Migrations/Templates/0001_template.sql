-- Names of templates. A deleted one keeps its number, so that no version is ever given out twice.
CREATE TABLE template (
    name text COLLATE "C" PRIMARY KEY,
    last_version integer NOT NULL,
    deleted boolean NOT NULL
);

-- Appended, never changed. body: the wire's JSON.
CREATE TABLE template_version (
    name text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    body text NOT NULL,
    created_by bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (name, version)
);
