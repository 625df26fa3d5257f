"""The sqlite file at --database-url. A database that cannot be opened is logged and done without, as in 0.33."""

import fcntl
import logging
import os
import sqlite3

from comfy.cli_args import args

REVISIONS = ("0001_assets", "0002_merge_to_asset_references", "0003_add_metadata_job_id", "0004_drop_tag_type",
             "0005_allow_case_sensitive_tags", "0006_add_loader_path")
_held = []


def setup_database():
    try:
        _open(args.database_url)
    except Exception as error:
        logging.error("Failed to initialize database. Please ensure you have installed the latest requirements. If the "
                      "error persists, please report this as in future the database will be required: %s", error)
        if args.enable_assets:
            raise SystemExit(1)


def _open(url):
    if url in ("sqlite:///:memory:", "sqlite://"):
        _held.append(sqlite3.connect(":memory:"))
        return
    if not url.startswith("sqlite:///"):
        raise ValueError(f"Unsupported database URL '{url}'.")
    path = url[len("sqlite:///") :]
    connection = sqlite3.connect(path)
    for _ in range(2):
        logging.info("Context impl SQLiteImpl.")
        logging.info("Will assume non-transactional DDL.")
    connection.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)")
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    current = row[0] if row else None
    if current is not None and current not in REVISIONS:
        raise RuntimeError(f"Can't locate revision identified by '{current}'")
    if current != REVISIONS[-1]:
        _upgrade(connection, current)
    _take_lock(path)
    _held.append(connection)


def _upgrade(connection, current):
    start = REVISIONS.index(current) + 1 if current else 0
    for number in range(start, len(REVISIONS)):
        before = REVISIONS[number - 1] if number else ""
        logging.info("Running upgrade %s -> %s", before, REVISIONS[number])
    connection.execute("DELETE FROM alembic_version")
    connection.execute("INSERT INTO alembic_version VALUES (?)", (REVISIONS[-1],))
    connection.commit()
    logging.info("Database upgraded from %s to %s", current, REVISIONS[-1])


def _take_lock(path):
    lock = os.open(path + ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise RuntimeError(f"Could not acquire lock on database '{path}'. Another ComfyUI process may already be using it. "
                           "Use --database-url to specify a separate database file.") from None
    _held.append(lock)
