CREATE TABLE account (
    id       ${id}   NOT NULL PRIMARY KEY,
    name     TEXT    UNIQUE,
    number   ${long},
    small    INTEGER,
    other    ${id},
    data     ${jsonb}
) ${hot_table};

CREATE TABLE entry (
    account  ${id}   NOT NULL,
    no       INTEGER NOT NULL,
    note     TEXT,
    amount   ${decimal},
    done     ${flag},
    content  ${bytes},
    PRIMARY KEY (account, no)
);
