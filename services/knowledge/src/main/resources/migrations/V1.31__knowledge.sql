-- Bases of documents. `embedder` is whose vectors searches compare; while `next_embedder` is there, its vectors are being
-- made, and searches go on with the old ones. Each change of a chunk takes the next `change_no` in its transaction;
-- `stale_vectors`: there may be vectors that nobody compares any more. `reindex_after`: documents behind it are to be indexed
-- anew. `floor_no`: up to here deletions are forgotten. A base with a `deleted_time` is gone; its rows go in the background.
CREATE TABLE knowledge_base (
    workspace_id       TEXT    NOT NULL,
    id                 ${id}   NOT NULL,
    code               TEXT    NOT NULL,
    name               TEXT    NOT NULL,
    description        TEXT,
    embedding_provider TEXT    NOT NULL,
    embedder           TEXT    NOT NULL,
    next_embedder      TEXT,
    embedding_error    TEXT,
    stale_vectors      ${flag} NOT NULL,
    reindex_after      ${id},
    chunk_size         INTEGER NOT NULL,
    chunk_overlap      INTEGER NOT NULL,
    metadata           ${json},
    change_no          ${long} NOT NULL,
    floor_no           ${long} NOT NULL,
    document_count     ${long} NOT NULL,
    chunk_count        ${long} NOT NULL,
    deleted_time       ${long},
    created_time       ${long} NOT NULL,
    updated_time       ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE UNIQUE INDEX knowledge_base_by_code ON knowledge_base (workspace_id, code) WHERE deleted_time IS NULL;
CREATE INDEX knowledge_base_by_provider ON knowledge_base (embedding_provider);

-- Documents of a base. `generation` names the chunks that searches see; those of another one are being made, or left over.
CREATE TABLE knowledge_document (
    workspace_id     TEXT    NOT NULL,
    id               ${id}   NOT NULL,
    base_id          ${id}   NOT NULL,
    title            TEXT    NOT NULL,
    source_type      TEXT    NOT NULL,
    source_url       TEXT,
    charset          TEXT,
    content_hash     TEXT,
    content_bytes    ${long} NOT NULL,
    metadata         ${json},
    status           TEXT    NOT NULL,
    progress         INTEGER NOT NULL,
    error_code       TEXT,
    error_message    TEXT,
    chunk_count      ${long} NOT NULL,
    generation       ${long} NOT NULL,
    indexed_time     ${long},
    created_time     ${long} NOT NULL,
    updated_time     ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX knowledge_document_by_base ON knowledge_document (workspace_id, base_id, id);
CREATE UNIQUE INDEX knowledge_document_by_hash ON knowledge_document (workspace_id, base_id, content_hash)
    WHERE content_hash IS NOT NULL;

-- What a document was made from, to index it anew.
CREATE TABLE knowledge_source (
    workspace_id     TEXT     NOT NULL,
    document_id      ${id}    NOT NULL,
    content          ${bytes} NOT NULL,
    PRIMARY KEY (workspace_id, document_id)
);

-- `change_no` is null until the chunk may be found.
CREATE TABLE knowledge_chunk (
    workspace_id     TEXT    NOT NULL,
    id               ${id}   NOT NULL,
    base_id          ${id}   NOT NULL,
    document_id      ${id}   NOT NULL,
    generation       ${long} NOT NULL,
    position         INTEGER NOT NULL,
    headings         ${json},
    content_text     TEXT    NOT NULL,
    page             INTEGER,
    change_no        ${long},
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX knowledge_chunk_by_document ON knowledge_chunk (workspace_id, document_id, generation, position);
CREATE INDEX knowledge_chunk_by_change ON knowledge_chunk (workspace_id, base_id, change_no);

-- Eight-bit vectors of chunks. Those of one embedder mean nothing beside those of another.
CREATE TABLE knowledge_vector (
    workspace_id     TEXT     NOT NULL,
    chunk_id         ${id}    NOT NULL,
    embedder         TEXT     NOT NULL,
    vector           ${bytes} NOT NULL,
    PRIMARY KEY (workspace_id, chunk_id, embedder)
);

-- Chunks that were deleted, for those who keep an index of the base.
CREATE TABLE knowledge_gone (
    workspace_id     TEXT    NOT NULL,
    base_id          ${id}   NOT NULL,
    change_no        ${long} NOT NULL,
    id               ${id}   NOT NULL,
    gone_time        ${long} NOT NULL,
    PRIMARY KEY (workspace_id, base_id, change_no, id)
);

CREATE INDEX knowledge_gone_by_time ON knowledge_gone (gone_time);

-- What was asked, and what was found.
CREATE TABLE knowledge_search (
    workspace_id     TEXT    NOT NULL,
    id               ${id}   NOT NULL,
    base_id          ${id}   NOT NULL,
    query            TEXT    NOT NULL,
    mode             TEXT    NOT NULL,
    top_k            INTEGER NOT NULL,
    filters          ${json},
    embedder         TEXT,
    hits             ${json} NOT NULL,
    took_millis      INTEGER NOT NULL,
    created_time     ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX knowledge_search_by_base ON knowledge_search (workspace_id, base_id, id);
CREATE INDEX knowledge_search_by_time ON knowledge_search (created_time);
